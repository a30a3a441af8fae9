import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchReader, BatchWriter, BLOCK_SIZE } from '../../src/proxy/batch.ts'
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
    bytes: fc.nat(60_000).map((size) => new Uint8Array(size).fill(size)),
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

/** Text is compared at once, an array element by element. */
const comparable = (one: Segment): unknown =>
  one.type === 'data' ? { ...one, bytes: Buffer.from(one.bytes).toString('latin1') } : one

describe('a batch of segments', () => {
  it('comes out as it went in, through a thread’s message, batch after batch, in memory that goes to and fro', () => {
    fc.assert(
      fc.property(fc.array(fc.array(segment, { maxLength: 12 }), { maxLength: 4 }), (parts) => {
        const writer = new BatchWriter()
        for (const part of parts) {
          const pushed = part.map((one) => (one.type === 'data' ? { ...one, bytes: one.bytes.slice() } : one))
          for (const one of pushed) {
            if (one.type === 'data') expect(writer.fits(one.bytes.length)).toBe(true)
            writer.add(one)
            // The socket's buffer is read into again.
            if (one.type === 'data') one.bytes.fill(0)
          }
          const { batch, transfer } = writer.take()
          const reader = new BatchReader(structuredClone(batch, { transfer }))
          const wanted = part.map((one) => (one.type === 'data' ? { ...one, borrowed: true } : one))
          expect(readAll(reader).map(comparable)).toEqual(wanted.map(comparable))
          expect(writer.isEmpty).toBe(true)
          if (reader.memory) writer.reuse(structuredClone(reader.memory, { transfer: [reader.memory] }))
        }
      }),
    )
  })

  it('is full at the size of a block, but takes one larger segment', () => {
    const writer = new BatchWriter()
    const data = (size: number): Segment => {
      const bytes = new Uint8Array(size).fill(size)
      return { type: 'data', connection: 1, direction: 'request', time: 0, bytes }
    }
    expect(writer.fits(BLOCK_SIZE + 1)).toBe(true)
    writer.add(data(BLOCK_SIZE - 5))
    expect(writer.fits(5)).toBe(true)
    expect(writer.fits(6)).toBe(false)
    const { batch, transfer } = writer.take()
    expect(transfer).toEqual([batch.block.buffer])
    writer.add(data(BLOCK_SIZE + 1))
    const large = readAll(new BatchReader(writer.take().batch))
    expect(large.map((one) => (one.type === 'data' ? one.bytes.length : 0))).toEqual([BLOCK_SIZE + 1])
  })

  it('fills memory that came back, and none that it did not send', () => {
    const writer = new BatchWriter()
    const memory = new ArrayBuffer(BLOCK_SIZE)
    writer.reuse(new ArrayBuffer(10))
    writer.reuse(memory)
    const bytes = new Uint8Array(BLOCK_SIZE / 2)
    writer.add({ type: 'data', connection: 1, direction: 'request', time: 0, bytes })
    expect(writer.take().batch.block.buffer).toBe(memory)
  })
})
