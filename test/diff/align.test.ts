/** Matching of two sequences: in order, never wrong, as much as can be; bounded where they have little in common. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { align } from '../../src/diff/align.ts'

const sequence = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 })

/** The length of the longest common subsequence, by the book. */
function longest(a: readonly number[], b: readonly number[]): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const x of a) {
    const next = [0]
    for (const [j, y] of b.entries()) next.push(x === y ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!))
    row = next
  }
  return row.at(-1)!
}

test('matches are of equal keys, in order, and as many as there can be', () => {
  fc.assert(
    fc.property(sequence, sequence, (a, b) => {
      const matches = align(a, b)
      for (const [i, j] of matches) expect(a[i]).toBe(b[j])
      for (let k = 1; k < matches.length; k++) {
        expect(matches[k]![0]).toBeGreaterThan(matches[k - 1]![0])
        expect(matches[k]![1]).toBeGreaterThan(matches[k - 1]![1])
      }
      expect(matches.length).toBe(longest(a, b))
    }),
  )
})

test('one lost of 200,000 shifts nothing', () => {
  const a = Array.from({ length: 200_000 }, (_, i) => i % 977)
  const b = a.filter((_, i) => i !== 100_123)
  const partner = new Map(align(a, b))
  expect(partner.size).toBe(b.length)
  expect(partner.get(199_999)).toBe(199_998)
})

test('two long sequences with nothing, or little, in common are given up soon', () => {
  const a = Array.from({ length: 50_000 }, (_, i) => `a${i}`)
  const b = Array.from({ length: 50_000 }, (_, i) => (i % 5000 === 0 ? `a${i}` : `b${i}`))
  expect(
    align(
      a,
      a.map((key) => `${key}!`),
    ),
  ).toEqual([])
  expect(align(a, b)).toEqual(Array.from({ length: 10 }, (_, i) => [i * 5000, i * 5000]))
})

test('repeated keys without an anchor are matched in order, none twice', () => {
  const a = Array.from({ length: 3000 }, (_, i) => i % 7)
  const b = Array.from({ length: 3000 }, (_, i) => (i * i) % 11)
  const matches = align(a, b)
  expect(matches.length).toBeGreaterThan(500)
  expect(new Set(matches.map(([, j]) => j)).size).toBe(matches.length)
  expect(matches.every(([i, j]) => a[i] === b[j])).toBe(true)
})
