/** Metadata answers by their brokers. */
import type { DecodedFrame } from '../codec/frame.ts'
import { elements, intOf, stringOf, top, whole } from './lines.ts'
import type { Seen } from './seen.ts'

export const METADATA = 3

export interface Broker {
  readonly id: number
  /** `host:port` as it is advertised. */
  readonly address: string
  readonly line: number
}

/** A Metadata answer that was read to its end; null for none. */
export function metadataAnswer(seen: Seen): DecodedFrame | null {
  const frame = seen.frame('response')
  return whole(frame) && intOf(frame, frame.bodyLine, 'errorCode', 0) === 0 ? frame : null
}

/** The brokers that a Metadata answer lists. */
export const brokersOf = (frame: DecodedFrame): Broker[] =>
  elements(frame.table, top(frame, 'brokers')).map((line) => ({
    id: intOf(frame, line, 'nodeId', -1),
    address: `${stringOf(frame, line, 'host') ?? ''}:${intOf(frame, line, 'port', -1)}`,
    line,
  }))
