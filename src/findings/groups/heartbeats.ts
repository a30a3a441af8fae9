/**
 * The protocols in which heartbeats do all: consumer groups of KIP-848, share groups (KIP-932), Streams groups
 * (KIP-1071). Epoch 0 joins; a negative one leaves (-2: a static member, for a while).
 */
import { errorCode } from '../../../dissectors/errors.ts'
import { outcome } from './classic.ts'
import { partitionsIn, partitionsText } from './consumer-protocol.ts'
import { enter, forget, type Group, type GroupKind, type Member, note, type Partitions } from './group.ts'
import type { Asked, Epoch } from './step.ts'
import type { Talk } from './talk.ts'
import { numberOf, textOf, textOrNull, textsOf } from './values.ts'

const UNKNOWN_MEMBER_ID = errorCode('UNKNOWN_MEMBER_ID')
const FENCED_MEMBER_EPOCH = errorCode('FENCED_MEMBER_EPOCH')
const FENCED_INSTANCE_ID = errorCode('FENCED_INSTANCE_ID')
const GONE: readonly (number | null)[] = [UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, FENCED_INSTANCE_ID]

const MAX_TOPICS = 100
/** Partitions that are followed of all members of a group; what has more is not followed. */
const MAX_HELD = 20_000

/** Partitions that two have, about so many told at once. */
const MAX_TWICE = 20

const NONE: Partitions = new Map()

export function askEpoch(talk: Talk, kind: GroupKind): Asked {
  const { group, body, mark } = talk
  const memberId = textOf(body.memberId)
  const generation = numberOf(body.memberEpoch, 0)
  const asked = { kind: 'asked', what: 'heartbeat', group, memberId, generation, leads: null } as const
  if (group.members.size === 0) group.kind = kind
  else if (group.kind === 'classic') group.mixed = true
  const member = group.members.get(memberId)
  if (member) member.seen = Math.max(member.seen, mark.time)
  if (generation === 0 && memberId !== '') {
    const joined = talk.member(memberId)
    if (joined) join(talk, joined)
    return asked
  }
  if (!member) return asked
  if (generation < 0) member.leaving = true
  else subscribe(member, body)
  if (member.held && body.topicPartitions !== null && body.topicPartitions !== undefined) {
    const reported = partitionsIn(body.topicPartitions, 'topicId')
    // What it no longer reports it has given back.
    member.held = reported ? { ...member.held, revoking: both(member.held.revoking, reported) } : null
  }
  return asked
}

function join(talk: Talk, member: Member): void {
  const { body } = talk
  talk.group.gone.delete(member.id)
  member.generation = 0
  member.leaving = false
  member.line = talk.line
  member.instanceId = textOrNull(body.instanceId)
  member.rebalanceMs = numberOf(body.rebalanceTimeoutMs, 0)
  member.held = talk.group.kind === 'consumer' ? { assigned: NONE, revoking: NONE } : null
  const topics = textsOf(body.subscribedTopicNames)
  member.topics = topics.length <= MAX_TOPICS ? topics : null
  member.plain = !textOf(body.subscribedTopicRegex)
}

function subscribe(member: Member, { subscribedTopicNames, subscribedTopicRegex }: Talk['body']): void {
  if (textOf(subscribedTopicRegex)) member.plain = false
  if (!Array.isArray(subscribedTopicNames)) return
  const topics = textsOf(subscribedTopicNames)
  const same = member.topics?.length === topics.length && member.topics.every((one) => topics.includes(one))
  if (!same) member.plain = false
  member.topics = topics.length <= MAX_TOPICS ? topics : null
}

