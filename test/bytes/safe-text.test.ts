import fc from 'fast-check'
import { expect, it } from 'vitest'
import { safe, safeShort } from '../../src/bytes/safe-text.ts'

it.each([
  ['orders', 'orders'],
  ['été-日本語-🦊', 'été-日本語-🦊'],
  ['\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
  ['a\nb\r\tc\u0000', 'a\\nb\\r\\tc\\x00'],
  ['\u009b31m', '\\x9b31m'],
  ['admin\u202etxt.exe', 'admin\\u202etxt.exe'],
  ['\u2066x\u2069\u200b\ufeff', '\\u2066x\\u2069\\u200b\\ufeff'],
  ['\ud800x', '\\ud800x'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
])('%j is shown as %j', (text, shown) => expect(safe(text)).toBe(shown))

it('leaves no control character, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(safe(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u)
    }),
  )
})

it('shortens to a number of characters, escapes counted', () => {
  expect(safeShort('orders', 6)).toBe('orders')
  expect(safeShort('orders-2', 6)).toBe('order…')
  expect(safeShort('\u001b\u001b', 6)).toBe('\\x1b\\…')
  expect(safeShort('x'.repeat(1e6), 3)).toBe('xx…')
  expect(safeShort('x', 0)).toBe('')
})
