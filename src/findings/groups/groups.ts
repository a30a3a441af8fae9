/**
 * All groups of a session, each on its broker, as their members' exchanges tell of them: one model for the rules over
 * groups and for all views. Bounded whatever passes: what is over the limits is left out, and rules keep silent there.
 */
import type { JsonObject } from '../../codec/json-text.ts'
import type { Connection } from '../../session/connection.ts'
import type { Exchange } from '../../session/exchange.ts'
import type { SessionState } from '../../session/state.ts'
import type { Seen } from '../seen.ts'
import {
  CONSUMER_HEARTBEAT,
  DELETE_GROUPS,
  HEARTBEAT,
  JOIN,
  LEAVE,
  OFFSET_COMMIT,
  SHARE_HEARTBEAT,
  STREAMS_HEARTBEAT,
  SYNC,
  TXN_OFFSET_COMMIT,
} from './apis.ts'
import { answerBeat, answerJoin, answerLeave, answerSync, askBeat, askJoin, askLeave, askSync } from './classic.ts'
import {
  BROKEN,
  enter,
  type Generation,
  type Group,
  type Line,
  type Mark,
  type Member,
  newGroup,
  newMember,
  note,
} from './group.ts'
import { answerEpoch, askEpoch } from './heartbeats.ts'
import type { Asked, Step } from './step.ts'
import type { Talk } from './talk.ts'
import { numberOf, objectsOf, textOf, textsOf } from './values.ts'

const MAX_GROUPS = 1000
const MAX_MEMBERS = 1000
const MAX_ALL_MEMBERS = 10_000
/** Names longer than Kafka's own limit for topics are hostile. */
const MAX_NAME = 1024
/** Bytes of frames whose lists of members and assignments are kept. */
const MAX_KEPT = 8 * 1024 * 1024

interface Handler {
  ask(talk: Talk): Asked
  answer(talk: Talk): Step
}

const HANDLERS: Readonly<Record<number, Handler>> = {
  [JOIN]: { ask: askJoin, answer: answerJoin },
  [SYNC]: { ask: askSync, answer: answerSync },
  [HEARTBEAT]: { ask: (talk) => askBeat(talk, 'heartbeat'), answer: (talk) => answerBeat(talk, 'heartbeat') },
  [OFFSET_COMMIT]: { ask: (talk) => askBeat(talk, 'commit'), answer: (talk) => answerBeat(talk, 'commit') },
  [TXN_OFFSET_COMMIT]: { ask: (talk) => askBeat(talk, 'commit'), answer: (talk) => answerBeat(talk, 'commit') },
  [LEAVE]: { ask: askLeave, answer: answerLeave },
  [CONSUMER_HEARTBEAT]: { ask: (talk) => askEpoch(talk, 'consumer'), answer: answerEpoch },
  [SHARE_HEARTBEAT]: { ask: (talk) => askEpoch(talk, 'share'), answer: answerEpoch },
  [STREAMS_HEARTBEAT]: { ask: (talk) => askEpoch(talk, 'streams'), answer: answerEpoch },
}

export class Groups {
  /** By broker and group id, in the order of appearance. */
  readonly all = new Map<string, Group>()
  /** Groups beyond the first thousand, which are not followed. */
  unlisted = 0
  /** What the exchange (or request) being watched did; null where it is of no group. */
  step: Step | null = null
  /** Groups that appeared since somebody looked last. */
  readonly fresh: Group[] = []
  private readonly state: SessionState
  private readonly lines = new WeakMap<Connection, Line>()
  private readonly asked = new WeakSet<Exchange>()
  private kept: { generation: Generation; bytes: number }[] = []
  private keptBytes = 0

  constructor(state: SessionState) {
    this.state = state
  }

  /** Takes a request whose answer is awaited. Of other APIs than those of groups it only forgets the last step. */
  request(seen: Seen): void {
    this.step = null
    const handler = HANDLERS[seen.exchange.apiKey]
    if (!handler) return
    this.asked.add(seen.exchange)
    const talk = this.talk(seen, false)
    if (talk) this.step = handler.ask(talk)
  }

  /** Takes an exchange that is complete. */
  exchange(seen: Seen): void {
    this.step = null
    const { apiKey } = seen.exchange
    const handler = HANDLERS[apiKey]
    if (handler) {
      if (!this.asked.has(seen.exchange)) this.request(seen)
      const talk = this.talk(seen, true)
      this.step = talk && handler.answer(talk)
    } else if (apiKey === DELETE_GROUPS) this.deleted(seen)
  }

  /** Bytes of a connection are missing, or it is closed: what its members do from now on is not known. */
  broken(connection: Connection): void {
    const line = this.lines.get(connection)
    if (line) line.broken = true
    this.lines.delete(connection)
  }

