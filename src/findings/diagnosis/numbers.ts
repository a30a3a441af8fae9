/** Numbers as readings under a twist take them: of any width, in either byte order. */
import { i8, i16, i32, i64, u8, u16, u32 } from '../../bytes/read.ts'

/** The integer of `width` bytes at `at`; `type` tells unsigned ones. */
export function integerAt(b: Uint8Array, at: number, width: number, type: string, little: boolean): number | bigint {
  if (little) return reversed(b, at, width)
  switch (width) {
    case 1:
      return i8(b, at)
    case 2:
      return type === 'uint16' ? u16(b, at) : i16(b, at)
    case 4:
      return type === 'uint32' ? u32(b, at) : i32(b, at)
    default:
      return i64(b, at)
  }
}

function reversed(b: Uint8Array, at: number, width: number): number {
  let value = 0n
  for (let i = at + width - 1; i >= at; i--) value = (value << 8n) | BigInt(u8(b, i))
  return Number(BigInt.asIntN(8 * width, value))
}

/** Whether an integer has room in `width` bytes. */
export const fits = (value: number | bigint, width: number): boolean =>
  Number(value) >= -(2 ** (8 * width - 1)) && Number(value) < 2 ** (8 * width - 1)

/** Bits of a varint that goes on too long: padding and all ones are what a bug makes, other bytes are no varint. */
export function strangeBits(b: Uint8Array, at: number, end: number): number {
  let bits = 0
  for (let i = at; i < end; i++) bits += u8(b, i) === 0x80 || u8(b, i) === 0xff ? 0 : 8
  return bits
}

/** A cut within a number is rarer than one before it, and what is taken for its beginning may be something else. */
const CUT_WITHIN = 2

/** Bytes that are looked at of what may be many numbers. */
const MOST_BEGINNING = 4096

/** Bits of the first bytes of a number that is cut: most numbers are small, so they begin with zeros, or ones. */
export function beginningBits(b: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0
  const sign = u8(b, at) === 0xff ? 0xff : 0
  let p = at
  const most = Math.min(end, at + MOST_BEGINNING)
  while (p < most && u8(b, p) === sign) p++
  return CUT_WITHIN + (sign === 0 ? 0 : 2) + 8 * (end - p)
}
