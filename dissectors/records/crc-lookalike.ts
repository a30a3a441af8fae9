/** Names the mistake behind a wrong CRC of a batch of magic 2, where it is one of the usual. */
import { crc32 } from 'node:zlib'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { setI32 } from '../../src/bytes/patch.ts'
import * as F from './format.ts'

const swap = (x: number): number => ((x >>> 24) | ((x >>> 8) & 0xff00) | ((x << 8) & 0xff0000) | (x << 24)) >>> 0

/**
 * What the claimed CRC is instead of the right one: another kind of CRC over the right bytes, the right kind over
 * others, or the right one in the wrong byte order; null where it is none of these.
 */
export function crcLookalike(bytes: Uint8Array, at: number, end: number, claimed: number): string | null {
  const from = at + F.ATTRIBUTES_AT
  const right = crc32c(bytes, from, end)
  if (claimed === swap(right)) return 'the right one in little-endian byte order'
  if (claimed === ~right >>> 0) return 'the right one without its last inversion'
  if (claimed === 0) return 'zero, as if it was never filled in'
  if (claimed === crc32(bytes.subarray(from, end))) return 'the CRC-32 of zlib over the same bytes, not CRC-32C'
  // Encoders that cover too much cover the CRC's own field, before it is filled in.
  const unfilled = new Uint8Array(bytes.subarray(at, end))
  setI32(unfilled, F.CRC_AT, 0)
  const ranges: readonly (readonly [start: number, name: string])[] = [
    [F.MAGIC_AT, 'from the magic byte on'],
    [F.CRC_AT, 'from the CRC field on'],
    [F.LEADER_EPOCH_AT, 'from the leader epoch on'],
    [F.LAST_OFFSET_DELTA_AT, 'from lastOffsetDelta on'],
    [0, 'from the base offset on'],
    [F.RECORDS_AT, 'of the records alone'],
  ]
  for (const [start, name] of ranges) {
    if (claimed === crc32c(unfilled, start)) return `the CRC-32C ${name}, not from the attributes on`
  }
  if (claimed === crc32(unfilled.subarray(F.MAGIC_AT))) return 'the CRC-32 of zlib from the magic byte on'
  return null
}
