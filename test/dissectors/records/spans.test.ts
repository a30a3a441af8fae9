import { expect, it } from 'vitest'
import { readRecords } from '../../../dissectors/records/read.ts'
import { writeBatch, writeMessageSet } from '../../../dissectors/records/write.ts'
import { SpanTable } from '../../../src/bytes/spans.ts'
import { type FieldLine, fieldLines } from '../../../src/codec/paths.ts'

const text = (s: string): Uint8Array => new TextEncoder().encode(s)
const one = [{ key: text('k'), value: text('value'), headers: [{ key: 'h', value: null }] }]

function lines(bytes: Uint8Array): FieldLine[] {
  const table = new SpanTable()
  readRecords(bytes, 0, bytes.length, table)
  return fieldLines(bytes, table)
}

it('gives every field of a batch of magic 2 a line', () => {
  expect(lines(writeBatch({ records: one })).map(([path, at, length]) => `${path} ${at} ${length}`)).toEqual([
    'records 0 77',
    'records[batch 0] 0 77',
    'records[batch 0].baseOffset 0 8',
    'records[batch 0].batchLength 8 4',
    'records[batch 0].partitionLeaderEpoch 12 4',
    'records[batch 0].magic 16 1',
    'records[batch 0].crc 17 4',
    'records[batch 0].attributes 21 2',
    'records[batch 0].lastOffsetDelta 23 4',
    'records[batch 0].baseTimestamp 27 8',
    'records[batch 0].maxTimestamp 35 8',
    'records[batch 0].producerId 43 8',
    'records[batch 0].producerEpoch 51 2',
    'records[batch 0].baseSequence 53 4',
    'records[batch 0].recordCount 57 4',
    'records[batch 0].records 61 16',
    'records[batch 0].records[0] 61 16',
    'records[batch 0].records[0].length 61 1',
    'records[batch 0].records[0].attributes 62 1',
    'records[batch 0].records[0].timestampDelta 63 1',
    'records[batch 0].records[0].offsetDelta 64 1',
    'records[batch 0].records[0].key 65 2',
    'records[batch 0].records[0].value 67 6',
    'records[batch 0].records[0].headers 73 4',
    'records[batch 0].records[0].headers[0] 74 3',
    'records[batch 0].records[0].headers[0].key 74 2',
    'records[batch 0].records[0].headers[0].value 76 1',
  ])
})

it('gives those of a message a line', () => {
  const bytes = writeMessageSet({ magic: 1, messages: one })
  expect(lines(bytes).map(([path, at, length]) => `${path} ${at} ${length}`)).toEqual([
    'records 0 40',
    'records[batch 0] 0 40',
    'records[batch 0].offset 0 8',
    'records[batch 0].messageSize 8 4',
    'records[batch 0].crc 12 4',
    'records[batch 0].magic 16 1',
    'records[batch 0].attributes 17 1',
    'records[batch 0].timestamp 18 8',
    'records[batch 0].key 26 5',
    'records[batch 0].value 31 9',
  ])
})

it('puts the lines of compressed records in a table of their own', () => {
  const bytes = writeBatch({ records: one, codec: 'gzip' })
  const table = new SpanTable()
  const view = readRecords(bytes, 0, bytes.length, table)
  const last = fieldLines(bytes, table).at(-1)
  expect(last).toEqual(['records[batch 0].records', 61, bytes.length - 61, 'compressed_records'])
  const inner = view.innerTable(0)!
  expect(fieldLines(inner.bytes, inner.table)[7]).toEqual(['records[0].value', 6, 6, 'varint_bytes'])
})

it('leaves what cannot be read as one line', () => {
  const whole = writeBatch({ records: one })
  expect(
    lines(whole.subarray(0, 30))
      .map(([path, at, length]) => `${path} ${at} ${length}`)
      .slice(-3),
  ).toEqual([
    'records[batch 0].attributes 21 2',
    'records[batch 0].lastOffsetDelta 23 4',
    'records[batch 0]._unread 27 3',
  ])
  whole[16] = 9
  expect(lines(whole)).toEqual([
    ['records', 0, 77, 'record_batches'],
    ['records[batch 0]', 0, 77, 'unread'],
  ])
})
