/** Recorded exchanges that are alike: which of them is the next. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Entries, type Entry } from '../../src/replay/entries.ts'

/** The rule, said plainly: the next of the connection behind `order`, else the first that nobody has asked for. */
function plainly(entries: readonly Entry[], connection: number | null, order: number): Entry | null {
  const fresh = entries.filter(({ used }) => !used)
  return fresh.find((each) => each.connection === connection && each.order > order) ?? fresh[0] ?? null
}

const asks = fc.array(fc.tuple(fc.option(fc.nat(3)), fc.integer({ min: -1, max: 40 })), { maxLength: 60 })

test('whatever is asked in whatever order, the next is the one that a plain search finds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 40 }), asks, (connections, questions) => {
      const entries: Entry[] = connections.map((connection, order) => ({ connection, order, used: false }))
      const list = new Entries<Entry>()
      for (const entry of entries) list.add(entry)
      for (const [connection, order] of questions) {
        const wanted = plainly(entries, connection, order)
        const found = list.next(connection, order)
        expect(found).toBe(wanted)
        if (!found) continue
        found.used = true
        list.took(found)
        expect(list.lastUsed).toBe(entries.findLast(({ used }) => used))
      }
    }),
  )
})

test('a hundred thousand alike are each found by a few steps', () => {
  let looks = 0
  const list = new Entries<Entry>()
  for (let order = 0; order < 100_000; order++) {
    let used = false
    list.add({
      connection: 1,
      order,
      get used() {
        looks++
        return used
      },
      set used(value) {
        used = value
      },
    })
  }
  for (let order = -1, count = 0; count < 100_000; count++) {
    const next = list.next(1, order)!
    next.used = true
    order = next.order
  }
  expect(looks).toBeLessThan(1_000_000)
})
