/** Rows of two messages: each field beside the one it was compared with, each difference at its row. */
import { describe, expect, test } from 'vitest'
import { BUGS } from '../../src/bugs/kinds/index.ts'
import type { JsonObject } from '../../src/codec/json-text.ts'
import type { Side } from '../../src/diff/model.ts'
import { fieldPairs, MAX_FIELD_PAIRS } from '../../src/diff/rows.ts'
import { Rules } from '../../src/diff/rules.ts'
import { dataOf } from '../tui/diff-screen.ts'
import { conversation } from './conversation.ts'
import { recorded, segmentsOf } from './recorded.ts'

const side = (body: JsonObject): Side => ({
  ...{ size: 0, shown: null, raw: null, json: { header: null, body }, stopped: false, secrets: [] },
  leaves: () => [],
})

const rowsOf = (a: JsonObject | null, b: JsonObject | null): string[] =>
  fieldPairs(a && side(a), b && side(b), new Rules().root('Metadata', 'response', null)).map(
    (row) => `${' '.repeat(row.depth)}${row.name} ${row.a?.path ?? '-'} ${row.b?.path ?? '-'} ${row.same}`,
  )

test('an element that B lacks shifts nothing', () => {
  const topics = (...names: string[]): JsonObject => ({ topics: names.map((name) => ({ name })) })
  expect(rowsOf(topics('a', 'b', 'c'), topics('a', 'c'))).toEqual([
    'topics topics topics true',
    ' [0] topics[0] topics[0] true',
    '  name topics[0].name topics[0].name true',
    ' [1] topics[1] - false',
    '  name topics[1].name - false',
    ' [2] topics[2] topics[1] true',
    '  name topics[2].name topics[1].name true',
  ])
})

test('a field of one side, a null, a struct beside a number, names that objects have of their own', () => {
  expect(rowsOf({ x: 1, y: null, z: { u: 1 } }, { y: null, z: 2, constructor: 3 })).toEqual([
    'x x - false',
    'y y y true',
    'z z z false',
    ' u z.u - false',
    'constructor - constructor false',
  ])
})

test('one message alone', () => {
  expect(rowsOf(null, { x: 1 })).toEqual(['x - x false'])
  expect(rowsOf(null, null)).toEqual([])
})

test('what is too much is left out', () => {
  const many = { x: new Array<number>(MAX_FIELD_PAIRS * 2).fill(1) }
  expect(rowsOf(many, many).length).toBe(MAX_FIELD_PAIRS)
})

describe('every difference has its row', () => {
  const check = (data: ReturnType<typeof dataOf>): number => {
    let checked = 0
    for (const pair of data.differing) {
      for (const kind of ['request', 'response'] as const) {
        const { rows, rowOf } = data.frames(pair, kind)
        pair.differences.forEach((told, i) => {
          if (told.kind !== kind) return
          const row = rows[rowOf[i]!]
          if (told.a?.offset == null && told.b?.offset == null) return
          checked++
          expect(row, told.text).toBeDefined()
          // A finding may be of a field that was not reached: then the row is the last before it.
          if (!['value', 'error code', 'presence', 'order', 'renaming'].includes(told.what)) return
          const paths = [row?.a?.path === told.a?.path, row?.b?.path === told.b?.path]
          expect(paths, told.text).toContain(true)
        })
      }
    }
    return checked
  }

  test('of planted bugs', async () => {
    const sound = recorded(await conversation(1))
    let checked = 0
    for (const { name } of BUGS) checked += check(dataOf(sound, recorded(await conversation(50, [name]))))
    expect(checked).toBeGreaterThan(20)
  }, 60_000)

  test('of captures of two clients', () => {
    const [a, b] = [recorded(segmentsOf('rdkafka44-seed.pcapng')), recorded(segmentsOf('java44-admin.pcapng'))]
    expect(check(dataOf(a, b))).toBeGreaterThan(5)
  })
})
