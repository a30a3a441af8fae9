/**
 * A group of the classic protocol beside its members, who join, fall silent, leave and come back at random: what each
 * believes is compared with what the coordinator holds.
 */
import { expect } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { Broker } from '../../src/broker/broker.ts'
import { FakeClock, settle, utf8 } from './helpers.ts'

const GROUP = 'g'
const TOPIC = 'orders'
export const SESSION_MS = 10_000
export const REBALANCE_MS = 20_000
export const PARTITIONS = 5

/** One consumer, as a client library runs it. */
export class Consumer {
  readonly instanceId: string | null
  memberId = ''
  generation = -1
  /** What it owns; null while it does not know. */
  owned: readonly number[] | null = null
  /** Waiting for the answer to a join or sync. */
  busy = false
  /** The process is gone: it hears nothing any more. */
  gone = false

  constructor(instanceId: string | null) {
    this.instanceId = instanceId
  }
}

const text = new TextDecoder()
const LOST = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'].map(errorCode))

export class GroupModel {
  readonly clock = new FakeClock()
  readonly broker: Broker
  readonly consumers: Consumer[] = []
  readonly committed = new Map<number, number>()
  /** Who led each generation. */
  private readonly leaders = new Map<number, string>()
  private highest = 0
  commits = 0

  constructor() {
    let seed = 0
    const random = (size: number): Uint8Array => new Uint8Array(size).map((_, i) => (++seed * 37 + i) & 0xff)
    this.broker = new Broker({
      endpoint: { host: 'h', port: 1 },
      clock: this.clock,
      random,
      initialRebalanceDelayMs: 3000,
    })
    this.broker.topics.create(TOPIC, PARTITIONS)
  }

  /** A new consumer joins. With an instance id it takes the place of whoever has it. */
  start(instanceId: string | null): void {
    const consumer = new Consumer(instanceId)
    this.consumers.push(consumer)
    void this.join(consumer)
  }

