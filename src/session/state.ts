/**
 * What a session learns for views, beyond single exchanges. All of it is bounded: where a map is full, its oldest entry
 * goes. Only frames of the few APIs that teach something are decoded.
 */

import { ZERO_UUID } from '../bytes/hex.ts'
import { sameBytes } from '../bytes/match.ts'
import { i16 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import { isObject, type JsonObject, type JsonValue } from '../codec/json-text.ts'
import { contents, valueAt } from '../codec/value.ts'
import { isContainer, NodeKind, nodeOf } from '../schema/node.ts'
import type { Connection } from './connection.ts'
import type { Exchange, Frame } from './exchange.ts'
import { RESPONSE_HEADER } from './header.ts'
import { fieldLine, fieldValue, type Peek } from './peek.ts'

/** Topics whose names are known by id. */
const MAX_TOPICS = 50_000
/** Kafka's own limit (org.apache.kafka.common.internals.Topic). */
const MAX_TOPIC_NAME = 249
const MAX_PRODUCERS = 10_000
const MAX_FETCH_SESSIONS = 1_000
const MAX_SESSION_PARTITIONS = 2_000
/** Frames larger than this teach nothing. */
const MAX_FRAME = 16 * 1024 * 1024
const MAX_FETCH = 1024 * 1024

/** What an incremental fetch asks for without saying so again (KIP-227). */
export interface FetchSession {
  readonly broker: string
  readonly id: number
  /** Of the last request seen. */
  epoch: number
  /** Partitions by topic: its name, or (from v13) its id as Kafka prints it. */
  readonly partitions: Map<string, Set<number>>
  /** Partitions beyond the first 2000 are not listed. */
  truncated: boolean
}

export interface Producer {
  readonly transactionalId: string | null
  readonly epoch: number
}

interface Offer {
  readonly apiVersion: number
  /** All after the correlation id. */
  readonly body: Uint8Array
  readonly versions: ReadonlyMap<number, readonly [number, number]>
}

/** Offers that are remembered, and their bytes: a broker's is under 1 KB. */
const MAX_OFFERS = 8
const MAX_OFFER = 16 * 1024

const FETCH = 1
const LEADER_AND_ISR = 4
const UPDATE_METADATA = 6
const API_VERSIONS = 18
const INIT_PRODUCER_ID = 22

/** Answers that name topics with their ids: Metadata, CreateTopics, DeleteTopics, the describe APIs (69, 75, 77). */
const TOPIC_ANSWERS = new Set([3, 19, 20, 69, 75, 77])

/** Sets a key as the newest; drops the oldest where there are more than `max`. */
function remember<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > max) {
    for (const oldest of map.keys()) {
      map.delete(oldest)
      break
    }
  }
}

export class SessionState {
  /** Topic ids, as Kafka prints them, to names. */
  readonly topicNames = new Map<string, string>()
  /** By producer id. */
  readonly producers = new Map<number | bigint, Producer>()
  private readonly sessions = new Map<string, FetchSession>()
  /** ApiVersions answers: a broker gives the same to every connection. */
  private readonly offers: Offer[] = []
  private readonly peek: Peek

  constructor(peek: Peek) {
    this.peek = peek
  }

  /** The fetch session of that id on that broker (`host:port`), as of the last request or answer seen. */
  fetchSession(broker: string, id: number): FetchSession | null {
    return this.sessions.get(`${broker} ${id}`) ?? null
  }

  /** Learns from a request. */
  request(connection: Connection, frame: Frame): void {
    if (!frame.kept || frame.size > MAX_FRAME) return
    switch (frame.apiKey) {
      case FETCH:
        this.fetchRequest(connection, frame)
        break
      case API_VERSIONS:
        if (frame.apiVersion >= 3) learnSoftware(connection, this.peek.frame(frame))
        break
      case LEADER_AND_ISR:
      case UPDATE_METADATA:
        this.topics(this.peek.frame(frame))
    }
  }

  /** Learns from an exchange that has its answer. */
  response(exchange: Exchange, frame: Frame): void {
    if (!frame.kept || frame.size > MAX_FRAME) return
    if (TOPIC_ANSWERS.has(frame.apiKey)) this.topics(this.peek.frame(frame))
    else if (frame.apiKey === API_VERSIONS) this.versions(exchange.connection, frame)
    else if (frame.apiKey === INIT_PRODUCER_ID) this.producer(exchange, frame)
    else if (frame.apiKey === FETCH) this.fetchResponse(exchange, frame)
  }

  private versions(connection: Connection, frame: Frame): void {
    const { bytes, apiVersion } = frame
    const length = bytes.length - RESPONSE_HEADER
    const known = this.offers.find(
      (offer) =>
        offer.apiVersion === apiVersion &&
        offer.body.length === length &&
        sameBytes(bytes, RESPONSE_HEADER, offer.body, 0, length),
    )
    const versions = known ? known.versions : versionsIn(this.peek.frame(frame))
    if (!versions) return
    connection.apiVersions = versions
    if (known || length > MAX_OFFER) return
    this.offers.push({ apiVersion, body: bytes.slice(RESPONSE_HEADER), versions })
    if (this.offers.length > MAX_OFFERS) this.offers.shift()
  }

