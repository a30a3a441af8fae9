import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lz4Compress, lz4Decompress } from '../../src/bytes/lz4.ts'
import { payloads, reasonOf, survivesDamage } from './codec-helpers.ts'

/**
 * Made by the lz4 library: "line N of a frame\n" 8000 times, N = 0 to 6 in turn; blocks linked, checksums for blocks and
 * content, content size.
 */
const LINKED = Buffer.from(
  `BCJNGFxAgDICAAAAAACFOAEAAPEDbGluZSAwIG9mIGEgZnJhbWUKEgAdMRIAHTISAB0zEgAdNBIAHTUSAB02EgAPfgD${'/'.repeat(341)}ZVAgZnJhbT+UcoQKAQAAD/D${'/'.repeat(342)}+hQIGEgZnLjxKPgYQAAAK1hbWUKbGluZSAyEgAdMxIAHTQSAB01EgAdNhIAHTASAB0xEgAPfgD${'/'.repeat(66)}xNQcmFtZQpOeURWAAAAABPXhMA=`,
  'base64',
)
const LINES = Buffer.from(Array.from({ length: 8000 }, (_, i) => `line ${i % 7} of a frame\n`).join(''))

describe('lz4', () => {
  it('gives back what was compressed', () => {
    fc.assert(
      fc.property(payloads, fc.boolean(), (bytes, broken) => {
        expect(Buffer.compare(lz4Decompress(lz4Compress(bytes, broken), bytes.length, broken), bytes)).toBe(0)
      }),
    )
  })

  it('shrinks what repeats', () => {
    expect(lz4Compress(LINES).length).toBeLessThan(LINES.length / 50)
  })

  it('reads linked blocks, checksums and a content size', () => {
    expect(Buffer.compare(lz4Decompress(LINKED, 1 << 20), LINES)).toBe(0)
  })

  it('reads frames in a row, and passes over skippable ones', () => {
    const skippable = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9)
    const all = Buffer.concat([LINKED, skippable, lz4Compress(Buffer.from('tail'))])
    expect(Buffer.from(lz4Decompress(all, 1 << 20)).toString()).toBe(`${LINES}tail`)
  })

  it('refuses the header checksum of old Java clients unless told', () => {
    const frame = lz4Compress(LINES, true)
    expect(reasonOf(() => lz4Decompress(frame, 1 << 20))).toBe('corrupt')
    expect(lz4Decompress(frame, 1 << 20, true).length).toBe(LINES.length)
  })

  it('finds a wrong checksum of a block and of the content', () => {
    for (const at of [40, LINKED.length - 1]) {
      const wrong = Uint8Array.from(LINKED)
      wrong[at]! ^= 1
      expect(reasonOf(() => lz4Decompress(wrong, 1 << 20))).toBe('corrupt')
    }
  })

  it('stops at the limit', () => {
    const bomb = lz4Compress(new Uint8Array(4 << 20))
    expect(reasonOf(() => lz4Decompress(bomb, 1 << 20))).toBe('too-large')
    expect(reasonOf(() => lz4Decompress(LINKED, LINES.length - 1))).toBe('too-large')
    expect(reasonOf(() => lz4Decompress(lz4Compress(LINES), LINES.length - 1))).toBe('too-large')
  })

  it('fails only as it promises', () => {
    survivesDamage(lz4Compress, (bytes, limit) => lz4Decompress(bytes, limit, true))
  })
})
