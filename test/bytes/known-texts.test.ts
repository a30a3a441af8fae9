/** Texts that are remembered are those of their own bytes, whatever becomes of where these were read. */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownTexts } from '../../src/bytes/known-texts.ts'

const counting = () => {
  let made = 0
  const texts = new KnownTexts((b, p, end) => {
    made++
    return Buffer.from(b.subarray(p, end)).toString('latin1')
  })
  return { texts, made: () => made }
}

test('a text that came twice is not made again', () => {
  const { texts, made } = counting()
  const bytes = Buffer.from('orders')
  for (let i = 0; i < 5; i++) expect(texts.text(bytes, 0, 6)).toBe('orders')
  expect(made()).toBe(2)
})

test('a buffer that is used again takes nothing along', () => {
  const { texts, made } = counting()
  const reused = Buffer.from('orders')
  for (let i = 0; i < 2; i++) texts.text(reused, 0, 6)
  reused.fill(0)
  expect(texts.text(Buffer.from('orders'), 0, 6)).toBe('orders')
  expect(made()).toBe(2)
})

test('any texts in any order come out as they are', () => {
  const { texts } = counting()
  const some = fc.uint8Array({ maxLength: 3 })
  fc.assert(
    fc.property(fc.array(fc.oneof(some, fc.uint8Array({ maxLength: 120 })), { maxLength: 100 }), (all) => {
      for (const bytes of [...all, ...all, ...all]) {
        expect(texts.text(bytes, 0, bytes.length)).toBe(Buffer.from(bytes).toString('latin1'))
      }
    }),
  )
})
