/** Checks messages of magic 0 and 1, and those that they wrap. */
import { u32 } from '../../src/bytes/read.ts'
import type { BatchContext } from './check-batch.ts'
import { reportPayloadError } from './check-payload.ts'
import * as F from './format.ts'
import { MessageCursor, messageCrc } from './message.ts'
import { openPayload, payloadRange } from './payload.ts'
import { bytesOf } from './problem.ts'

/** Where a message stands: in the field itself, or in a wrapper's value. */
interface Place {
  readonly path: string
  /** What to add to offsets in the field; null inside a wrapper. */
  readonly wrapper: { readonly offset: number; readonly length: number } | null
}

/** One message of the field, which may wrap others. */
export function checkMessage(batch: BatchContext): void {
  const { bytes, header, end, index, list } = batch
  const place: Place = { path: `[batch ${index}]`, wrapper: null }
  const message = new MessageCursor(bytes, header.at, end)
  if (!message.next()) {
    reportFault(batch, message, place)
    return
  }
  checkOne(batch, bytes, message, place)
  if ((header.attributes & F.CODEC_MASK) === 0 || list.full) return
  const payload = openPayload(bytes, header, end, batch.budget)
  const range = payloadRange(bytes, header, end)
  if ('error' in payload) {
    reportPayloadError(batch, payload.error, range ?? [end, end])
    return
  }
  const wrapper = { offset: range![0], length: range![1] - range![0] }
  const inner = new MessageCursor(payload.bytes, payload.start, payload.end)
  let previous: number | bigint | null = null
  while (!list.full && inner.next()) {
    const at: Place = { path: `[batch ${index}].records[${inner.index}]`, wrapper }
    checkOne(batch, payload.bytes, inner, at)
    if (inner.magic !== header.magic) {
      report(
        batch,
        at,
        'batch-magic',
        'magic',
        inner.at + F.MAGIC_AT,
        1,
        inner.magic,
        header.magic,
        `A message of magic ${inner.magic} inside one of magic ${header.magic}.`,
      )
    } else if (inner.attributes & F.CODEC_MASK) {
      report(
        batch,
        at,
        'batch-codec',
        'attributes',
        inner.at + F.LEGACY_ATTRIBUTES_AT,
        1,
        null,
        null,
        'A compressed message inside a compressed message.',
      )
    } else if (previous !== null && inner.offset <= previous) {
      report(
        batch,
        at,
        'batch-offset-delta',
        'offset',
        inner.at,
        8,
        String(inner.offset),
        null,
        `Offset ${inner.offset} comes after offset ${previous}.`,
      )
    }
    previous = inner.offset
  }
  if (inner.fault !== null) reportFault(batch, inner, { path: `[batch ${index}].records[${inner.index}]`, wrapper })
  else if (inner.index < 0 && !list.full) {
    report(
      batch,
      { path: `[batch ${index}].value`, wrapper: null },
      'batch-count',
      '',
      wrapper.offset,
      wrapper.length,
      null,
      0,
      'A compressed message that holds no messages.',
    )
  }
}

/** CRC and spare bytes of the cursor's message. */
function checkOne(batch: BatchContext, bytes: Uint8Array, m: MessageCursor, place: Place): void {
  const claimed = u32(bytes, m.at + F.LEGACY_CRC_AT)
  const actual = messageCrc(bytes, m.at, m.end)
  if (claimed !== actual) {
    report(
      batch,
      place,
      'batch-crc',
      'crc',
      m.at + F.LEGACY_CRC_AT,
      4,
      claimed,
      actual,
      "The CRC of the message doesn't match.",
    )
  }
  if (m.trailing > 0) {
    report(
      batch,
      place,
      'batch-trailing',
      'value',
      m.end - m.trailing,
      m.trailing,
      m.trailing,
      0,
      `${bytesOf(m.trailing)} of the message after its value.`,
    )
  }
}

function reportFault(batch: BatchContext, m: MessageCursor, place: Place): void {
  const fault = m.fault!
  const code =
    fault.field === 'magic' ? 'batch-magic' : fault.field === 'messageSize' ? 'batch-length' : 'record-length'
  const message =
    fault.field === 'magic'
      ? `The magic byte is ${fault.claimed}: there is no such message.`
      : `The ${fault.field === 'messageSize' ? 'message size' : `${fault.field}'s length`} is ${fault.claimed}` +
        (fault.actual >= 0 ? `, but ${bytesOf(fault.actual)} follow.` : ': too few.')
  const length = fault.field === 'magic' ? 1 : 4
  report(
    batch,
    place,
    code,
    fault.field,
    fault.at,
    length,
    fault.claimed,
    fault.actual < 0 ? null : fault.actual,
    message,
  )
}

function report(
  batch: BatchContext,
  place: Place,
  code: Parameters<BatchContext['list']['add']>[0]['code'],
  field: string,
  at: number,
  length: number,
  claimed: number | string | null,
  actual: number | string | null,
  message: string,
): void {
  const { wrapper } = place
  const { offset, length: span } = wrapper ?? { offset: at, length }
  batch.list.add({
    code,
    severity: 'error',
    batch: batch.index,
    path: field ? `${place.path}.${field}` : place.path,
    offset,
    length: span,
    inner: wrapper === null ? null : { offset: at, length },
    claimed,
    actual,
    message,
  })
}
