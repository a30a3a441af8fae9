/** Records of a Fetch answer as short texts. */
import { Buffer } from 'node:buffer'
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { CONTROL } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { openPayload } from '../../dissectors/records/payload.ts'
import { markerOf } from '../../src/broker/markers.ts'
import type { JsonValue } from '../../src/codec/json-text.ts'

/** `3:value`, or `4:COMMIT` where a transaction ends. `records` is base64. */
export function readRecords(records: JsonValue): string[] {
  const bytes = new Uint8Array(Buffer.from(String(records ?? ''), 'base64'))
  const found: string[] = []
  for (let from = 0; from < bytes.length; ) {
    const header = batchHeader(bytes, from)
    if (!header || from + header.size > bytes.length) return found
    const batch = bytes.subarray(from, from + header.size)
    from += header.size
    if (header.attributes & CONTROL) {
      const marker = markerOf(batch, batchHeader(batch, 0)!)
      found.push(`${header.baseOffset}:${marker?.committed ? 'COMMIT' : 'ABORT'}/${header.producerEpoch}`)
      continue
    }
    const payload = openPayload(batch, batchHeader(batch, 0)!, batch.length, { perBatch: 1e7, left: 1e7 })
    if ('error' in payload) throw new Error(payload.error.message)
    const cursor = new RecordCursor(payload.bytes, payload.start, payload.end)
    while (cursor.next()) {
      const value = Buffer.from(payload.bytes.subarray(cursor.valueFrom, cursor.valueFrom + cursor.valueLength))
      found.push(`${Number(header.baseOffset) + cursor.offsetDelta}:${value.toString()}`)
    }
  }
  return found
}
