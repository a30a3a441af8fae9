/** One exchange with a group's coordinator, as its handlers see it: fields are read when they are asked for. */
import type { DecodedFrame } from '../../codec/frame.ts'
import type { JsonObject } from '../../codec/json-text.ts'
import type { Exchange } from '../../session/exchange.ts'
import { child, intOf, stringOf, top } from '../lines.ts'
import type { Seen } from '../seen.ts'
import type { Generation, Group, Line, Mark, Member } from './group.ts'
import type { Roster } from './roster.ts'

const NOTHING: JsonObject = {}

export class Talk {
  readonly group: Group
  readonly exchange: Exchange
  /** Time of the answer; of the request, before there is one. */
  readonly mark: Mark
  /** When it was asked. */
  readonly asked: number
  /** The answer's error code; -1 where there is an answer that can't be read, null without any. */
  readonly error: number | null
  readonly line: Line
  private readonly seen: Seen
  private readonly request: DecodedFrame
  private readonly roster: Roster
  private readonly answered: boolean

  /** `request` is the request of `seen`, read to its end; `answered`: the answer is known, or that there is none. */
  constructor(group: Group, seen: Seen, request: DecodedFrame, answered: boolean, roster: Roster) {
    const { exchange } = seen
    const asked = exchange.request?.time ?? 0
    this.group = group
    this.exchange = exchange
    this.mark = { exchange: exchange.id, time: answered ? (exchange.response?.time ?? asked) : asked }
    this.asked = asked
    this.error = answered && exchange.response ? errorOf(seen.whole('response')) : null
    this.line = roster.line(exchange.connection)
    this.seen = seen
    this.request = request
    this.roster = roster
    this.answered = answered
  }

  /** All values of the request. What is in all of them is read by `text` and `number`, which make no values. */
  get body(): JsonObject {
    return this.seen.body('request') ?? NOTHING
  }

  /** Null before the answer, without one, and where it can't be read. */
  get answer(): JsonObject | null {
    return this.answered && this.exchange.response ? this.seen.body('response') : null
  }

  /** A string of the request's top level; empty where it is null or not there. */
  text(name: string): string {
    return stringOf(this.request, this.request.bodyLine, name) ?? ''
  }

  /** An integer of the request's top level; `missing` where it is not there. */
  number(name: string, missing: number): number {
    return intOf(this.request, this.request.bodyLine, name, missing)
  }

  /** The name of a topic by its id, where it is known; else the id. */
  topicName(id: string): string {
    return this.roster.topicName(id)
  }

  /** The member that speaks here, made where it is not known; null where there is no room for one more. */
  member(id: string): Member | null {
    return this.roster.member(this.group, id, this.exchange, this.mark)
  }

  /** A member that is only told of. */
  absent(id: string): Member | null {
    return this.roster.absent(this.group, id, this.mark.time)
  }

  /** Whether there is room for what the frame says of a generation; what is oldest goes. */
  keep(generation: Generation): boolean {
    return this.roster.kept.keep(generation, (this.exchange.response ?? this.exchange.request)?.size ?? 0)
  }

  /** Nobody asks for the generation any more. */
  drop(generation: Generation | null): void {
    this.roster.kept.drop(generation)
  }
}

/** The answer's own error code, or that of its first partition (all have the same where the group is at fault). */
function errorOf(answer: DecodedFrame | null): number {
  if (!answer) return -1
  if (top(answer, 'errorCode') >= 0) return intOf(answer, answer.bodyLine, 'errorCode', -1)
  const { table } = answer
  const topics = top(answer, 'topics')
  const end = topics < 0 ? 0 : table.next(topics)
  for (let topic = topics + 1; topic < end; topic = table.next(topic)) {
    const partitions = child(table, topic, 'partitions')
    if (partitions >= 0 && table.next(partitions) > partitions + 1)
      return intOf(answer, partitions + 1, 'errorCode', -1)
  }
  return 0
}
