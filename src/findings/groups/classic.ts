/** The classic protocol: JoinGroup, SyncGroup, Heartbeat, LeaveGroup, and commits that name a generation. */
import { errorCode, errorName } from '../../../dissectors/errors.ts'
import type { JsonObject } from '../../codec/json-text.ts'
import { assignmentOf, fingerprint, partitionsText, subscriptionOf } from './consumer-protocol.ts'
import {
  BROKEN,
  enter,
  forget,
  type Generation,
  type Group,
  type Listed,
  type Mark,
  type Member,
  note,
  retract,
} from './group.ts'
import type { Asked, Beat, Joined, Missing, Synced } from './step.ts'
import type { Talk } from './talk.ts'
import { numberOf, objectsOf, textOf, textOrNull } from './values.ts'

const NOT_COORDINATOR = [errorCode('COORDINATOR_NOT_AVAILABLE'), errorCode('NOT_COORDINATOR')]
const UNKNOWN_MEMBER_ID = errorCode('UNKNOWN_MEMBER_ID')
const REBALANCE_IN_PROGRESS = errorCode('REBALANCE_IN_PROGRESS')
const FENCED_INSTANCE_ID = errorCode('FENCED_INSTANCE_ID')

/** Members and times of a generation that are kept. */
const MAX_TOLD = 1000
const MAX_TOPICS = 100

/** Timeouts are told in milliseconds and run in the coordinator: nine tenths of one has certainly not passed before. */
const CERTAIN = 0.9

const NOBODY: readonly never[] = []

type Changing<T> = { -readonly [key in keyof T]: T[key] }

/** `ok`, or the error's name. */
export const outcome = (error: number | null): string =>
  error === null ? 'no answer' : error === -1 ? 'answered, unreadable' : error === 0 ? 'ok' : errorName(error)

export function askJoin(talk: Talk): Asked {
  const { group, mark, exchange } = talk
  const memberId = talk.text('memberId')
  const known = group.members.get(memberId)
  if (known) {
    // A join that was never answered may have been heard: what it led to is not known.
    if (known.rejoining) known.line = BROKEN
    known.rejoining = true
    known.seen = mark.time
  }
  // From v4 on a member without an id is only given one (KIP-394): nothing begins before it comes back with it.
  if (memberId !== '' || exchange.apiVersion < 4) enter(group, 'joining', mark)
  return { kind: 'asked', what: 'join', group, memberId, generation: -1, leads: null }
}

export function askSync(talk: Talk): Asked {
  const { group, mark } = talk
  const { memberId, generation } = named(talk)
  touch(group, memberId, mark)
  const sent = objectsOf(talk.body.assignments)
  const leads = sent.length > 0 ? generationOf(group, generation) : null
  const led = leads !== null && leads.leader === memberId ? leads : null
  if (led && !led.synced) {
    led.synced = mark
    const assignments = sent.map((one) => [textOf(one.memberId), fingerprint(textOf(one.assignment))] as const)
    if (talk.keep(led)) led.sent = new Map(assignments)
  }
  return { kind: 'asked', what: 'sync', group, memberId, generation, leads: led }
}

export function askBeat(talk: Talk, what: 'heartbeat' | 'commit'): Asked {
  const { group, mark } = talk
  const { memberId, generation } = named(talk)
  touch(group, memberId, mark)
  return { kind: 'asked', what, group, memberId, generation, leads: null }
}

export function askLeave(talk: Talk): Asked {
  const { group, body, mark } = talk
  for (const id of leavers(body)) {
    const member = group.members.get(id)
    if (member) member.leaving = true
    touch(group, id, mark)
  }
  return { kind: 'asked', what: 'leave', group, memberId: leavers(body)[0] ?? '', generation: -1, leads: null }
}

/** `generationIdOrMemberEpoch` is what commits call it from the releases with KIP-848 on. */
const named = (talk: Talk): { memberId: string; generation: number } => ({
  memberId: talk.text('memberId'),
  generation: talk.number('generationId', talk.number('generationIdOrMemberEpoch', -1)),
})

function touch(group: Group, id: string, { time }: Mark): void {
  const member = group.members.get(id)
  if (member) member.seen = Math.max(member.seen, time)
}

export const generationOf = ({ current, previous }: Group, number: number): Generation | null =>
  current?.number === number ? current : previous?.number === number ? previous : null

/** The instance id stands where the member id is left to the broker (KIP-345). */
const leavers = (body: JsonObject): string[] =>
  body.members === undefined ? [textOf(body.memberId)] : objectsOf(body.members).map((one) => textOf(one.memberId))

