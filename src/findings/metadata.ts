/** Metadata answers by their brokers and topics. */
import type { DecodedFrame } from '../codec/frame.ts'
import { child, elements, intOf, stringOf, top, whole } from './lines.ts'
import type { Seen } from './seen.ts'

export const METADATA = 3

export interface Broker {
  readonly id: number
  /** `host:port` as it is advertised. */
  readonly address: string
  readonly line: number
}

export interface Topic {
  readonly line: number
  /** Null where it was asked for by an id that is not known. */
  readonly name: string | null
  /** As Kafka prints it; null before v10. */
  readonly id: string | null
  /** Lines of its partitions. */
  readonly partitions: readonly number[]
}

/** A Metadata answer that was read to its end; null for none. */
export function metadataAnswer(seen: Seen): DecodedFrame | null {
  const frame = seen.frame('response')
  return whole(frame) && intOf(frame, frame.bodyLine, 'errorCode', 0) === 0 ? frame : null
}

/** Of the newest answer: several rules ask for the same. */
let newest: { frame: DecodedFrame; brokers: readonly Broker[]; topics: readonly Topic[] } | null = null

function parts(frame: DecodedFrame) {
  if (newest?.frame === frame) return newest
  const { table } = frame
  const brokers = elements(table, top(frame, 'brokers')).map((line) => ({
    id: intOf(frame, line, 'nodeId', -1),
    address: `${stringOf(frame, line, 'host') ?? ''}:${intOf(frame, line, 'port', -1)}`,
    line,
  }))
  const topics = elements(table, top(frame, 'topics')).map((line) => ({
    line,
    name: stringOf(frame, line, 'name'),
    id: stringOf(frame, line, 'topicId'),
    partitions: elements(table, child(table, line, 'partitions')),
  }))
  newest = { frame, brokers, topics }
  return newest
}

/** The brokers that a Metadata answer lists. */
export const brokersOf = (frame: DecodedFrame): readonly Broker[] => parts(frame).brokers

/** Its topics. */
export const topicsOf = (frame: DecodedFrame): readonly Topic[] => parts(frame).topics
