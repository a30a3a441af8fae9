import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isXerial, snappyCompress, snappyDecompress } from '../../src/bytes/snappy.ts'
import { payloads, reasonOf, survivesDamage } from './codec-helpers.ts'

describe('snappy', () => {
  it('gives back what was compressed, in xerial framing and raw', () => {
    fc.assert(
      fc.property(payloads, fc.boolean(), (bytes, raw) => {
        const packed = snappyCompress(bytes, raw)
        expect(isXerial(packed)).toBe(!raw)
        expect(Buffer.compare(snappyDecompress(packed, bytes.length), bytes)).toBe(0)
      }),
    )
  })

  it('reads xerial streams in a row', () => {
    const one = snappyCompress(Buffer.from('kafka'))
    expect(Buffer.from(snappyDecompress(Buffer.concat([one, one]), 100)).toString()).toBe('kafkakafka')
  })

  it('reads copies with four bytes of offset', () => {
    // "ab" as a literal, then 6 bytes from 2 back.
    const raw = Uint8Array.of(8, 1 << 2, 0x61, 0x62, (5 << 2) | 3, 2, 0, 0, 0)
    expect(Buffer.from(snappyDecompress(raw, 100)).toString()).toBe('abababab')
  })

  it('does not hang on a literal whose length would be negative as an int32', () => {
    const raw = Uint8Array.of(10, 63 << 2, 0xf8, 0xff, 0xff, 0xff, 0, 0, 0, 0)
    expect(reasonOf(() => snappyDecompress(raw, 100))).toBe('corrupt')
  })

  it('gives no memory to a length that so few bytes cannot have', () => {
    const raw = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07, 0, 0x61)
    expect(reasonOf(() => snappyDecompress(raw, 0x7fffffff))).toBe('corrupt')
  })

  it('stops at the limit', () => {
    const bytes = new Uint8Array(100_000)
    for (const raw of [true, false]) {
      expect(reasonOf(() => snappyDecompress(snappyCompress(bytes, raw), 99_999))).toBe('too-large')
    }
  })

  it('fails only as it promises', () => {
    survivesDamage((bytes) => snappyCompress(bytes), snappyDecompress)
    survivesDamage((bytes) => snappyCompress(bytes, true), snappyDecompress)
  })
})
