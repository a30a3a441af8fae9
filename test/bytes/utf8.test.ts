import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validUtf8 } from '../../src/bytes/utf8.ts'

/** Bytes at which the rules of UTF-8 change. */
const edge = fc.constantFrom(
  ...[0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf],
  ...[0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
)

test('every sequence of two bytes, and of three and four at the edges, is valid where Node says so', () => {
  const wrong: string[] = []
  const check = (...bytes: number[]): void => {
    const b = Uint8Array.from(bytes)
    if (validUtf8(b, 0, b.length) !== isUtf8(b)) wrong.push(Buffer.from(b).toString('hex'))
  }
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
  for (let first = 0; first < 256; first++) {
    check(first)
    for (let second = 0; second < 256; second++) {
      check(first, second)
      for (const third of edges) {
        check(first, second, third)
        for (const fourth of edges) check(first, second, third, fourth)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('text and damaged text of any length, anywhere in a buffer, is valid where Node says so', () => {
  const text = fc.string({ unit: 'binary', maxLength: 90 }).map((s) => [...Buffer.from(s)])
  const bytes = fc.oneof(
    text,
    fc.array(edge, { maxLength: 12 }),
    fc.tuple(text, fc.array(edge)).map((two) => two.flat()),
  )
  fc.assert(
    fc.property(bytes, fc.nat(3), fc.nat(3), (inner, before, after) => {
      // What stands around must not be looked at: continuation bytes would complete a sequence that is cut.
      const b = Uint8Array.from([...Array(before).fill(0xf0), ...inner, ...Array(after).fill(0x80)])
      expect(validUtf8(b, before, before + inner.length)).toBe(isUtf8(Uint8Array.from(inner)))
    }),
    { numRuns: 3000 },
  )
})
