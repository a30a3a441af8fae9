/** What Apache Kafka 4.4.0 answered, kept (test/interop/transactions.test.ts asks it again), is what this broker answers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { PLAYS } from '../interop/transaction-plays.ts'
import { Stage } from '../interop/transaction-scripts.ts'
import answers from './transaction-answers.json' with { type: 'json' }

let broker: BrokerHandle
beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

it.each(Object.entries(answers))('%s', async (title, lines) => {
  const stage = await Stage.open(`127.0.0.1:${broker.port}`)
  await PLAYS[title]!(stage)
  stage.client.close()
  expect(stage.lines).toEqual(lines)
})

it('every conversation has its answers', () => {
  expect(Object.keys(answers)).toEqual(Object.keys(PLAYS))
})
