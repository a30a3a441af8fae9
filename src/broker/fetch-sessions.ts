/**
 * Fetch sessions (KIP-227, FetchManager of Apache Kafka): the broker remembers what a consumer reads, so that its
 * requests name only what changes and answers only what is new.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { u32 } from '../bytes/read.ts'
import type { Clock } from './clock.ts'
import type { BrokerOptions } from './options.ts'

/** One partition as a client asks for it. */
export interface FetchPartition {
  readonly partition: number
  readonly currentLeaderEpoch?: number
  readonly fetchOffset: number | bigint
  /** v12+ (KIP-595) */
  readonly lastFetchedEpoch?: number
  readonly partitionMaxBytes: number
}

export interface FetchTopic {
  readonly topic?: string
  readonly topicId?: string
  readonly partitions: readonly FetchPartition[]
}

export interface SessionRequest {
  readonly sessionId?: number
  /** 0 begins a session, -1 ends it or goes without, others count up from 1. */
  readonly sessionEpoch?: number
  readonly topics: readonly FetchTopic[]
  readonly forgottenTopicsData?: readonly {
    readonly topic?: string
    readonly topicId?: string
    readonly partitions: readonly number[]
  }[]
}

/** A partition that is read, and what its reader was told of last: -1 where nothing yet. */
export interface Fetched {
  readonly topic: string | undefined
  readonly topicId: string | undefined
  wanted: FetchPartition
  highWatermark: number | bigint
  logStartOffset: number | bigint
}

interface Session {
  readonly id: number
  readonly byTopicId: boolean
  readonly createdAt: number
  epoch: number
  usedAt: number
  /** In the order in which they are read: what gave records goes to the end. */
  readonly partitions: Map<string, Fetched>
}

/** What a request is about: an error code for the whole of it, or the partitions to read. */
export type Opened =
  | { readonly error: number }
  | {
      readonly error: 0
      readonly partitions: readonly Fetched[]
      readonly session: Session | null
      readonly full: boolean
    }

/** Of one partition's answer, what decides whether it is told in a session. */
export interface Told {
  readonly errorCode: number
  readonly highWatermark: number | bigint
  readonly logStartOffset: number | bigint
  readonly hasRecords: boolean
  readonly diverges: boolean
}

const FIRST_BY_ID = 13
/** min.incremental.fetch.session.eviction.ms (FetchSession.MIN_INCREMENTAL...) */
const EVICTION_MS = 120_000
/** Partitions that all sessions remember together. */
const MAX_PARTITIONS = 100_000

const keyOf = (topic: string | undefined, topicId: string | undefined, partition: number): string =>
  `${topicId ?? topic} ${partition}`

export class FetchSessions {
  private readonly byId = new Map<number, Session>()
  private readonly options: BrokerOptions
  private readonly clock: Clock
  private readonly random: (size: number) => Uint8Array
  private held = 0

  /** `random` gives bytes for session ids. */
  constructor(options: BrokerOptions, clock: Clock, random: (size: number) => Uint8Array) {
    this.options = options
    this.clock = clock
    this.random = random
  }

  get size(): number {
    return this.byId.size
  }

  /** Begins to answer a request of Fetch `version`. */
  open(request: SessionRequest, version: number): Opened {
    const { sessionId = 0, sessionEpoch = -1, topics } = request
    if (sessionEpoch > 0) return this.resume(sessionId, sessionEpoch, request, version)
    this.remove(sessionId)
    const wanted = new Map<string, Fetched>()
    addAll(wanted, topics)
    const partitions = [...wanted.values()]
    const session = sessionEpoch === 0 && partitions.length > 0 ? this.begin(wanted, version >= FIRST_BY_ID) : null
    return { error: 0, partitions, session, full: true }
  }

