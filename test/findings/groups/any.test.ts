/** Whatever groups are told, in whatever order: nothing throws, all stays bounded, and views can show it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GROUP_APIS } from '../../../src/findings/groups/apis.ts'
import { bar, lifeText, spansOf, stateText } from '../../../src/findings/groups/timeline.ts'
import { groupJson } from '../../../src/report/groups.ts'
import { type Client, Conversation } from './conversation.ts'

const id = fc.constantFrom('', 'a', 'b', 'c')
const generation = fc.integer({ min: -1, max: 4 })
const error = fc.constantFrom(0, 0, 0, 15, 22, 25, 27, 79, 82, 110)
const bytes = fc.uint8Array({ maxLength: 30 })
const TOPIC = 'AAAAAAAAAAAAAAAAAAAAAQ'

type Move = (client: Client) => void

const join = fc
  .record({
    memberId: id,
    instance: fc.option(id),
    got: id,
    leader: id,
    generation,
    error,
    list: fc.array(id),
    metadata: bytes,
  })
  .map(
    ({ memberId, instance, got, leader, generation: number, error: code, list, metadata }): Move =>
      (client) =>
        client.join(memberId, { groupInstanceId: instance, protocols: [{ name: 'range', metadata }] }).answer({
          errorCode: code,
          generationId: number,
          protocolName: 'range',
          leader,
          memberId: got,
          members: list.map((one) => ({ memberId: one, metadata })),
        }),
  )
const sync = fc.record({ memberId: id, generation, error, sent: fc.array(fc.tuple(id, bytes)), got: bytes }).map(
  ({ memberId, generation: number, error: code, sent, got }): Move =>
    (client) =>
      client
        .ask('SyncGroup', 3, {
          memberId,
          generationId: number,
          assignments: sent.map(([one, assignment]) => ({ memberId: one, assignment })),
        })
        .answer({ errorCode: code, assignment: got }),
)
const beat = fc.tuple(generation, id, error).map(
  ([number, memberId, code]): Move =>
    (client) =>
      client.beat(number, memberId, code),
)
const leave = fc.tuple(id, error).map(
  ([memberId, code]): Move =>
    (client) =>
      client
        .ask('LeaveGroup', 3, { members: [{ memberId }] })
        .answer({ errorCode: code, members: [{ memberId, errorCode: code }] }),
)
const partitions = fc.option(fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 4 }))
const given = (numbers: readonly number[] | null) => numbers && [{ topicId: TOPIC, partitions: [...numbers] }]
const epoch = fc
  .record({ memberId: id, asked: generation, told: generation, error, has: partitions, gets: partitions })
  .map(
    ({ memberId, asked, told, error: code, has, gets }): Move =>
      (client) =>
        client.ask('ConsumerGroupHeartbeat', 1, { memberId, memberEpoch: asked, topicPartitions: given(has) }).answer({
          errorCode: code,
          memberId,
          memberEpoch: told,
          assignment: gets && { topicPartitions: given(gets) },
        }),
  )
const other = fc.constantFrom<Move>(
  (client) => client.ask('DeleteGroups', 1, { groupsNames: ['g'] }).answer({ results: [{ groupId: 'g' }] }),
  (client) => client.join('').answerBytes([0, 0, 0, 0]),
  (client) => client.lose(),
)

test('any order of anything', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.nat(3_000), fc.oneof(join, sync, beat, leave, epoch, other)), { maxLength: 40 }),
      (moves) => {
        const talk = new Conversation()
        const clients = ['x', 'y', 'z'].map((name) => talk.client(name))
        for (const [who, ms, move] of moves) {
          talk.wait(ms)
          move(clients[who]!)
        }
        talk.end()
        for (const group of talk.pipeline.groups.all.values()) {
          expect(bar(group, 40).length).toBeLessThanOrEqual(40)
          expect(stateText(group) + lifeText(group, 5)).not.toContain('undefined')
          for (const { time, end } of spansOf(group)) expect(end).toBeGreaterThanOrEqual(time)
          expect(groupJson(group).phase).toBe(group.phase)
        }
        for (const { message, exchanges } of talk.found) {
          expect(message).not.toMatch(/undefined|NaN/)
          expect(exchanges?.length ?? 1).toBeGreaterThan(0)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('hostile sizes: a member for each request, lists that are as long as a frame', () => {
  const talk = new Conversation()
  const client = talk.client('x')
  const members = Array.from({ length: 20_000 }, (_, i) => ({ memberId: `m-${i}` }))
  for (let i = 1; i <= 20; i++)
    client.join('m-1').answer({ generationId: i, leader: 'm-1', memberId: 'm-1', protocolName: 'range', members })
  for (let i = 0; i < 3000; i++) client.beat(20, `other-${i}`)
  const [group] = talk.pipeline.groups.all.values()
  expect(group!.members.size).toBeLessThanOrEqual(1000)
  expect([group!.crowded, group!.history.length <= 50, group!.gone.size <= 200]).toEqual([true, true, true])
  expect(GROUP_APIS).toHaveLength(10)
})
