import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchHeader } from '../../dissectors/records/header.ts'
import { PartitionLog } from '../../src/broker/log.ts'
import { batchOf } from './helpers.ts'

const many = (n: number): string[] => Array.from({ length: n }, (_, i) => `value ${i}`)

/** A log with batches of these record counts. */
function logOf(...counts: number[]): PartitionLog {
  const log = new PartitionLog()
  for (const count of counts) log.append(batchOf(many(count)), 5)
  return log
}

describe('a partition log', () => {
  it('gives offsets in a row, written into the batches', () => {
    const log = logOf(3, 1, 2)
    expect(log.endOffset).toBe(6)
    const batches = log.read(0, 1e6, true)
    expect(batches.map((batch) => batch.baseOffset)).toEqual([0, 3, 4])
    expect(batches.map((batch) => batchHeader(batch.bytes, 0)?.baseOffset)).toEqual([0, 3, 4])
    expect(batches.map((batch) => batchHeader(batch.bytes, 0)?.partitionLeaderEpoch)).toEqual([0, 0, 0])
  })

  it('reads from the batch that holds the offset', () => {
    const log = logOf(3, 1, 2)
    expect(log.read(2, 1e6, true)[0]?.baseOffset).toBe(0)
    expect(log.read(3, 1e6, true)[0]?.baseOffset).toBe(3)
    expect(log.read(6, 1e6, true)).toEqual([])
  })

  it('gives a first batch that is over the limit only where it must', () => {
    const log = logOf(3, 1)
    expect(log.read(0, 10, true)).toHaveLength(1)
    expect(log.read(0, 10, false)).toHaveLength(0)
  })

  it('tells of every append until told not to', () => {
    const log = logOf()
    let seen = 0
    const stop = log.onAppend(() => seen++)
    log.append(batchOf(['a']), 5)
    stop()
    log.append(batchOf(['b']), 5)
    expect(seen).toBe(1)
  })

  it('drops whole batches from its head, never the newest', () => {
    const log = logOf(3, 1, 2)
    const size = log.size
    expect(log.dropOldest(1)).toBeGreaterThan(0)
    expect(log.startOffset).toBe(3)
    expect(log.size).toBeLessThan(size)
    log.dropOldest(1e9)
    expect(log.startOffset).toBe(4)
    expect(log.read(4, 1e6, true)).toHaveLength(1)
  })

  it('counts what is available as what would be read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 }),
        fc.nat(60),
        fc.nat(60),
        (counts, at, cut) => {
          const log = logOf(...counts)
          log.truncateBefore(cut)
          const offset = Math.max(log.startOffset, Math.min(at, log.endOffset))
          const bytes = log.read(offset, 1e9, true).reduce((sum, batch) => sum + batch.bytes.length, 0)
          expect(log.available(offset)).toBe(bytes)
          if (offset < log.endOffset) {
            const first = log.read(offset, 1e9, true)[0]!
            expect(first.baseOffset).toBeLessThanOrEqual(offset)
            expect(first.lastOffset).toBeGreaterThanOrEqual(offset)
          }
        },
      ),
    )
  })
})