export function answerJoin(talk: Talk): Joined {
  const { group, body, answer, mark, error, exchange } = talk
  const old = textOf(body.memberId)
  const memberId = textOf(answer?.memberId) || old
  const instanceId = textOrNull(body.groupInstanceId)
  const known = group.members.get(old)
  const was = known?.generation ?? -1
  const continuous = known !== undefined && !known.line.broken && known.instanceId === null
  const generation = numberOf(answer?.generationId, -1)
  const joined: Changing<Joined> = {
    kind: 'joined',
    group,
    memberId,
    old,
    error,
    version: exchange.apiVersion,
    instanceId,
    was,
    asked: talk.asked,
    generation,
    continuous,
    leader: textOf(answer?.leader),
    members: objectsOf(answer?.members),
    told: null,
    formed: false,
    before: null,
    missing: NOBODY,
    alive: NOBODY,
  }
  if (error !== 0 || generation < 0) {
    refuse(talk, known, old)
    return joined
  }
  const before = group.current
  const stale = before !== null && generation < before.number && mark.time < before.formed.time
  const formed = !stale && generation !== before?.number
  joined.formed = formed
  if (formed && before) {
    joined.before = before
    if (generation > before.number) joined.missing = missingOf(group, before, mark)
    joined.alive = aliveOf(group, before, mark)
  }
  if (formed) begin(talk, generation, joined.leader)
  else if (!stale) retract(group, exchange.id)
  const told = stale ? generationOf(group, generation) : group.current
  if (told) tellMember(talk, told, memberId, instanceId)
  if (told) listMembers(talk, told, memberId)
  if (formed) enter(group, 'syncing', mark)
  joined.told = told
  return joined
}

/** A JoinGroup that makes nobody a member. */
function refuse(talk: Talk, known: Member | undefined, old: string): void {
  const { group, mark, error, exchange } = talk
  retract(group, exchange.id)
  note(group, mark, `${exchange.clientId || 'a member'}: JoinGroup ${outcome(error)}`)
  if (known && error !== null && error > 0) known.rejoining = false
  if (known) known.said = `JoinGroup ${outcome(error)}`
  ended(talk, old)
}

/** What an error says of the member, or of the group on this broker. */
function ended(talk: Talk, id: string): void {
  const { group, error, mark } = talk
  if (error === UNKNOWN_MEMBER_ID || error === FENCED_INSTANCE_ID) {
    if (group.members.has(id)) forget(group, id, mark)
  } else if (error !== null && NOT_COORDINATOR.includes(error)) {
    group.members.clear()
    talk.drop(group.current)
    talk.drop(group.previous)
    group.current = null
    group.previous = null
  }
}

/** Members of a generation that was just ended, who should have been waited for. */
function missingOf(group: Group, before: Generation, { time }: Mark): Missing[] {
  const missing: Missing[] = []
  let calm = before.formed.time
  for (const { generation, accepted } of group.members.values())
    if (generation === before.number) calm = Math.max(calm, accepted)
  for (const member of group.members.values()) {
    const { id, connection, generation, rejoining, leaving, line, instanceId, seen, sessionMs, rebalanceMs } = member
    // Static members keep their place without coming back.
    if (generation !== before.number || rejoining || leaving || line.broken || instanceId !== null) continue
    const waitedMs = (time - calm) / 1000
    if (waitedMs >= rebalanceMs * CERTAIN || (time - seen) / 1000 >= sessionMs * CERTAIN) continue
    missing.push({ id, line, connection, waitedMs, rebalanceMs })
  }
  return missing
}

/** Members of a generation who are certainly there. */
const aliveOf = (group: Group, before: Generation, { time }: Mark): string[] =>
  [...group.members.values()]
    .filter(({ generation, line, leaving }) => generation === before.number && !line.broken && !leaving)
    .filter(({ seen, sessionMs }) => (time - seen) / 1000 < sessionMs * CERTAIN)
    .map(({ id }) => id)

function begin(talk: Talk, number: number, leader: string): void {
  const { group, answer, mark } = talk
  talk.drop(group.previous)
  group.previous = group.current
  group.generation = number
  group.leader = leader
  group.kind = 'classic'
  if (leader === '') group.mixed = true
  group.protocol = textOf(answer?.protocolName)
  group.current = {
    number,
    formed: mark,
    protocol: group.protocol,
    leader,
    told: new Map(),
    list: null,
    listed: null,
    sent: null,
    synced: null,
    skips: false,
  }
  note(group, mark, `generation ${number}, leader ${leader || 'none'}`)
}

function tellMember(talk: Talk, told: Generation, id: string, instanceId: string | null): void {
  const { group, body, mark, exchange } = talk
  if (told.told.size < MAX_TOLD && !told.told.has(id)) told.told.set(id, mark)
  group.gone.delete(id)
  group.protocolType = textOf(body.protocolType) || group.protocolType
  if (instanceId !== null)
    for (const other of group.members.values())
      if (other.instanceId === instanceId && other.id !== id) group.members.delete(other.id)
  const member = talk.member(id)
  if (!member) return
  member.instanceId = instanceId
  member.line = talk.line
  member.generation = told.number
  member.accepted = mark.time
  member.rejoining = false
  member.leaving = false
  member.sessionMs = numberOf(body.sessionTimeoutMs, 0)
  // v0 has one timeout for both.
  member.rebalanceMs = numberOf(body.rebalanceTimeoutMs, member.sessionMs)
  member.said = 'JoinGroup ok'
  member.topics = topicsOf(group, body, told.protocol)
  if (exchange.clientId !== null) member.clientId = exchange.clientId
}

