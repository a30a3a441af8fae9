/**
 * All groups of a session, each on its broker, as their members' exchanges tell of them: one model for the rules over
 * groups and for all views. Bounded whatever passes: what is over the limits is left out, and rules keep silent there.
 */
import type { Connection } from '../../session/connection.ts'
import type { SessionState } from '../../session/state.ts'
import { stringOf } from '../lines.ts'
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
import { enter, type Group, newGroup, note } from './group.ts'
import { answerEpoch, askEpoch } from './heartbeats.ts'
import { MAX_NAME, Roster } from './roster.ts'
import type { Asked, Step } from './step.ts'
import { Talk } from './talk.ts'
import { numberOf, objectsOf, textOf, textsOf } from './values.ts'

const MAX_GROUPS = 1000

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
  private readonly roster: Roster
  /** Exchanges whose request was seen alone, and whose answer is awaited. */
  private readonly asked = new Set<number>()
  /** The newest that was spoken with: the same one mostly speaks again. */
  private newest: Group | null = null

  constructor(state: SessionState) {
    this.roster = new Roster(this.all, state)
  }

  /** Takes a request whose answer is awaited. Of other APIs than those of groups it only forgets the last step. */
  request(seen: Seen): void {
    this.step = null
    const handler = HANDLERS[seen.exchange.apiKey]
    if (!handler) return
    this.asked.add(seen.exchange.id)
    this.ask(handler, seen)
  }

  private ask(handler: Handler, seen: Seen): void {
    const talk = this.talk(seen, false)
    if (talk) this.step = handler.ask(talk)
  }

  /** Takes an exchange that is complete. */
  exchange(seen: Seen): void {
    this.step = null
    const { apiKey } = seen.exchange
    const handler = HANDLERS[apiKey]
    if (handler) {
      if (!this.asked.delete(seen.exchange.id)) this.ask(handler, seen)
      const talk = this.talk(seen, true)
      this.step = talk && handler.answer(talk)
    } else if (apiKey === DELETE_GROUPS) this.deleted(seen)
  }

  /** Bytes of a connection are missing, or it is closed: what its members do from now on is not known. */
  broken(connection: Connection): void {
    this.roster.broken(connection)
  }

  private talk(seen: Seen, answered: boolean): Talk | null {
    const { exchange } = seen
    const request = seen.whole('request')
    if (!exchange.request || !request) return null
    const id = stringOf(request, request.bodyLine, 'groupId')
    if (id === null || id.length > MAX_NAME) return null
    // Offsets can be kept without being a member.
    const commits = exchange.apiKey === OFFSET_COMMIT || exchange.apiKey === TXN_OFFSET_COMMIT
    if (commits && !stringOf(request, request.bodyLine, 'memberId')) return null
    const group = this.group(id, exchange.connection.broker, exchange.request.time, !commits)
    if (!group) return null
    const talk = new Talk(group, seen, request, answered, this.roster)
    group.seen = Math.max(group.seen, talk.mark.time)
    return talk
  }

  private group(id: string, broker: string, time: number, make: boolean): Group | null {
    const { newest } = this
    if (newest?.id === id && newest.broker === broker) return newest
    const key = `${broker} ${id}`
    const known = this.all.get(key)
    if (known) this.newest = known
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
      this.roster.kept.drop(group.current)
      this.roster.kept.drop(group.previous)
      group.current = null
      group.previous = null
      group.generation = -1
      note(group, mark, 'deleted')
      enter(group, 'dead', mark)
    }
  }
}
