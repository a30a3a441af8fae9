/** Numbers overwritten in place, big-endian. Nothing here checks bounds: callers do. */

export function setI32(b: Uint8Array, p: number, value: number): void {
  b[p] = value >> 24
  b[p + 1] = value >> 16
  b[p + 2] = value >> 8
  b[p + 3] = value
}

export function setI64(b: Uint8Array, p: number, value: number | bigint): void {
  const whole = BigInt.asIntN(64, BigInt(value))
  setI32(b, p, Number(BigInt.asIntN(32, whole >> 32n)))
  setI32(b, p + 4, Number(BigInt.asIntN(32, whole)))
}

export function setI16(b: Uint8Array, p: number, value: number): void {
  b[p] = value >> 8
  b[p + 1] = value
}
