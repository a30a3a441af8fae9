/** Names of the recorded broker become those of the new one, where they are names of the same. */
import { expect, test } from 'vitest'
import { Ids } from '../../src/replay/ids.ts'

const uuid = (digit: string): string =>
  `${digit.repeat(8)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(12)}`

test('what no answer has named otherwise stays, and the very same object comes back', () => {
  const body = { groupId: 'g', memberId: 'm', generationId: 3, topics: [{ name: 't', partitions: [0, 1] }] }
  expect(new Ids().carried(1, body)).toBe(body)
})

test('member ids, and generations in their group', () => {
  const ids = new Ids()
  const [was, is] = [`c-${uuid('1')}`, `c-${uuid('2')}`]
  ids.learn(1, { groupId: 'g', memberId: '' }, { memberId: was, generationId: 1 }, { memberId: is, generationId: 7 })
  expect(ids.carried(9, { groupId: 'g', memberId: was, generationId: 1 })).toEqual({
    groupId: 'g',
    memberId: is,
    generationId: 7,
  })
  // The generation of another group is another.
  expect(ids.carried(9, { groupId: 'h', memberId: was, generationId: 1 })).toMatchObject({ generationId: 1 })
  // Nothing is no name.
  expect(ids.carried(9, { groupId: 'g', memberId: '', generationId: -1 })).toEqual({
    groupId: 'g',
    memberId: '',
    generationId: -1,
  })
})

test("a leader's list of members in another order", () => {
  const ids = new Ids()
  const member = (client: string, digit: string) => ({ memberId: `${client}-${uuid(digit)}`, groupInstanceId: null })
  const asked = { groupId: 'g' }
  ids.learn(
    1,
    asked,
    { members: [member('a', '1'), member('b', '2')] },
    { members: [member('b', '4'), member('a', '3')] },
  )
  const assignments = [member('a', '1'), member('b', '2')].map(({ memberId }) => ({ memberId }))
  expect(ids.carried(1, { groupId: 'g', assignments })).toEqual({
    groupId: 'g',
    assignments: [{ memberId: `a-${uuid('3')}` }, { memberId: `b-${uuid('4')}` }],
  })
})

test('topics by their names, whatever their order', () => {
  const ids = new Ids()
  const topic = (name: string, topicId: string) => ({ name, topicId })
  ids.learn(1, {}, { topics: [topic('x', 'X'), topic('y', 'Y')] }, { topics: [topic('y', 'Y2'), topic('x', 'X2')] })
  expect(ids.carried(1, { topics: [{ topicId: 'X' }, { topicId: 'Y' }, { topicId: 'Z' }] })).toEqual({
    topics: [{ topicId: 'X2' }, { topicId: 'Y2' }, { topicId: 'Z' }],
  })
})

test('producer id 0 is one, and epochs are those of their producer', () => {
  const ids = new Ids()
  ids.learn(1, {}, { producerId: 0, producerEpoch: 0 }, { producerId: 5000, producerEpoch: 2 })
  ids.learn(1, {}, { producerId: 1, producerEpoch: 0 }, { producerId: 6000, producerEpoch: 0 })
  expect(ids.producer(0, 0)).toEqual({ id: 5000, epoch: 2 })
  expect(ids.producer(1, 0)).toEqual({ id: 6000, epoch: 0 })
  expect(ids.carried(1, { v3AndBelowProducerId: 0, v3AndBelowProducerEpoch: 0 })).toEqual({
    v3AndBelowProducerId: 5000,
    v3AndBelowProducerEpoch: 2,
  })
  // EndTxn v5 raises the epoch (KIP-890).
  ids.learn(1, {}, { producerId: 0, producerEpoch: 1 }, { producerId: 5000, producerEpoch: 3 })
  expect(ids.producer(0, 1)).toEqual({ id: 5000, epoch: 3 })
})

test('fetch sessions are those of their connection', () => {
  const ids = new Ids()
  ids.learn(1, {}, { sessionId: 77 }, { sessionId: 88 })
  expect(ids.carried(1, { sessionId: 77, sessionEpoch: 4 })).toEqual({ sessionId: 88, sessionEpoch: 4 })
  expect(ids.carried(2, { sessionId: 77 })).toEqual({ sessionId: 77 })
})

test('member epochs (KIP-848) are those of their member; an offset commit has either', () => {
  const ids = new Ids()
  ids.learn(1, { groupId: 'g', memberId: 'm' }, { memberId: 'm', memberEpoch: 2 }, { memberId: 'm', memberEpoch: 5 })
  ids.learn(1, { groupId: 'h' }, { generationId: 2 }, { generationId: 9 })
  expect(ids.carried(1, { groupId: 'g', memberId: 'm', memberEpoch: 2 })).toMatchObject({ memberEpoch: 5 })
  expect(ids.carried(1, { groupId: 'g', memberId: 'm', generationIdOrMemberEpoch: 2 })).toMatchObject({
    generationIdOrMemberEpoch: 5,
  })
  expect(ids.carried(1, { groupId: 'h', memberId: 'k', generationIdOrMemberEpoch: 2 })).toMatchObject({
    generationIdOrMemberEpoch: 9,
  })
})
