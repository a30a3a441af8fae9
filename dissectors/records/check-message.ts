/** Checks messages of magic 0 and 1, and those that they wrap. */
import { u32 } from '../../src/bytes/read.ts'
import type { BatchContext } from './check-batch.ts'
import { reportLinked, reportPayloadError } from './check-payload.ts'
import * as F from './format.ts'
import { MessageCursor, messageCrc } from './message.ts'
import { openPayload, type Payload, payloadRange } from './payload.ts'
import { bytesOf, type RecordsProblem } from './problem.ts'

/** The wrapper's value, for messages in one; null for those of the field itself. */
type Wrapper = { readonly offset: number; readonly length: number } | null

/** One message of the field, which may wrap others. */
export function checkMessage(batch: BatchContext): void {
  const { bytes, header, end, list } = batch
  const message = new MessageCursor(bytes, header.at, end)
  if (!message.next()) {
    reportFault(batch, message, null)
    return
  }
  checkOne(batch, bytes, message, null)
  if ((header.attributes & F.CODEC_MASK) === 0 || list.full) return
  const payload = openPayload(bytes, header, end, batch.budget)
  const [from, to] = payloadRange(bytes, header, end) ?? [end, end]
  if ('error' in payload) reportPayloadError(batch, payload.error, [from, to])
  else {
    if (payload.codec === 'lz4') reportLinked(batch, [from, to])
    checkWrapped(batch, payload, { offset: from, length: to - from })
  }
}

function checkWrapped(batch: BatchContext, payload: Payload, wrapper: NonNullable<Wrapper>): void {
  const { header, list } = batch
  const inner = new MessageCursor(payload.bytes, payload.start, payload.end)
  let previous: number | bigint | null = null
  while (!list.full && inner.next()) {
    checkOne(batch, payload.bytes, inner, wrapper)
    if (inner.magic !== header.magic) {
      const message = `A message of magic ${inner.magic} inside one of magic ${header.magic}.`
      report(batch, inner, wrapper, 'magic', inner.at + F.MAGIC_AT, 1, { code: 'batch-magic', message })
    } else if (inner.attributes & F.CODEC_MASK) {
      const message = 'A compressed message inside a compressed message.'
      report(batch, inner, wrapper, 'attributes', inner.at + F.LEGACY_ATTRIBUTES_AT, 1, {
        code: 'batch-codec',
        message,
      })
    } else if (previous !== null && inner.offset <= previous) {
      const message = `Offset ${inner.offset} comes after offset ${previous}.`
      report(batch, inner, wrapper, 'offset', inner.at, 8, { code: 'batch-offset-delta', message })
    }
    previous = inner.offset
  }
  if (inner.fault !== null) reportFault(batch, inner, wrapper)
  else if (inner.index < 0) {
    list.add({
      code: 'batch-count',
      severity: 'error',
      batch: batch.index,
      path: `[batch ${batch.index}].value`,
      ...wrapper,
      actual: 0,
      message: 'A compressed message that holds no messages.',
    })
  }
}

/** CRC and spare bytes of the cursor's message. */
function checkOne(batch: BatchContext, bytes: Uint8Array, m: MessageCursor, wrapper: Wrapper): void {
  const claimed = u32(bytes, m.at + F.LEGACY_CRC_AT)
  const actual = messageCrc(bytes, m.at, m.end)
  if (claimed !== actual) {
    const message = "The CRC of the message doesn't match."
    report(batch, m, wrapper, 'crc', m.at + F.LEGACY_CRC_AT, 4, { code: 'batch-crc', claimed, actual, message })
  }
  if (m.trailing > 0) {
    const message = `${bytesOf(m.trailing)} of the message after its value.`
    report(batch, m, wrapper, 'value', m.end - m.trailing, m.trailing, { code: 'batch-trailing', message })
  }
}

function reportFault(batch: BatchContext, m: MessageCursor, wrapper: Wrapper): void {
  const { field, at, claimed, actual } = m.fault!
  if (field === 'magic') {
    const message = `The magic byte is ${claimed}: there is no such message.`
    report(batch, m, wrapper, field, at, 1, { code: 'batch-magic', claimed, message })
    return
  }
  const code = field === 'messageSize' ? 'batch-length' : 'record-length'
  const what = field === 'messageSize' ? 'message size' : `length of the ${field}`
  const message = `The ${what} is ${claimed}${actual >= 0 ? `, but ${bytesOf(actual)} follow` : ': too few'}.`
  // Of a message that is cut short there may be less than a size field.
  const length = actual < 0 ? 0 : 4
  report(batch, m, wrapper, field, at, length, { code, claimed, actual: actual < 0 ? null : actual, message })
}

/** A problem of a field of the cursor's message; `at` and `length` in the cursor's bytes. */
function report(
  batch: BatchContext,
  m: MessageCursor,
  wrapper: Wrapper,
  field: string,
  at: number,
  length: number,
  problem: Pick<RecordsProblem, 'code' | 'message'> & Partial<Pick<RecordsProblem, 'claimed' | 'actual'>>,
): void {
  const own = { offset: at, length }
  batch.list.add({
    ...problem,
    severity: 'error',
    batch: batch.index,
    path: `[batch ${batch.index}]${wrapper === null ? '' : `.records[${m.index}]`}.${field}`,
    ...(wrapper ?? own),
    inner: wrapper === null ? null : own,
  })
}
