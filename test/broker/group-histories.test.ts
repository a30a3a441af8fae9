import { expect, it } from 'vitest'
import { Random } from '../random.ts'
import { GroupModel, REBALANCE_MS, SESSION_MS } from './group-model.ts'

const HISTORIES = 10_000

async function play(random: Random): Promise<GroupModel> {
  const model = new GroupModel()
  for (let steps = 5 + random.below(15); steps > 0; steps--) {
    const { alive } = model
    const consumer = alive.length > 0 ? random.pick(alive) : null
    switch (random.below(10)) {
      case 0:
      case 1:
        if (alive.length < 4) model.start(random.below(4) === 0 ? `static-${random.below(2)}` : null)
        break
      case 2:
        if (consumer) await model.leave(consumer)
        break
      case 3:
        // It falls silent, for good.
        if (consumer && random.below(2) === 0) consumer.gone = true
        break
      case 4:
      case 5:
        if (consumer) model.commit(consumer, steps + random.below(100))
        break
      case 6:
      case 7:
        for (const each of alive) await model.beat(each)
        break
      default:
        await model.clock.advance(random.pick([1, 500, 3000, SESSION_MS - 1, SESSION_MS, REBALANCE_MS]))
    }
    model.check()
  }
  await model.calm()
  model.broker.close()
  return model
}

it(`${HISTORIES} random histories keep what members of a group rely on`, { timeout: 300_000 }, async () => {
  let commits = 0
  let consumers = 0
  for (let seed = 1; seed <= HISTORIES; seed++) {
    try {
      const model = await play(new Random(seed))
      commits += model.commits
      consumers += model.consumers.length
    } catch (error) {
      throw new Error(`history ${seed}`, { cause: error })
    }
  }
  expect(consumers).toBeGreaterThan(HISTORIES)
  expect(commits).toBeGreaterThan(HISTORIES / 2)
})
