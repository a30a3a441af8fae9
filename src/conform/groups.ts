/** Group choreography: who waits for whom in a classic group (KIP-62, KIP-345, KIP-394). */
import { errorName } from '../../dissectors/errors.ts'
import type { Connection } from '../client/connection.ts'
import { writeAssignment } from '../client/consumer-protocol.ts'
import type { Bench } from './bench.ts'
import { type Check, Failed, must } from './check.ts'
import { pause } from './lab.ts'
import type { RequestBody } from './recipe.ts'

interface Joined {
  readonly errorCode: number
  readonly generationId: number
  readonly leader: string
  readonly memberId: string
  readonly members: readonly { readonly memberId: string }[]
}
interface Synced {
  readonly errorCode: number
  readonly assignment: Uint8Array
}

/** Before this one has no member id required (KIP-394). */
const FIRST_WITH_REQUIRED_ID = 4
/** How long an answer that must wait is waited for. */
const HOLD_MS = 700
const JOIN_MS = 20_000

const check = (id: string, title: string, source: string, run: Check['run']): Check => ({
  id: `groups/${id}`,
  theme: 'groups',
  title,
  source,
  run,
})

/** One member with a connection of its own. */
class Consumer {
  memberId = ''
  generation = -1
  leads = false
  readonly bench: Bench
  readonly connection: Connection
  readonly groupId: string
  readonly instance: string | null

  constructor(bench: Bench, connection: Connection, instance: string | null) {
    this.bench = bench
    this.connection = connection
    this.groupId = bench.name('group')
    this.instance = instance
  }

  static async open(bench: Bench, instance: string | null = null): Promise<Consumer> {
    return new Consumer(bench, await bench.connect('group', bench.name('group')), instance)
  }

  /** One JoinGroup; what it says is remembered. */
  async join(): Promise<Joined> {
    const request: RequestBody = await this.bench.lab.joinBody(this.memberId, this.groupId)
    const body = { ...request, groupInstanceId: this.instance, rebalanceTimeoutMs: 10_000 }
    const answer = await this.bench.call<Joined>(this.connection, 'JoinGroup', body, { timeoutMs: JOIN_MS })
    if (answer.body.memberId) this.memberId = answer.body.memberId
    if (answer.body.errorCode === 0) {
      this.generation = answer.body.generationId
      this.leads = answer.body.leader === this.memberId
    }
    return answer.body
  }

  /** Until it is in: the first answer may just give the member id. */
  async joinFully(): Promise<Joined> {
    for (let tries = 0; ; tries++) {
      const joined = await this.join()
      if (joined.errorCode === 0) return joined
      const name = errorName(joined.errorCode)
      if (name !== 'MEMBER_ID_REQUIRED' || tries > 3) throw new Failed(`JoinGroup is answered with ${name}`)
    }
  }

  sync(members: readonly string[] = []): Promise<Synced> {
    const assignment = writeAssignment([{ topic: this.bench.lab.name('topic'), partitions: [0] }])
    const assignments = members.map((memberId) => ({ memberId, assignment }))
    const { groupId, memberId, generation } = this
    const names = { protocolType: 'consumer', protocolName: 'range', groupInstanceId: this.instance }
    const body = { groupId, memberId, generationId: generation, ...names, assignments }
    return this.bench
      .call<Synced>(this.connection, 'SyncGroup', body, { timeoutMs: JOIN_MS })
      .then((answer) => answer.body)
  }

  async heartbeat(): Promise<string> {
    const { groupId, memberId, generation } = this
    const body = { groupId, memberId, generationId: generation, groupInstanceId: this.instance }
    const answer = await this.bench.call<{ errorCode: number }>(this.connection, 'Heartbeat', body)
    return errorName(answer.body.errorCode)
  }

  async leave(): Promise<void> {
    const { groupId, memberId } = this
    const member = { memberId, groupInstanceId: this.instance }
    await this.bench.call(this.connection, 'LeaveGroup', { groupId, memberId, members: [member] })
  }
}

/** Whether a promise is still open after a while. */
const held = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => false), pause(HOLD_MS).then(() => true)])

const expect = (name: string, wanted: string, what: string): void =>
  must(name === wanted, `${what} is answered with ${name}, wanted ${wanted}`)

/** A group of one, stable. */
async function alone(bench: Bench): Promise<Consumer> {
  const one = await Consumer.open(bench)
  await one.joinFully()
  await one.sync([one.memberId])
  return one
}

/** The second member joins: the first is told by its heartbeat and joins again. */
async function together(bench: Bench): Promise<[Consumer, Consumer]> {
  const one = await alone(bench)
  const two = await Consumer.open(bench)
  const joining = two.joinFully()
  joining.catch(() => {})
  for (let tries = 0; tries < 100 && (await one.heartbeat()) !== 'REBALANCE_IN_PROGRESS'; tries++) await pause(50)
  await Promise.all([one.joinFully(), joining])
  return [one, two]
}

