import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameSplitter } from '../../src/bytes/frame-splitter.ts'
import { toHex } from '../../src/bytes/hex.ts'
import { Writer } from '../../src/bytes/write.ts'

function frame(contents: Uint8Array): Uint8Array {
  const w = new Writer()
  w.i32(contents.length)
  w.raw(contents)
  return new Uint8Array(w.view())
}

describe('frames', () => {
  it('come out whole, whatever the pieces they came in', () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
    fc.assert(
      fc.property(contents, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (all, cuts) => {
        const bytes = Buffer.concat(all.map(frame))
        const splitter = new FrameSplitter(100)
        const found: string[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length]!
          found.push(...splitter.push(bytes.subarray(at, at + size)).map((each) => toHex(each)))
          at += size
        }
        expect(found).toEqual(all.map((each) => toHex(frame(each))))
      }),
    )
  })

  it.each([
    ['below 0', [0xff, 0xff, 0xff, 0xff]],
    ['over the limit', [0, 0, 0, 101]],
    ['of an HTTP answer', [0x48, 0x54, 0x54, 0x50]],
  ])('of a size %s are refused', (_name, bytes) => {
    expect(() => new FrameSplitter(100).push(Uint8Array.from(bytes))).toThrow('a frame of')
  })
})
