import { describe, expect, it } from 'vitest'
import { checkRecords } from '../../../dissectors/records/check.ts'
import { type RecordsJson, type RecordsJsonObject, recordsToJson } from '../../../dissectors/records/json.ts'
import { type RecordsContext, readRecords } from '../../../dissectors/records/read.ts'
import { fromHex } from '../../../src/bytes/hex.ts'
import { SpanTable } from '../../../src/bytes/spans.ts'
import { type OfficialBatch, type OfficialRecord, type VectorLine, vectorLines } from './vectors.ts'

const context = (name: string): RecordsContext =>
  name.startsWith('Produce') ? 'produce' : name.startsWith('FetchSnapshot') ? 'snapshot' : 'fetch'

const hexOf = (value: RecordsJson): string | null => {
  if (value === null) return null
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex')
  const object = value as RecordsJsonObject
  return Buffer.from(String(object.base64), 'base64').toString('hex')
}

function officialRecord(record: RecordsJsonObject): OfficialRecord {
  return {
    offset: String(record.offset),
    timestamp: String(record.timestamp),
    key: hexOf(record.key!),
    value: hexOf(record.value!),
    headers: (record.headers as RecordsJsonObject[]).map((h) => ({ key: String(h.key), value: hexOf(h.value!) })),
  }
}

/** Our JSON in the words of the vectors. */
function officialBatch(batch: RecordsJsonObject, offset: number): OfficialBatch {
  return {
    offset,
    sizeInBytes: Number(batch.sizeInBytes),
    magic: Number(batch.magic),
    crc: Number(batch.crc),
    compression: String(batch.compression),
    timestampType: String(batch.timestampType),
    baseOffset: String(batch.baseOffset),
    lastOffset: String(batch.lastOffset),
    maxTimestamp: String(batch.maxTimestamp),
    ...(batch.magic === 2 && {
      partitionLeaderEpoch: Number(batch.partitionLeaderEpoch),
      producerId: String(batch.producerId),
      producerEpoch: Number(batch.producerEpoch),
      baseSequence: Number(batch.baseSequence),
      transactional: batch.isTransactional === true,
      control: batch.isControl === true,
    }),
    records: (batch.records as RecordsJsonObject[]).map(officialRecord),
  }
}

describe.each(['kafka-4.4.0.jsonl.gz', 'kafka-3.9.2.jsonl.gz'])('records fields of %s', (file) => {
  const lines = vectorLines<VectorLine>(file, '"batches":')

  it('hold what the official reader finds', () => {
    let fields = 0
    for (const line of lines) {
      const bytes = fromHex(line.hex)
      for (const field of line.records ?? []) {
        const end = field.offset + field.length
        const view = readRecords(bytes, field.offset, end, new SpanTable(), { context: context(line.name) })
        const whole = recordsToJson(view).filter((batch) => batch.partial !== true)
        const found = whole.map((b, i) => officialBatch(b, view.scan.starts[i]! - field.offset))
        expect(found, `${line.id} ${field.path}`).toEqual(field.batches)
        expect(view.partial?.have ?? 0, `${line.id} ${field.path}`).toBe(field.trailingBytes)
        fields++
      }
    }
    expect(fields).toBe(file.includes('4.4') ? 111 : 24)
  })

  it('have no problems', () => {
    for (const line of lines) {
      const bytes = fromHex(line.hex)
      for (const { offset, length, path } of line.records ?? []) {
        const problems = checkRecords(bytes, offset, offset + length, { context: context(line.name) })
        expect(problems, `${line.id} ${path}`).toEqual([])
      }
    }
  })
})
