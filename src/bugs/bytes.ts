/** Small pieces of bytes for edits. */
import { Buffer } from 'node:buffer'
import { uvarint as readUvarint, varintEnd } from '../bytes/read.ts'
import { Writer } from '../bytes/write.ts'

/** A piece of a frame that is replaced: bytes from `from` up to `to` by `put`. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly put: Uint8Array
}

export const NOTHING = new Uint8Array(0)

/** What `write` writes. */
export function written(write: (w: Writer) => void): Uint8Array {
  const w = new Writer(16)
  write(w)
  return w.view()
}

/** Big-endian, of 1, 2, 4 or 8 bytes; what does not fit is cut off. */
export const integer = (value: number | bigint, width: number): Uint8Array =>
  written((w) => {
    if (width === 1) w.i8(Number(value))
    else if (width === 2) w.i16(Number(value))
    else if (width === 4) w.i32(Number(value))
    else w.i64(value)
  })

export const uvarint = (value: number): Uint8Array => written((w) => w.uvarint(value))

export const text = (value: string): Uint8Array => Buffer.from(value, 'utf8')

export const raw = (...values: number[]): Uint8Array => Uint8Array.from(values)

export const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  written((w) => {
    for (const part of parts) w.raw(part)
  })

/** The unsigned varint at `at`, and the offset after it. The bytes must be sound. */
export function uvarintAt(bytes: Uint8Array, at: number): readonly [value: number, end: number] {
  const value = readUvarint(bytes, at, bytes.length)
  return [value, varintEnd]
}

export const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b.at(i))

/** The bytes with all edits made, which must not overlap. */
export function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let at = 0
  return written((w) => {
    for (const { from, to, put } of [...edits].sort((a, b) => a.from - b.from)) {
      w.raw(bytes.subarray(at, from))
      w.raw(put)
      at = to
    }
    w.raw(bytes.subarray(at))
  })
}