export function answerEpoch(talk: Talk): Epoch {
  const { group, body, answer, mark, error, asked, exchange } = talk
  const memberId = textOf(answer?.memberId) || textOf(body.memberId)
  const generation = numberOf(body.memberEpoch, 0)
  const epoch = numberOf(answer?.memberEpoch, -1)
  const base = { kind: 'epoch', group, memberId, generation, error, asked, epoch } as const
  const who = exchange.clientId ?? memberId
  if (generation < 0) {
    note(group, mark, `${who} left: ${outcome(error)}`)
    if (error === 0) forget(group, memberId, mark)
    if (group.members.size === 0) enter(group, 'empty', mark)
    return { ...base, member: null, added: NONE, twice: [] }
  }
  if (error !== 0) {
    const known = group.members.get(memberId)
    if (known) known.said = `heartbeat ${outcome(error)}`
    note(group, mark, `${who}: heartbeat ${outcome(error)}`)
    if (GONE.includes(error) && known) forget(group, memberId, mark)
    return { ...base, member: null, added: NONE, twice: [] }
  }
  const fresh = !group.members.has(memberId) || generation === 0
  const member = talk.member(memberId)
  // Before v1 the broker chose the id: only now is it known who joined.
  if (member && generation === 0 && memberId !== textOf(body.memberId)) join(talk, member)
  if (fresh) note(group, mark, `${who} joined: ${outcome(error)}`)
  const { added, twice } = member ? assign(talk, member, epoch) : { added: NONE, twice: [] }
  if (member) {
    member.said = 'heartbeat ok'
    member.accepted = mark.time
    member.generation = epoch
  }
  if (epoch > group.generation) {
    if (group.generation >= 0) group.rebalances++
    group.generation = epoch
  }
  const behind = [...group.members.values()].some((one) => one.generation >= 0 && one.generation < group.generation)
  enter(group, behind ? 'syncing' : 'stable', mark)
  return { ...base, member, added, twice }
}

type Assigned = Pick<Epoch, 'added' | 'twice'>

/** Takes the assignment of an answer: all that the member may have from now on; null where nothing changed. */
function assign(talk: Talk, member: Member, epoch: number): Assigned {
  const { group, answer } = talk
  const given = answer?.assignment
  const assignment = given === null || given === undefined ? null : (given as Talk['body'])
  if (!assignment || epoch < 0) return { added: NONE, twice: [] }
  const assigned = partitionsIn(assignment.topicPartitions, 'topicId')
  if (!assigned) {
    member.held = null
    return { added: NONE, twice: [] }
  }
  member.assigned = partitionsText(assigned, (id) => talk.topicName(id))
  const before = member.held
  const added = before ? without(assigned, before.assigned) : NONE
  if (before) member.held = { assigned, revoking: without(union(before.assigned, before.revoking), assigned) }
  if (heldIn(group) > MAX_HELD) member.held = null
  return { added, twice: group.kind === 'consumer' ? twiceOf(group, member, added) : [] }
}

/** Partitions of these that another member has, or has not given back. */
function twiceOf(group: Group, member: Member, added: Partitions): Epoch['twice'] {
  const twice: { topic: string; partition: number; holder: Member }[] = []
  for (const other of group.members.values()) {
    const { held, leaving, line, instanceId } = other
    if (other === member || !held || leaving || line.broken) continue
    if (instanceId !== null && instanceId === member.instanceId) continue
    for (const [topic, partitions] of added)
      for (const partition of partitions)
        if (held.assigned.get(topic)?.has(partition) || held.revoking.get(topic)?.has(partition))
          twice.push({ topic, partition, holder: other })
    if (twice.length > MAX_TWICE) break
  }
  return twice
}

const countOf = (partitions: Partitions): number =>
  [...partitions.values()].reduce((sum, numbers) => sum + 1 + numbers.size, 0)

const heldIn = (group: Group): number =>
  [...group.members.values()].reduce(
    (sum, { held }) => sum + (held ? countOf(held.assigned) + countOf(held.revoking) : 0),
    0,
  )

const filtered = (all: Partitions, keep: (topic: string, partition: number) => boolean): Partitions => {
  const kept = new Map<string, Set<number>>()
  for (const [topic, partitions] of all) {
    const left = new Set([...partitions].filter((partition) => keep(topic, partition)))
    if (left.size > 0) kept.set(topic, left)
  }
  return kept
}

const without = (all: Partitions, less: Partitions): Partitions =>
  filtered(all, (topic, partition) => !less.get(topic)?.has(partition))

const both = (one: Partitions, other: Partitions): Partitions =>
  filtered(one, (topic, partition) => other.get(topic)?.has(partition) ?? false)

function union(one: Partitions, other: Partitions): Partitions {
  const all = new Map([...one].map(([topic, partitions]) => [topic, new Set(partitions)]))
  for (const [topic, partitions] of other) {
    const known = all.get(topic) ?? new Set<number>()
    for (const partition of partitions) known.add(partition)
    all.set(topic, known)
  }
  return all
}
