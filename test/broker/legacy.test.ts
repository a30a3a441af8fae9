import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { loadZstdWriter } from '../../dissectors/records/compression.ts'
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { MessageCursor } from '../../dissectors/records/message.ts'
import { readRecords } from '../../dissectors/records/read.ts'
import { writeBatch, writeMessageSet } from '../../dissectors/records/write.ts'
import { downConvert, upConvert as upConvertUnder } from '../../src/broker/legacy.ts'
import { PartitionLog } from '../../src/broker/log.ts'
import { DEFAULT_OPTIONS } from '../../src/broker/options.ts'
import { NO_RULES, RecordCheck } from '../../src/broker/record-rules.ts'
import { SpanTable } from '../../src/bytes/spans.ts'
import { text } from '../../src/bytes/utf8.ts'
import { ask, at, batchOf, bench, createTopic, produceTo, utf8 } from './helpers.ts'

const upConvert: (bytes: Uint8Array, limits: typeof DEFAULT_OPTIONS) => ReturnType<typeof upConvertUnder> = (
  bytes,
  limits,
) => upConvertUnder(bytes, limits, new RecordCheck(NO_RULES))

/** Key and value of all records of a batch of magic 2. */
function recordsOf(batch: Uint8Array): [string, string][] {
  const view = readRecords(batch, 0, batch.length, new SpanTable())
  const payload = view.payload(0)
  if ('error' in payload) throw new Error(payload.error.message)
  const cursor = new RecordCursor(payload.bytes, payload.start, payload.end)
  const found: [string, string][] = []
  while (cursor.next()) {
    const { keyFrom, keyLength, valueFrom, valueLength } = cursor
    found.push([
      text(payload.bytes, keyFrom, keyFrom + keyLength),
      text(payload.bytes, valueFrom, valueFrom + valueLength),
    ])
  }
  return found
}

const words: [string, string][] = [
  ['k1', 'one'],
  ['k2', 'two'],
  ['k3', 'three'],
]
const messages = words.map(([key, value]) => ({ key: utf8(key), value: utf8(value), timestamp: 77 }))

/** Magic 0 has no time; a message of magic 2 that came from there has -1. */
const withTime = (magic: number) => messages.map((message) => ({ ...message, timestamp: magic === 0 ? -1 : 77 }))

describe('message sets of old producers', () => {
  it.each([
    [0, 'none'],
    [0, 'gzip'],
    [0, 'snappy'],
    [0, 'lz4'],
    [1, 'none'],
    [1, 'gzip'],
    [1, 'snappy'],
    [1, 'lz4'],
  ] as const)('of magic %i, %s, become one batch', (magic, codec) => {
    const batch = upConvert(writeMessageSet({ magic, codec, messages }), DEFAULT_OPTIONS)
    expect(batch).toBeInstanceOf(Uint8Array)
    expect(recordsOf(batch as Uint8Array)).toEqual(words)
  })

  it.each([
    [0, 'none'],
    [1, 'gzip'],
    [2, 'lz4'],
    [3, 'snappy'],
  ] as const)(
    'get offsets in a row, and come out for an old consumer as they went in: Fetch v%i, %s',
    async (version, codec) => {
      const on = bench()
      await createTopic(on, 'orders')
      const magic = version < 2 ? 0 : 1
      const sets = [0, 3].map((baseOffset) => writeMessageSet({ magic, codec, messages: withTime(magic), baseOffset }))
      for (const [i, set] of sets.entries()) {
        const answer = await produceTo(on, 'orders', set, magic === 0 ? 1 : 2)
        expect(at(answer, 'responses', 0, 'partitionResponses', 0)).toMatchObject({ errorCode: 0, baseOffset: 3 * i })
      }
      const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 }]
      const answer = await ask(on, 'Fetch', version, {
        maxWaitMs: 0,
        minBytes: 1,
        topics: [{ topic: 'orders', partitions }],
      })
      const records = at(answer, 'responses', 0, 'partitions', 0, 'records') as string
      expect(Buffer.from(records, 'base64').equals(Buffer.concat(sets))).toBe(true)
    },
  )

  it('are refused where they are damaged', () => {
    const bytes = writeMessageSet({ magic: 1, messages })
    bytes[bytes.length - 1]! ^= 1
    expect(upConvert(bytes, DEFAULT_OPTIONS)).toMatchObject({ errorCode: errorCode('CORRUPT_MESSAGE') })
    expect(upConvert(bytes.subarray(0, 20), DEFAULT_OPTIONS)).toMatchObject({ errorCode: errorCode('CORRUPT_MESSAGE') })
    expect(upConvert(new Uint8Array(0), DEFAULT_OPTIONS)).toBeNull()
  })

  it('never crash the conversion, whatever they hold', () => {
    const whole = writeMessageSet({ magic: 1, codec: 'snappy', messages })
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const bytes = whole.slice(0, Math.max(1, length))
        bytes[at % bytes.length] = byte
        upConvert(bytes, DEFAULT_OPTIONS)
      }),
    )
  })
})

describe('what old consumers get', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ])('Fetch v%i: messages of magic %i, from the offset on', async (version, magic) => {
    const on = bench()
    await createTopic(on, 'orders')
    for (const values of [['a', 'b'], ['c']]) await produceTo(on, 'orders', batchOf(values))
    const answer = await ask(on, 'Fetch', version, {
      maxWaitMs: 0,
      minBytes: 1,
      topics: [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 1, partitionMaxBytes: 10_000 }] }],
    })
    const bytes = Buffer.from(at(answer, 'responses', 0, 'partitions', 0, 'records') as string, 'base64')
    const cursor = new MessageCursor(bytes, 0, bytes.length)
    const found: [number | bigint, number, string][] = []
    while (cursor.next()) {
      found.push([cursor.offset, cursor.magic, text(bytes, cursor.valueFrom, cursor.valueFrom + cursor.valueLength)])
    }
    expect(cursor.fault).toBeNull()
    expect(found).toEqual([
      [1, magic, 'b'],
      [2, magic, 'c'],
    ])
  })

  it('ends before a batch that has no old form', async () => {
    await loadZstdWriter()
    const log = new PartitionLog()
    log.append(batchOf(['a']), 1)
    const zstd = writeBatch({ records: [{ value: utf8('b') }], codec: 'zstd' })
    log.append(zstd, 1)
    expect(downConvert(log.read(0, 1e6, true), 0, 1, 1e6)).toHaveLength(1)
    expect(downConvert(log.read(1, 1e6, true), 1, 1, 1e6)).toMatchObject({
      errorCode: errorCode('UNSUPPORTED_COMPRESSION_TYPE'),
    })
  })
})
