/** compression.type of a topic: what comes with another codec is kept with that one (LogValidator of Apache Kafka). */
import { type Codec, codecId, compress } from '../../dissectors/records/compression.ts'
import { ATTRIBUTES_AT, CODEC_MASK, CRC_AT, PREFIX, RECORDS_AT, SIZE_AT } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { openPayload } from '../../dissectors/records/payload.ts'
import { crc32c } from '../bytes/crc32c.ts'
import { setI16, setI32 } from '../bytes/patch.ts'

/**
 * A sound batch of magic 2 with its records in this codec; the same bytes where they are already. `maxDecompressed`: what
 * its records may have decompressed to when they were checked.
 */
export function recompress(bytes: Uint8Array, codec: Codec, maxDecompressed: number): Uint8Array {
  const header = batchHeader(bytes, 0)!
  const payload = openPayload(bytes, header, header.size, { perBatch: maxDecompressed, left: maxDecompressed })
  if ('error' in payload || payload.codec === codec) return bytes
  const records = compress(codec, payload.bytes.subarray(payload.start, payload.end))
  const made = new Uint8Array(RECORDS_AT + records.length)
  made.set(bytes.subarray(0, RECORDS_AT))
  made.set(records, RECORDS_AT)
  setI32(made, SIZE_AT, made.length - PREFIX)
  setI16(made, ATTRIBUTES_AT, (header.attributes & ~CODEC_MASK) | codecId(codec))
  setI32(made, CRC_AT, crc32c(made, ATTRIBUTES_AT))
  return made
}
