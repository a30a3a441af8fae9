/** What the rules over groups have in common: keys, names and places. */
import type { Cause, Finding } from '../finding.ts'
import { about, at, place, top } from '../lines.ts'
import type { Seen } from '../seen.ts'
import type { Group } from './group.ts'

/** A group among all. */
export const keyOf = ({ broker, id }: Group): string => `${broker} ${id}`

const MAX_NAME = 60

/** A member's id (or a topic's name), not longer than a sentence can bear. */
export const named = (id: string): string => (id.length > MAX_NAME ? `${id.slice(0, MAX_NAME)}…` : id)

/** Some names in a sentence: three, and how many more. */
export function several(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map(named).join(', ')
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown
}

/** A field of the top level, with what the finding is about. */
export function fieldOf(seen: Seen, side: 'request' | 'response', name: string) {
  const frame = seen.frame(side)
  return at(seen, side, frame ? top(frame, name) : -1)
}

/** Where a finding will stand that is told later, when its exchange has been shown already. */
export interface Place extends Pick<Finding, 'api' | 'apiVersion' | 'kind' | 'path' | 'offset' | 'length'> {
  readonly exchange: null
}

export function laterAt(seen: Seen, side: 'request' | 'response', name: string): Place {
  const frame = seen.frame(side)
  return { ...about(seen, side), ...place(seen, side, frame ? top(frame, name) : -1), exchange: null }
}

/** Why it is so: one bug, as certain as `score`. */
export const because = (cause: string, score: number, message: string, { path, offset }: Where): Cause[] => [
  { cause, score, message, path, offset },
]

type Where = Pick<Finding, 'path' | 'offset'>

/** Milliseconds as people read them. */
export const ms = (millis: number): string => (millis < 10 ? millis.toFixed(1) : String(Math.round(millis)))