  private resume(id: number, epoch: number, request: SessionRequest, version: number): Opened {
    const session = this.byId.get(id)
    if (!session) return { error: errorCode('FETCH_SESSION_ID_NOT_FOUND') }
    if (session.epoch !== epoch) return { error: errorCode('INVALID_FETCH_SESSION_EPOCH') }
    if (session.byTopicId !== version >= FIRST_BY_ID) return { error: errorCode('FETCH_SESSION_TOPIC_ID_ERROR') }
    this.held -= session.partitions.size
    addAll(session.partitions, request.topics)
    for (const { topic, topicId, partitions } of request.forgottenTopicsData ?? []) {
      for (const index of partitions) session.partitions.delete(keyOf(topic, topicId, index))
    }
    this.held += session.partitions.size
    const partitions = [...session.partitions.values()]
    if (partitions.length === 0 || this.held > MAX_PARTITIONS) {
      this.remove(id)
      return { error: 0, partitions, session: null, full: true }
    }
    session.usedAt = this.clock.now()
    session.epoch = session.epoch === 0x7fffffff ? 1 : session.epoch + 1
    return { error: 0, partitions, session, full: false }
  }

  /** Null where there is no room. */
  private begin(partitions: Map<string, Fetched>, byTopicId: boolean): Session | null {
    const now = this.clock.now()
    if (!this.makeRoom(partitions.size, now)) return null
    let id = 0
    while (id === 0 || this.byId.has(id)) id = u32(this.random(4), 0) & 0x7fffffff
    const session = { id, byTopicId, createdAt: now, usedAt: now, epoch: 1, partitions }
    this.byId.set(id, session)
    this.held += partitions.size
    return session
  }

  /** A session that nobody used for a while makes room, or an older one that is smaller. */
  private makeRoom(size: number, now: number): boolean {
    const { fetchSessionSlots: slots } = this.options
    if (slots < 1 || size > MAX_PARTITIONS) return false
    const hasRoom = (): boolean => this.byId.size < slots && this.held + size <= MAX_PARTITIONS
    if (hasRoom()) return true
    const byUse = [...this.byId.values()].sort((a, b) => a.usedAt - b.usedAt)
    for (const session of byUse) {
      if (now - session.usedAt <= EVICTION_MS) break
      this.remove(session.id)
      if (hasRoom()) return true
    }
    const smallest = [...this.byId.values()].sort((a, b) => a.partitions.size - b.partitions.size)[0]
    if (smallest && smallest.partitions.size < size && now - smallest.createdAt > EVICTION_MS) this.remove(smallest.id)
    return hasRoom()
  }

  private remove(id: number): void {
    const session = this.byId.get(id)
    if (!session) return
    this.byId.delete(id)
    this.held -= session.partitions.size
  }

  /**
   * Whether a partition's answer is to be told: in a session only what is new. Remembers it as told; what has records
   * is read last the next time, so that no partition starves another.
   */
  tell(session: Session | null, full: boolean, fetched: Fetched, told: Told): boolean {
    if (!session) return true
    const { errorCode, highWatermark, logStartOffset, hasRecords, diverges } = told
    const isNew =
      full ||
      hasRecords ||
      diverges ||
      errorCode !== 0 ||
      fetched.highWatermark !== highWatermark ||
      fetched.logStartOffset !== logStartOffset
    // After an error it is told once more, when it is over.
    fetched.highWatermark = errorCode === 0 ? highWatermark : -1
    fetched.logStartOffset = logStartOffset
    const key = keyOf(fetched.topic, fetched.topicId, fetched.wanted.partition)
    if (hasRecords && !full && session.partitions.delete(key)) session.partitions.set(key, fetched)
    return isNew
  }
}

function addAll(partitions: Map<string, Fetched>, topics: readonly FetchTopic[]): void {
  for (const { topic, topicId, partitions: all } of topics) {
    for (const wanted of all) {
      const key = keyOf(topic, topicId, wanted.partition)
      const known = partitions.get(key)
      if (known) known.wanted = wanted
      else partitions.set(key, { topic, topicId, wanted, highWatermark: -1, logStartOffset: -1 })
    }
  }
}
