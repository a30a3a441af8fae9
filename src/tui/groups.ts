/**
 * A group's life as its members' requests tell it: who joined, which generation, who leads, what is going on. Entries
 * are read when the groups are shown, a few at a time, oldest first; numbers of groups and members are bounded.
 */
import { errorName } from '../../dissectors/errors.ts'
import { decodeFrame, frameJson } from '../codec/frame.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import type { Entry, Store } from './store.ts'

export type GroupState = 'joining' | 'syncing' | 'stable' | 'rebalancing' | 'empty'

export interface Member {
  readonly id: string
  clientId: string
  connection: number
  /** Microseconds since 1970. */
  joined: number
  seen: number
  said: string
  leads: boolean
}

export interface Group {
  readonly id: string
  protocol: string
  state: GroupState
  generation: number
  since: number
  rebalances: number
  readonly members: Map<string, Member>
  /** The last things that happened, newest last. */
  readonly history: { readonly time: number; readonly seq: number; readonly text: string }[]
}

const MAX_GROUPS = 1000
const MAX_MEMBERS = 1000
const HISTORY = 50

const JOIN = 11
const HEARTBEAT = 12
const LEAVE = 13
const SYNC = 14
/** KIP-848: the one request of the new protocol, which joins, keeps alive and leaves. */
const CONSUMER_HEARTBEAT = 68

const REBALANCE_IN_PROGRESS = 27

type Handler = (group: Group, body: JsonObject, answer: JsonObject, told: Told) => void

interface Told {
  readonly time: number
  readonly seq: number
  readonly exchange: Exchange
}

export class Groups {
  readonly groups = new Map<string, Group>()
  private readonly store: Store
  private next = 0
  private waiting: Entry[] = []

  constructor(store: Store) {
    this.store = store
  }

  /** True where more entries remain to be read. */
  advance(now: () => number, budget: number): boolean {
    const until = now() + budget
    const still: Entry[] = []
    for (const entry of this.waiting)
      if (entry.complete) this.read(entry)
      else if (entry.seq >= this.store.first) still.push(entry)
    this.waiting = still
    this.next = Math.max(this.next, this.store.first)
    for (let steps = 0; this.next < this.store.end; this.next++) {
      if (++steps % 64 === 0 && now() >= until) return true
      const entry = this.store.get(this.next)
      const handled = entry?.exchange && HANDLERS[entry.exchange.apiKey]
      if (!entry || !handled) continue
      if (entry.complete) this.read(entry)
      else if (this.waiting.length < 10_000) this.waiting.push(entry)
    }
    return false
  }

  private read(entry: Entry): void {
    const exchange = this.store.exchange(entry)
    const handler = exchange && HANDLERS[exchange.apiKey]
    if (!exchange?.request || !handler) return
    const body = bodyOf(exchange.request)
    const id = body?.groupId
    if (!body || typeof id !== 'string') return
    const group = this.group(id, entry.time)
    if (!group) return
    const answer = (exchange.response && bodyOf(exchange.response)) ?? {}
    handler(group, body, answer, { time: entry.time, seq: entry.seq, exchange })
  }

  private group(id: string, time: number): Group | null {
    const known = this.groups.get(id)
    if (known || this.groups.size >= MAX_GROUPS) return known ?? null
    const made: Group = {
      id,
      protocol: '',
      state: 'empty',
      generation: -1,
      since: time,
      rebalances: 0,
      members: new Map(),
      history: [],
    }
    this.groups.set(id, made)
    return made
  }
}

function bodyOf(frame: Frame): JsonObject | null {
  const { body } = frameJson(decodeFrame(frame.bytes, frame, undefined, frame.headerVersion))
  return body !== null && typeof body === 'object' && !Array.isArray(body) ? body : null
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const number = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0)

function tell(group: Group, told: Told, what: string): void {
  group.history.push({ time: told.time, seq: told.seq, text: what })
  if (group.history.length > HISTORY) group.history.shift()
}

function enter(group: Group, state: GroupState, told: Told): void {
  if (group.state === state) return
  if (state === 'joining' && group.state !== 'rebalancing') group.rebalances++
  if (state === 'rebalancing') group.rebalances++
  group.state = state
  group.since = told.time
  if (state === 'stable') tell(group, told, `stable with ${group.members.size}`)
}

function member(group: Group, id: string, told: Told, said: string): Member | null {
  if (!id) return null
  let found = group.members.get(id)
  if (!found) {
    if (group.members.size >= MAX_MEMBERS) return null
    found = { id, clientId: '', connection: 0, joined: told.time, seen: told.time, said, leads: false }
    group.members.set(id, found)
  }
  found.clientId = told.exchange.clientId ?? ''
  found.connection = told.exchange.connection.id
  found.seen = told.time
  found.said = said
  return found
}

