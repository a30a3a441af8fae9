import { beforeEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { ask, at, type Bench, type Body, bench, settle, utf8 } from './helpers.ts'

const DELAY = 3000
const SESSION = 10_000
const REBALANCE = 60_000

let on: Bench
beforeEach(() => {
  on = bench({ initialRebalanceDelayMs: DELAY })
})

interface Who {
  readonly memberId?: string
  readonly instanceId?: string
  readonly protocols?: readonly string[]
  readonly metadata?: string
  readonly version?: number
  readonly clientId?: string
  readonly overrides?: { readonly [field: string]: Encodable }
}

/** A JoinGroup whose answer may take a while: `done` is undefined until it came. */
interface Waiting {
  done: Body | undefined
}

function later(promise: Promise<Body>): Waiting {
  const waiting: Waiting = { done: undefined }
  void promise.then((body) => {
    waiting.done = body
  })
  return waiting
}

function join(who: Who = {}): Waiting {
  const { memberId = '', instanceId, protocols = ['range'], metadata = 'topics', version = 3, clientId = 'c' } = who
  const body = {
    groupId: 'g',
    sessionTimeoutMs: SESSION,
    rebalanceTimeoutMs: REBALANCE,
    memberId,
    ...(instanceId !== undefined && { groupInstanceId: instanceId }),
    protocolType: 'consumer',
    protocols: protocols.map((name) => ({ name, metadata: utf8(metadata) })),
    ...who.overrides,
  }
  return later(ask(on, 'JoinGroup', instanceId === undefined ? version : Math.max(5, version), body, { clientId }))
}

function sync(joined: Body, assignments: { readonly [memberId: string]: string } = {}, version = 3): Waiting {
  return later(
    ask(on, 'SyncGroup', version, {
      groupId: 'g',
      generationId: joined.generationId!,
      memberId: joined.memberId!,
      assignments: Object.entries(assignments).map(([memberId, text]) => ({ memberId, assignment: utf8(text) })),
    }),
  )
}

async function beat(joined: Body): Promise<number> {
  const { generationId, memberId } = joined
  const answer = await ask(on, 'Heartbeat', 3, { groupId: 'g', generationId: generationId!, memberId: memberId! })
  return answer.errorCode as number
}

const leave = (memberId: string, version = 2) => ask(on, 'LeaveGroup', version, { groupId: 'g', memberId })
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const code = (waiting: Waiting) => waiting.done?.errorCode

/** A stable group of so many members; the leader first. */
async function stable(count: number, who: (i: number) => Who = () => ({})): Promise<Body[]> {
  const joins = Array.from({ length: count }, (_, i) => join(who(i)))
  await on.clock.advance(2 * DELAY)
  const members = joins
    .map((each) => each.done!)
    .sort((a, b) => Number(b.leader === b.memberId) - Number(a.leader === a.memberId))
  const plan = Object.fromEntries(members.map((member, i) => [member.memberId as string, `part ${i}`]))
  const syncs = members.map((member, i) => sync(member, i === 0 ? plan : {}))
  await settle()
  expect(syncs.map(code)).toEqual(members.map(() => 0))
  expect(on.broker.groups.get('g')?.state).toBe('Stable')
  return members
}

describe('joining', () => {
  it('waits the initial delay, prolonged by each newcomer, and makes one generation of all', async () => {
    const joins = [join()]
    await on.clock.advance(2000)
    joins.push(join())
    await on.clock.advance(2000)
    joins.push(join())
    // Each delay within which someone came is followed by another one.
    await on.clock.advance(3 * DELAY - 4001)
    expect(joins.every((each) => each.done === undefined)).toBe(true)
    await on.clock.advance(1)
    const answers = joins.map((each) => each.done!)
    expect(answers.map((answer) => answer.generationId)).toEqual([1, 1, 1])
    expect(new Set(answers.map((answer) => answer.leader)).size).toBe(1)
    const leaders = answers.filter((answer) => answer.leader === answer.memberId)
    expect(leaders).toHaveLength(1)
    expect(at(leaders[0]!, 'members')).toHaveLength(3)
    expect(at(leaders[0]!, 'members', 0, 'metadata')).toBe(base64('topics'))
    expect(answers.filter((answer) => (answer.members as unknown[]).length === 0)).toHaveLength(2)
  })

  it('makes followers wait for what the leader assigns', async () => {
    const joins = [join(), join()]
    await on.clock.advance(2 * DELAY)
    const [leader, follower] = joins.map((each) => each.done!).sort((a) => (a.leader === a.memberId ? -1 : 1))
    const early = sync(follower!)
    await settle()
    expect(early.done).toBeUndefined()
    const own = sync(leader!, { [follower!.memberId as string]: 'yours', [leader!.memberId as string]: 'mine' })
    await settle()
    expect(early.done).toMatchObject({ errorCode: 0, assignment: base64('yours') })
    expect(own.done).toMatchObject({ errorCode: 0, assignment: base64('mine') })
    // Asked again, the same answer comes at once.
    const again = sync(follower!)
    await settle()
    expect(again.done?.assignment).toBe(base64('yours'))
  })

  it('gives a member its id first (KIP-394), and waits for it to come back', async () => {
    const asked = join({ version: 4 })
    await settle()
    expect(code(asked)).toBe(errorCode('MEMBER_ID_REQUIRED'))
    const memberId = asked.done!.memberId as string
    expect(memberId).toMatch(/^c-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const came = join({ version: 4, memberId })
    await on.clock.advance(DELAY)
    expect(came.done).toMatchObject({ errorCode: 0, memberId, generationId: 1 })
  })

  it('forgets an id that does not come back', async () => {
    const asked = join({ version: 4 })
    await on.clock.advance(SESSION)
    const late = join({ version: 4, memberId: asked.done!.memberId as string })
    await settle()
    expect(code(late)).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(on.clock.pending).toBe(0)
  })

  it.each([
    ['INVALID_GROUP_ID', { groupId: '' }],
    ['INVALID_SESSION_TIMEOUT', { sessionTimeoutMs: 5999 }],
    ['INVALID_SESSION_TIMEOUT', { sessionTimeoutMs: 1_800_001 }],
    ['UNKNOWN_MEMBER_ID', { memberId: 'nobody' }],
    ['INCONSISTENT_GROUP_PROTOCOL', { protocols: [] }],
    ['INCONSISTENT_GROUP_PROTOCOL', { protocolType: '' }],
  ])('is refused with %s for %o', async (error, overrides) => {
    const asked = join({ overrides: overrides as { [field: string]: Encodable } })
    await settle()
    expect(asked.done).toMatchObject({ errorCode: errorCode(error), generationId: -1, protocolName: '' })
  })

  it('chooses what most prefer among the protocols that all have', async () => {
    const liked = [
      ['roundrobin', 'range', 'sticky'],
      ['sticky', 'range'],
      ['sticky', 'range'],
    ]
    const members = await stable(3, (i) => ({ protocols: liked[i]! }))
    expect(members.map((member) => member.protocolName)).toEqual(['sticky', 'sticky', 'sticky'])
    const other = join({ protocols: ['roundrobin'] })
    await settle()
    expect(code(other)).toBe(errorCode('INCONSISTENT_GROUP_PROTOCOL'))
  })

  it('is refused where the group is full', async () => {
    on = bench({ groupMaxSize: 2, initialRebalanceDelayMs: DELAY })
    const [, , third] = [join(), join(), join()]
    await settle()
    expect(code(third!)).toBe(errorCode('GROUP_MAX_SIZE_REACHED'))
  })
})

describe('a rebalance', () => {
  it('comes with a newcomer: heartbeats tell, all join again, a new generation begins', async () => {
    const [leader, follower] = await stable(2)
    const newcomer = join()
    await settle()
    expect(newcomer.done).toBeUndefined()
    expect([await beat(leader!), await beat(follower!)]).toEqual([27, 27])
    const again = [leader!, follower!].map((member) => join({ memberId: member.memberId as string }))
    await settle()
    expect([newcomer, ...again].map((each) => each.done?.generationId)).toEqual([2, 2, 2])
    expect(await beat(leader!)).toBe(errorCode('ILLEGAL_GENERATION'))
    expect(await beat(again[0]!.done!)).toBe(0)
  })

  it('goes on without those that do not join in time', async () => {
    const [leader, follower] = await stable(2)
    const newcomer = join()
    const again = join({ memberId: leader!.memberId as string })
    await on.clock.advance(SESSION - 1)
    // It is alive, but it does not join.
    await beat(follower!)
    await on.clock.advance(SESSION - 1)
    await beat(follower!)
    expect(newcomer.done).toBeUndefined()
    for (let i = 0; i < 5; i++) {
      await on.clock.advance(SESSION - 1)
      await beat(follower!)
    }
    expect(newcomer.done?.generationId).toBe(2)
    expect(again.done?.generationId).toBe(2)
    expect(on.broker.groups.get('g')?.members.size).toBe(2)
    expect(await beat(follower!)).toBe(errorCode('UNKNOWN_MEMBER_ID'))
  })

  it('comes when a member leaves, and when one is not heard of', async () => {
    const [leader, follower] = await stable(2)
    expect((await leave(follower!.memberId as string)).errorCode).toBe(0)
    expect(await beat(leader!)).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    const alone = join({ memberId: leader!.memberId as string })
    await settle()
    const own = sync(alone.done!, {})
    await settle()
    expect(code(own)).toBe(0)
    await on.clock.advance(SESSION)
    expect(on.broker.groups.get('g')?.state).toBe('Empty')
    expect(await beat(alone.done!)).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(on.clock.pending).toBe(0)
  })

  it('begins anew where a member joins before the leader has assigned', async () => {
    const joins = [join(), join()]
    await on.clock.advance(2 * DELAY)
    const [leader, follower] = joins.map((each) => each.done!).sort((a) => (a.leader === a.memberId ? -1 : 1))
    const waiting = sync(follower!)
    const newcomer = join()
    await settle()
    expect(code(waiting)).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    const tooLate = sync(leader!, {})
    await settle()
    expect(code(tooLate)).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    for (const member of [leader!, follower!]) join({ memberId: member.memberId as string })
    await settle()
    expect(newcomer.done?.generationId).toBe(2)
  })

  it('does not begin where a follower joins again as it was; the leader may force it', async () => {
    const [leader, follower] = await stable(2)
    const same = join({ memberId: follower!.memberId as string })
    await settle()
    expect(same.done).toMatchObject({ errorCode: 0, generationId: 1, members: [] })
    const forced = join({ memberId: leader!.memberId as string })
    await settle()
    expect(forced.done).toBeUndefined()
    expect(await beat(follower!)).toBe(errorCode('REBALANCE_IN_PROGRESS'))
  })

  it('removes members that never sync', async () => {
    const joins = [join(), join()]
    await on.clock.advance(2 * DELAY)
    const follower = joins.map((each) => each.done!).find((answer) => answer.leader !== answer.memberId)!
    const leader = joins.map((each) => each.done!).find((answer) => answer !== follower)!
    const waiting = sync(follower)
    for (let i = 0; i < 7; i++) {
      expect(waiting.done).toBeUndefined()
      await beat(leader)
      await on.clock.advance(REBALANCE / 7 + 1)
    }
    expect(code(waiting)).toBe(errorCode('REBALANCE_IN_PROGRESS'))
    expect(on.broker.groups.get('g')?.members.size).toBe(1)
  })

  it('gives every generation a new number, also of a group that was empty in between', async () => {
    const [only] = await stable(1)
    await leave(only!.memberId as string)
    expect(on.broker.groups.get('g')).toMatchObject({ state: 'Empty', generation: 2 })
    const next = join()
    await on.clock.advance(DELAY)
    expect(next.done?.generationId).toBe(3)
  })
})

describe('a static member (KIP-345)', () => {
  const isStatic = (i: number): Who => ({ instanceId: `i${i}`, version: 5 })

  it('comes back without a rebalance, with a new id and its old assignment', async () => {
    const members = await stable(2, isStatic)
    const follower = members[1]!
    const number = (follower.memberId as string).slice(1, 2)
    const back = join({ instanceId: `i${number}` })
    await settle()
    expect(back.done).toMatchObject({ errorCode: 0, generationId: 1, leader: members[0]!.memberId })
    expect(back.done!.memberId).not.toBe(follower.memberId)
    const own = sync(back.done!)
    await settle()
    expect(own.done?.assignment).toBe(base64('part 1'))
    const old = { groupId: 'g', generationId: 1, memberId: follower.memberId!, groupInstanceId: `i${number}` }
    expect((await ask(on, 'Heartbeat', 3, old)).errorCode).toBe(errorCode('FENCED_INSTANCE_ID'))
  })

  it('that leads is told to skip the assignment where it can (KIP-814), else does not learn that it leads', async () => {
    const [leader] = await stable(2, isStatic)
    const instanceId = (leader!.memberId as string).slice(0, 2)
    const before9 = join({ instanceId, version: 8 })
    await settle()
    expect(before9.done?.leader).toBe(leader!.memberId)
    expect(before9.done?.members).toEqual([])
    const since9 = join({ instanceId, version: 9 })
    await settle()
    expect(since9.done).toMatchObject({ skipAssignment: true, leader: since9.done!.memberId })
    expect(since9.done?.members).toHaveLength(2)
  })

  it('is not missed before its session ends, and can be sent away by its instance id', async () => {
    await stable(2, isStatic)
    const answer = await ask(on, 'LeaveGroup', 3, {
      groupId: 'g',
      members: [
        { memberId: '', groupInstanceId: 'i0' },
        { memberId: '', groupInstanceId: 'i7' },
      ],
    })
    expect(answer.errorCode).toBe(0)
    expect(at(answer, 'members', 0, 'errorCode')).toBe(0)
    expect(at(answer, 'members', 1, 'errorCode')).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(on.broker.groups.get('g')?.members.size).toBe(1)
  })
})

describe('what names a wrong member or generation', () => {
  it.each([
    ['Heartbeat', {}],
    ['SyncGroup', { assignments: [] }],
  ])('is refused: %s', async (api, extra) => {
    const [member] = await stable(1)
    const send = async (fields: { [field: string]: Encodable }) =>
      (await ask(on, api, 3, { groupId: 'g', generationId: 1, memberId: member!.memberId!, ...extra, ...fields }))
        .errorCode
    expect(await send({})).toBe(0)
    expect(await send({ generationId: 2 })).toBe(errorCode('ILLEGAL_GENERATION'))
    expect(await send({ memberId: 'nobody' })).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(await send({ groupId: 'other' })).toBe(errorCode('UNKNOWN_MEMBER_ID'))
    expect(await send({ groupId: '' })).toBe(errorCode('INVALID_GROUP_ID'))
    expect(await send({ groupInstanceId: 'i' })).toBe(errorCode('UNKNOWN_MEMBER_ID'))
  })

  it('is refused in SyncGroup v5 also by another protocol', async () => {
    const [member] = await stable(1)
    const send = async (protocolName: string | null) =>
      (
        await ask(on, 'SyncGroup', 5, {
          groupId: 'g',
          generationId: 1,
          memberId: member!.memberId!,
          protocolType: 'consumer',
          protocolName,
          assignments: [],
        })
      ).errorCode
    expect(await send('range')).toBe(0)
    expect(await send('sticky')).toBe(errorCode('INCONSISTENT_GROUP_PROTOCOL'))
    expect(await send(null)).toBe(errorCode('INCONSISTENT_GROUP_PROTOCOL'))
  })
})

describe('what is told of groups', () => {
  it('lists and describes them, and deletes those that are empty', async () => {
    const [member] = await stable(1, () => ({ clientId: 'seen' }))
    const list = async (filter: object = {}) =>
      at(await ask(on, 'ListGroups', 5, { statesFilter: [], typesFilter: [], ...filter }), 'groups')
    expect(await list()).toEqual([
      { groupId: 'g', protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' },
    ])
    expect(await list({ statesFilter: ['empty'] })).toEqual([])
    expect(await list({ typesFilter: ['consumer'] })).toEqual([])
    const described = await ask(on, 'DescribeGroups', 5, { groups: ['g', 'other'] })
    expect(at(described, 'groups', 0)).toMatchObject({ groupState: 'Stable', protocolData: 'range' })
    expect(at(described, 'groups', 0, 'members', 0)).toMatchObject({
      clientId: 'seen',
      clientHost: '/127.0.0.1',
      memberAssignment: base64('part 0'),
      memberMetadata: base64('topics'),
    })
    expect(at(described, 'groups', 1)).toMatchObject({ groupState: 'Dead', errorCode: 0 })
    const unknown = await ask(on, 'DescribeGroups', 6, { groups: ['other'] })
    expect(at(unknown, 'groups', 0, 'errorCode')).toBe(errorCode('GROUP_ID_NOT_FOUND'))
    const remove = async () => at(await ask(on, 'DeleteGroups', 2, { groupsNames: ['g'] }), 'results', 0, 'errorCode')
    expect(await remove()).toBe(errorCode('NON_EMPTY_GROUP'))
    await leave(member!.memberId as string)
    expect(await remove()).toBe(0)
    expect(await remove()).toBe(errorCode('GROUP_ID_NOT_FOUND'))
  })
})

describe('the broker', () => {
  it('leaves no timer behind when it is closed, and lets nobody wait', async () => {
    await stable(2)
    const waiting = join()
    await settle()
    on.broker.close()
    await settle()
    expect(code(waiting)).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'))
    expect(on.clock.pending).toBe(0)
  })

  it('keeps no more of what members say than its limit', async () => {
    on = bench({ maxGroupBytes: 1000, initialRebalanceDelayMs: 0 })
    const enter = (groupId: string) => join({ metadata: 'x'.repeat(1001), overrides: { groupId } })
    const first = enter('a')
    await on.clock.advance(1)
    const second = enter('b')
    await settle()
    expect(code(second)).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'))
    await ask(on, 'LeaveGroup', 2, { groupId: 'a', memberId: first.done!.memberId! })
    const third = enter('b')
    await on.clock.advance(1)
    expect(code(third)).toBe(0)
  })

  it('makes room for new groups by those that nobody needs', async () => {
    on = bench({ maxGroups: 2, initialRebalanceDelayMs: 0 })
    const enter = (groupId: string) => join({ overrides: { groupId } })
    const a = enter('a')
    enter('b')
    await on.clock.advance(1)
    const refused = enter('c')
    await settle()
    expect(code(refused)).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'))
    await ask(on, 'LeaveGroup', 2, { groupId: 'a', memberId: a.done!.memberId! })
    const taken = enter('c')
    await on.clock.advance(1)
    expect(code(taken)).toBe(0)
  })
})