  private talk(seen: Seen, answered: boolean): Talk | null {
    const { exchange } = seen
    const body = seen.body('request')
    const id = body?.groupId
    if (!exchange.request || !body || typeof id !== 'string' || id.length > MAX_NAME) return null
    const asked = exchange.request.time
    // Offsets can be kept without being a member.
    const commits = exchange.apiKey === OFFSET_COMMIT || exchange.apiKey === TXN_OFFSET_COMMIT
    if (commits && textOf(body.memberId) === '') return null
    const group = this.group(id, exchange.connection.broker, asked, !commits)
    if (!group) return null
    const answer = answered && exchange.response ? seen.body('response') : null
    const mark = { exchange: exchange.id, time: answered ? (exchange.response?.time ?? asked) : asked }
    group.seen = Math.max(group.seen, mark.time)
    return {
      group,
      exchange,
      mark,
      asked,
      body,
      answer,
      error: answered && exchange.response ? errorOf(answer) : null,
      line: this.line(exchange.connection),
      names: (topicId) => this.state.topicNames.get(topicId) ?? topicId,
      member: (member) => this.member(group, member, exchange, mark),
      absent: (member) => this.absent(group, member, mark.time),
      keep: (generation) => this.keep(generation, exchange),
    }
  }

  private line(connection: Connection): Line {
    const known = this.lines.get(connection)
    if (known) return known
    if (connection.closed !== null) return BROKEN
    const made = { broken: false }
    this.lines.set(connection, made)
    return made
  }

  private group(id: string, broker: string, time: number, make: boolean): Group | null {
    const key = `${broker} ${id}`
    const known = this.all.get(key)
    if (known || !make) return known ?? null
    if (this.all.size >= MAX_GROUPS) {
      this.unlisted++
      return null
    }
    const made = newGroup(id, broker, time)
    this.all.set(key, made)
    this.fresh.push(made)
    return made
  }

  private member(group: Group, id: string, { clientId, connection }: Exchange, { time }: Mark): Member | null {
    const member = this.absent(group, id, time)
    if (!member) return null
    if (member.connection !== connection.id) {
      // On another connection than it joined on: what it said in between is not known.
      member.line = BROKEN
      member.held = null
    }
    member.clientId = clientId
    member.client = connection.client
    member.connection = connection.id
    member.seen = Math.max(member.seen, time)
    return member
  }

  private absent(group: Group, id: string, time: number): Member | null {
    const known = group.members.get(id)
    if (known) return known
    if (id === '' || id.length > MAX_NAME) return null
    if (group.members.size >= MAX_MEMBERS || this.full()) {
      group.crowded = true
      return null
    }
    const made = newMember(id, time)
    group.members.set(id, made)
    return made
  }

  private full(): boolean {
    let count = 0
    for (const { members } of this.all.values()) count += members.size
    return count >= MAX_ALL_MEMBERS
  }

  /** Makes room for the lists of a generation: those that were kept longest go. */
  private keep(generation: Generation, { request, response }: Exchange): boolean {
    const bytes = (response ?? request)?.size ?? 0
    this.kept.push({ generation, bytes })
    this.keptBytes += bytes
    while (this.keptBytes > MAX_KEPT && this.kept.length > 0) {
      const oldest = this.kept.shift()!
      this.keptBytes -= oldest.bytes
      oldest.generation.list = null
      oldest.generation.sent = null
      if (oldest.generation === generation) return false
    }
    return true
  }

  /** DeleteGroups: a group that is gone may begin again from its first generation. */
  private deleted(seen: Seen): void {
    const body = seen.body('request')
    const { exchange } = seen
    if (!body || !exchange.response) return
    const names = textsOf(body.groupsNames)
    for (const result of objectsOf(seen.body('response')?.results)) {
      const id = textOf(result.groupId)
      if (numberOf(result.errorCode, -1) !== 0 || !names.includes(id)) continue
      const group = this.group(id, exchange.connection.broker, exchange.response.time, false)
      if (!group) continue
      const mark = { exchange: exchange.id, time: exchange.response.time }
      group.members.clear()
      group.current = null
      group.previous = null
      group.generation = -1
      note(group, mark, 'deleted')
      enter(group, 'dead', mark)
    }
  }
}

/** The answer's own error code, or that of its first partition (all have the same where the group is at fault). */
function errorOf(answer: JsonObject | null): number {
  if (!answer) return -1
  if (answer.errorCode !== undefined) return numberOf(answer.errorCode, -1)
  for (const topic of objectsOf(answer.topics))
    for (const { errorCode } of objectsOf(topic.partitions)) return numberOf(errorCode, -1)
  return 0
}
