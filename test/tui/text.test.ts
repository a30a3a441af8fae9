import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byteSize, clip, grouped, milliseconds, pad, safe, width, wrap } from '../../src/tui/text.ts'

describe('safe', () => {
  const table: readonly [name: string, text: string, shown: string][] = [
    ['plain text stays', 'orders-1 {bold}', 'orders-1 {bold}'],
    ['letters of other scripts stay', 'Größe 注文 заказ', 'Größe 注文 заказ'],
    ['escape', '\x1b[2J', '\\x1b[2J'],
    ['C1 control', '\u009b2J', '\\x9b2J'],
    ['line ends', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['DEL and NUL', '\x7f\0', '\\x7f\\x00'],
    ['right-to-left override', 'a\u202eb', 'a\\u202eb'],
    ['isolates, marks and joiners', '\u2066\u200d\ufeff', '\\u2066\\u200d\\ufeff'],
    ['combining marks', 'e\u0301', 'e\\u0301'],
    ['emoji, whose width nobody knows', '😀☺', '\\u{1f600}\\u263a'],
    ['lone surrogates', '\ud800', '\\ud800'],
    ['line separator', '\u2028', '\\u2028'],
  ]
  test.each(table)('%s', (_, text, shown) => expect(safe(text)).toBe(shown))

  test('nothing that a terminal acts on is left of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safe(text)).not.toMatch(/[\p{C}\p{M}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 2000 },
    )
  })

  test('a text of megabytes costs no more than its beginning', () => {
    expect(safe('a'.repeat(5_000_000), 10)).toBe('aaaaaaaaaa…')
  })
})

test('padded text has exactly the columns asked for', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, columns) => {
      expect(width(pad(safe(text), columns))).toBe(columns)
      expect(width(clip(safe(text), columns))).toBeLessThanOrEqual(columns)
    }),
  )
})

test('wide characters take two columns and are never cut in half', () => {
  expect(width('注文')).toBe(4)
  expect(pad('注文票', 4)).toBe('注… ')
})

test('wrapped text loses nothing but the spaces it is broken at', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { maxLength: 20 }),
      fc.integer({ min: 1, max: 30 }),
      (words, columns) => {
        const lines = wrap(words.join(' '), columns)
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns)
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''))
      },
    ),
  )
})

test('numbers for people keep to their columns', () => {
  expect([0, 999, 1000, 1234, 9_960, 99_499, 999_499, 999_500, 12e9].map(byteSize)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 kB',
    '10 kB',
    '99 kB',
    '999 kB',
    '1.0 MB',
    '12 GB',
  ])
  for (const value of [1e5, 1e7, 1e9, 1e11, 1e13]) expect(byteSize(value).length).toBeLessThanOrEqual(6)
  expect(grouped(1234567)).toBe('1,234,567')
  expect([420, 99_990, 100_000, 123_456_789].map(milliseconds)).toEqual(['0.42', '99.99', '100', '123s'])
})
