/** A group of members of both protocols, from classic to KIP-848's and back: what a broker answers, line by line. */
import { errorName } from '../../dissectors/errors.ts'
import { type NamedPartitions, readAssignment, writeAssignment } from '../../src/broker/consumer-protocol.ts'
import { Writer } from '../../src/bytes/write.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { encodeMessage } from '../../src/codec/encode.ts'
import { messageByName } from '../../src/codec/messages.ts'
import type { Body } from '../broker/helpers.ts'
import { RawClient, untilCoordinated } from './raw-client.ts'

const GROUP = 'mixed'
const TOPIC = 'shared'
const PARTITIONS = 4

/** Bytes for JoinGroup's metadata. */
export function subscription(version: number, owned: readonly number[] = []): Uint8Array {
  const w = new Writer()
  w.i16(version)
  const ownedPartitions = owned.length > 0 ? [{ topic: TOPIC, partitions: [...owned] }] : []
  const value = { topics: [TOPIC], userData: null, ...(version > 0 && { ownedPartitions }) }
  encodeMessage(messageByName('ConsumerProtocolSubscription', version)!.model, value, {}, w)
  return w.view().slice()
}

/** What a SyncGroup answer gives: sorted partitions. */
function given(body: Body): string {
  const bytes = Buffer.from(String(body.assignment), 'base64')
  const parts = readAssignment(bytes)?.assignedPartitions ?? []
  return JSON.stringify(parts.flatMap((each: NamedPartitions) => [...each.partitions]).sort())
}

const code = (body: Body): string => errorName(Number(body.errorCode))

/** One member of the classic protocol, on a connection of its own. */
class Classic {
  id = ''
  generation = -1
  private readonly client: RawClient
  private readonly version: number
  private readonly protocol: string

  constructor(client: RawClient, protocol: string, version: number) {
    this.client = client
    this.protocol = protocol
    this.version = version
  }

  /** Joins; once more with the id that it is given. */
  async join(owned: readonly number[] = [], protocolType = 'consumer'): Promise<Body> {
    const ask = (): Promise<Body> =>
      this.client.ask('JoinGroup', 5, {
        groupId: GROUP,
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        memberId: this.id,
        protocolType,
        protocols: [{ name: this.protocol, metadata: subscription(this.version, owned) }],
      })
    let answer = await ask()
    if (code(answer) === 'MEMBER_ID_REQUIRED') {
      this.id = String(answer.memberId)
      answer = await ask()
    }
    if (code(answer) === 'NONE') this.generation = Number(answer.generationId)
    return answer
  }

  sync(assignments: Encodable = []): Promise<Body> {
    const { generation: generationId, id: memberId } = this
    return this.client.ask('SyncGroup', 3, { groupId: GROUP, generationId, memberId, assignments })
  }

  heartbeat(generationId = this.generation): Promise<Body> {
    return this.client.ask('Heartbeat', 3, { groupId: GROUP, generationId, memberId: this.id })
  }

  commit(version: number, generation = this.generation): Promise<Body> {
    return this.client.ask('OffsetCommit', version, {
      groupId: GROUP,
      memberId: this.id,
      generationIdOrMemberEpoch: generation,
      topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: 0, committedMetadata: '' }] }],
    })
  }
}

/** The conversation with a broker at an address. */
export async function mixedPlay(address: string): Promise<string[]> {
  const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(address)))
  const [admin, one, two] = clients as [RawClient, RawClient, RawClient]
  const lines: string[] = []
  try {
    await prepare(admin)
    const a = new Classic(one, 'cooperative-sticky', 1)
    const b = new Classic(two, 'cooperative-sticky', 0)
    const play = new Play(admin, lines)
    await play.up(a)
    await play.together(a, b)
    await play.down(a, b)
  } finally {
    for (const client of clients) client.close()
  }
  return lines
}

async function prepare(admin: RawClient): Promise<void> {
  const topics = [{ name: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1 }]
  await admin.ask('CreateTopics', 7, { topics, timeoutMs: 10_000 })
  await untilCoordinated(() => admin.ask('FindCoordinator', 4, { keyType: 0, coordinatorKeys: [GROUP] }))
  await untilCoordinated(() => admin.ask('DescribeGroups', 5, { groups: [GROUP] }))
}

class Play {
  private readonly admin: RawClient
  private readonly lines: string[]
  private readonly partitions = Array.from({ length: PARTITIONS }, (_, i) => i)
  private newOwned: number[] = []
  /** Of the first classic member. */
  private own: number[] = []
  private newEpoch = 0

  constructor(admin: RawClient, lines: string[]) {
    this.admin = admin
    this.lines = lines
  }

  private say(what: string, ...rest: unknown[]): void {
    this.lines.push(
      `${what}: ${rest.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' ')}`,
    )
  }

  private joined(what: string, answer: Body): void {
    this.say(
      what,
      code(answer),
      Number(answer.generationId),
      String(answer.protocolName),
      `${(answer.members as unknown[]).length} told`,
    )
  }

  /** Heartbeat of the member of the new protocol: the answer, and what it has from now on, if it is told. */
  private async heartbeat(more: { [field: string]: Encodable }): Promise<{ answer: Body; parts: number[] | null }> {
    const answer = await this.admin.ask('ConsumerGroupHeartbeat', 1, {
      groupId: GROUP,
      memberId: 'new-member',
      memberEpoch: this.newEpoch,
      rebalanceTimeoutMs: -1,
      ...more,
    })
    if (code(answer) === 'NONE') this.newEpoch = Number(answer.memberEpoch)
    const assignment = answer.assignment as { topicPartitions: { partitions: number[] }[] } | null
    const parts = assignment?.topicPartitions.flatMap((each) => each.partitions).sort() ?? null
    if (parts) this.newOwned = parts
    return { answer, parts }
  }