  private async join(consumer: Consumer): Promise<void> {
    consumer.busy = true
    consumer.owned = null
    const answer = await this.broker.groups.join(GROUP, {
      memberId: consumer.memberId,
      instanceId: consumer.instanceId,
      clientId: 'c',
      clientHost: '/h',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: utf8('m') }],
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      requireMemberId: true,
      canSkipAssignment: false,
    })
    consumer.busy = false
    if (consumer.gone) return
    if (answer.errorCode !== 0) return this.joinFailed(consumer, answer.errorCode, answer.memberId)
    this.generationBegan(answer.generationId, answer.leader)
    consumer.memberId = answer.memberId
    consumer.generation = answer.generationId
    const leads = answer.leader === answer.memberId
    await this.sync(consumer, leads ? answer.members.map(({ memberId }) => memberId) : [])
  }

  private joinFailed(consumer: Consumer, error: number, memberId: string): Promise<void> | undefined {
    if (error === errorCode('MEMBER_ID_REQUIRED')) consumer.memberId = memberId
    else if (error === errorCode('UNKNOWN_MEMBER_ID')) consumer.memberId = ''
    else if (error === errorCode('FENCED_INSTANCE_ID')) {
      consumer.gone = true
      return undefined
    } else if (error !== errorCode('REBALANCE_IN_PROGRESS')) throw new Error(`join: ${error}`)
    return this.join(consumer)
  }

  /** One generation at a time: numbers only rise, and each has one leader. */
  private generationBegan(generation: number, leader: string): void {
    expect(generation).toBeGreaterThanOrEqual(this.highest)
    this.highest = generation
    // A static leader that came back has another id, in the same generation.
    const known = this.leaders.get(generation)
    if (known !== undefined && !leader.startsWith('static')) expect(leader).toBe(known)
    this.leaders.set(generation, leader)
  }

  /** The leader deals partitions out in turn. */
  private async sync(consumer: Consumer, members: readonly string[]): Promise<void> {
    consumer.busy = true
    const parts = members.map((_, i) =>
      Array.from({ length: PARTITIONS }, (_, p) => p).filter((p) => p % members.length === i),
    )
    const answer = await this.broker.groups.sync(GROUP, {
      memberId: consumer.memberId,
      instanceId: consumer.instanceId,
      generationId: consumer.generation,
      protocolType: null,
      protocolName: null,
      assignments: members.map((memberId, i) => ({ memberId, assignment: utf8(parts[i]!.join()) })),
    })
    consumer.busy = false
    if (consumer.gone) return
    if (answer.errorCode === 0) {
      const assigned = text.decode(answer.assignment)
      consumer.owned = assigned === '' ? [] : assigned.split(',').map(Number)
    } else await this.mayRejoin(consumer, answer.errorCode)
  }

  private async mayRejoin(consumer: Consumer, error: number): Promise<void> {
    if (error === errorCode('FENCED_INSTANCE_ID')) {
      consumer.gone = true
      return
    }
    if (error !== errorCode('REBALANCE_IN_PROGRESS') && !LOST.has(error)) throw new Error(`error ${error}`)
    if (error === errorCode('UNKNOWN_MEMBER_ID')) consumer.memberId = ''
    await this.join(consumer)
  }

  /** Every consumer that waits for nothing is heard of. */
  async beat(consumer: Consumer): Promise<void> {
    if (consumer.gone || consumer.busy) return
    const error = this.broker.groups.heartbeat(GROUP, consumer.memberId, consumer.instanceId, consumer.generation)
    if (error !== 0) void this.mayRejoin(consumer, error)
    else expect(consumer.generation).toBe(this.broker.groups.get(GROUP)!.generation)
    await settle()
  }

  /** Only a member of the current generation commits, and what it was told is committed stays. */
  commit(consumer: Consumer, offset: number): void {
    if (consumer.gone || consumer.busy || !consumer.owned?.length) return
    const group = this.broker.groups.get(GROUP)!
    const error = this.broker.groups.commitProblem(GROUP, consumer.memberId, consumer.instanceId, consumer.generation)
    const before = this.broker.groups.commitProblem(
      GROUP,
      consumer.memberId,
      consumer.instanceId,
      consumer.generation - 1,
    )
    expect(before, 'of the generation before').not.toBe(0)
    if (error !== 0) return
    expect(consumer.generation).toBe(group.generation)
    for (const partition of consumer.owned) {
      this.broker.offsets.commit(GROUP, TOPIC, partition, { offset, leaderEpoch: 0, metadata: '' })
      this.committed.set(partition, offset)
      this.commits++
    }
  }

  async leave(consumer: Consumer): Promise<void> {
    if (consumer.gone || consumer.busy) return
    this.broker.groups.leave(GROUP, consumer.memberId, consumer.instanceId)
    consumer.gone = true
    await settle()
  }

  get alive(): Consumer[] {
    return this.consumers.filter(({ gone }) => !gone)
  }

  check(): void {
    const group = this.broker.groups.get(GROUP)
    for (const [partition, offset] of this.committed) {
      expect(this.broker.offsets.get(GROUP, TOPIC, partition)?.offset).toBe(offset)
    }
    if (group?.state !== 'Stable') return
    expect(group.generation).toBe(this.highest)
    const dealt = group.members.all().flatMap(({ assignment }) => text.decode(assignment).split(',').filter(Boolean))
    expect(dealt.map(Number).toSorted()).toEqual(Array.from({ length: PARTITIONS }, (_, p) => p))
    // Whoever believes to be in this generation owns what nobody else of it does; but for an instance that another one
    // has taken the place of, which learns of it at its next heartbeat.
    const current = this.alive.filter(
      ({ generation, owned, memberId }) => owned && generation === group.generation && group.members.get(memberId),
    )
    const owned = current.flatMap((consumer) => consumer.owned!)
    expect(new Set(owned).size).toBe(owned.length)
  }

  /** The group is of those that are left, and each of them knows. */
  private isCalm(): boolean {
    const group = this.broker.groups.get(GROUP)
    if (!group || group.members.size !== this.alive.length || group.members.pending.size > 0) return false
    if (this.alive.length === 0) return group.state === 'Empty'
    return (
      group.state === 'Stable' && this.alive.every(({ busy, generation }) => !busy && generation === group.generation)
    )
  }

  /** All that are left are heard of until nothing changes: then everything is owned by them, once. */
  async calm(): Promise<void> {
    for (let ms = 0; ms < 100_000; ms += 3000) {
      await this.clock.advance(3000)
      for (const consumer of this.alive) await this.beat(consumer)
      if (this.isCalm()) break
    }
    this.check()
    const owned = this.alive.flatMap((consumer) => consumer.owned ?? [])
    const wanted = this.alive.length === 0 ? [] : Array.from({ length: PARTITIONS }, (_, p) => p)
    expect(owned.toSorted()).toEqual(wanted)
    for (const { generation } of this.alive) expect(generation).toBe(this.highest)
    expect(this.broker.groups.get(GROUP)?.state ?? 'Empty').toBe(this.alive.length === 0 ? 'Empty' : 'Stable')
  }
}
