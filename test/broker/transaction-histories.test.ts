import { expect, it } from 'vitest'
import { DEFAULT_OPTIONS } from '../../src/broker/options.ts'
import { newTransaction, type Transaction } from '../../src/broker/transaction.ts'
import { Transactions } from '../../src/broker/transactions.ts'
import { Random } from '../random.ts'
import { FakeClock } from './helpers.ts'
import { type Fate, TransactionModel } from './transaction-model.ts'

const HISTORIES = 10_000

/** Two ids with two producers each, all at the same topic, until all is ended in the end. */
async function play(random: Random): Promise<readonly Fate[]> {
  const model = new TransactionModel()
  const clients = ['a', 'a', 'b', 'b'].map((id) => model.newClient(id))
  for (let steps = 8 + random.below(24); steps > 0; steps--) {
    // Mostly one who may, sometimes one that was fenced off or has never begun.
    const client = (random.below(4) > 0 && model.ownerOf(random.pick(['a', 'b']))) || random.pick(clients)
    const mayWrite = model.ownerOf(client.id) === client
    switch (random.below(12)) {
      case 0:
        if (!mayWrite || random.below(4) === 0) await model.init(client)
        break
      case 1:
        if (mayWrite) await model.produce(client, random.below(2))
        else await model.init(client)
        break
      case 2:
        await model.producePlainly(random.below(2))
        break
      case 3:
        await model.commitOffset(client, random.below(100))
        break
      case 4:
      case 5:
        await model.end(client, true)
        break
      case 6:
        await model.end(client, false)
        break
      case 7:
        await model.wait(random.pick([1, 10_000, 29_999, 30_000]))
        break
      case 8:
        if (random.below(4) === 0) model.restart()
        break
      default:
        await model.produce(client, random.below(2))
    }
    if (random.below(3) === 0) model.check()
  }
  model.check()
  await model.wait(60_000)
  model.check()
  model.close()
  return model.fates
}

it(`${HISTORIES} random histories keep what readers of committed records rely on`, { timeout: 120_000 }, async () => {
  const fates = { open: 0, committed: 0, aborted: 0, plain: 0 }
  for (let seed = 1; seed <= HISTORIES; seed++) {
    try {
      for (const fate of await play(new Random(seed))) fates[fate]++
    } catch (error) {
      throw new Error(`history ${seed}`, { cause: error })
    }
  }
  // Something has happened in them.
  expect(fates.open).toBe(0)
  for (const fate of ['committed', 'aborted', 'plain'] as const) expect(fates[fate]).toBeGreaterThan(HISTORIES / 2)
})

it('a restart between the decision and the markers: they are written after it', () => {
  const marked: string[] = []
  const transactions = new Transactions(DEFAULT_OPTIONS, new FakeClock(), {
    newId: () => 9,
    mark: (topic, partition, { committed, epoch }) => marked.push(`${topic} ${partition} ${committed} ${epoch}`),
  })
  const decided: Transaction = {
    ...newTransaction('tx', 4, 1000, 0),
    state: 'PrepareCommit',
    epoch: 7,
    updatedAt: new FakeClock().now(),
    partitions: new Map([['orders', new Set([0, 2])]]),
  }
  transactions.restore([decided])
  expect(marked).toEqual(['orders 0 true 7', 'orders 2 true 7'])
  expect(transactions.get('tx')).toMatchObject({ state: 'CompleteCommit', producerId: 4, epoch: 7 })
})