  /** Any struct that has a topic's id and its name. */
  private topics(decoded: DecodedFrame): void {
    const { table, bytes } = decoded
    const visit = (from: number, to: number): void => {
      let id = -1
      let name = -1
      for (let line = from; line < to; line = table.next(line)) {
        const node = nodeOf(table.node(line))
        if (isContainer(node)) visit(line + 1, table.next(line))
        else if (node.kind === NodeKind.uuid && node.name === 'topicId') id = line
        else if (node.kind === NodeKind.string && (node.name === 'name' || node.name === 'topicName')) name = line
      }
      const range = id >= 0 && name >= 0 ? contents(bytes, table, name) : null
      if (range && range[1] - range[0] <= MAX_TOPIC_NAME) {
        this.topic(String(valueAt(bytes, table, id)), text(bytes, range[0], range[1]))
      }
    }
    if (decoded.bodyLine >= 0) visit(decoded.bodyLine + 1, table.next(decoded.bodyLine))
  }

  private topic(id: string, name: string): void {
    if (id !== ZERO_UUID && this.topicNames.get(id) !== name) remember(this.topicNames, id, name, MAX_TOPICS)
  }

  private producer(exchange: Exchange, frame: Frame): void {
    const asked = exchange.request?.kept ? fieldValue(this.peek.frame(exchange.request), 'transactionalId') : null
    const answer = this.peek.frame(frame)
    const id = fieldValue(answer, 'producerId')
    const epoch = fieldValue(answer, 'producerEpoch')
    if (fieldValue(answer, 'errorCode') !== 0 || typeof epoch !== 'number') return
    if (typeof id !== 'number' && typeof id !== 'bigint') return
    const transactionalId = typeof asked === 'string' ? asked.slice(0, 1024) : null
    remember(this.producers, id, { transactionalId, epoch }, MAX_PRODUCERS)
  }

  private fetchRequest(connection: Connection, frame: Frame): void {
    // v7 brought sessions.
    if (frame.apiVersion < 7 || frame.size > MAX_FETCH || this.sessions.size === 0) return
    const decoded = this.peek.frame(frame)
    const id = fieldValue(decoded, 'sessionId')
    const epoch = fieldValue(decoded, 'sessionEpoch')
    if (typeof id !== 'number' || typeof epoch !== 'number' || id === 0) return
    const key = `${connection.broker} ${id}`
    // Epoch 0 ends this session and begins another, -1 ends it.
    if (epoch <= 0) this.sessions.delete(key)
    const session = this.sessions.get(key)
    if (!session) return
    session.epoch = epoch
    addPartitions(session, fieldValue(decoded, 'topics'))
    for (const topic of objects(fieldValue(decoded, 'forgottenTopicsData'))) {
      const partitions = session.partitions.get(topicOf(topic))
      for (const partition of numbers(topic.partitions)) partitions?.delete(partition)
      if (partitions?.size === 0) session.partitions.delete(topicOf(topic))
    }
  }

  /** A full fetch (epoch 0) whose answer names a session begins it. */
  private fetchResponse({ request, connection }: Exchange, frame: Frame): void {
    if (frame.apiVersion < 7 || !request?.kept || request.size > MAX_FETCH) return
    // The session id is among the first 16 bytes of the body.
    const id = fieldValue(this.peek.frame(frame, 64), 'sessionId')
    if (typeof id !== 'number' || id === 0) return
    const key = `${connection.broker} ${id}`
    if (this.sessions.has(key)) return
    const asked = this.peek.frame(request)
    if (fieldValue(asked, 'sessionEpoch') !== 0) return
    const session: FetchSession = { broker: connection.broker, id, epoch: 0, partitions: new Map(), truncated: false }
    addPartitions(session, fieldValue(asked, 'topics'))
    remember(this.sessions, key, session, MAX_FETCH_SESSIONS)
  }
}

const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const numbers = (value: JsonValue | undefined): number[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'number') : []

const topicOf = (topic: JsonObject): string => String(topic.topic ?? topic.topicId)

function addPartitions(session: FetchSession, topics: JsonValue | undefined): void {
  let count = 0
  for (const partitions of session.partitions.values()) count += partitions.size
  for (const topic of objects(topics)) {
    const name = topicOf(topic)
    const known = session.partitions.get(name) ?? new Set<number>()
    for (const { partition } of objects(topic.partitions)) {
      if (typeof partition !== 'number' || known.has(partition)) continue
      if (name.length > MAX_TOPIC_NAME || ++count > MAX_SESSION_PARTITIONS) {
        session.truncated = true
        return
      }
      known.add(partition)
      session.partitions.set(name, known)
    }
  }
}

const MAX_SOFTWARE_NAME = 256

/** What the client calls itself (KIP-511). */
function learnSoftware(connection: Connection, decoded: DecodedFrame): void {
  const name = fieldValue(decoded, 'clientSoftwareName')
  const version = fieldValue(decoded, 'clientSoftwareVersion')
  if (typeof name === 'string') connection.clientSoftwareName = name.slice(0, MAX_SOFTWARE_NAME)
  if (typeof version === 'string') connection.clientSoftwareVersion = version.slice(0, MAX_SOFTWARE_NAME)
}

/** No broker has so many APIs; hostile ones may say so. */
const MAX_APIS = 1000

/** What an ApiVersions answer offers; null where it refuses, or can't be read. */
function versionsIn(decoded: DecodedFrame): ReadonlyMap<number, readonly [number, number]> | null {
  const { bytes, table } = decoded
  const line = fieldLine(decoded, 'apiKeys')
  if (line < 0 || fieldValue(decoded, 'errorCode') !== 0) return null
  const versions = new Map<number, readonly [number, number]>()
  const end = table.next(line)
  for (let api = line + 1; api < end && versions.size < MAX_APIS; api = table.next(api)) {
    // In every version an entry begins with its key, lowest and highest version: int16 each.
    const at = table.offset(api)
    if (table.length(api) >= 6) versions.set(i16(bytes, at), [i16(bytes, at + 2), i16(bytes, at + 4)])
  }
  return versions
}
