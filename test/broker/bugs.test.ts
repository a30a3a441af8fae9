/** What `--bug` makes of the embedded broker: answers with bugs in them, and a coordinator that does not wait. */
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { answerFrame } from '../../src/broker/dispatch.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { ask, type Bench, type Body, bench, requestFrame, settle, utf8 } from './helpers.ts'

const planting = (...bugs: string[]): Bench =>
  bench({ initialRebalanceDelayMs: 3000, bugs: new Planter(bugs.map(parseBug)) })

const joining = (memberId = '') => ({
  groupId: 'g',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  memberId,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: utf8('topics') }],
})

const syncing = ({ generationId, memberId }: Body, assigned: Record<string, string> = {}) => ({
  groupId: 'g',
  generationId: generationId!,
  memberId: memberId!,
  assignments: Object.entries(assigned).map(([member, text]) => ({ memberId: member, assignment: utf8(text) })),
})

describe('a bug in an answer', () => {
  const send = (on: Bench, api: string, version: number) =>
    answerFrame(requestFrame(api, version, { groupId: 'g', memberId: 'm' }, 9), on.broker, {
      host: '127.0.0.1',
      signal: new AbortController().signal,
    })

  it('is in the versions it is meant for, and in no others', async () => {
    const on = planting('shared-error-body:Heartbeat:3')
    const [three, two] = [await send(on, 'Heartbeat', 3), await send(on, 'Heartbeat', 2)]
    expect(three).toMatchObject({ kind: 'answer' })
    expect(three.kind === 'answer' && Buffer.from(three.frame).toString('hex')).toBe('000000080000000900000000')
    expect(two.kind === 'answer' && two.frame.length).toBe(14)
  })

  it('can be that there is none, or that the connection is closed', async () => {
    expect(await send(planting('no-answer:Heartbeat'), 'Heartbeat', 3)).toEqual({ kind: 'none' })
    expect(await send(planting('closed-connection:Heartbeat'), 'Heartbeat', 3)).toEqual({ kind: 'close', reason: null })
  })
})

describe('early-join', () => {
  it('answers at once, without the initial delay', async () => {
    const on = planting('early-join')
    expect(await ask(on, 'JoinGroup', 3, joining())).toMatchObject({ errorCode: 0, generationId: 1 })
    on.broker.close()
  })

  it('answers before the others have joined again: they are of a dead generation', async () => {
    const on = planting('early-join')
    const first = await ask(on, 'JoinGroup', 3, joining())
    const second = await ask(on, 'JoinGroup', 3, joining())
    expect(second).toMatchObject({ errorCode: 0, generationId: 2 })
    const beat = await ask(on, 'Heartbeat', 3, { groupId: 'g', generationId: 1, memberId: first.memberId! })
    expect(beat.errorCode).toBe(errorCode('ILLEGAL_GENERATION'))
    expect(on.broker.groups.get('g')!.members.size).toBe(2)
    on.broker.close()
  })
})

describe('early-sync', () => {
  /** Two members of one generation, the leader first. */
  async function two(on: Bench): Promise<Body[]> {
    const joins = [ask(on, 'JoinGroup', 3, joining()), ask(on, 'JoinGroup', 3, joining())]
    await settle()
    await on.clock.advance(6000)
    const members = await Promise.all(joins)
    return members.sort((a, b) => Number(b.leader === b.memberId) - Number(a.leader === a.memberId))
  }

  it('answers a follower before the leader, with nothing assigned', async () => {
    const on = planting('early-sync')
    const [leader, follower] = await two(on)
    expect(await ask(on, 'SyncGroup', 3, syncing(follower!))).toMatchObject({ errorCode: 0, assignment: '' })
    const plan = { [leader!.memberId as string]: 'mine', [follower!.memberId as string]: 'yours' }
    const own = await ask(on, 'SyncGroup', 3, syncing(leader!, plan))
    expect(own.assignment).toBe(Buffer.from('mine').toString('base64'))
    on.broker.close()
  })

  it('is not there where it was not planted', async () => {
    const on = planting('shared-error-body:Heartbeat')
    const [leader, follower] = await two(on)
    let early: Body | undefined
    const waiting = ask(on, 'SyncGroup', 3, syncing(follower!)).then((body) => {
      early = body
    })
    await settle()
    expect(early).toBeUndefined()
    await ask(on, 'SyncGroup', 3, syncing(leader!, { [follower!.memberId as string]: 'yours' }))
    await waiting
    expect(early?.assignment).toBe(Buffer.from('yours').toString('base64'))
    on.broker.close()
  })
})
