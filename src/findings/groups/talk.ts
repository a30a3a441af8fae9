/** One exchange with a group's coordinator, as its handlers see it. */
import type { JsonObject } from '../../codec/json-text.ts'
import type { Exchange } from '../../session/exchange.ts'
import type { Generation, Group, Line, Mark, Member } from './group.ts'

export interface Talk {
  readonly group: Group
  readonly exchange: Exchange
  /** Time of the answer; of the request, before there is one. */
  readonly mark: Mark
  /** When it was asked. */
  readonly asked: number
  readonly body: JsonObject
  /** Null before the answer, without one, and where it can't be read. */
  readonly answer: JsonObject | null
  /** The answer's error code; -1 where there is an answer that can't be read, null without any. */
  readonly error: number | null
  readonly line: Line
  /** The name of a topic by its id, where it is known; else the id. */
  names(topicId: string): string
  /** The member that speaks here, made where it is not known; null where there is no room for one more. */
  member(id: string): Member | null
  /** A member that is only told of. */
  absent(id: string): Member | null
  /** Whether there is room for what the frame says of a generation; what is oldest goes. */
  keep(generation: Generation): boolean
}
