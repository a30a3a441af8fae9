/** What is held of TLS connections until it is known what they are. */
import { expect, test } from 'vitest'
import { TlsGate } from '../../src/capture/tls-gate.ts'
import type { Segment } from '../../src/session/segment.ts'

const KB = 1024

/** A gate that may hold so much, and connections of which nothing is known but what brokers answer. */
function gateFor(max: number) {
  const out: Segment[] = []
  const gate = new TlsGate(null, (segment) => out.push(segment), max)
  const open = (id: number): void => {
    const connection = { id, client: `127.0.0.1:${id}`, broker: '127.0.0.1:9092' }
    gate.open({ type: 'open', connection, time: 0 }, true, false)
  }
  const answer = (connection: number, size: number): boolean => {
    gate.push({ type: 'data', connection, direction: 'response', time: 0, bytes: new Uint8Array(size) })
    return gate.refuses(connection)
  }
  const close = (connection: number, direction?: 'request' | 'response'): boolean => {
    gate.push({ type: 'close', connection, time: 0, ...(direction ? { direction } : {}) })
    return gate.refuses(connection)
  }
  return { gate, out, open, answer, close }
}

test('all connections together hold no more than the limit: the one that goes beyond it is given up', () => {
  const { gate, out, open, answer } = gateFor(100 * KB)
  for (const id of [1, 2, 3]) open(id)
  expect([answer(1, 40 * KB), answer(2, 40 * KB), answer(3, 40 * KB)]).toEqual([false, false, true])
  expect(gate.counts).toEqual({ kafka: 0, withoutKeys: 0, notKafka: 1 })
  // What it held is free again.
  expect(answer(1, 10 * KB)).toBe(false)
  expect(out).toEqual([])
})

test('segments without bytes count, too', () => {
  const { gate, open } = gateFor(100 * KB)
  open(1)
  let pushed = 0
  while (!gate.refuses(1) && pushed < 10_000) {
    gate.push({ type: 'gap', connection: 1, direction: 'request', time: 0, bytes: 1 })
    pushed++
  }
  expect(pushed).toBeLessThan(1000)
})

test('nothing is held of a connection that has ended', () => {
  const { gate, open, answer, close } = gateFor(100 * KB)
  for (let id = 1; id <= 100; id++) {
    open(id)
    expect(answer(id, 60 * KB)).toBe(false)
    expect(id % 2 ? close(id) : !close(id, 'request') && close(id, 'response')).toBe(true)
  }
  expect(gate.counts).toEqual({ kafka: 0, withoutKeys: 100, notKafka: 0 })
  gate.end()
  expect(gate.counts.withoutKeys).toBe(100)
})
