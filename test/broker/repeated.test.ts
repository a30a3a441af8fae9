import { expect, it } from 'vitest'
import { repeated } from '../../src/broker/repeated.ts'

it.each([
  [[], []],
  [['a', 'b'], []],
  [
    ['a', 'b', 'a', 'c', 'c', 'c'],
    ['a', 'c'],
  ],
])('of %j, %j are there more than once', (keys: string[], expected: string[]) => {
  expect([...repeated(keys)]).toEqual(expected)
})
