import { expect, it } from 'vitest'
import { xxh32 } from '../../src/bytes/xxh32.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

it.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('the xxh32 of %j', (text, hash) => {
  expect(xxh32(ascii(text))).toBe(hash)
  expect(xxh32(ascii(`.${text}.`), 1, text.length + 1)).toBe(hash)
})
