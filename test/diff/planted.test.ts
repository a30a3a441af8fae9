/** Each bug that can be planted is the only thing shown when a client's run against a sound broker is compared. */
import { describe, expect, test } from 'vitest'
import { BUGS } from '../../src/bugs/kinds/index.ts'
import { conversation } from './conversation.ts'
import { diffed, lines, recorded } from './recorded.ts'

/** After these the answers of the connection can't be told apart, or belong to other requests. */
const LOSE_THE_STREAM = [
  ...['frame-size', 'long-frame-size', 'negative-frame-size', 'huge-frame-size', 'correlation-mismatch'],
  ...['http-answer', 'no-answer', 'closed-connection'],
]

const sound = async () => recorded(await conversation(1))

test('the same client twice, with other ids, differs in nothing', async () => {
  const outcome = diffed(await sound(), recorded(await conversation(50)))
  expect(lines(outcome)).toEqual([])
  expect(outcome.summary.bound).toMatchObject({ 'member id': 16, 'topic id': 2, 'cluster id': 2 })
})

describe('a planted bug is all that is shown', () => {
  const kept = BUGS.filter(({ name }) => !LOSE_THE_STREAM.includes(name))

  test('there are more than 20', () => expect(kept.length).toBeGreaterThan(20))

  test.each(kept)('$name', async ({ name, usual }) => {
    const b = recorded(await conversation(50, [name]))
    const { told } = diffed(await sound(), b)
    expect(told.length).toBeGreaterThan(0)
    for (const { a, b: other, differences } of told) {
      expect(a?.api).toBe(usual.api)
      expect(other?.api).toBe(usual.api)
      expect(differences.filter(({ kind }) => kind !== 'response')).toEqual([])
      // Whatever else is said of the frame, its bytes are told first to be wrong, and where.
      const what = differences[0]?.what
      const first = name === 'little-endian' && (what === 'error code' || what === 'renaming') ? what : 'finding'
      expect(differences[0]).toMatchObject({ what: first, b: { offset: expect.any(Number) } })
    }
    // An integer in the other byte order may read well: there the value alone tells.
    if (name === 'little-endian') return
    // Where it was not planted, nothing is shown: neither other APIs nor other versions.
    const planted = b.items.filter(({ findings }) => findings.some(({ severity }) => severity !== 'note'))
    expect(told.map(({ b: item }) => item!.id).sort()).toEqual(planted.map(({ id }) => id).sort())
  })
})

describe('a bug that costs the rest of the connection is shown where it begins', () => {
  test.each(LOSE_THE_STREAM)('%s', async (name) => {
    const { told } = diffed(await sound(), recorded(await conversation(50, [name])))
    expect(told[0]?.a?.api).toBe('JoinGroup')
    expect(told[0]?.differences.map(({ what }) => what)).not.toEqual([])
  })
})
