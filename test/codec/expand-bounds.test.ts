/** What expanding may take, whatever a message holds. */
import { describe, expect, test } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import { expandFrame } from '../../src/codec/expand.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { frame, type Made } from './nested-frames.ts'

describe('records of many fields', () => {
  const fetched = (count: number, records: Uint8Array) =>
    frame('Fetch', 'response', 11, {
      responses: [
        { topic: 't', partitions: Array.from({ length: count }, (_, i) => ({ partitionIndex: i, records })) },
      ],
    })
  const bodyOf = ({ bytes, as }: Made) => expandFrame(decodeFrame(bytes, as)).body as JsonObject
  const batchesOf = (made: Made): JsonObject[] =>
    ((bodyOf(made).responses as JsonObject[])[0]!.partitions as JsonObject[]).flatMap(
      (partition) => partition.records as JsonObject[],
    )

  test('are shown up to one limit for all', () => {
    const made = fetched(10, writeBatch({ codec: 'gzip', records: Array.from({ length: 30_000 }, () => ({})) }))
    const batches = batchesOf(made)
    const shown = batches.reduce((sum, { records }) => sum + ((records as unknown[] | undefined)?.length ?? 0), 0)
    expect(shown).toBeLessThanOrEqual(100_000)
    expect(batches.at(-1)).toEqual({ omittedBatches: 1 })
  })

  test('are decompressed up to one limit for all', () => {
    const made = fetched(10, writeBatch({ codec: 'gzip', records: [{ value: new Uint8Array(10 << 20) }] }))
    const opened = batchesOf(made).filter(({ records }) => records !== null)
    expect(opened.length).toBe(6)
  })
})
