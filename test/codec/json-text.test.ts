import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, printJson } from '../../src/codec/json-text.ts'

/** Whole numbers that a double may have rounded are bigints in all our JSON; zero has no sign there. */
function shownNumber(n: number): number | bigint {
  if (n === 0) return 0
  return Number.isInteger(n) && !Number.isSafeInteger(n) && Math.abs(n) < 1e21 ? BigInt(n) : n
}

describe('integers of any size', () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['[9223372036854775807,1]', [9223372036854775807n, 1]],
    ['1234567890123456', 1234567890123456],
    ['{"a":{"b":9007199254740993}}', { a: { b: 9007199254740993n } }],
    ['"9007199254740993"', '9007199254740993'],
    [
      '{"9007199254740993":"\\\\","x\\"9007199254740993":[9007199254740993 ]}',
      {
        '9007199254740993': '\\',
        'x"9007199254740993': [9007199254740993n],
      },
    ],
    ['9007199254740993.5', Number('9007199254740993.5')],
    ['1.9007199254740993', Number('1.9007199254740993')],
    ['9007199254740993e2', 9007199254740993e2],
  ])('%s', (text, value) => expect(parseJson(text)).toEqual(value))

  it.each([
    '{9007199254740993:1}',
    '09007199254740993',
    '--9007199254740993',
    '9007199254740993x',
    '["9007199254740993',
  ])('%s is no JSON', (text) => expect(() => parseJson(text)).toThrow(SyntaxError))

  it('come back as they were printed, wherever they stand', () => {
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc
          .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
          .map((n) => (BigInt(Number(n)) === n && Number.isSafeInteger(Number(n)) ? Number(n) : n)),
        fc.string({ unit: 'binary' }),
        fc.double({ noDefaultInfinity: true, noNaN: true }).map(shownNumber),
        fc.constantFrom(null, true, '12345678901234567890', '\\"12345678901234567890'),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
      ),
    })).value
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseJson(printJson(value))).toEqual(value)
      }),
    )
  })

  it('is what JSON.parse makes of it, for any text', () => {
    const outcome = (parse: () => unknown): unknown => {
      try {
        return JSON.stringify(parse(), (_, v) => (typeof v === 'bigint' ? Number(v) : v))
      } catch (error) {
        return (error as Error).name
      }
    }
    const text = fc
      .array(
        fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '-', '.', 'e', '0', ' ', '12345678901234567', 'a'),
        { maxLength: 14 },
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (t) => {
        expect(outcome(() => parseJson(t))).toEqual(outcome(() => JSON.parse(t)))
      }),
      { numRuns: 20_000 },
    )
  })
})

it('takes time in line with the text: a number of a million digits is a double', () => {
  const started = performance.now()
  expect(parseJson('9'.repeat(5_000_000))).toBe(Number.POSITIVE_INFINITY)
  expect(performance.now() - started).toBeLessThan(2000)
})

it('takes memory in line with the text', () => {
  const text = `{"id":12345678901234567890,"hex":"${'0a1b'.repeat(4_000_000)}"}`
  const before = process.memoryUsage().rss
  const parsed = parseJson(text) as { id: bigint; hex: string }
  expect(parsed.id).toBe(12345678901234567890n)
  expect(parsed.hex.length).toBe(16_000_000)
  expect(process.memoryUsage().rss - before).toBeLessThan(150e6)
})

it('what a terminal acts on, or what hides text, is escaped, and is the same when parsed', () => {
  const value = { name: 'a\u202eb\u200b\u{e0041}\u009b\u2066' }
  const text = printJson(value)
  expect(text).toBe('{"name":"a\\u202eb\\u200b\\udb40\\udc41\\u009b\\u2066"}')
  expect(JSON.parse(text)).toEqual(value)
})