  private async beat(what: string, more: { [field: string]: Encodable } = {}): Promise<void> {
    const { answer, parts } = await this.heartbeat(more)
    this.say(
      what,
      code(answer),
      Number(answer.memberEpoch),
      parts === null ? 'as before' : `${parts.length} partitions`,
    )
  }

  private async group(): Promise<void> {
    const { groups: listed } = await this.admin.ask('ListGroups', 5, {})
    const found = (listed as { groupId: string; groupState: string; groupType: string }[]).find(
      (each) => each.groupId === GROUP,
    )
    const { groups } = await this.admin.ask('ConsumerGroupDescribe', 1, { groupIds: [GROUP] })
    const group = (groups as unknown as Body[])[0]!
    const members = group.members as unknown as {
      memberEpoch: number
      memberType: number
      subscribedTopicNames: string[]
    }[]
    const told = members.map((each) => [each.memberType, each.memberEpoch, each.subscribedTopicNames]).sort()
    this.say(
      'group',
      found?.groupType ?? 'none',
      found?.groupState ?? '',
      code(group),
      Number(group.groupEpoch),
      Number(group.assignmentEpoch),
      told,
    )
  }

  /** A classic group of one, which a member of the new protocol joins. */
  async up(a: Classic): Promise<void> {
    this.joined('a joins', await a.join())
    const assignment = writeAssignment(subscription(1), [{ topic: TOPIC, partitions: this.partitions }])
    this.say('a syncs', given(await a.sync([{ memberId: a.id, assignment }])))
    this.say('a beats', code(await a.heartbeat()))
    await this.beat('new joins', {
      memberEpoch: 0,
      rebalanceTimeoutMs: 30_000,
      subscribedTopicNames: [TOPIC],
      topicPartitions: [],
    })
    await this.group()
    this.say('a beats', code(await a.heartbeat()))
    this.say('a beats of another generation', code(await a.heartbeat(99)))
    this.say('a syncs', code(await a.sync()))
    this.say('a commits', await a.commit(7))
    this.say('a commits of another generation', await a.commit(7, 99))
    this.joined('a joins with all', await a.join(this.partitions))
    const less = JSON.parse(given(await a.sync())) as number[]
    this.say('a syncs, and has', less.length)
    this.say('a beats', code(await a.heartbeat()))
    await this.beat('new beats')
    this.joined('a joins with less', await a.join(less))
    this.own = JSON.parse(given(await a.sync()))
    this.say('a syncs, and has', this.own.length)
    this.say('a beats', code(await a.heartbeat()))
    await this.beat('new beats')
    await this.group()
  }

  /** Another one of the classic protocol comes, that gives up all before it joins. */
  async together(a: Classic, b: Classic): Promise<void> {
    this.joined('b joins as another type', await b.join([], 'connect'))
    b.id = ''
    this.joined('b joins', await b.join())
    this.say('b syncs', given(await b.sync()))
    this.say('a beats', code(await a.heartbeat()))
    await this.settle(a, b)
    await this.group()
    this.say(
      'new one beats as a classic one',
      code(
        await this.admin.ask('Heartbeat', 3, { groupId: GROUP, generationId: this.newEpoch, memberId: 'new-member' }),
      ),
    )
  }

  /** Everybody does what it is told until nobody is told anything. */
  private async settle(a: Classic, b: Classic): Promise<void> {
    const shares = new Map<Classic, number[]>([
      [a, this.own],
      [b, []],
    ])
    for (let round = 0; round < 10; round++) {
      for (const each of [a, b]) {
        const told = code(await each.heartbeat())
        if (told === 'REBALANCE_IN_PROGRESS') await each.join(each === a ? shares.get(a)! : [])
        const synced = await each.sync()
        if (code(synced) === 'NONE') shares.set(each, JSON.parse(given(synced)))
      }
      await this.heartbeat({
        rebalanceTimeoutMs: 30_000,
        subscribedTopicNames: [TOPIC],
        topicPartitions: this.newOwned.length > 0 ? [{ topicId: await this.topicId(), partitions: this.newOwned }] : [],
      })
    }
    const all = [...shares.values(), this.newOwned]
    this.say('shares', all.map(({ length }) => length).sort(), all.flat().sort())
  }

  private async topicId(): Promise<string> {
    const { topics } = await this.admin.ask('Metadata', 12, { topics: [{ name: TOPIC }] })
    return (topics as unknown as { topicId: string }[])[0]!.topicId
  }

  /** The last member of the new protocol leaves. */
  async down(a: Classic, b: Classic): Promise<void> {
    await this.beat('new leaves', { memberEpoch: -1 })
    await this.group()
    this.say('a beats', code(await a.heartbeat()))
    this.say('b beats', code(await b.heartbeat()))
    const [first, second] = await Promise.all([a.join(), b.join()])
    const isLed = [first, second].map((each) => (each.members as unknown[]).length).sort()
    this.say('both join', code(first), code(second), first.generationId === second.generationId, isLed)
    const leader = String(first.leader) === a.id ? a : b
    const half = (id: string, partitions: number[]) => ({
      memberId: id,
      assignment: writeAssignment(subscription(1), [{ topic: TOPIC, partitions }]),
    })
    const follower = leader === a ? b : a
    const [led, followed] = await Promise.all([
      leader.sync([half(leader.id, [0, 1]), half(follower.id, [2, 3])]),
      follower.sync(),
    ])
    this.say('both sync', given(led), given(followed))
    this.say('both beat', code(await a.heartbeat()), code(await b.heartbeat()))
    await this.group()
  }
}
