import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type CheckOptions, checkRecords } from '../../../dissectors/records/check.ts'
import { compress } from '../../../dissectors/records/compression.ts'
import { recordsToJson } from '../../../dissectors/records/json.ts'
import { readRecords } from '../../../dissectors/records/read.ts'
import { writeBatch, writeMessageSet } from '../../../dissectors/records/write.ts'
import { crc32c } from '../../../src/bytes/crc32c.ts'
import { setI32 } from '../../../src/bytes/patch.ts'
import { SpanTable } from '../../../src/bytes/spans.ts'

const text = (s: string): Uint8Array => new TextEncoder().encode(s)
const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
const three = [{ key: text('a'), value: text('one') }, { value: text('two') }, { value: text('three') }]

/** Code, severity and path of what is found. */
const found = (bytes: Uint8Array, options?: CheckOptions): string[] =>
  checkRecords(bytes, 0, bytes.length, options).map((p) => `${p.severity} ${p.code} ${p.path}`)

/** A batch with some bytes changed and the CRC made right again. */
function changed(bytes: Uint8Array, changes: Record<number, number>): Uint8Array {
  for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value
  setI32(bytes, 17, crc32c(bytes, 21) | 0)
  return bytes
}

function withoutCrc(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  setI32(copy, 17, 0)
  return copy
}

/** A batch of magic 2 with this payload under these attributes. */
function withPayload(payload: Uint8Array, attributes: number, count: number): Uint8Array {
  const bytes = join(writeBatch({ records: [{}] }).subarray(0, 61), payload)
  setI32(bytes, 8, bytes.length - 12)
  setI32(bytes, 57, count)
  return changed(bytes, { 22: attributes })
}

const payloadOf = (records: Parameters<typeof writeBatch>[0]['records']): Uint8Array =>
  writeBatch({ records }).subarray(61)

