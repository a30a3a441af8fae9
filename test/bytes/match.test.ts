import { expect, test } from 'vitest'
import { sameBytes, textRun } from '../../src/bytes/match.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

test('sameBytes compares a stretch of one with a stretch of another', () => {
  expect(sameBytes(bytes('xxabc'), 2, bytes('yabcz'), 1, 3)).toBe(true)
  expect(sameBytes(bytes('xxabc'), 2, bytes('yabdz'), 1, 3)).toBe(false)
  expect(sameBytes(bytes(''), 0, bytes(''), 0, 0)).toBe(true)
})

test.each([
  ['GET /\r\n\t~', 9],
  ['ab\0c', 2],
  ['\x7f', 0],
  ['\x1b[2J', 0],
  ['é', 0],
  ['', 0],
])('textRun of %j is %d', (text, length) => {
  expect(textRun(bytes(text), 0, text.length)).toBe(length)
})
