/** How plausible the contents of bytes fields are: those that hold something known are cheaper than noise. */
import { i16, i32, u8 } from '../../bytes/read.ts'
import { decodeBody } from '../../codec/frame.ts'
import { messageByName } from '../../codec/messages.ts'
import { Run } from '../../codec/run.ts'
import { likelyBits, opaqueBits } from './cost.ts'
import type { PlanField } from './plan.ts'

/** Bits of the contents from `at` on, `length` bytes that are all there. */
export function contentBits(b: Uint8Array, at: number, length: number, f: PlanField): number {
  const end = at + length
  if (f.field.type === 'records') {
    return length > 0 && batchesSize(b, at, end) === length ? likelyBits(length) : opaqueBits(length)
  }
  return isSubscription(b, at, end, f.name) ? likelyBits(length) : opaqueBits(length)
}

/** Bits of contents of which only bytes `at` to `end` are there. */
export const partialBits = (b: Uint8Array, at: number, end: number, f: PlanField): number =>
  f.field.type === 'records' && startsBatch(b, at + batchesSize(b, at, end), end)
    ? likelyBits(end - at)
    : opaqueBits(end - at)

/** Bytes of a record batch before its length is counted: base offset and the length itself. */
const BATCH_START = 12
const MAGIC_AT = 16

/** How far whole record batches reach from `at`, by their own lengths. */
export function batchesSize(b: Uint8Array, start: number, end: number): number {
  let at = start
  while (at + MAGIC_AT < end) {
    const size = i32(b, at + 8) + BATCH_START
    if (size < 26 || size > end - at || u8(b, at + MAGIC_AT) > 2) break
    at += size
  }
  return at - start
}

const startsBatch = (b: Uint8Array, at: number, end: number): boolean =>
  at + MAGIC_AT < end ? i32(b, at + 8) > 0 && i32(b, at + 8) < 1 << 28 && u8(b, at + MAGIC_AT) <= 2 : true

/**
 * Whether bytes hold a member's subscription or assignment as consumers write it (ConsumerProtocol): a version, topics by
 * their names, and what follows them in that version.
 */
function isSubscription(b: Uint8Array, at: number, end: number, name: string): boolean {
  if (end - at < 6 || !/metadata|subscription|assignment/i.test(name)) return false
  const version = i16(b, at)
  const count = i32(b, at + 2)
  if (version < 0 || version > 3 || count < 0 || count > end - at) return false
  const message = /assignment/i.test(name) ? 'ConsumerProtocolAssignment' : 'ConsumerProtocolSubscription'
  const compiled = messageByName(message, version)
  if (!compiled) return false
  const { t, flaws, stopped } = decodeBody(b.subarray(at + 2, end), compiled, run)
  return t.size > 0 && flaws.length === 0 && !stopped
}

const run = new Run()
