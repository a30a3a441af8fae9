import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortingBy } from '../../src/tui/sorting.ts'
import { Store } from '../../src/tui/store.ts'
import { sortColumns } from '../../src/tui/view/list.ts'
import { Visible } from '../../src/tui/visible.ts'
import { exchange } from './frames.ts'

const one = exchange({ api: 'Heartbeat', version: 0 })

function filled(count: number): { store: Store; visible: Visible; add: (from: number, count: number) => void } {
  const store = new Store()
  const add = (from: number, more: number): void => {
    for (let i = 0; i < more; i++) store.put({ ...one, id: from + i }, [], true)
  }
  add(0, count)
  return { store, visible: new Visible(store), add }
}

const all = (visible: Visible): number[] => Array.from({ length: visible.length }, (_, i) => visible.at(i))
const finish = (visible: Visible): void => {
  let clock = 0
  while (visible.advance(() => (clock += 500), 1)) if (clock > 1e9) throw new Error('never done')
}

test('without a filter the list is all there is, growing', () => {
  const { visible, add } = filled(3)
  expect(all(visible)).toEqual([0, 1, 2])
  add(3, 2)
  expect(all(visible)).toEqual([0, 1, 2, 3, 4])
  expect(visible.indexOf(4)).toBe(4)
  expect(visible.indexOf(5)).toBe(-1)
})

test('a filter is tried on a few entries at a time and says how far it is', () => {
  const { visible } = filled(1000)
  visible.filter((entry) => entry.seq % 10 === 0)
  // A clock that moves a millisecond each time it is read.
  let clock = 0
  expect(visible.advance(() => clock++, 30)).toBe(true)
  expect(visible.progress).toBeGreaterThan(0)
  expect(visible.progress).toBeLessThan(0.2)
  finish(visible)
  expect(visible.progress).toBe(1)
  expect(all(visible)).toEqual(Array.from({ length: 100 }, (_, i) => i * 10))
})

test('a filter that throws lets nothing pass', () => {
  const { visible } = filled(3)
  visible.filter(() => {
    throw new Error('no')
  })
  finish(visible)
  expect(visible.length).toBe(0)
})

test('an entry that changes is tried again', () => {
  const { store, visible } = filled(5)
  const entry = store.get(2)!
  visible.filter((one) => one.error !== undefined)
  finish(visible)
  expect(all(visible)).toEqual([])
  entry.error = null
  visible.changed(entry)
  finish(visible)
  expect(all(visible)).toEqual([2])
  entry.error = undefined
  visible.changed(entry)
  finish(visible)
  expect(all(visible)).toEqual([])
})

test('a frozen list stays as it is and counts what waits', () => {
  const { visible, add } = filled(3)
  visible.freeze(true)
  add(3, 4)
  expect(all(visible)).toEqual([0, 1, 2])
  expect(visible.waiting).toBe(4)
  visible.freeze(false)
  expect(visible.length).toBe(7)
})

test.each(sortColumns(250))('sorted by %s, both ways, nothing is lost or doubled', (column) => {
  for (const descending of [false, true]) {
    const { store, visible } = filled(0)
    for (let id = 0; id < 50; id++)
      store.put({ ...one, id, clientId: `c${(id * 7) % 10}`, api: `A${(id * 3) % 7}` }, [], true)
    visible.sort(sortingBy(column, descending))
    finish(visible)
    expect([...all(visible)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    if (column === 'client') {
      const clients = all(visible).map((seq) => store.get(seq)!.exchange!.clientId!)
      const sorted = [...clients].sort()
      expect(clients).toEqual(descending ? sorted.reverse() : sorted)
    }
  }
})

test('arrivals in a sorted list are shown at their place or not yet, and what changes is placed anew', () => {
  const { store, visible } = filled(0)
  const put = (id: number, took: number | null) => {
    const { request, response } = one
    const answer = took === null ? null : { ...response!, time: request!.time + took }
    const { entry, fresh } = store.put({ ...one, id, response: answer }, [], took !== null)
    if (!fresh) visible.changed(entry)
  }
  let clock = 0
  const work = (): void => void visible.advance(() => clock++, 1000)
  const took = (seq: number): number => {
    const { request, response } = store.get(seq)!.exchange!
    return response ? response.time - request!.time : -1
  }
  for (let id = 0; id < 20; id++) put(id, (id * 37) % 100)
  visible.sort(sortingBy('ms', true))
  work()
  expect(visible.length).toBe(20)
  for (let id = 20; id < 40; id++) {
    put(id, id % 3 === 0 ? null : (id * 53) % 100)
    work()
    const shown = all(visible).map(took)
    expect(shown).toEqual([...shown].sort((a, b) => b - a))
  }
  finish(visible)
  expect(visible.length).toBe(40)
  // No answer yet: the last ones, in either direction.
  expect(all(visible).slice(-7).map(took)).toEqual(Array(7).fill(-1))
  put(21, 1000)
  finish(visible)
  expect(visible.at(0)).toBe(21)
  visible.sort(sortingBy('ms', false))
  finish(visible)
  expect(all(visible).slice(-6).map(took)).toEqual(Array(6).fill(-1))
})

test('however entries, filters and pauses mix, the list is what a plain filter would give', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ modulo: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ work: fc.integer({ min: 1, max: 5 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { store, visible, add } = filled(10)
      let modulo = 1
      for (const one of steps) {
        if ('add' in one) add(store.end, one.add)
        else if ('modulo' in one) {
          modulo = one.modulo
          visible.filter(({ seq }) => seq % modulo === 0)
        } else {
          let clock = 0
          visible.advance(() => clock++, one.work)
        }
      }
      finish(visible)
      const wanted = Array.from({ length: store.end }, (_, seq) => seq).filter((seq) => seq % modulo === 0)
      expect(all(visible)).toEqual(wanted)
      for (const [row, seq] of wanted.entries()) expect(visible.indexOf(seq)).toBe(row)
    }),
  )
})
