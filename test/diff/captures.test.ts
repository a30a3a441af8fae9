/** A capture with itself, and with the same traffic in another file: nothing differs. */
import { describe, expect, test } from 'vitest'
import { CAPTURES } from '../capture/captures.ts'
import { diffed, lines, recorded, segmentsOf } from './recorded.ts'

describe('a capture with itself', () => {
  test.each(CAPTURES)('%s', (name) => {
    const session = recorded(segmentsOf(name))
    const outcome = diffed(session, recorded(segmentsOf(name)))
    expect(session.items.length).toBeGreaterThan(0)
    expect(lines(outcome)).toEqual([])
    expect(outcome.summary).toMatchObject({ pairs: session.items.length, differing: 0, bound: {} })
  })
})
