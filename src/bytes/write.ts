import { Buffer } from 'node:buffer'
import { uvarintSize } from './read.ts'

/** Bytes being written, growing as needed; big-endian. */
export class Writer {
  private bytes: Buffer
  length = 0

  constructor(capacity = 256) {
    this.bytes = Buffer.allocUnsafe(capacity)
  }

  private room(size: number): number {
    const at = this.length
    this.length = at + size
    if (this.length > this.bytes.length) {
      const bigger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length))
      this.bytes.copy(bigger, 0, 0, at)
      this.bytes = bigger
    }
    return at
  }

  i8(value: number): void {
    const at = this.room(1)
    this.bytes[at] = value
  }

  i16(value: number): void {
    const at = this.room(2)
    this.bytes[at] = value >> 8
    this.bytes[at + 1] = value
  }

  i32(value: number): void {
    const at = this.room(4)
    this.patchI32(at, value)
  }

  /** Overwrites four bytes written before. */
  patchI32(at: number, value: number): void {
    this.bytes[at] = value >> 24
    this.bytes[at + 1] = value >> 16
    this.bytes[at + 2] = value >> 8
    this.bytes[at + 3] = value
  }

  i64(value: number | bigint): void {
    const at = this.room(8)
    this.bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(value)), at)
  }

  f64(value: number): void {
    const at = this.room(8)
    this.bytes.writeDoubleBE(value, at)
  }

  uvarint(value: number): void {
    let rest = value
    for (let left = uvarintSize(value); left > 1; left--) {
      this.i8((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.i8(rest)
  }

  /** A zigzag varint of a 32-bit value. */
  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A zigzag varint of a 64-bit value. */
  varlong(value: number | bigint): void {
    // Most are small: then the bytes are the same, and no bigint is made.
    if (typeof value === 'number' && value === (value | 0)) {
      this.varint(value)
      return
    }
    const whole = BigInt(value)
    let rest = BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n))
    while (rest >= 0x80n) {
      this.i8(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.i8(Number(rest))
  }

  raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length)
    this.bytes.set(bytes, at)
  }

  /** What was written; valid until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}