/** `ok`, or the error's name. */
const outcome = (answer: JsonObject, { exchange }: Told): string => {
  if (answer.errorCode === undefined) return exchange.response ? 'answered, unreadable' : 'no answer'
  return number(answer.errorCode) === 0 ? 'ok' : errorName(number(answer.errorCode))
}

const onJoin: Handler = (group, body, answer, told) => {
  const said = `JoinGroup ${outcome(answer, told)}`
  const joined = member(group, text(answer.memberId) || text(body.memberId), told, said)
  group.protocol = text(body.protocolType) || group.protocol
  if (number(answer.errorCode) !== 0 || answer.generationId === undefined) {
    tell(group, told, `${joined?.clientId || 'a member'}: ${said}`)
    return
  }
  const generation = number(answer.generationId)
  if (generation > group.generation) {
    group.generation = generation
    enter(group, 'joining', told)
    tell(group, told, `generation ${generation}, leader ${text(answer.leader)}`)
  }
  for (const other of group.members.values()) other.leads = other.id === text(answer.leader)
  // Only the leader is told who is in: whoever it is not told of has gone.
  const members = Array.isArray(answer.members) ? (answer.members as JsonObject[]) : []
  if (members.length > 0) {
    const ids = new Set(members.map((one) => text(one.memberId)))
    for (const id of group.members.keys()) if (!ids.has(id)) group.members.delete(id)
    for (const id of ids) {
      if (group.members.has(id) || group.members.size >= MAX_MEMBERS) continue
      const joined = told.time
      group.members.set(id, { id, clientId: '', connection: 0, joined, seen: joined, said: '', leads: false })
    }
  }
  if (group.state !== 'stable') enter(group, 'syncing', told)
}

const onSync: Handler = (group, body, answer, told) => {
  const said = `SyncGroup ${outcome(answer, told)}`
  const one = member(group, text(body.memberId), told, said)
  if (number(answer.errorCode) === 0 && answer.errorCode !== undefined) enter(group, 'stable', told)
  else tell(group, told, `${one?.clientId || 'a member'}: ${said}`)
}

const onHeartbeat: Handler = (group, body, answer, told) => {
  const one = member(group, text(body.memberId), told, `Heartbeat ${outcome(answer, told)}`)
  const code = number(answer.errorCode)
  if (code === REBALANCE_IN_PROGRESS && group.state !== 'rebalancing') {
    enter(group, 'rebalancing', told)
    tell(group, told, `${one?.clientId || 'a member'} is told of a rebalance`)
  } else if (code !== 0 && code !== REBALANCE_IN_PROGRESS)
    tell(group, told, `Heartbeat of ${text(body.memberId)}: ${errorName(code)}`)
}

const onLeave: Handler = (group, body, answer, told) => {
  const ids = Array.isArray(body.members)
    ? (body.members as JsonObject[]).map((one) => text(one.memberId))
    : [text(body.memberId)]
  for (const id of ids) {
    const clientId = group.members.get(id)?.clientId
    group.members.delete(id)
    tell(group, told, `${clientId || id} left: ${outcome(answer, told)}`)
  }
  enter(group, group.members.size === 0 ? 'empty' : 'rebalancing', told)
}

const onConsumerHeartbeat: Handler = (group, body, answer, told) => {
  const id = text(answer.memberId) || text(body.memberId)
  const epoch = number(body.memberEpoch)
  group.protocol = 'consumer (KIP-848)'
  // Epochs -1 and -2 leave (for good, or for a static member for a while).
  if (epoch < 0) {
    group.members.delete(id)
    tell(group, told, `${told.exchange.clientId ?? id} left: ${outcome(answer, told)}`)
    if (group.members.size === 0) enter(group, 'empty', told)
    return
  }
  const fresh = !group.members.has(id)
  member(group, id, told, `heartbeat ${outcome(answer, told)}`)
  if (fresh) tell(group, told, `${told.exchange.clientId ?? id} joined: ${outcome(answer, told)}`)
  const now = number(answer.memberEpoch)
  if (now > group.generation) group.generation = now
  if (number(answer.errorCode) === 0 && answer.errorCode !== undefined) enter(group, 'stable', told)
}

const HANDLERS: Readonly<Record<number, Handler>> = {
  [JOIN]: onJoin,
  [HEARTBEAT]: onHeartbeat,
  [LEAVE]: onLeave,
  [SYNC]: onSync,
  [CONSUMER_HEARTBEAT]: onConsumerHeartbeat,
}
