import { describe, expect, it } from 'vitest'
import {
  CODECS,
  codecByMagic,
  codecId,
  codecOf,
  compress,
  decompress,
} from '../../../dissectors/records/compression.ts'

const BYTES = new TextEncoder().encode('kafka '.repeat(1000))

describe.each(CODECS)('codec %s', (codec) => {
  it('has an id', () => {
    expect(codecOf(codecId(codec))).toBe(codec)
    expect(codecOf(7)).toBeNull()
  })

  it.each([0, 2])('gives back what it compressed for magic %i', (magic) => {
    const packed = compress(codec, BYTES, magic)
    expect(decompress(codec, packed, BYTES.length, magic)).toEqual({ bytes: BYTES })
    expect(decompress(codec, packed, BYTES.length - 1, magic)).toMatchObject({ error: { reason: 'too-large' } })
  })

  it('shows by its first bytes', () => {
    expect(codecByMagic(compress(codec, BYTES), 0, 100)).toBe(codec === 'none' ? null : codec)
  })

  it.skipIf(codec === 'none')('says what is wrong with other bytes', () => {
    expect(decompress(codec, BYTES, 1 << 20)).toMatchObject({
      error: { reason: 'corrupt', message: expect.any(String) },
    })
  })
})
