import { expect, it } from 'vitest'
import { enforceRetention } from '../../src/broker/retention.ts'
import { type Bench, batchOf, bench } from './helpers.ts'

/** A log of batches of one record each, a second apart, each a segment of its own. */
function logOf(on: Bench, count: number, configs: { readonly [name: string]: string }) {
  const topic = on.broker.topics.create('t', 1, new Map(Object.entries({ 'segment.bytes': '80', ...configs })))
  const log = topic.partitions[0]!
  const first = on.clock.now()
  for (let i = 0; i < count; i++) log.append(batchOf(['v'], first + i * 1000), first)
  return { log, first, age: (ms: number) => enforceRetention(topic, on.broker.settings, first + ms) }
}

it('drops segments whose latest record is too old, the newest too', () => {
  const { log, age } = logOf(bench(), 4, { 'retention.ms': '5000' })
  age(5000)
  expect(log.startOffset).toBe(0)
  age(6500)
  expect(log.startOffset).toBe(2)
  age(60_000)
  expect(log).toMatchObject({ startOffset: 4, endOffset: 4, size: 0 })
})

it('keeps at least as many bytes as it may', () => {
  const { log, age } = logOf(bench(), 4, { 'retention.bytes': String(2 * batchOf(['v']).length + 1) })
  age(0)
  expect(log.startOffset).toBe(1)
})

it.each([
  ['without limits', { 'retention.ms': '-1' }],
  ['that is compacted', { 'retention.ms': '1', 'cleanup.policy': 'compact' }],
])('a topic %s keeps all', (_, configs) => {
  const { log, age } = logOf(bench(), 4, configs)
  age(1e12)
  expect(log.startOffset).toBe(0)
})

it('goes by whole segments', () => {
  const { log, age } = logOf(bench(), 4, { 'retention.ms': '5000', 'segment.bytes': String(2 * batchOf(['v']).length) })
  age(5500)
  expect(log.startOffset).toBe(0)
  age(6500)
  expect(log.startOffset).toBe(2)
})

it('is looked after by the broker', () => {
  const on = bench()
  const { log } = logOf(on, 2, { 'retention.ms': '0' })
  on.clock.advance(10_000)
  on.broker.enforceRetention()
  expect(log.startOffset).toBe(2)
})
