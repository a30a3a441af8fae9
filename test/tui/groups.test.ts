import { expect, test } from 'vitest'
import { Decoder } from '../../src/findings/decoder.ts'
import { Groups } from '../../src/findings/groups/groups.ts'
import { Seen } from '../../src/findings/seen.ts'
import { Session } from '../../src/session/session.ts'
import { connection, type ExchangeInit, exchange, sharedErrorAnswer } from './frames.ts'
import { Screen } from './screen.ts'

let id = 0
const member = (name: string, init: Omit<ExchangeInit, 'id' | 'connection' | 'clientId'>) => ({
  exchange: exchange({ ...init, id: ++id, clientId: name, connection: connection(name === 'a' ? 1 : 2) }),
  findings: [],
})
const group = { groupId: 'orders-app' }
const join = (name: string, generationId: number, members: string[], errorCode = 0) =>
  member(name, {
    api: 'JoinGroup',
    version: 5,
    request: { ...group, memberId: name, protocolType: 'consumer' },
    response: {
      errorCode,
      generationId,
      protocolName: 'range',
      leader: 'a',
      memberId: name,
      members: members.map((memberId) => ({ memberId })),
    },
  })
const sync = (name: string, generationId = 1) =>
  member(name, { api: 'SyncGroup', version: 3, request: { ...group, memberId: name, generationId }, response: {} })
const beat = (name: string, errorCode = 0) =>
  member(name, { api: 'Heartbeat', version: 3, request: { ...group, memberId: name }, response: { errorCode } })
const leave = (name: string) =>
  member(name, { api: 'LeaveGroup', version: 1, request: { ...group, memberId: name }, response: {} })

/** A screen and the model that it shows, as the pipeline feeds both. */
class Watched extends Screen {
  private readonly model = new Groups(new Session().state)
  private readonly decoders = { request: new Decoder(), response: new Decoder() }

  feed(...items: ReturnType<typeof join>[]) {
    for (const { exchange } of items) {
      this.model.exchange(new Seen(exchange, this.decoders))
      for (const group of this.model.fresh.splice(0)) this.data.push({ type: 'group', group })
    }
    this.show(items)
    return this.data.groups.find(({ id }) => id === 'orders-app')!
  }
}

const watch = (columns = 120, rows = 40): Watched => new Watched(columns, rows).keys('g') as Watched
const feed = (screen: Watched, ...items: ReturnType<typeof join>[]) => screen.feed(...items)

test("a group's life: two members join, are synced, rebalance, leave", async () => {
  const screen = watch()
  expect(screen.text).toContain('No group yet')
  let seen = feed(screen, join('a', -1, [], 79), join('a', 1, ['a', 'b']), join('b', 1, []))
  expect([seen.phase, seen.generation, [...seen.members.keys()]]).toEqual(['syncing', 1, ['a', 'b']])
  seen = feed(screen, sync('a'), sync('b'), beat('a'), beat('b'))
  expect(seen.phase).toBe('stable')
  await expect(`${screen.text}\n`).toMatchFileSnapshot('screens/group-120x40.txt')
  seen = feed(screen, beat('a', 27))
  expect([seen.phase, seen.rebalances]).toEqual(['joining', 2])
  seen = feed(screen, join('a', 2, ['a']), sync('a', 2))
  expect([seen.phase, seen.generation, [...seen.members.keys()]], 'the leader is not told of b').toEqual([
    'stable',
    2,
    ['a'],
  ])
  seen = feed(screen, leave('a'))
  expect([seen.phase, seen.members.size]).toEqual(['empty', 0])
  expect(screen.text).toContain('a left: ok')
  expect(screen.text).toContain('members of orders-app\n   none\n')
})

test('an answer that cannot be read is not taken for none', () => {
  const screen = watch()
  feed(screen, { exchange: { ...sharedErrorAnswer(++id), id }, findings: [] })
  expect(screen.text).toContain('JoinGroup answered, unreadable')
})

test('at 80 columns a group is told to its protocol', () => {
  const screen = watch(80, 24)
  feed(screen, join('a', 1, ['a']), sync('a'))
  expect(screen.lines[2]).toMatch(/orders-app +stable .* consumer range *$/)
})

test('the new protocol of KIP-848, in which heartbeats do all', () => {
  const screen = watch()
  const heartbeat = (memberEpoch: number, now: number) =>
    member('a', {
      api: 'ConsumerGroupHeartbeat',
      version: 0,
      request: { ...group, memberId: 'm', memberEpoch },
      response: { memberId: 'm', memberEpoch: now, heartbeatIntervalMs: 5000 },
    })
  let seen = feed(screen, heartbeat(0, 3), heartbeat(3, 3))
  expect([seen.phase, seen.generation, seen.members.size]).toEqual(['stable', 3, 1])
  seen = feed(screen, heartbeat(-1, -1))
  expect([seen.phase, seen.members.size]).toEqual(['empty', 0])
})

test('groups and members are bounded, whatever is on the wire', () => {
  const screen = watch()
  const many = (api: string, count: number, request: (i: number) => object) =>
    Array.from({ length: count }, (_, i) =>
      member('a', { api, version: 1, request: request(i) as never, response: {} }),
    )
  feed(screen, ...many('Heartbeat', 1500, (i) => ({ groupId: `g${i}` })))
  expect(screen.data.groups.length).toBe(1000)
  feed(screen, ...many('Heartbeat', 1500, (i) => ({ groupId: 'g0', memberId: `m${i}` })))
  expect(screen.data.groups[0]!.members.size).toBe(1000)
})