async function leaveAll(...members: readonly Consumer[]): Promise<void> {
  for (const member of members) await member.leave()
}

export const GROUP_CHECKS: readonly Check[] = [
  check(
    'member-id-required',
    'a first JoinGroup without a member id is given one, and must come again',
    'KIP-394',
    async (bench) => {
      const one = await Consumer.open(bench)
      if (one.connection.versionOf('JoinGroup') < FIRST_WITH_REQUIRED_ID) bench.lab.skip('JoinGroup v4 is not offered')
      const joined = await one.join()
      expect(errorName(joined.errorCode), 'MEMBER_ID_REQUIRED', 'JoinGroup')
      must(joined.memberId !== '', 'no member id is given')
      await one.leave()
    },
  ),
  check('alone', 'a member alone leads its group and is told all members', 'KIP-62', async (bench) => {
    const one = await Consumer.open(bench)
    const joined = await one.joinFully()
    must(one.leads, 'the one member is not the leader')
    must(joined.members.length === 1, `the leader is told ${joined.members.length} members, there is one`)
    const synced = await one.sync([one.memberId])
    expect(errorName(synced.errorCode), 'NONE', 'SyncGroup')
    must(synced.assignment.length > 0, 'the leader is not given its own assignment')
    expect(await one.heartbeat(), 'NONE', 'Heartbeat')
    await one.leave()
  }),
  check(
    'join-waits',
    'a JoinGroup waits until the members that are there have joined again',
    'the original report, KIP-62',
    async (bench) => {
      const one = await alone(bench)
      const two = await Consumer.open(bench)
      const joining = two.joinFully()
      joining.catch(() => {})
      must(await held(joining), "JoinGroup is answered before the group's other member has joined again")
      await Promise.all([one.joinFully(), joining])
      must(one.generation === two.generation, `generations differ: ${one.generation} and ${two.generation}`)
      must(one.leads !== two.leads, 'there is not exactly one leader')
      await leaveAll(one, two)
    },
  ),
  check('sync-waits', "a follower's SyncGroup waits for the leader's", 'the original report, KIP-62', async (bench) => {
    const [one, two] = await together(bench)
    const [leader, follower] = one.leads ? [one, two] : [two, one]
    const syncing = follower.sync()
    syncing.catch(() => {})
    must(await held(syncing), "the follower's SyncGroup is answered before the leader has sent assignments")
    await leader.sync([one.memberId, two.memberId])
    const synced = await syncing
    expect(errorName(synced.errorCode), 'NONE', "the follower's SyncGroup")
    must(synced.assignment.length > 0, 'the follower is given no assignment')
    await leaveAll(one, two)
  }),
  check('rebalance-told', 'a heartbeat tells that the group rebalances', 'KIP-62', async (bench) => {
    const one = await alone(bench)
    const before = one.generation
    const two = await Consumer.open(bench)
    const joining = two.joinFully()
    joining.catch(() => {})
    let told = await one.heartbeat()
    for (let tries = 0; tries < 40 && told === 'NONE'; tries++) {
      await pause(50)
      told = await one.heartbeat()
    }
    expect(told, 'REBALANCE_IN_PROGRESS', 'a heartbeat during a rebalance')
    await Promise.all([one.joinFully(), joining])
    must(one.generation > before, `the generation does not rise: ${before}, then ${one.generation}`)
    await leaveAll(one, two)
  }),
  check('leave-told', 'when a member leaves, the others are told by their heartbeats', 'KIP-62', async (bench) => {
    const [one, two] = await together(bench)
    const [leader, follower] = one.leads ? [one, two] : [two, one]
    await Promise.all([leader.sync([one.memberId, two.memberId]), follower.sync()])
    await follower.leave()
    expect(await leader.heartbeat(), 'REBALANCE_IN_PROGRESS', 'a heartbeat after a member left')
    const joined = await leader.joinFully()
    must(joined.members.length === 1, `the leader is told ${joined.members.length} members, there is one`)
    await leader.leave()
  }),
  check('left-is-unknown', 'a member that left is unknown', 'KIP-62', async (bench) => {
    const one = await alone(bench)
    await one.leave()
    expect(await one.heartbeat(), 'UNKNOWN_MEMBER_ID', 'a heartbeat of a member that left')
  }),
  check(
    'static',
    'a static member that comes back without its id takes its old place, without a rebalance',
    'KIP-345',
    async (bench) => {
      const one = await Consumer.open(bench, 'instance')
      if (one.connection.versionOf('JoinGroup') < 5) bench.lab.skip('JoinGroup v5 is not offered')
      await one.joinFully()
      await one.sync([one.memberId])
      const again = await Consumer.open(bench, 'instance')
      await again.joinFully()
      must(again.memberId !== one.memberId, 'it is given the same member id')
      must(again.generation === one.generation, `the generation changes: ${one.generation}, then ${again.generation}`)
      expect(await one.heartbeat(), 'FENCED_INSTANCE_ID', 'a heartbeat with the old member id')
      await again.leave()
    },
  ),
]
