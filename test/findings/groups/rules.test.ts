/** Groups that break a rule of joining and syncing, one conversation each; and the same conversation done right. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { RULES } from '../../../src/findings/rules/index.ts'
import { alone, codesOf, pair } from './beginnings.ts'
import { type Client, Conversation, subscription } from './conversation.ts'

test('a sound group is silent', () => {
  expect(codesOf(pair().talk)).toEqual([])
})

describe('group/join-early', () => {
  test('the first coordination bug: a JoinGroup answered at once, without the member that was there', () => {
    const { talk, a } = alone()
    const b = talk.client('b').join('b-1').joined(2, 'a-1', 'b-1')
    expect(talk.codes, 'it is not certain yet').toEqual([])
    a.beat(1, 'a-1', 27)
    expect(codesOf(talk)).toEqual(['group/join-early'])
    const [finding] = talk.found
    expect(finding).toMatchObject({
      severity: 'error',
      api: 'JoinGroup',
      kind: 'response',
      path: 'generationId',
      offset: 14,
      length: 4,
      causes: [{ cause: 'join-not-awaited' }],
      exchanges: [3, 4],
    })
    expect(finding!.message).toContain('generation 2 though a-1 of generation 1 has not joined again')
    expect(b.name).toBe('b')
  })

  test('a member that is then unknown may have been removed unseen: a warning', () => {
    const { talk, a } = alone()
    talk.client('b').join('b-1').joined(2, 'b-1', 'b-1', ['b-1'])
    a.beat(1, 'a-1', 25)
    expect(codesOf(talk)).toEqual(['group/join-early'])
    expect(talk.found[0]!.severity).toBe('warning')
  })

  test.each<[string, (talk: Conversation, a: Client) => void]>([
    ['it left', (_, a) => a.ask('LeaveGroup', 1, { memberId: 'a-1' }).answer({})],
    ['its rebalance timeout was over', (talk) => talk.wait(61_000)],
    ['its session was over', (talk) => talk.wait(10_500)],
    ['its connection was closed', (_, a) => a.close()],
    ['bytes of it are missing', (_, a) => a.lose()],
  ])('not where %s', (_, before) => {
    const { talk, a } = alone()
    before(talk, a)
    const b = talk.client('b').join('b-1')
    b.joined(2, 'b-1', 'b-1', ['b-1'])
      .sync(2, 'b-1', { 'b-1': { t: [0, 1] } })
      .synced({ t: [0, 1] })
    const again = talk.client('a')
    again.beat(1, 'a-1', 25)
    expect(codesOf(talk)).toEqual([])
  })

  test('not of a static member, which keeps its place', () => {
    const talk = new Conversation()
    const a = talk.client('a').join('a-1', { groupInstanceId: 'one' })
    a.joined(1, 'a-1', 'a-1', ['a-1'])
      .sync(1, 'a-1', { 'a-1': { t: [0] } })
      .synced({ t: [0] })
    talk.client('b').join('b-1').joined(2, 'a-1', 'b-1')
    a.beat(1, 'a-1', 27)
    expect(codesOf(talk)).toEqual([])
  })
})

describe('group/no-delay', () => {
  const arrive = (talk: Conversation, count: number, heldMs = 0) => {
    const clients: Client[] = []
    for (let i = 1; i <= count; i++) {
      const ids = Array.from({ length: i }, (_, n) => `m-${n + 1}`)
      for (const [n, one] of clients.entries()) one.join(ids[n]!)
      const fresh = talk.client(`c${i}`).join(ids[i - 1]!)
      clients.push(fresh)
      if (i === 1) talk.wait(heldMs)
      for (const [n, one] of clients.entries()) one.joined(i, 'm-1', ids[n]!, n === 0 ? ids : [])
    }
  }

  test('a generation for each member that comes', () => {
    const talk = new Conversation()
    arrive(talk, 3)
    expect(codesOf(talk)).toEqual(['group/no-delay'])
    expect(talk.found[0]).toMatchObject({ severity: 'note', causes: [{ cause: 'no-initial-delay' }] })
    expect(talk.found[0]!.exchanges).toHaveLength(3)
  })

  test('not where the first one was held for others, if for less than they took to come', () => {
    const talk = new Conversation()
    arrive(talk, 3, 500)
    expect(codesOf(talk)).toEqual([])
  })

  test('not for two, which may have come one after the other', () => {
    const talk = new Conversation()
    arrive(talk, 2)
    expect(codesOf(talk)).toEqual([])
  })
})

describe('group/sync-early', () => {
  const joined = () => {
    const talk = new Conversation()
    const a = talk.client('a').join('a-1')
    const b = talk.client('b').join('b-1')
    b.joined(1, 'a-1', 'b-1')
    a.joined(1, 'a-1', 'a-1', ['a-1', 'b-1'])
    return { talk, a, b }
  }

  test("the second coordination bug: a follower's SyncGroup answered before the leader's was sent", () => {
    const { talk, a, b } = joined()
    b.sync(1, 'b-1').synced(null)
    a.sync(1, 'a-1', { 'a-1': { t: [0] }, 'b-1': { t: [1] } }).synced({ t: [0] })
    expect(codesOf(talk)).toEqual(['group/sync-early'])
    expect(talk.found[0]).toMatchObject({
      severity: 'error',
      api: 'SyncGroup',
      path: 'assignment',
      offset: 14,
      causes: [{ cause: 'sync-not-awaited' }],
      exchanges: [3, 4],
    })
  })

  test('not where the leader was first, and not where what it sent may be missing', () => {
    const sound = joined()
    sound.b.sync(1, 'b-1')
    sound.a.sync(1, 'a-1', { 'a-1': { t: [0] }, 'b-1': { t: [1] } })
    sound.b.synced({ t: [1] })
    sound.a.synced({ t: [0] })
    expect(codesOf(sound.talk)).toEqual([])
    const lossy = joined()
    lossy.a.lose()
    lossy.b.sync(1, 'b-1').synced({ t: [1] })
    lossy.a.beat(1, 'a-1')
    expect(codesOf(lossy.talk)).toEqual([])
  })
})

describe('generations', () => {
  test('group/generation-back: below one that has members', () => {
    const { talk, a, b } = pair()
    a.join('a-1')
    b.join('b-1').joined(1, 'b-1', 'b-1', ['b-1'])
    expect(codesOf(talk)).toEqual(['group/generation-back'])
    expect(talk.found[0]).toMatchObject({
      severity: 'error',
      path: 'generationId',
      causes: [{ cause: 'group-forgotten' }],
    })
  })

  test('a group that was left and is begun anew is sound', () => {
    const { talk, a, b } = pair()
    a.ask('LeaveGroup', 1, { memberId: 'a-1' }).answer({})
    b.ask('LeaveGroup', 1, { memberId: 'b-1' }).answer({})
    talk.client('c').join('c-1').joined(1, 'c-1', 'c-1', ['c-1'])
    expect(codesOf(talk)).toEqual([])
  })

  test('group/generation-skipped: from one to the one after next, a member all along', () => {
    const { talk, a } = alone()
    a.join('a-1').joined(3, 'a-1', 'a-1', ['a-1'])
    expect(codesOf(talk)).toEqual(['group/generation-skipped'])
  })

  test('a member that came back under another id may have missed some', () => {
    const { talk, a } = alone()
    a.join('a-1').answer({ errorCode: 25 })
    a.join('').joined(5, 'a-2', 'a-2', ['a-2'])
    expect(codesOf(talk)).toEqual([])
  })

  test('group/storm: eight within a minute, once', () => {
    const { talk, a } = alone()
    for (let generation = 2; generation <= 12; generation++)
      a.join('a-1')
        .joined(generation, 'a-1', 'a-1', ['a-1'])
        .sync(generation, 'a-1', { 'a-1': { t: [0, 1] } })
        .synced({ t: [0, 1] })
    expect(codesOf(talk)).toEqual(['group/storm'])
    expect(talk.found[0]!.exchanges).toHaveLength(8)
  })

  test('eight in ten minutes are none', () => {
    const { talk, a } = alone()
    for (let generation = 2; generation <= 9; generation++) {
      talk.wait(60_000)
      a.join('a-1').joined(generation, 'a-1', 'a-1', ['a-1'])
    }
    expect(codesOf(talk)).toEqual([])
  })
})

describe('leader and members', () => {
  test('group/leader-unknown: the list of members lacks the leader, or the receiver', () => {
    const talk = new Conversation()
    talk.client('a').join('a-1').joined(1, 'b-1', 'a-1', ['a-1'])
    expect(codesOf(talk)).toEqual(['group/leader-unknown'])
    expect(talk.found[0]).toMatchObject({ path: 'leader', severity: 'error' })
    const other = new Conversation()
    other.client('a').join('a-1').joined(1, 'b-1', 'a-1', ['b-1'])
    expect(codesOf(other)).toContain('group/leader-unknown')
    expect(other.found[0]!.path).toBe('memberId')
  })

  test('group/two-leaders', () => {
    const talk = new Conversation()
    const a = talk.client('a').join('a-1')
    const b = talk.client('b').join('b-1')
    a.joined(1, 'a-1', 'a-1', ['a-1', 'b-1'])
    b.joined(1, 'b-1', 'b-1', ['a-1', 'b-1'])
    expect(codesOf(talk)).toEqual(['group/two-leaders'])
    expect(talk.found[0]).toMatchObject({ path: 'leader', exchanges: [1, 2] })
  })

  test('a static leader that came back leads under another id', () => {
    const talk = new Conversation()
    const a = talk.client('a').join('a-1', { groupInstanceId: 'one' })
    const b = talk.client('b').join('b-1')
    a.joined(1, 'a-1', 'a-1', [{ memberId: 'a-1', groupInstanceId: 'one', metadata: subscription(['t'], {}) }, 'b-1'])
    b.joined(1, 'a-1', 'b-1').sync(1, 'b-1')
    a.sync(1, 'a-1', { 'a-1': { t: [0] }, 'b-1': { t: [1] } }).synced({ t: [0] })
    b.synced({ t: [1] })
    a.close()
    const back = talk.client('a').join('', { groupInstanceId: 'one' }).joined(1, 'a-1', 'a-2')
    back
      .sync(1, 'a-2')
      .synced({ t: [0] })
      .beat(1, 'a-2')
    b.join('b-1')
      .joined(1, 'a-2', 'b-1')
      .sync(1, 'b-1')
      .synced({ t: [1] })
    expect(codesOf(talk)).toEqual([])
  })

  test.each(['leader first', 'follower first'])('group/members-untold, %s', (order) => {
    const talk = new Conversation()
    const a = talk.client('a').join('a-1')
    const b = talk.client('b').join('b-1')
    if (order === 'follower first') b.joined(1, 'a-1', 'b-1')
    a.joined(1, 'a-1', 'a-1', ['a-1'])
    if (order === 'leader first') b.joined(1, 'a-1', 'b-1')
    expect(codesOf(talk)).toEqual(['group/members-untold'])
    expect(talk.found[0]).toMatchObject({ severity: 'error', causes: [{ cause: 'join-not-awaited' }] })
  })

  test('group/members-untold: a leader that is told of nobody', () => {
    const talk = new Conversation()
    talk.client('a').join('a-1').joined(1, 'a-1', 'a-1')
    expect(codesOf(talk)).toEqual(['group/members-untold'])
  })
})

describe('group/ghosts', () => {
  test('the story: an answer of four zero bytes, and the client joins again and again', () => {
    const talk = new Conversation()
    const a = talk.client('rdkafka')
    for (let i = 0; i < 4; i++) a.join('').answerBytes([0, 0, 0, 0])
    expect(codesOf(talk)).toEqual(['group/ghosts'])
    expect(talk.found[0]).toMatchObject({
      severity: 'warning',
      kind: 'request',
      path: 'memberId',
      causes: [{ cause: 'join-answer-unreadable' }],
      exchanges: [1, 2, 3],
    })
  })

  test('from one connection to the next', () => {
    const talk = new Conversation()
    for (let i = 0; i < 3; i++) {
      const a = talk.client('java').join('', { version: 2 })
      talk.wait(30_000)
      a.close()
    }
    expect(codesOf(talk)).toEqual(['group/ghosts'])
    expect(talk.found[0]!.causes[0]!.cause).toBe('join-timeout')
  })

  test('a client that does not take the member id that it is given', () => {
    const talk = new Conversation()
    const a = talk.client('a')
    for (let i = 1; i < 4; i++) a.join('').answer({ errorCode: 79, memberId: `a-${i}` })
    expect(codesOf(talk)).toEqual(['group/ghosts'])
    expect(talk.found[0]!.causes[0]!.cause).toBe('member-id-ignored')
  })

  test('not many clients of one name that start at once, nor one that waits for its coordinator', () => {
    const talk = new Conversation()
    const clients = Array.from({ length: 8 }, () => talk.client('same').join(''))
    for (const [i, one] of clients.entries()) one.answer({ errorCode: 79, memberId: `m-${i}` }).join(`m-${i}`)
    for (const [i, one] of clients.entries())
      one.joined(1, 'm-0', `m-${i}`, i === 0 ? clients.map((_, n) => `m-${n}`) : [])
    const waiting = talk.client('waits')
    for (let i = 0; i < 10; i++) waiting.join('').answer({ errorCode: 16 })
    expect(codesOf(talk)).toEqual([])
  })
})

test('every rule over groups has a broken example', () => {
  const codes = RULES.map(({ code }) => code).filter((code) => code.startsWith('group/'))
  const folder = 'test/findings/groups'
  const tests = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
  for (const code of codes)
    expect(
      tests.some((text) => text.includes(`toEqual(['${code}'])`)),
      code,
    ).toBe(true)
  expect(codes).toHaveLength(18)
})
