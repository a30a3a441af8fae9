import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Line, linesOf, MAX_VALUES } from '../../src/cli/lines.ts'

async function lines(chunks: readonly (string | Uint8Array)[], limit?: number): Promise<Line[]> {
  const found: Line[] = []
  const input = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk)
  })()
  for await (const line of linesOf(input, limit)) found.push(line)
  return found
}

it('splits at line ends of either kind, drops empty lines, takes a last one without end', async () => {
  expect(await lines(['a\nb\r\n\n  \n c \nd'])).toEqual(['a', 'b', 'c', 'd'])
  expect(await lines([])).toEqual([])
})

it('gives the same lines wherever the chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom('a', 'é', '🦊', '\n', ' ') }), fc.nat(40), async (text, cut) => {
      const bytes = Buffer.from(text)
      expect(await lines([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(
        text
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      )
    }),
  )
})

it('says of a line that is too long how long it was, and goes on', async () => {
  expect(await lines(['abc', 'def\n', 'abc\n', 'abcd'], 3)).toEqual([
    { refused: 'a line has at most 3 bytes, this has 6' },
    'abc',
    { refused: 'a line has at most 3 bytes, this has 4' },
  ])
})

it('refuses JSON that would take far more memory than its text', async () => {
  const few = `[${'1,'.repeat(MAX_VALUES - 2)}1]`
  const many = `[${'1,'.repeat(MAX_VALUES)}1]`
  expect(await lines([few, '\n', many, '\n', '['.repeat(MAX_VALUES + 1)])).toEqual([
    few,
    { refused: 'a line has at most 500000 values, this has more' },
    { refused: 'a line has at most 500000 values, this has more' },
  ])
})
