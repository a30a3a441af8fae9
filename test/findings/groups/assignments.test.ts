/** What a leader assigns, what members get, and who is answered as a member. */
import { describe, expect, test } from 'vitest'
import { codesOf, pair } from './beginnings.ts'
import { type Client, Conversation, subscription } from './conversation.ts'

describe('assignments', () => {
  /** The leader sends this; nobody is answered yet. */
  function assigned(assignments: Parameters<Client['sync']>[2], more: Parameters<Client['join']>[1] = {}) {
    const talk = new Conversation()
    talk
      .client('m')
      .ask('Metadata', 4, { topics: [{ name: 't' }] })
      .answer({ topics: [{ name: 't', partitions: [0, 1, 2].map((partitionIndex) => ({ partitionIndex })) }] })
    const a = talk.client('a').join('a-1', more)
    const b = talk.client('b').join('b-1')
    a.joined(1, 'a-1', 'a-1', [{ memberId: 'a-1', metadata: subscription(['t'], more.owned ?? {}) }, 'b-1'])
    b.joined(1, 'a-1', 'b-1').sync(1, 'b-1')
    a.sync(1, 'a-1', assignments)
    return { talk, a, b }
  }

  test('group/assignment-overlap: a partition for two', () => {
    const { talk } = assigned({ 'a-1': { t: [0, 1] }, 'b-1': { t: [1, 2] } })
    expect(codesOf(talk)).toEqual(['group/assignment-overlap'])
    expect(talk.found[0]).toMatchObject({ kind: 'request', path: 'assignments', severity: 'warning' })
    expect(talk.found[0]!.message).toContain('t 1 to a-1 and to b-1')
  })

  test('group/assignment-left-out: a partition for nobody', () => {
    const { talk } = assigned({ 'a-1': { t: [0] }, 'b-1': { t: [1] } })
    expect(codesOf(talk)).toEqual(['group/assignment-left-out'])
    expect(talk.found[0]!.message).toContain('t 2 to nobody')
  })

  test('what a member has yet to give back (cooperative) is not left out', () => {
    expect(codesOf(assigned({ 'a-1': { t: [0] }, 'b-1': { t: [1] } }, { owned: { t: [0, 2] } }).talk)).toEqual([])
  })

  test('group/assignment-unsubscribed: a topic that the member did not ask for', () => {
    const { talk } = assigned({ 'a-1': { t: [0, 1] }, 'b-1': { t: [2], other: [0] } })
    expect(codesOf(talk)).toEqual(['group/assignment-unsubscribed'])
  })

  test('group/assignment-changed: other bytes, nothing, or those of another member', () => {
    const sent = { 'a-1': { t: [0, 1] }, 'b-1': { t: [2] } }
    const sound = assigned(sent)
    sound.a.synced({ t: [0, 1] })
    sound.b.synced({ t: [2] })
    expect(codesOf(sound.talk)).toEqual([])
    for (const [got, words, cause] of [
      [{ t: [1] }, 'other bytes', 'assignment-altered'],
      [null, 'an empty assignment', 'assignment-altered'],
      [{ t: [0, 1] }, 'that the leader sent for a-1', 'assignment-misdirected'],
    ] as const) {
      const { talk, b } = assigned(sent)
      b.synced(got)
      expect(codesOf(talk)).toEqual(['group/assignment-changed'])
      expect(talk.found[0]).toMatchObject({ severity: 'error', path: 'assignment', causes: [{ cause }] })
      expect(talk.found[0]!.message).toContain(words)
    }
  })
})

describe('who is answered as a member', () => {
  test.each([
    ['Heartbeat', 3, { generationId: 1, memberId: 'b-1' }, { errorCode: 0 }],
    ['SyncGroup', 3, { generationId: 1, memberId: 'b-1' }, { errorCode: 0, assignment: new Uint8Array() }],
    [
      'OffsetCommit',
      7,
      { generationIdOrMemberEpoch: 1, memberId: 'b-1' },
      { topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: 0 }] }] },
    ],
  ] as const)('group/dead-generation: %s', (api, version, body, answer) => {
    const talk = new Conversation()
    const a = talk.client('a').join('a-1')
    const b = talk.client('b').join('b-1')
    b.joined(1, 'a-1', 'b-1')
    a.joined(1, 'a-1', 'a-1', ['a-1', 'b-1'])
      .sync(1, 'a-1', { 'a-1': { t: [0] } })
      .synced({ t: [0] })
    talk.wait(61_000)
    a.join('a-1').joined(2, 'a-1', 'a-1', ['a-1'])
    b.ask(api, version, body as never).answer(answer as never)
    expect(codesOf(talk)).toEqual(['group/dead-generation'])
    expect(talk.found[0]).toMatchObject({ severity: 'error', api, causes: [{ cause: 'generation-not-checked' }] })
  })

  test('asked before the new generation, or refused, it is sound', () => {
    const { talk, a, b } = pair()
    talk.wait(59_000)
    b.ask('Heartbeat', 3, { generationId: 2, memberId: 'b-1' })
    b.answer({ errorCode: 27 })
    a.join('a-1')
    b.join('b-1')
    a.joined(3, 'a-1', 'a-1', ['a-1', 'b-1'])
    b.joined(3, 'a-1', 'b-1')
    b.beat(2, 'b-1', 22)
    expect(codesOf(talk)).toEqual([])
  })

  test('group/unknown-member: one that left', () => {
    const { talk, b } = pair()
    b.ask('LeaveGroup', 3, { members: [{ memberId: 'b-1' }] }).answer({ members: [{ memberId: 'b-1' }] })
    b.beat(2, 'b-1')
    expect(codesOf(talk)).toEqual(['group/unknown-member'])
    expect(talk.found[0]).toMatchObject({
      severity: 'error',
      path: 'errorCode',
      causes: [{ cause: 'member-not-checked' }],
    })
  })

  test('group/unknown-member: one that the leader was not told of', () => {
    const { talk } = pair()
    talk.client('c').beat(2, 'c-1')
    expect(codesOf(talk)).toEqual(['group/unknown-member'])
  })
})
