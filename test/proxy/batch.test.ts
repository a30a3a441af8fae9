import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchReader, BatchWriter } from '../../src/proxy/batch.ts'
import type { Segment } from '../../src/session/segment.ts'

const direction = fc.constantFrom<'request' | 'response'>('request', 'response')
const id = fc.integer({ min: 1, max: 1_000_000 })
const time = fc.integer({ min: 1.7e15, max: 1.8e15 })

const segment: fc.Arbitrary<Segment> = fc.oneof(
  fc.record({
    type: fc.constant('data' as const),
    connection: id,
    direction,
    time,
    bytes: fc.nat(20_000).map((size) => new Uint8Array(size).fill(size)),
  }),
  fc.record({ type: fc.constant('gap' as const), connection: id, direction, time, bytes: fc.nat() }),
  fc.record({ type: fc.constant('close' as const), connection: id, direction, time }),
  fc.record({
    type: fc.constant('open' as const),
    connection: fc.record({ id, client: fc.string(), broker: fc.string() }),
    time,
  }),
)

function readAll(reader: BatchReader): Segment[] {
  const segments: Segment[] = []
  for (let next = reader.next(); next; next = reader.next()) segments.push(next)
  return segments
}

describe('a batch of segments', () => {
  it('comes out as it went in, through a thread’s message, batch after batch', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(segment, fc.boolean())), fc.nat(10), (segments, cut) => {
        const writer = new BatchWriter()
        const got: Segment[] = []
        for (const part of [segments.slice(0, cut), segments.slice(cut)]) {
          for (const [one, owned] of part)
            writer.add(one.type === 'data' ? { ...one, bytes: one.bytes.slice() } : one, owned)
          const { batch, transfer } = writer.take()
          got.push(...readAll(new BatchReader(structuredClone(batch, { transfer }))))
          expect(writer.isEmpty).toBe(true)
        }
        expect(got).toEqual(segments.map(([one]) => one))
      }),
    )
  })

  it('takes large memory that it is given, and leaves alone what others hold', () => {
    const writer = new BatchWriter()
    const mine = new Uint8Array(100_000)
    const shared = new Uint8Array(100_000)
    const partOf = Buffer.alloc(200_000).subarray(0, 100_000)
    const data = (bytes: Uint8Array): Segment => ({ type: 'data', connection: 1, direction: 'request', time: 0, bytes })
    writer.add(data(mine), true)
    writer.add(data(shared), false)
    writer.add(data(partOf), true)
    const { batch, transfer } = writer.take()
    structuredClone(batch, { transfer })
    expect(mine.length).toBe(0)
    expect(shared.length).toBe(100_000)
    expect(partOf.length).toBe(100_000)
  })
})
