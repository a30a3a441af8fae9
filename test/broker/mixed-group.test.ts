/**
 * Members of the classic protocol and of KIP-848's in one group. `mixed-answers.json` is what Apache Kafka 4.4.0 answered;
 * `test/interop/mixed.test.ts` asks it again.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { readAssignment, writeAssignment } from '../../src/broker/consumer-protocol.ts'
import { startBroker } from '../../src/broker/server.ts'
import { mixedPlay, subscription } from '../interop/mixed-plays.ts'
import { ask, at, type Bench, type Body, bench, createTopic } from './helpers.ts'

const recorded: unknown = JSON.parse(readFileSync(new URL('./mixed-answers.json', import.meta.url), 'utf8'))

const classicJoin = (on: Bench, memberId: string, metadata: Uint8Array, protocolType = 'consumer'): Promise<Body> =>
  ask(on, 'JoinGroup', 3, {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId,
    protocolType,
    protocols: [{ name: 'range', metadata }],
  })

const newJoin = (on: Bench, memberId: string): Promise<Body> =>
  ask(on, 'ConsumerGroupHeartbeat', 1, {
    groupId: 'g',
    memberId,
    memberEpoch: 0,
    rebalanceTimeoutMs: 10_000,
    subscribedTopicNames: ['shared'],
    topicPartitions: [],
  })

async function stage(): Promise<Bench> {
  const on = bench({ initialRebalanceDelayMs: 0 })
  await createTopic(on, 'shared', 4)
  return on
}

/** A classic group of one, which has all partitions, or what its client's own assignor says. */
async function classicGroup(
  on: Bench,
  metadata: Uint8Array,
  assignment: Uint8Array,
  type = 'consumer',
): Promise<string> {
  const joining = classicJoin(on, '', metadata, type)
  await on.clock.advance(0)
  const memberId = String((await joining).memberId)
  await ask(on, 'SyncGroup', 1, { groupId: 'g', generationId: 1, memberId, assignments: [{ memberId, assignment }] })
  return memberId
}

describe('a group of both protocols', () => {
  it('is told what Apache Kafka tells it, up and down', async () => {
    const embedded = await startBroker({ initialRebalanceDelayMs: 0 })
    try {
      expect(await mixedPlay(`127.0.0.1:${embedded.port}`)).toEqual(recorded)
    } finally {
      await embedded.close()
    }
  })

  const own = Uint8Array.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 7])
  it.each([
    ['members that are no consumers', subscription(1), new Uint8Array(0), 'connect'],
    ['members that say what is no subscription', Uint8Array.from([0, 1, 9]), new Uint8Array(0), 'consumer'],
    ['assignments with data of their own', subscription(1), own, 'consumer'],
    ['assignments that are none', subscription(1), Uint8Array.from([0, 1, 0, 9]), 'consumer'],
  ])('stays classic with %s', async (_what, metadata, assignment, type) => {
    const on = await stage()
    await classicGroup(on, metadata, assignment, type)
    expect(await newJoin(on, 'n')).toMatchObject({ errorCode: errorCode('GROUP_ID_NOT_FOUND') })
    expect(on.broker.groups.get('g')?.state).toBe('Stable')
    expect(on.broker.coordinator.consumer.get('g')).toBeUndefined()
    on.broker.close()
  })

  it('fences a classic member that does not join again in time, and one that is not heard of', async () => {
    const on = await stage()
    const memberId = await classicGroup(on, subscription(1), new Uint8Array(0))
    await newJoin(on, 'n')
    const beat = () => ask(on, 'Heartbeat', 3, { groupId: 'g', generationId: 1, memberId })
    expect(at(await beat(), 'errorCode')).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    await on.clock.advance(6000)
    expect(at(await beat(), 'errorCode')).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    await on.clock.advance(4000)
    expect(at(await beat(), 'errorCode')).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect([...on.broker.coordinator.consumer.get('g')!.members.keys()]).toEqual(['n'])
    on.broker.close()
  })

  it('takes a static classic member that joins again as itself, and fences it when another comes in its place', async () => {
    const on = await stage()
    const join = (memberId: string, owned: readonly number[] = []): Promise<Body> =>
      ask(on, 'JoinGroup', 5, {
        groupId: 'g',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 10_000,
        memberId,
        groupInstanceId: 'i',
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: subscription(1, owned) }],
      })
    const joining = join('')
    await on.clock.advance(0)
    const memberId = String((await joining).memberId)
    const self = { groupId: 'g', memberId, groupInstanceId: 'i' }
    const beat = async (generationId: number) =>
      at(await ask(on, 'Heartbeat', 3, { ...self, generationId }), 'errorCode')
    const sync = (generationId: number, assignments: { memberId: string; assignment: Uint8Array }[] = []) =>
      ask(on, 'SyncGroup', 3, { ...self, generationId, assignments })
    const all = { topic: 'shared', partitions: [0, 1, 2, 3] }
    await sync(1, [{ memberId, assignment: writeAssignment(subscription(1), [all]) }])
    await newJoin(on, 'n')
    // As Apache Kafka 4.4.0: it keeps its generation until it has given up what is another's.
    expect(await beat(1)).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    expect(await join(memberId, all.partitions)).toMatchObject({ errorCode: 0, generationId: 1, memberId })
    const { assignedPartitions } = readAssignment(Buffer.from(String((await sync(1)).assignment), 'base64'))!
    const kept = assignedPartitions.flatMap(({ partitions }) => [...partitions])
    expect(kept).toHaveLength(2)
    expect(await join(memberId, kept)).toMatchObject({ errorCode: 0, generationId: 2, memberId })
    expect(await beat(2)).toBe(0)
    expect(await join('')).toMatchObject({ errorCode: 0, generationId: 2 })
    expect(await beat(2)).toBe(errorCode('FENCED_INSTANCE_ID'))
    on.broker.close()
  })
})

