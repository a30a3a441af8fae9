import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { MessageCursor } from '../../dissectors/records/message.ts'
import * as T from '../../src/broker/transaction.ts'
import { ask, at, batchOf, bench, createTopic } from './helpers.ts'

const newId = (): number => 77
const orders = new Map([['orders', new Set([0])]])

/** A transactional id that has had its first producer, at an epoch. */
function idAt(epoch: number): T.Transaction {
  return { ...T.newTransaction('tx', 5, 60_000, 0), epoch }
}

function next(step: T.Step | 'fence'): T.Transaction {
  if (step === 'fence' || !('next' in step)) throw new Error(`no step: ${JSON.stringify(step)}`)
  return step.next
}

describe('the last epochs of a producer id', () => {
  const open = next(T.add(idAt(32766), { producerId: 5, epoch: 32766 }, orders, 2, 1))
  const end = { producerId: 5, epoch: 32766, committed: true, version: 2, now: 2, newId }

  it('the end of a transaction goes on with another id, at 0', () => {
    const prepared = next(T.end(open, end))
    expect(prepared).toMatchObject({ producerId: 5, epoch: 32767, nextProducerId: 77 })
    const done = T.completed(prepared, 3)
    expect(done).toMatchObject({ state: 'CompleteCommit', producerId: 77, previousProducerId: 5, epoch: 0 })
    // The client that did not get the answer asks with its old id.
    expect(T.end(done, end)).toEqual({ error: 0 })
  })

  it('a new producer gets another id', () => {
    expect(next(T.init(idAt(32766), { timeoutMs: 1, expected: undefined, now: 1, newId }))).toMatchObject({
      producerId: 77,
      epoch: 0,
    })
  })

  it('a fenced one leaves another id behind', () => {
    expect(T.completed(T.fence(open, 2, newId), 3)).toMatchObject({ state: 'CompleteAbort', producerId: 77, epoch: 0 })
  })
})

describe('a transactional id', () => {
  const init = { transactionalId: 'tx', transactionTimeoutMs: 10_000 }

  it('that is open too long is aborted, and its producer fenced off', async () => {
    const on = bench()
    await createTopic(on, 'orders')
    await ask(on, 'InitProducerId', 5, init)
    const who = { v3AndBelowTransactionalId: 'tx', v3AndBelowProducerId: 0, v3AndBelowProducerEpoch: 0 }
    await ask(on, 'AddPartitionsToTxn', 3, { ...who, v3AndBelowTopics: [{ name: 'orders', partitions: [0] }] })
    await on.clock.advance(9999)
    expect(on.broker.transactions.get('tx')?.state).toBe('Ongoing')
    await on.clock.advance(1)
    expect(on.broker.transactions.get('tx')).toMatchObject({ state: 'CompleteAbort', epoch: 1 })
    const late = { transactionalId: 'tx', producerId: 0, producerEpoch: 0, committed: true }
    expect((await ask(on, 'EndTxn', 4, late)).errorCode).toBe(errorCode('PRODUCER_FENCED'))
  })

  it('that was not used for a week is forgotten, and makes room', async () => {
    const on = bench({ maxTransactionalIds: 1 })
    await ask(on, 'InitProducerId', 5, init)
    const other = { ...init, transactionalId: 'other' }
    expect((await ask(on, 'InitProducerId', 5, other)).errorCode).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'))
    await on.clock.advance(7 * 86_400_000)
    expect(await ask(on, 'InitProducerId', 5, other)).toMatchObject({ errorCode: 0, producerId: 1 })
    const asked = await ask(on, 'DescribeTransactions', 0, { transactionalIds: ['tx'] })
    expect(at(asked, 'transactionStates', 0, 'errorCode')).toBe(errorCode('TRANSACTIONAL_ID_NOT_FOUND'))
  })
})

it('readers of old formats get over the ends of transactions', async () => {
  const on = bench()
  await createTopic(on, 'orders')
  const log = on.broker.topics.get('orders')!.partitions[0]!
  const marker = { producerId: 1, epoch: 0, committed: true, coordinatorEpoch: 0 }
  for (let i = 0; i < 3; i++) log.appendMarker(marker, 5)
  log.append(batchOf(['v']), 5)
  const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 100 }] }]
  const answer = await ask(on, 'Fetch', 2, { maxWaitMs: 0, minBytes: 0, topics })
  const bytes = new Uint8Array(Buffer.from(String(at(answer, 'responses', 0, 'partitions', 0, 'records')), 'base64'))
  const cursor = new MessageCursor(bytes, 0, bytes.length)
  expect(cursor.next()).toBe(true)
  expect(cursor.offset).toBe(3)
})
