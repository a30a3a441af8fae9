/** A Fetch exchange by its partitions: what was asked, in fetch sessions (KIP-227) too, and what came. */
import type { BatchHeader } from '../../dissectors/records/header.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import { contents } from '../codec/value.ts'
import type { Connection } from '../session/connection.ts'
import { batchesIn } from './batches.ts'
import { Bounded } from './bounded.ts'
import { child, elements, int32s, intOf, longOf, stringOf, top, whole } from './lines.ts'
import type { Seen } from './seen.ts'
import type { Topics } from './topics.ts'

export const FETCH = 1
/** Sessions came with v7; before, every fetch names all its partitions. */
const SESSIONS = 7

const MAX_SESSIONS = 1_000
const MAX_PARTITIONS = 5_000

export interface Asked {
  readonly offset: number | bigint
  readonly maxBytes: number
}

export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly log: string
  /** Its struct in the answer, and its records field there (-1 without). */
  readonly line: number
  readonly recordsLine: number
  readonly errorCode: number
  readonly highWatermark: number | bigint
  /** -1 where this version has none. */
  readonly lastStableOffset: number | bigint
  readonly logStartOffset: number | bigint
  /** Bytes of records. */
  readonly size: number
  readonly batches: readonly BatchHeader[]
  /** Null where it was not asked for, or that is not known. */
  readonly asked: Asked | null
}

export interface Fetched {
  readonly maxWaitMs: number
  readonly minBytes: number
  /** -1 where this version has none. */
  readonly maxBytes: number
  readonly throttled: boolean
  readonly errorCode: number
  /** All that is fetched, by `topic partition`; null where parts of a session were not seen. */
  readonly wanted: ReadonlyMap<string, Asked> | null
  /** Whether each of those must be in the answer: not where only what is new is told. */
  readonly full: boolean
  readonly partitions: readonly FetchedPartition[]
}

interface FetchSession {
  epoch: number
  readonly wanted: Map<string, Asked>
}

/** Reads Fetch exchanges in their order, each once for all rules. */
export class FetchedReader {
  private last: { seen: Seen; fetched: Fetched | null } | null = null
  /** By connection and session id. */
  private readonly sessions = new Bounded<string, FetchSession>(MAX_SESSIONS)
  private readonly topics: Topics

  constructor(topics: Topics) {
    this.topics = topics
  }

  /** Null where request or answer are not there or can't be read. */
  of(seen: Seen): Fetched | null {
    if (this.last?.seen !== seen) this.last = { seen, fetched: this.read(seen) }
    return this.last.fetched
  }

  /** What a connection asked for meanwhile is unknown. */
  gap({ id }: Connection): void {
    for (const [key] of this.sessions.entries()) if (key.startsWith(`${id} `)) this.sessions.delete(key)
  }

  private read(seen: Seen): Fetched | null {
    const request = seen.frame('request')
    const answer = seen.frame('response')
    if (!whole(request) || !whole(answer)) {
      this.gap(seen.exchange.connection)
      return null
    }
    const errorCode = intOf(answer, answer.bodyLine, 'errorCode', 0)
    const { wanted, full } = this.wanted(seen.exchange.connection, request, answer, errorCode)
    return {
      maxWaitMs: intOf(request, request.bodyLine, 'maxWaitMs', 0),
      minBytes: intOf(request, request.bodyLine, 'minBytes', 0),
      maxBytes: intOf(request, request.bodyLine, 'maxBytes', -1),
      throttled: intOf(answer, answer.bodyLine, 'throttleTimeMs', 0) > 0,
      errorCode,
      wanted,
      full,
      partitions: this.partitions(answer, wanted),
    }
  }

  private wanted(connection: Connection, request: DecodedFrame, answer: DecodedFrame, errorCode: number) {
    if (request.apiVersion < SESSIONS) return { wanted: named(request), full: true }
    const id = intOf(request, request.bodyLine, 'sessionId', 0)
    const epoch = intOf(request, request.bodyLine, 'sessionEpoch', -1)
    const key = `${connection.id} ${id}`
    if (epoch <= 0) {
      this.sessions.delete(key)
      const wanted = named(request)
      const made = intOf(answer, answer.bodyLine, 'sessionId', 0)
      if (epoch === 0 && made !== 0 && errorCode === 0 && wanted.size < MAX_PARTITIONS) {
        this.sessions.set(`${connection.id} ${made}`, { epoch: 0, wanted: new Map(wanted) })
      }
      return { wanted, full: true }
    }
    const session = this.sessions.get(key)
    // Epochs begin again at 1 after the largest int32 (FetchMetadata.nextEpoch).
    if (!session || errorCode !== 0 || epoch !== (session.epoch === 0x7fffffff ? 1 : session.epoch + 1)) {
      this.sessions.delete(key)
      return { wanted: null, full: false }
    }
    session.epoch = epoch
    forget(session.wanted, request)
    for (const [partition, asked] of named(request)) session.wanted.set(partition, asked)
    if (session.wanted.size > MAX_PARTITIONS) this.sessions.delete(key)
    return { wanted: session.wanted, full: false }
  }

  private partitions(answer: DecodedFrame, wanted: ReadonlyMap<string, Asked> | null): FetchedPartition[] {
    const { table, bytes } = answer
    const partitions: FetchedPartition[] = []
    for (const topicLine of elements(table, top(answer, 'responses'))) {
      const topic = topicOf(answer, topicLine)
      for (const line of elements(table, child(table, topicLine, 'partitions'))) {
        const partition = intOf(answer, line, 'partitionIndex', -1)
        const recordsLine = child(table, line, 'records')
        const range = recordsLine < 0 ? null : contents(bytes, table, recordsLine)
        partitions.push({
          topic,
          partition,
          log: `${topic}#${this.topics.life(topic)} ${partition}`,
          line,
          recordsLine,
          errorCode: intOf(answer, line, 'errorCode', 0),
          highWatermark: longOf(answer, line, 'highWatermark', -1),
          lastStableOffset: longOf(answer, line, 'lastStableOffset', -1),
          logStartOffset: longOf(answer, line, 'logStartOffset', -1),
          size: range ? range[1] - range[0] : 0,
          batches: range ? batchesIn(bytes, range[0], range[1]) : [],
          asked: wanted?.get(`${topic} ${partition}`) ?? null,
        })
      }
    }
    return partitions
  }
}

const topicOf = (frame: DecodedFrame, line: number): string =>
  stringOf(frame, line, 'topic') ?? stringOf(frame, line, 'topicId') ?? ''

/** The partitions that a request names. */
function named(request: DecodedFrame): Map<string, Asked> {
  const { table } = request
  const wanted = new Map<string, Asked>()
  for (const topicLine of elements(table, top(request, 'topics'))) {
    const topic = topicOf(request, topicLine)
    for (const line of elements(table, child(table, topicLine, 'partitions'))) {
      wanted.set(`${topic} ${intOf(request, line, 'partition', -1)}`, {
        offset: longOf(request, line, 'fetchOffset', -1),
        maxBytes: intOf(request, line, 'partitionMaxBytes', -1),
      })
    }
  }
  return wanted
}

/** Takes out what a request wants no more. */
function forget(wanted: Map<string, Asked>, request: DecodedFrame): void {
  const { table } = request
  for (const topicLine of elements(table, top(request, 'forgottenTopicsData'))) {
    const topic = topicOf(request, topicLine)
    for (const { value } of int32s(request, child(table, topicLine, 'partitions'))) wanted.delete(`${topic} ${value}`)
  }
}
