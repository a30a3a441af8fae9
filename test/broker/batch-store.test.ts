import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BatchStore } from '../../src/broker/batch-store.ts'

/** What each step does: a batch of so many bytes and offsets comes, or so many of the oldest go. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ size: fc.integer({ min: 1, max: 9000 }), offsets: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ drop: fc.nat(20) }) },
)

test('batches are found by offset with their own bytes, whatever came and went', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const store = new BatchStore()
      let model: { base: number; last: number; bytes: Uint8Array }[] = []
      let next = 0
      let came = 0
      for (const [i, each] of steps.entries()) {
        if ('drop' in each) {
          const count = Math.min(each.drop, model.length)
          store.drop(count)
          model = model.slice(count)
        } else {
          const bytes = new Uint8Array(each.size).fill(i + 1)
          const batch = { base: next, last: next + each.offsets - 1, bytes }
          expect([...store.push(bytes, batch.base, batch.last)]).toEqual([...bytes])
          model.push(batch)
          next += each.offsets
          came += each.size
        }
        expect(store.count).toBe(model.length)
        expect(store.size).toBe(model.reduce((sum, { bytes }) => sum + bytes.length, 0))
        expect(store.position(store.count)).toBe(came)
      }
      for (const [i, { base, last, bytes }] of model.entries()) {
        expect(store.indexOf(base)).toBe(i)
        expect(store.indexOf(last)).toBe(i)
        const { baseOffset, lastOffset, bytes: own } = store.at(i)
        expect([baseOffset, lastOffset, Buffer.compare(own, bytes)]).toEqual([base, last, 0])
      }
      expect(store.indexOf(next)).toBe(model.length)
    }),
  )
})

test('memory goes with the batches that lie in it', () => {
  const store = new BatchStore()
  const batch = new Uint8Array(100_000)
  for (let i = 0; i < 10_000; i++) {
    store.push(batch, i, i)
    if (store.count > 20) store.drop(1)
  }
  // A gigabyte passed; two slabs of a megabyte hold what is left, and a third may be begun.
  const held = new Set(Array.from({ length: store.count }, (_, i) => store.bytes(i).buffer))
  expect([...held].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(5 * 1024 * 1024)
})
