import { describe, expect, it } from 'vitest'
import { type Batch, BatchReader, SEGMENT_WEIGHT } from '../../src/proxy/batch.ts'
import { Outlet } from '../../src/proxy/outlet.ts'
import type { Segment } from '../../src/session/segment.ts'

const LIMIT = 10_000

function outlet(strict: boolean): {
  outlet: Outlet
  sent: Batch[]
  log: string[]
  kinds(): string[]
} {
  const sent: Batch[] = []
  const log: string[] = []
  const made = new Outlet({
    limit: LIMIT,
    strict,
    send: (batch) => void sent.push(batch),
    hold: (stop) => void log.push(stop ? 'hold' : 'go on'),
    caughtUp: (skipped) => void log.push(`skipped ${skipped}`),
  })
  const kinds = (): string[] => {
    made.flush()
    return sent.flatMap((batch) => {
      const reader = new BatchReader(batch)
      const found: string[] = []
      for (let s = reader.next(); s; s = reader.next()) found.push(describeSegment(s))
      return found
    })
  }
  return { outlet: made, sent, log, kinds }
}

const describeSegment = (s: Segment): string =>
  s.type === 'open'
    ? `open ${s.connection.id}`
    : s.type === 'data'
      ? `data ${s.bytes.length}`
      : s.type === 'gap'
        ? `gap ${s.direction} ${s.bytes}`
        : 'close'

const open = (id: number): Segment => ({ type: 'open', connection: { id, client: 'c', broker: 'b' }, time: 0 })
const data = (connection: number, size: number, direction: 'request' | 'response' = 'request'): Segment => ({
  type: 'data',
  connection,
  direction,
  time: 0,
  bytes: new Uint8Array(size),
})

describe('an observer that lags', () => {
  it('gets a gap in place of what did not fit, before whatever comes next of that connection', () => {
    const { outlet: out, sent, log, kinds } = outlet(false)
    out.push(open(1))
    out.push(data(1, 9000))
    out.push(data(1, 4000))
    out.push(data(1, 300))
    out.push(data(1, 50, 'response'))
    out.push({ type: 'close', connection: 1, time: 0 })
    expect(kinds()).toEqual(['open 1', 'data 9000', 'data 4000', 'gap request 300', 'gap response 50', 'close'])
    expect(out.skipped).toBe(350)
    for (const batch of sent) out.acknowledge(batch.weight)
    expect(log).toEqual(['skipped 350'])
    out.push(data(2, 5))
    expect(kinds().at(-1)).toBe('data 5')
  })

  it('is sent data again only when half of the bound is free', () => {
    const { outlet: out, kinds } = outlet(false)
    out.push(data(1, LIMIT))
    out.push(data(1, 1))
    out.acknowledge(2000)
    out.push(data(1, 1))
    expect(kinds()).toEqual([`data ${LIMIT}`])
    out.acknowledge(LIMIT - 2000)
    out.push(data(1, 7))
    expect(kinds()).toEqual([`data ${LIMIT}`, 'gap request 2', 'data 7'])
  })

  it('is not told of connections at all when even their openings are too many', () => {
    const { outlet: out, sent, kinds } = outlet(false)
    const fits = Math.floor((2 * LIMIT) / SEGMENT_WEIGHT) + 1
    for (let id = 1; id <= 10_000; id++) out.push(open(id))
    expect(kinds().length).toBe(fits)
    out.push(data(9000, 10))
    out.push({ type: 'close', connection: 9000, time: 0 })
    expect(kinds().length).toBe(fits)
    expect(out.skipped).toBe(10)
    for (const batch of sent) out.acknowledge(batch.weight)
    out.push(data(9001, 5))
    expect(kinds().length).toBe(fits)
  })

  it('holds the relay where it must miss nothing', () => {
    const { outlet: out, sent, log, kinds } = outlet(true)
    out.push(data(1, 9000))
    out.push(data(1, 4000))
    out.push(data(1, 4000))
    expect(log).toEqual(['hold'])
    expect(kinds()).toEqual(['data 9000', 'data 4000', 'data 4000'])
    for (const batch of sent) out.acknowledge(batch.weight)
    expect(log).toEqual(['hold', 'go on'])
    expect(out.skipped).toBe(0)
  })

  it('gets a lone segment within a few milliseconds', async () => {
    const { outlet: out, sent } = outlet(false)
    out.push(data(1, 3))
    expect(sent.length).toBe(0)
    await new Promise((done) => setTimeout(done, 50))
    expect(sent.length).toBe(1)
  })
})
