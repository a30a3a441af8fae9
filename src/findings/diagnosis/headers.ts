/** Other headers in front of a sound body: of another version, or with a compact client id. */
import { i16, uvarint, varintEnd } from '../../bytes/read.ts'
import type { DecodedFrame } from '../../codec/frame.ts'
import type { Candidate } from './candidate.ts'
import { planOf } from './plan.ts'
import type { Reading } from './reading.ts'
import { AS_IS } from './twist.ts'

interface Header {
  /** -1: version 2 with a compact client id. */
  readonly version: number
  /** Where the body begins after it. */
  readonly end: number
  /** The first byte that is not as in the header that belongs there. */
  readonly offset: number
  readonly path: string
}

/** Where a request's client id begins: after size, key, version and correlation id. */
const CLIENT_ID = 12
const AFTER_CORRELATION_ID = 8

/** Readings of a frame's body behind another header than its own. */
export function otherHeaders(frame: DecodedFrame, reading: Reading): Candidate[] {
  const { bytes, message, headerVersion } = frame
  if (!message) return []
  const headers = frame.kind === 'request' ? requestHeaders(bytes) : responseHeaders(bytes)
  const plan = planOf(message.model)
  const candidates: Candidate[] = []
  for (const header of headers) {
    if (header.version === headerVersion || header.end > bytes.length) continue
    if (!reading.read(plan, bytes, header.end, bytes.length, { ...AS_IS, bits: 8 }) || reading.faults.length > 0)
      continue
    const compact = header.version < 0
    candidates.push({
      cause: 'wrong-header',
      bits: reading.bits,
      path: header.path,
      offset: header.offset,
      message: compact
        ? 'the client id was written compact; it has an int16 length in every header'
        : `the header is of version ${header.version}, ${message.model.name} v${frame.apiVersion} goes with version ${headerVersion}`,
      evidence: compact ? { clientId: 'compact' } : { actualHeaderVersion: header.version },
    })
  }
  return candidates
}

function requestHeaders(bytes: Uint8Array): Header[] {
  const headers: Header[] = [{ version: 0, end: CLIENT_ID, offset: CLIENT_ID, path: 'header.clientId' }]
  if (bytes.length >= CLIENT_ID + 2) {
    const plain = CLIENT_ID + 2 + Math.max(0, i16(bytes, CLIENT_ID))
    headers.push({ version: 1, end: plain, offset: plain, path: 'header._tags' })
    if (plain < bytes.length)
      headers.push({ version: 2, end: tagsEnd(bytes, plain), offset: plain, path: 'header._tags' })
  }
  const length = uvarint(bytes, CLIENT_ID, bytes.length)
  if (length > 0) {
    const end = varintEnd + length - 1
    headers.push({ version: -1, end: tagsEnd(bytes, end), offset: CLIENT_ID, path: 'header.clientId' })
  }
  return headers
}

const responseHeaders = (bytes: Uint8Array): Header[] => [
  { version: 0, end: AFTER_CORRELATION_ID, offset: AFTER_CORRELATION_ID, path: 'header._tags' },
  { version: 1, end: tagsEnd(bytes, AFTER_CORRELATION_ID), offset: AFTER_CORRELATION_ID, path: 'header._tags' },
]

/** Where a tag buffer ends; beyond the end of the bytes where it makes no sense. */
function tagsEnd(bytes: Uint8Array, at: number): number {
  const beyond = bytes.length + 1
  if (at >= bytes.length) return beyond
  const count = uvarint(bytes, at, bytes.length)
  if (count < 0 || count > 64) return beyond
  let p = varintEnd
  for (let i = 0; i < count; i++) {
    if (uvarint(bytes, p, bytes.length) < 0) return beyond
    const size = uvarint(bytes, varintEnd, bytes.length)
    if (size < 0) return beyond
    p = varintEnd + size
  }
  return p
}
