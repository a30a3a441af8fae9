/** A group's time line at a session's end, in text and as JSON. */
import { expect, test } from 'vitest'
import { groupJson, SeenGroups } from '../../src/report/groups.ts'
import { JsonLines } from '../../src/report/json-lines.ts'
import { TextSummary } from '../../src/report/text-summary.ts'
import { pair } from '../findings/groups/beginnings.ts'
import { Conversation } from '../findings/groups/conversation.ts'
import { observeCapture } from '../findings/observe.ts'

const NAME = 'rdkafka44-seed.pcapng'

test('in text: state, bar, the last phases', () => {
  const summary = new TextSummary()
  for (const observed of observeCapture(NAME)) summary.add(observed)
  const lines = summary.lines()
  const from = lines.findIndex((line) => line.startsWith('1 group'))
  expect(lines[from]).toBe('1 group (j joining, s syncing, = stable, . empty, x dead)')
  expect(lines[from + 1]).toBe('  g-seed-rd: empty at generation 2 with no members, range, 3 rebalances')
  expect(lines[from + 2]).toMatch(/^ {4}[\d:.]{12} \|j+s?=+j[sj]*=[=j]*\.?\| [\d:.]{12}$/)
  expect(lines[from + 3]).toBe(
    '    after 2 earlier: stable (generation 1, 3 in) 2.97 s, joining 46 ms, syncing 4.7 ms, stable (generation 2, 2 in) 374 ms, joining 570 ms, empty',
  )
})

test('as JSON: a line for each group before the summary', () => {
  const lines = new JsonLines()
  for (const observed of observeCapture(NAME)) lines.lines(observed)
  const last = lines.summary()
  expect(last).toHaveLength(2)
  const group = JSON.parse(last[0]!)
  expect(group).toMatchObject({
    type: 'group',
    group: 'g-seed-rd',
    kind: 'classic',
    protocolType: 'consumer',
    protocol: 'range',
    phase: 'empty',
    generation: 2,
    rebalances: 3,
    members: [],
    membersDropped: false,
    lifeDropped: 0,
  })
  const phases = group.life.map(
    ({ phase, generation }: { phase: string; generation: number }) => `${phase} ${generation}`,
  )
  expect(phases).toEqual([
    'joining -1',
    'syncing 1',
    'stable 1',
    'joining 1',
    'syncing 2',
    'stable 2',
    'joining 2',
    'empty 2',
  ])
  expect(JSON.parse(last[1]!).type).toBe('summary')
})

test('members as they stand, the leader first, what each was given in words', () => {
  const { talk, b } = pair()
  const group = [...talk.pipeline.groups.all.values()][0]!
  expect(groupJson(group)).toMatchObject({
    phase: 'stable',
    generation: 2,
    leader: 'a-1',
    members: [
      { memberId: 'a-1', clientId: 'a', client: '10.0.0.1:5001', leader: true, topics: ['t'], assigned: 't 0' },
      { memberId: 'b-1', clientId: 'b', leader: false, generation: 2, assigned: 't 1', said: 'Heartbeat ok' },
    ],
  })
  const seen = new SeenGroups()
  for (const one of talk.observed) seen.add(one)
  expect(seen.lines().slice(-2)).toEqual([
    '    a at 10.0.0.1:5001 (a-1, leader): t 0',
    '    b at 10.0.0.1:5002 (b-1): t 1',
  ])
  b.ask('LeaveGroup', 1, { memberId: 'b-1' }).answer({})
  expect(seen.lines()[1], 'the group goes on changing').toContain('joining at generation 2 with 1 member')
})

test('nothing from the wire acts in the text', () => {
  const talk = new Conversation()
  talk.client('c\u001b[31m').join('m\u202e', { groupId: 'g\u001b]0;x\u0007' })
  const seen = new SeenGroups()
  for (const one of talk.observed) seen.add(one)
  expect(seen.lines().length).toBeGreaterThan(1)
  expect(seen.lines().join('')).not.toMatch(/\p{C}/u)
})

test('without groups nothing is said of them', () => {
  const summary = new TextSummary()
  for (const observed of observeCapture('java44-admin.pcapng')) summary.add(observed)
  expect(summary.lines().join('\n')).not.toContain('group')
})