function topicsOf(group: Group, body: JsonObject, protocol: string): readonly string[] | null {
  if (group.protocolType !== 'consumer') return null
  const chosen = objectsOf(body.protocols).find(({ name }) => name === protocol)
  const topics = subscriptionOf(chosen?.metadata)?.topics ?? null
  return topics && topics.length <= MAX_TOPICS ? topics : null
}

/** The leader alone is told who is in: whoever it is not told of, and who has not been told either, has gone. */
function listMembers(talk: Talk, told: Generation, memberId: string): void {
  const { group, answer, mark } = talk
  const list = objectsOf(answer?.members)
  if (list.length === 0 || told.listed || told !== group.current) return
  const listed = new Map<string, Listed>()
  for (const one of list)
    listed.set(textOf(one.memberId), {
      instanceId: textOrNull(one.groupInstanceId),
      metadata: textOf(one.metadata),
    })
  told.listed = mark
  told.skips = answer?.skipAssignment === true
  if (talk.keep(told)) told.list = listed
  for (const [id, { rejoining }] of group.members)
    if (!listed.has(id) && !told.told.has(id) && !rejoining) group.members.delete(id)
  for (const [id, { instanceId }] of listed) {
    if (group.members.has(id)) continue
    const member = talk.absent(id)
    if (!member) break
    member.instanceId = instanceId
    member.line = BROKEN
  }
  if (!listed.has(memberId)) group.members.delete(memberId)
}

export function answerSync(talk: Talk): Synced {
  const { group, answer, mark, error, asked } = talk
  const { memberId, generation } = named(talk)
  const told = generationOf(group, generation)
  const assignment = answer ? textOf(answer.assignment) : null
  const base = { kind: 'synced', group, memberId, generation, error, asked, told, assignment } as const
  const member = spoke(talk, memberId, `SyncGroup ${outcome(error)}`)
  if (error !== 0) {
    // A leader that was refused has assigned nothing.
    if (told?.synced?.exchange === talk.exchange.id && error !== null && error > 0) {
      told.synced = null
      told.sent = null
    }
    note(group, mark, `${member?.clientId || 'a member'}: SyncGroup ${outcome(error)}`)
    ended(talk, memberId)
    return base
  }
  if (member) accept(member, generation, mark)
  const partitions = group.protocolType === 'consumer' ? assignmentOf(assignment ?? '') : null
  if (member && partitions) member.assigned = partitionsText(partitions)
  if (group.generation < 0) group.generation = generation
  if (generation === group.generation) {
    if (group.phase !== 'stable') note(group, mark, `stable with ${group.members.size}`)
    enter(group, 'stable', mark)
  }
  return base
}

function accept(member: Member, generation: number, mark: Mark): void {
  if (member.generation < 0) member.generation = generation
  if (member.generation === generation) member.accepted = Math.max(member.accepted, mark.time)
}

/** A member that says something; null where it is none and its request was refused. */
function spoke(talk: Talk, id: string, said: string): Member | null {
  const { error, group } = talk
  if (id === '') return null
  const known = group.members.get(id)
  const isMember = known ?? (error === 0 || error === REBALANCE_IN_PROGRESS || error === null ? talk.member(id) : null)
  if (!isMember) return null
  talk.member(id)
  isMember.said = said
  return isMember
}

export function answerBeat(talk: Talk, kind: 'heartbeat' | 'commit'): Beat {
  const { group, mark, error, asked } = talk
  const { memberId, generation } = named(talk)
  const what = kind === 'commit' ? 'commit' : 'Heartbeat'
  const member = spoke(talk, memberId, `${what} ${outcome(error)}`)
  if (error === 0 && member) {
    // The request's time: the coordinator was calm then at the latest.
    accept(member, generation, { exchange: mark.exchange, time: asked })
    if (group.generation < 0 && generation >= 0) {
      group.generation = generation
      enter(group, 'stable', mark)
    }
  } else if (error === REBALANCE_IN_PROGRESS && kind === 'heartbeat') {
    if (group.phase === 'stable') note(group, mark, `${member?.clientId || 'a member'} is told of a rebalance`)
    if (group.phase !== 'syncing') enter(group, 'joining', mark)
  } else if (error !== 0) note(group, mark, `${what} of ${memberId}: ${outcome(error)}`)
  if (error !== 0) ended(talk, memberId)
  return { kind, group, memberId, generation, error, asked }
}

export function answerLeave(talk: Talk): Beat {
  const { group, body, answer, mark, error, asked } = talk
  const ids = leavers(body)
  const answers = objectsOf(answer?.members)
  for (const [i, id] of ids.entries()) {
    const member = group.members.get(id)
    const own = error === 0 ? numberOf(answers[i]?.errorCode, 0) : error
    note(group, mark, `${member?.clientId || id} left: ${outcome(own)}`)
    if (own === 0 && id !== '') forget(group, id, mark)
    else if (member && own === REBALANCE_IN_PROGRESS) member.leaving = true
  }
  if (error === 0) enter(group, group.members.size === 0 ? 'empty' : 'joining', mark)
  return { kind: 'left', group, memberId: ids[0] ?? '', generation: -1, error, asked }
}
