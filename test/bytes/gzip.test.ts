import { describe, expect, it } from 'vitest'
import { gzipCompress, gzipDecompress } from '../../src/bytes/gzip.ts'
import { reasonOf, survivesDamage } from './codec-helpers.ts'

describe('gzip', () => {
  it('reads members in a row', () => {
    const member = gzipCompress(Buffer.from('kafka'))
    expect(Buffer.from(gzipDecompress(Buffer.concat([member, member]), 10)).toString()).toBe('kafkakafka')
  })

  it('stops at the limit', () => {
    const bomb = gzipCompress(new Uint8Array(1 << 20))
    expect(reasonOf(() => gzipDecompress(bomb, (1 << 20) - 1))).toBe('too-large')
    expect(gzipDecompress(bomb, 1 << 20).length).toBe(1 << 20)
    expect(reasonOf(() => gzipDecompress(bomb, 0))).toBe('too-large')
  })

  it('says when bytes are cut short', () => {
    const member = gzipCompress(Buffer.from('kafka kafka kafka'))
    expect(reasonOf(() => gzipDecompress(member.subarray(0, -3), 100))).toBe('corrupt')
    expect(reasonOf(() => gzipDecompress(new Uint8Array(0), 100))).toBe('corrupt')
  })

  it('fails only as it promises', () => survivesDamage(gzipCompress, gzipDecompress))
})