describe('problems of batches', () => {
  it('are none in sound ones, mixed as they may be', () => {
    const bytes = join(
      writeMessageSet({ magic: 0, messages: three, baseOffset: 1 }),
      writeMessageSet({ magic: 1, messages: three, baseOffset: 4, codec: 'lz4' }),
      writeBatch({ records: three, baseOffset: 7, codec: 'zstd' }),
      writeBatch({ records: three, baseOffset: 10 }),
    )
    expect(found(bytes)).toEqual([])
    const offsets = recordsToJson(readRecords(bytes, 0, bytes.length, new SpanTable())).flatMap((b) =>
      (b.records as { offset: number }[]).map((r) => r.offset),
    )
    expect(offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it.each<[string, (b: Uint8Array) => number]>([
    ['the CRC-32 of zlib over the same bytes, not CRC-32C', (b) => crc32(b.subarray(21))],
    ['the CRC-32C from the magic byte on, not from the attributes on', (b) => crc32c(withoutCrc(b), 16)],
    ['the right one in little-endian byte order', (b) => Buffer.from(b).readUInt32LE(17)],
    ['zero, as if it was never filled in', () => 0],
  ])('say when a CRC is %s', (name, make) => {
    const bytes = writeBatch({ records: three })
    setI32(bytes, 17, make(bytes) | 0)
    expect(found(bytes)).toEqual(['error batch-crc [batch 0].crc'])
    expect(checkRecords(bytes, 0, bytes.length)[0]!.message).toContain(name)
  })

  it.each([3, -2, 100])('find a length that is %i off, and the batches after it', (delta) => {
    const first = writeBatch({ records: three, baseOffset: 1 })
    setI32(first, 8, first.length - 12 + delta)
    const last = writeBatch({ records: three, baseOffset: 4 })
    const bytes = join(first, last)
    expect(checkRecords(bytes, 0, bytes.length)).toMatchObject([
      {
        code: 'batch-length',
        path: '[batch 0].batchLength',
        offset: 8,
        claimed: first.length - 12 + delta,
        actual: first.length - 12,
      },
    ])
    expect(readRecords(bytes, 0, bytes.length, new SpanTable()).batchCount).toBe(2)
  })

  it('let a fetch end within a batch, but no produce request', () => {
    const bytes = writeBatch({ records: three }).subarray(0, 70)
    expect(found(bytes)).toEqual([])
    expect(found(bytes, { context: 'produce' })).toEqual(['error batch-length [batch 0].batchLength'])
    const view = readRecords(bytes, 0, bytes.length, new SpanTable())
    expect(view.partial).toMatchObject({ at: 0, have: 70, header: { count: 3 } })
    expect(recordsToJson(view)).toMatchObject([{ partial: true, have: 70, recordCount: 3 }])
  })

  it('let a piece of a snapshot begin within a batch', () => {
    const bytes = writeBatch({ records: three }).subarray(30)
    expect(found(bytes, { context: 'snapshot' })).toEqual([])
    expect(found(bytes)).toHaveLength(1)
  })

  it('let compaction take the last record of a fetched batch', () => {
    const bytes = writeBatch({ records: three, lastOffsetDelta: 5 })
    expect(found(bytes)).toEqual(['warning batch-offset-delta [batch 0].lastOffsetDelta'])
    expect(found(bytes, { context: 'produce' })).toEqual(['error batch-offset-delta [batch 0].lastOffsetDelta'])
  })

  it('find offsets that do not ascend', () => {
    const records = [{ offsetDelta: 0 }, { offsetDelta: 4 }, { offsetDelta: 4 }]
    expect(found(writeBatch({ records }))).toEqual(['error batch-offset-delta [batch 0].records[2].offsetDelta'])
    const bytes = join(writeBatch({ records: three, baseOffset: 8 }), writeBatch({ records: three, baseOffset: 10 }))
    expect(found(bytes)).toEqual(['warning batch-order [batch 1].baseOffset'])
  })

  it('find records that are younger than the batch says', () => {
    const bytes = writeBatch({ records: [{ timestamp: 10 }, { timestamp: 20 }], maxTimestamp: 15 })
    expect(found(bytes)).toEqual(['warning batch-timestamp [batch 0].maxTimestamp'])
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('find %s under attributes that name another codec', (codec) => {
    const payload = compress(codec, payloadOf(three))
    for (const attributes of [0, codec === 'gzip' ? 4 : 1]) {
      const [problem] = checkRecords(withPayload(payload, attributes, 3), 0, 61 + payload.length)
      expect(problem).toMatchObject({ code: 'batch-codec', offset: 22, actual: codec })
    }
  })

  it('find payloads that cannot be decompressed', () => {
    const payload = compress('gzip', payloadOf(three)).slice(0, -9)
    expect(found(withPayload(payload, 1, 3))).toEqual(['error batch-payload [batch 0].records'])
  })

  it('find bytes after the last record', () => {
    const payload = join(payloadOf(three), Uint8Array.of(0xff, 0xff, 0xff))
    expect(found(withPayload(payload, 0, 3))).toEqual(['error batch-trailing [batch 0].records'])
  })

  it('find varints that are longer than need be', () => {
    // Length, attributes, timestamp delta in two bytes, offset delta, null key, null value, no headers.
    const payload = Uint8Array.of(14, 0, 0x80, 0, 0, 1, 1, 0)
    expect(found(withPayload(payload, 0, 1))).toEqual(['warning record-varint [batch 0].records'])
  })

  it('find lengths and counts that do not fit', () => {
    expect(found(withPayload(Uint8Array.of(12, 0, 0, 0, 98, 1, 0), 0, 1))).toEqual([
      'error record-length [batch 0].records[0].key',
    ])
    expect(found(withPayload(Uint8Array.of(12, 0, 0, 0, 1, 1, 1), 0, 1))).toEqual([
      'error record-negative [batch 0].records[0].headers',
    ])
    expect(found(withPayload(Uint8Array.of(16, 0, 0, 0, 1, 1, 2, 5, 0), 0, 1))).toEqual([
      'error record-negative [batch 0].records[0].headers[0].key',
    ])
    expect(found(withPayload(Uint8Array.of(200, 200, 200, 200, 200), 0, 1))).toEqual([
      'error record-varint [batch 0].records[0].length',
    ])
  })

  it('end at a limit', () => {
    const bytes = join(...Array(50).fill(changedCrc()))
    expect(found(bytes, { context: 'produce' })).toHaveLength(20)
    expect(found(bytes, { context: 'produce', maxProblems: 3 })).toHaveLength(3)
  })

  function changedCrc(): Uint8Array {
    const bytes = writeBatch({ records: three })
    setI32(bytes, 17, 12345)
    return bytes
  }
})

describe('problems of messages', () => {
  it.each([0, 1] as const)('find a wrong CRC and wrong lengths in magic %i', (magic) => {
    const make = (): Uint8Array => writeMessageSet({ magic, messages: [{ key: text('k'), value: text('v') }] })
    const wrongCrc = make()
    wrongCrc[12]! ^= 1
    expect(found(wrongCrc)).toEqual(['error batch-crc [batch 0].crc'])
    const wrongKey = make()
    setI32(wrongKey, magic === 0 ? 18 : 26, 9)
    expect(found(wrongKey)).toEqual(['error record-length [batch 0].key'])
    const wrongSize = make()
    setI32(wrongSize, 8, 3)
    expect(found(wrongSize)).toEqual(['error batch-length [batch 0].messageSize'])
  })

  it('find what is wrong in a wrapped message', () => {
    const inner = writeMessageSet({ magic: 1, messages: three })
    inner[12]! ^= 1
    const bytes = writeMessageSet({ magic: 1, messages: [{ value: compress('gzip', inner, 1) }] })
    bytes[17] = 1
    setI32(bytes, 12, crc32(bytes.subarray(16)) | 0)
    const [problem] = checkRecords(bytes, 0, bytes.length)
    expect(problem).toMatchObject({
      code: 'batch-crc',
      path: '[batch 0].records[0].crc',
      inner: { offset: 12, length: 4 },
    })
  })

  it('find a compressed message without a value, and unknown codecs', () => {
    const none = writeMessageSet({ magic: 0, messages: [{}] })
    for (const [attributes, expected] of [
      [1, 'error batch-payload [batch 0].value'],
      [4, 'error batch-codec [batch 0].attributes'],
      [7, 'error batch-codec [batch 0].attributes'],
    ] as const) {
      none[17] = attributes
      setI32(none, 12, crc32(none.subarray(16)) | 0)
      expect(found(none)).toEqual([expected])
    }
  })
})