/** A client of either protocol: it does what it is told. */
class Client {
  id = ''
  epoch = 0
  owned: number[] = []
  readonly classic: boolean
  private readonly on: Bench
  private readonly name: string

  constructor(on: Bench, name: string, classic: boolean) {
    this.on = on
    this.name = name
    this.classic = classic
  }

  get in(): boolean {
    return this.id !== ''
  }

  async act(): Promise<void> {
    if (!this.classic) return this.beat()
    if (this.in) {
      const answer = await ask(this.on, 'Heartbeat', 3, { groupId: 'g', generationId: this.epoch, memberId: this.id })
      const error = Number(at(answer, 'errorCode'))
      if (error === 0) return
      if (error === errorCode('UNKNOWN_MEMBER_ID')) this.forget()
    }
    await this.join()
  }

  private async join(): Promise<void> {
    const joining = classicJoin(this.on, this.id, subscription(1, this.owned))
    // In a classic group nobody else may come: then its time runs out, which is as good.
    let answer: Body | null = null
    void joining.then((each) => {
      answer = each
    })
    await new Promise((done) => setImmediate(done))
    if (!answer) await this.on.clock.advance(10_000)
    const joined = await joining
    if (at(joined, 'errorCode') !== 0) return this.forget()
    this.id = String(joined.memberId)
    this.epoch = Number(joined.generationId)
    const synced = await ask(this.on, 'SyncGroup', 3, {
      groupId: 'g',
      generationId: this.epoch,
      memberId: this.id,
      assignments: [],
    })
    if (at(synced, 'errorCode') !== 0) return
    const bytes = Buffer.from(String(synced.assignment), 'base64')
    this.owned = (readAssignment(bytes)?.assignedPartitions ?? []).flatMap((each) => [...each.partitions])
  }

  private async beat(): Promise<void> {
    if (!this.in) {
      const joined = await newJoin(this.on, this.name)
      if (at(joined, 'errorCode') !== 0) return
      this.id = this.name
      return this.take(joined)
    }
    const topicId = this.on.broker.topics.get('shared')!.id
    const answer = await ask(this.on, 'ConsumerGroupHeartbeat', 1, {
      groupId: 'g',
      memberId: this.id,
      memberEpoch: this.epoch,
      rebalanceTimeoutMs: -1,
      topicPartitions: this.owned.length > 0 ? [{ topicId, partitions: this.owned }] : [],
    })
    if (at(answer, 'errorCode') !== 0) return this.forget()
    this.take(answer)
  }

  private take(answer: Body): void {
    this.epoch = Number(answer.memberEpoch)
    const told = answer.assignment as { topicPartitions: { partitions: number[] }[] } | null
    if (told) this.owned = told.topicPartitions.flatMap((each) => each.partitions)
  }

  async leave(): Promise<void> {
    if (!this.in) return
    if (this.classic) await ask(this.on, 'LeaveGroup', 2, { groupId: 'g', memberId: this.id })
    else
      await ask(this.on, 'ConsumerGroupHeartbeat', 1, {
        groupId: 'g',
        memberId: this.id,
        memberEpoch: -1,
        rebalanceTimeoutMs: -1,
      })
    this.forget()
  }

  private forget(): void {
    this.id = ''
    this.epoch = 0
    this.owned = []
  }
}

describe('histories of a group of both protocols', () => {
  it("no partition is two members' at a time, and all are somebody's when it is quiet", async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 3 }),
      what: fc.constantFrom('act', 'act', 'act', 'leave', 'wait'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const on = await stage()
        const clients = ['a', 'b', 'c', 'd'].map((name, i) => new Client(on, name, i < 2))
        const check = (): void => {
          const parts = [...(on.broker.coordinator.consumer.get('g')?.members.values() ?? [])].flatMap(
            ({ progress }) => [...progress.assigned, ...progress.revoking],
          )
          expect(new Set(parts).size).toBe(parts.length)
        }
        for (const { who, what } of steps) {
          if (what === 'wait') await on.clock.advance(4000)
          else await clients[who]![what]()
          check()
        }
        // One of the new protocol is in it, nobody else comes or goes, and who is not heard of is fenced.
        await clients[3]!.act()
        for (let round = 0; round < 14; round++) {
          await on.clock.advance(1000)
          for (const client of clients) if (client.in) await client.act()
          check()
        }
        const shares = clients.filter((client) => client.in).flatMap(({ owned }) => owned)
        expect(shares.sort()).toEqual([0, 1, 2, 3])
        on.broker.close()
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
