import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c, crc32cEnd } from '../../src/bytes/crc32c.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

/** One bit at a time, as RFC 3720 defines it. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

describe('crc32c', () => {
  it('gives the check values of RFC 3720', () => {
    expect(crc32c(ascii('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
    expect(crc32c(new Uint8Array(0))).toBe(0)
  })

  it('is the same at every alignment and length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(16), (bytes, shift) => {
        const moved = new Uint8Array(bytes.length + shift)
        moved.set(bytes, shift)
        expect(crc32c(moved.subarray(shift))).toBe(bitwise(bytes))
        expect(crc32c(moved, shift)).toBe(bitwise(bytes))
      }),
    )
  })
})

describe('crc32cEnd', () => {
  it('finds where the covered bytes end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 200 }), fc.nat(199), (bytes, n) => {
        const end = Math.min(n, bytes.length)
        expect(crc32cEnd(bytes, 0, end, bytes.length, crc32c(bytes, 0, end))).toBe(end)
      }),
    )
    expect(crc32cEnd(ascii('123456789'), 0, 0, 9, 1)).toBe(-1)
  })
})
