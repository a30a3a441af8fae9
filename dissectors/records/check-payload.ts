/** What to say of a batch whose payload could not be opened. */
import { lz4Linked } from '../../src/bytes/lz4.ts'
import type { BatchContext } from './check-batch.ts'
import { codecByMagic } from './compression.ts'
import { RecordCursor } from './cursor.ts'
import * as F from './format.ts'
import { codecOfBatch, type PayloadError } from './payload.ts'

/** `range`: where the payload is. */
export function reportPayloadError(
  batch: BatchContext,
  error: PayloadError,
  range: readonly [start: number, end: number],
): void {
  const { header, index, list } = batch
  const codec = codecOfBatch(header)
  const payload = {
    batch: index,
    path: `[batch ${index}].${header.magic === 2 ? 'records' : 'value'}`,
    offset: range[0],
    length: range[1] - range[0],
  }
  if (error.reason === 'too-large') {
    const message = `The ${codec} payload is larger than what is looked at: ${error.message}.`
    list.add({ ...payload, code: 'batch-too-large', severity: 'note', message })
    return
  }
  if (error.reason === 'unsupported') {
    const message = `The ${codec} payload was not read: ${error.message}.`
    list.add({ ...payload, code: 'batch-payload', severity: 'note', message })
    return
  }
  if (error.reason === 'unknown-codec') {
    reportCodec(
      batch,
      header.attributes & F.CODEC_MASK,
      null,
      `The attributes name a codec that does not exist: ${error.message}.`,
    )
    return
  }
  const actual = contentsOf(batch, range)
  if (actual !== null && actual !== codec) {
    const holds = actual === 'none' ? "the records aren't compressed" : `the records are ${actual}`
    reportCodec(batch, codec, actual, `The attributes say ${codec}, but ${holds}.`)
    return
  }
  list.add({
    ...payload,
    code: 'batch-payload',
    severity: 'error',
    claimed: codec,
    message: `The ${codec} payload cannot be decompressed: ${error.message}.`,
  })
}

/**
 * An LZ4 frame without the block independence flag, as lz4js writes it: brokers and Java clients refuse it whatever its
 * blocks hold (Lz4BlockInputStream of kafka-clients), librdkafka reads it. `range`: where the payload is.
 */
export function reportLinked(batch: BatchContext, range: readonly [start: number, end: number]): void {
  if (!lz4Linked(batch.bytes, range[0], range[1])) return
  const { header, index, list } = batch
  list.add({
    code: 'batch-lz4-linked',
    severity: 'error',
    batch: index,
    path: `[batch ${index}].${header.magic === 2 ? 'records' : 'value'}`,
    offset: range[0] + LZ4_FLAGS_AT,
    length: 1,
    message: 'The LZ4 frame has no block independence flag: brokers and Java clients refuse it.',
  })
}

/** After the frame's magic. */
const LZ4_FLAGS_AT = 4

/** The attributes name the wrong codec: the last three bits of their last byte. */
export function reportCodec(
  batch: BatchContext,
  claimed: number | string | null,
  actual: string | null,
  message: string,
): void {
  const { header, index, list } = batch
  list.add({
    code: 'batch-codec',
    severity: 'error',
    batch: index,
    path: `[batch ${index}].attributes`,
    offset: header.at + (header.magic === 2 ? F.ATTRIBUTES_AT + 1 : F.LEGACY_ATTRIBUTES_AT),
    length: 1,
    claimed,
    actual,
    message,
  })
}

/** The codec that a payload shows, `none` where its records can be read as they stand, or null. */
function contentsOf(batch: BatchContext, [start, end]: readonly [start: number, end: number]): string | null {
  const codec = codecByMagic(batch.bytes, start, end)
  if (codec !== null) return codec
  if (batch.header.magic !== 2) return null
  const records = new RecordCursor(batch.bytes, start, end)
  while (records.next()) if (records.mismatch !== null) return null
  return records.fault === null && records.index >= 0 ? 'none' : null
}
