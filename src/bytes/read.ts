/**
 * Reads of single values. Every number of the Kafka protocol is big-endian; the few little-endian ones (lz4 frames, captures)
 * have functions of their own. No function here checks bounds: callers check before they read, once for as much as
 * they can.
 */

export const u8 = (b: Uint8Array, p: number): number => b[p]!
export const i8 = (b: Uint8Array, p: number): number => (b[p]! << 24) >> 24
export const i16 = (b: Uint8Array, p: number): number => ((b[p]! << 24) >> 16) | b[p + 1]!
export const u16 = (b: Uint8Array, p: number): number => (b[p]! << 8) | b[p + 1]!
export const i32 = (b: Uint8Array, p: number): number =>
  (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!
export const u32 = (b: Uint8Array, p: number): number => i32(b, p) >>> 0
export const u16le = (b: Uint8Array, p: number): number => (b[p + 1]! << 8) | b[p]!
export const u32le = (b: Uint8Array, p: number): number =>
  ((b[p + 3]! << 24) | (b[p + 2]! << 16) | (b[p + 1]! << 8) | b[p]!) >>> 0

/** An int64: a number where a double holds it exactly, else a bigint. */
export function i64(b: Uint8Array, p: number): number | bigint {
  const high = i32(b, p)
  const low = u32(b, p + 4)
  if (high >= -0x200000 && high < 0x200000) {
    const value = high * 0x100000000 + low
    if (value >= Number.MIN_SAFE_INTEGER) return value
  }
  return (BigInt(high) << 32n) | BigInt(low)
}

const scratch = new DataView(new ArrayBuffer(8))

export function f64(b: Uint8Array, p: number): number {
  scratch.setInt32(0, i32(b, p))
  scratch.setInt32(4, i32(b, p + 4))
  return scratch.getFloat64(0)
}

/** Where the last `uvarint` or `uvarlong` call ended: the offset after its last byte. */
export let varintEnd = 0

/**
 * An unsigned varint of at most 5 bytes (32 bits), as ByteUtils.readUnsignedVarint of kafka-clients reads it.
 * Returns -1 where the bytes end within it, -2 where it is longer than 5 bytes or than 32 bits. `varintEnd` is then
 * the offset at which the reading stopped.
 */
export function uvarint(b: Uint8Array, p: number, end: number): number {
  let value = 0
  for (let i = 0; i < 5; i++) {
    if (p >= end) {
      varintEnd = p
      return -1
    }
    const byte = b[p++]!
    // The fifth byte's bits reach the sign bit of an int32: >>> 0 keeps them unsigned.
    value |= (byte & 0x7f) << (7 * i)
    if (byte < 0x80) {
      varintEnd = p
      return i === 4 && byte > 0x0f ? -2 : value >>> 0
    }
  }
  varintEnd = p
  return -2
}

/** A zigzag varint of at most 32 bits; NaN where `uvarint` has -1 or -2. `varintEnd` as there. */
export function varint(b: Uint8Array, p: number, end: number): number {
  const raw = uvarint(b, p, end)
  if (raw < 0) return Number.NaN
  return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
}

/**
 * A zigzag varint of at most 64 bits: a number where exact, else a bigint; null where the bytes end within it or it is
 * longer than 10 bytes. `varintEnd` as for `uvarint`.
 */
export function varlong(b: Uint8Array, p: number, end: number): number | bigint | null {
  const start = p
  while (p < end && p - start < 10 && b[p]! >= 0x80) p++
  if (p >= end || p - start >= 10) {
    varintEnd = p
    return null
  }
  varintEnd = p + 1
  if (p - start < 7) {
    let value = 0
    for (let i = p; i >= start; i--) value = value * 128 + (b[i]! & 0x7f)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  let value = 0n
  for (let i = p; i >= start; i--) value = (value << 7n) | BigInt(b[i]! & 0x7f)
  value = BigInt.asUintN(64, value)
  const decoded = (value >> 1n) ^ -(value & 1n)
  const small = Number(decoded)
  return Number.isSafeInteger(small) ? small : decoded
}

/** How many bytes the shortest varint of this unsigned value takes. */
export function uvarintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size++
  return size
}
