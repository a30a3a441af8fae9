import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Exchange, Frame } from '../../src/session/exchange.ts'
import { Store } from '../../src/tui/store.ts'
import { exchange } from './frames.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** An exchange whose frames are so many bytes, all of the value `fill`. */
function sized(id: number, request: number, response: number | null): Exchange {
  const base = exchange({ id, api: 'Heartbeat', version: 0 })
  const filled = (frame: Frame, size: number, value: number): Frame => {
    return { ...frame, size, bytes: new Uint8Array(size).fill(value) }
  }
  return {
    ...base,
    request: filled(base.request!, request, id & 0xff),
    response: response === null ? null : filled(base.response!, response, (id + 1) & 0xff),
  }
}

test('a small frame does not hold on to the big buffer it was cut from', () => {
  const store = new Store()
  const big = new Uint8Array(65_536).fill(7)
  const one = exchange({ id: 1, api: 'Heartbeat', version: 0 })
  const { entry } = store.put({ ...one, request: { ...one.request!, bytes: big.subarray(100, 130) } }, [], true)
  const kept = store.frame(entry, 'request')!.bytes
  expect(kept.buffer.byteLength).toBe(30)
  expect([...kept]).toEqual(Array(30).fill(7))
})

test('beyond the budget the oldest bytes go to a file and come back when somebody looks', () => {
  const store = new Store({ memoryBytes: 10_000, directory })
  for (let id = 1; id <= 100; id++) store.put(sized(id, 300, 200), [], true)
  expect(store.bytes).toBeLessThanOrEqual(10_000)
  expect(store.spilledBytes).toBeGreaterThan(39_000)
  for (let seq = 0; seq < 100; seq++) {
    const entry = store.get(seq)!
    const whole = store.exchange(entry)!
    expect(whole.request!.bytes).toEqual(new Uint8Array(300).fill(seq + 1))
    expect(whole.response!.bytes).toEqual(new Uint8Array(200).fill((seq + 2) & 0xff))
    expect(store.frame(entry, 'request')!.size).toBe(300)
  }
  store.close()
  expect(readdirSync(directory), 'nothing is left behind').toEqual([])
})

test('the spill file has no name that could outlive the process', () => {
  const store = new Store({ memoryBytes: 100, directory })
  for (let id = 1; id <= 10; id++) store.put(sized(id, 300, 200), [], true)
  expect(store.spilledBytes).toBeGreaterThan(0)
  if (process.platform !== 'win32') expect(readdirSync(directory)).toEqual([])
  store.close()
})

test('an answer that comes after its request was spilled is kept too', () => {
  const store = new Store({ memoryBytes: 2000, directory })
  const first = sized(1, 500, null)
  store.put(first, [], false)
  for (let id = 2; id <= 20; id++) store.put(sized(id, 300, 200), [], true)
  const { entry, fresh } = store.put({ ...sized(1, 500, 700), request: first.request }, [], true)
  expect(fresh).toBe(false)
  for (let id = 21; id <= 40; id++) store.put(sized(id, 300, 200), [], true)
  expect(store.bytes).toBeLessThanOrEqual(2000)
  const whole = store.exchange(entry)!
  expect(whole.request!.bytes).toEqual(new Uint8Array(500).fill(1))
  expect(whole.response!.bytes).toEqual(new Uint8Array(700).fill(2))
  store.close()
})

test('the disk is bounded too: the oldest bytes are forgotten, what is shown of them stays', () => {
  const store = new Store({ memoryBytes: 1000, spillBytes: 20_000, directory })
  for (let id = 1; id <= 200; id++) store.put(sized(id, 300, 200), [], true)
  expect(store.spilledBytes).toBeLessThanOrEqual(20_000)
  expect(store.frame(store.get(0)!, 'request')).toBeNull()
  expect(store.get(0)!.exchange!.request!.size).toBe(300)
  expect(store.frame(store.get(195)!, 'request')!.bytes.length).toBe(300)
  store.close()
})

test('where there is no disk the bytes are lost, counted, and nothing else happens', () => {
  const store = new Store({ memoryBytes: 1000, directory: join(directory, 'missing') })
  for (let id = 1; id <= 20; id++) store.put(sized(id, 300, 200), [], true)
  expect(store.lost).toBeGreaterThan(0)
  expect(store.bytes).toBeLessThanOrEqual(1000)
  expect(store.frame(store.get(0)!, 'request')).toBeNull()
  expect(store.frame(store.get(19)!, 'request')!.bytes.length).toBe(300)
  store.close()
})

test('the number of entries is bounded; numbers of entries are never used twice', () => {
  const store = new Store({ entries: 100 })
  for (let id = 1; id <= 1000; id++) store.put(sized(id, 10, 10), [], true)
  expect(store.end).toBe(1000)
  expect(store.end - store.first).toBeLessThanOrEqual(100)
  expect(store.get(store.first - 1)).toBeNull()
  expect(store.get(999)!.exchange!.id).toBe(1000)
  expect(store.bytes).toBe((store.end - store.first) * 20)
})

test('whatever comes in whichever order, memory keeps to its budget and bytes come back right', () => {
  const step = fc.record({ id: fc.integer({ min: 1, max: 30 }), size: fc.nat(400), complete: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const store = new Store({ memoryBytes: 2000, entries: 40, directory })
      const done = new Set<number>()
      for (const { id, size, complete } of steps) {
        if (done.has(id)) continue
        if (complete) done.add(id)
        store.put(sized(id, size, complete ? size : null), [], complete)
        expect(store.bytes).toBeLessThanOrEqual(2000)
      }
      for (let seq = store.first; seq < store.end; seq++) {
        const { request } = store.exchange(store.get(seq)!)!
        expect(request!.bytes).toEqual(new Uint8Array(request!.size).fill(store.get(seq)!.exchange!.id))
      }
      store.close()
    }),
    { numRuns: 200 },
  )
})
