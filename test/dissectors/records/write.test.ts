import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRecords } from '../../../dissectors/records/check.ts'
import { CODECS, type Codec } from '../../../dissectors/records/compression.ts'
import { batchHeader, setBaseOffset } from '../../../dissectors/records/header.ts'
import { recordsToJson } from '../../../dissectors/records/json.ts'
import { readRecords } from '../../../dissectors/records/read.ts'
import { writeBatch, writeMessageSet } from '../../../dissectors/records/write.ts'
import { SpanTable } from '../../../src/bytes/spans.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const shown = (bytes: Uint8Array | null): unknown => {
  if (bytes === null) return null
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return Buffer.compare(utf8(text), bytes) === 0 ? text : { base64: Buffer.from(bytes).toString('base64') }
}

const content = fc.option(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string().map(utf8)))
const header = fc.record({ key: fc.string({ unit: 'grapheme' }), value: content })
const time = fc.bigInt(0n, 2n ** 48n).map(Number)
const record = fc.record({ key: content, value: content, timestamp: time, headers: fc.array(header, { maxLength: 4 }) })
const codec = fc.constantFrom(...CODECS)
const offset = fc.oneof(fc.nat(), fc.bigInt(0n, 2n ** 62n))

const json = (bytes: Uint8Array) => recordsToJson(readRecords(bytes, 0, bytes.length, new SpanTable()))
const plus = (a: number | bigint, b: number) => Number(BigInt(a) + BigInt(b))

describe('writeBatch', () => {
  it('writes what reads back without problems', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), codec, offset, (records, codec, baseOffset) => {
        const bytes = writeBatch({ records, codec, baseOffset, producerId: 7, producerEpoch: 1, baseSequence: 9 })
        expect(checkRecords(bytes, 0, bytes.length, { context: 'produce' })).toEqual([])
        const [batch] = json(bytes)
        expect(batch).toMatchObject({ compression: codec, producerId: 7, producerEpoch: 1, baseSequence: 9, magic: 2 })
        expect(batch!.records).toMatchObject(
          records.map((r) => ({
            timestamp: r.timestamp,
            key: shown(r.key),
            value: shown(r.value),
            headers: r.headers.map((h) => ({ key: h.key, value: shown(h.value) })),
          })),
        )
        const offsets = (batch!.records as { offset: number | bigint }[]).map((r) => Number(r.offset))
        expect(offsets).toEqual(records.map((_, i) => plus(baseOffset, i)))
      }),
    )
  })

  it('marks control batches, whose records are shown by type', () => {
    const key = Uint8Array.of(0, 0, 0, 1)
    const value = Uint8Array.of(0, 0, 0, 0, 0, 7)
    const bytes = writeBatch({ records: [{ key, value }], isControl: true, isTransactional: true, producerId: 4 })
    const view = readRecords(bytes, 0, bytes.length, new SpanTable())
    const kinds: string[] = []
    const batches = recordsToJson(view, {
      decodeNested: (kind, bytes) => {
        kinds.push(kind)
        return { version: 0, size: bytes.length }
      },
    })
    expect(kinds).toEqual(['EndTxnMarker'])
    expect(batches[0]).toMatchObject({
      isControl: true,
      isTransactional: true,
      records: [{ controlType: 'COMMIT', value: { version: 0, size: 6 } }],
    })
  })
})

describe('writeMessageSet', () => {
  it('writes what reads back without problems', () => {
    const message = fc.record({ key: content, value: content, timestamp: time })
    const legacy = codec.filter((c): c is Exclude<Codec, 'zstd'> => c !== 'zstd')
    const magic = fc.constantFrom(0 as const, 1 as const)
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 20 }),
        legacy,
        magic,
        offset,
        (messages, codec, magic, baseOffset) => {
          const bytes = writeMessageSet({ messages, codec, magic, baseOffset })
          expect(checkRecords(bytes, 0, bytes.length)).toEqual([])
          const batches = json(bytes)
          expect(batches.length).toBe(codec === 'none' ? messages.length : 1)
          const records = batches.flatMap((b) => b.records as { offset: number | bigint }[])
          expect(records).toMatchObject(
            messages.map((m) => ({
              key: shown(m.key),
              value: shown(m.value),
              timestamp: magic === 0 ? -1 : m.timestamp,
            })),
          )
          expect(records.map((r) => Number(r.offset))).toEqual(messages.map((_, i) => plus(baseOffset, i)))
        },
      ),
    )
  })
})

describe('batch headers', () => {
  it('are read without the records, and take an offset in place', () => {
    const bytes = writeBatch({ records: [{ timestamp: 5 }, { timestamp: 9 }], producerId: 2n ** 60n, baseSequence: 3 })
    setBaseOffset(bytes, 0, 2n ** 53n + 1n, 12)
    expect(batchHeader(bytes, 0)).toEqual({
      at: 0,
      size: bytes.length,
      magic: 2,
      crc: expect.any(Number),
      attributes: 0,
      baseOffset: 2n ** 53n + 1n,
      partitionLeaderEpoch: 12,
      lastOffsetDelta: 1,
      baseTimestamp: 5,
      maxTimestamp: 9,
      producerId: 2n ** 60n,
      producerEpoch: -1,
      baseSequence: 3,
      count: 2,
    })
    expect(checkRecords(bytes, 0, bytes.length)).toEqual([])
    expect(batchHeader(bytes, 0, 60)).toBeNull()
    expect(batchHeader(new Uint8Array(3), 0)).toBeNull()
  })

  it('of messages have no producer', () => {
    const bytes = writeMessageSet({ magic: 1, messages: [{ timestamp: 5 }], baseOffset: 8 })
    setBaseOffset(bytes, 0, -1, 12)
    expect(batchHeader(bytes, 0)).toMatchObject({ baseOffset: -1, magic: 1, producerId: -1, count: 1, maxTimestamp: 5 })
    expect(checkRecords(bytes, 0, bytes.length)).toEqual([])
  })
})
