import { compress, init } from '@bokuweb/zstd-wasm'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadZstdWriter, zstdCompress, zstdDecompress, zstdStore } from '../../src/bytes/zstd.ts'
import { payloads, reasonOf, survivesDamage } from './codec-helpers.ts'

const TEXT = Buffer.from(
  Array.from({ length: 5000 }, (_, i) => `{"order":${i},"user":"u${(i * 7919) % 911}","paid":${i % 3 === 0}}`).join(
    '\n',
  ),
)

describe('zstd', () => {
  beforeAll(async () => {
    await init()
    await loadZstdWriter()
  })

  it.each([1, 3, 9, 19, 22])('reads what libzstd writes at level %i', (level) => {
    expect(Buffer.compare(zstdDecompress(compress(TEXT, level), TEXT.length), TEXT)).toBe(0)
    fc.assert(
      fc.property(payloads, (bytes) => {
        expect(Buffer.compare(zstdDecompress(compress(bytes, level), bytes.length), bytes)).toBe(0)
      }),
      { numRuns: level > 9 ? 10 : 50 },
    )
  })

  it('reads what it writes, stored too', () => {
    const big = Buffer.concat(Array(4).fill(TEXT))
    for (const bytes of [new Uint8Array(0), TEXT, big]) {
      expect(Buffer.compare(zstdDecompress(zstdStore(bytes), bytes.length), bytes)).toBe(0)
      expect(Buffer.compare(zstdDecompress(zstdCompress(bytes), bytes.length), bytes)).toBe(0)
    }
    expect(zstdCompress(big).length).toBeLessThan(big.length / 4)
  })

  it('reads frames in a row, and passes over skippable ones', () => {
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9)
    const all = Buffer.concat([compress(TEXT), skippable, zstdStore(Buffer.from('tail'))])
    expect(Buffer.from(zstdDecompress(all, 1 << 20)).toString()).toBe(`${TEXT}tail`)
  })

  it('stops at the limit, whether the header tells the size or not', () => {
    const bomb = compress(new Uint8Array(8 << 20), 3)
    expect(bomb.length).toBeLessThan(1000)
    expect(reasonOf(() => zstdDecompress(bomb, 1 << 20))).toBe('too-large')
    // No content size, a window of 8 MiB, then blocks of one byte repeated 128 KiB times.
    const block = [0x02, 0x00, 0x10, 0x61]
    const blocks = Array(64).fill(block).flat()
    const unsized = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68, ...blocks, 0x03, 0x00, 0x10, 0x61)
    expect(reasonOf(() => zstdDecompress(unsized, 1 << 20))).toBe('too-large')
    expect(zstdDecompress(unsized, 16 << 20).length).toBe(65 * 131072)
  })

  it('gives no memory to a window or content size that is only claimed', () => {
    const window = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0x01, 0, 0)
    expect(zstdDecompress(window, 1 << 20).length).toBe(0)
    const content = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0x01, 0, 0)
    expect(reasonOf(() => zstdDecompress(content, 0x7fffffff))).toBe('corrupt')
  })

  it('fails only as it promises', () => {
    survivesDamage((bytes) => compress(bytes, 3), zstdDecompress)
    survivesDamage((bytes) => compress(bytes, 19), zstdDecompress)
  })
})
