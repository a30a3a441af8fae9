import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c, crc32cEnd } from '../../src/bytes/crc32c.ts'
import { MIN_WIDE, shortened } from '../../src/bytes/crc32c-wide.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Bytes without a pattern (xorshift32). */
function noise(size: number, seed: number): Uint8Array {
  let x = seed
  return Uint8Array.from({ length: size }, () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x
  })
}

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

  it('is the same for long messages, which are shortened first', () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 32 - 1 }).map((seed) => noise(40_000, seed))
    fc.assert(
      fc.property(bytes, fc.nat(64), fc.integer({ min: MIN_WIDE - 2, max: 39_900 }), (all, start, length) => {
        const part = all.subarray(start, start + length)
        expect(shortened(all, start, start + length)!.length).toBeLessThan(1400)
        expect(crc32c(all, start, start + length)).toBe(bitwise(part))
        expect(crc32c(part)).toBe(bitwise(part))
      }),
    )
  })

  it('is the same at every length around the steps in which long messages are read', () => {
    const all = noise(2 * 16_384 + 3000, 1)
    for (const from of [MIN_WIDE, 16_384 + 1200, 2 * 16_384 + 1200]) {
      for (let length = from - 5; length < from + 150; length++) {
        expect(crc32c(all, 3, 3 + length)).toBe(bitwise(all.subarray(3, 3 + length)))
      }
    }
  })

  it('sees every single bit that is turned in a long message', () => {
    const all = noise(20_000, 7)
    const right = crc32c(all)
    for (let bit = 0; bit < all.length * 8; bit += 61) {
      all[bit >> 3]! ^= 1 << (bit & 7)
      expect(crc32c(all)).not.toBe(right)
      all[bit >> 3]! ^= 1 << (bit & 7)
    }
    expect(crc32c(all)).toBe(right)
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
