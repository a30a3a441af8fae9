/**
 * Which connections are Kafka, and which end is the broker: decided by their bytes, which are kept until then. A
 * connection whose SYN was seen is told by the first bytes of its client; of one that was entered in its middle, the
 * direction in which a whole request is found is the client's.
 */
import { u8 } from '../bytes/read.ts'
import { RequestCandidate } from '../session/candidates.ts'
import { type Connection, newConnection } from '../session/connection.ts'
import { REQUEST_HEADER } from '../session/header.ts'
import type { Peek } from '../session/peek.ts'
import { Resync } from '../session/resync.ts'
import type { Side } from './flow.ts'
import { answers, beginsTls, type Look, lookAtAnswers, lookAtRequests } from './looks.ts'
import { recordChain } from './tls/record-chain.ts'

/** What came of a connection, in order, until it was decided. */
export type Item =
  | {
      readonly type: 'data'
      readonly side: Side
      readonly bytes: Uint8Array
      readonly time: number
      readonly packet: number
    }
  | { readonly type: 'gap'; readonly side: Side; readonly bytes: number; readonly time: number }
  | { readonly type: 'close'; readonly side: Side | null; readonly time: number }

/** `client` is the side that asks; null where TLS was entered in its middle, which does not tell. */
export type Verdict =
  | { readonly kind: 'kafka'; readonly client: Side }
  | { readonly kind: 'tls'; readonly client: Side | null }
  | { readonly kind: 'foreign' }
  | null

const FOREIGN: Verdict = { kind: 'foreign' }

/** So much is looked at of a connection, and of its first bytes. */
const MAX_PROBED = 2 * 1024 * 1024
const MAX_HEAD = 1024 * 1024 + 64
/** Answers alone are judged when there are so many, or no more come. */
const MANY_ANSWERS = 64 * 1024

/** Where a handshake record tells its message: 1 is a ClientHello. */
const HELLO_TYPE = 5
/** Among so many bytes of TLS there are two records' beginnings. */
const TWO_RECORDS = 40_000

/** The first bytes of a direction, growing. */
class Head {
  /** Bytes were lost, so that no more are looked at. */
  cut = false
  private store = new Uint8Array(64)
  private length = 0

  get bytes(): Uint8Array {
    return this.store.subarray(0, this.length)
  }

  append(bytes: Uint8Array): void {
    const size = this.cut ? 0 : Math.min(bytes.length, MAX_HEAD - this.length)
    if (this.length + size > this.store.length) {
      const bigger = new Uint8Array((this.length + size) * 2)
      bigger.set(this.bytes)
      this.store = bigger
    }
    this.store.set(bytes.subarray(0, size), this.length)
    this.length += size
  }
}

export class Probe {
  readonly items: Item[] = []
  /** Payload in `items`. */
  size = 0
  private readonly heads = [new Head(), new Head()] as const
  private readonly searches: [Resync | null, Resync | null] = [null, null]
  private readonly time: number
  private readonly found: [boolean, boolean] = [false, false]
  /** How many bytes were looked at for TLS. */
  private readonly seen: [number, number] = [0, 0]
  private readonly client: Side | null
  private readonly peek: Peek

  /** `client`: the side that opened the connection; null where the capture has no SYN. */
  constructor(client: Side | null, time: number, peek: Peek) {
    this.client = client
    this.peek = peek
    this.time = time
  }

  /** Takes what came, and says what the connection is, null while that can't be told. */
  add(item: Item): Verdict {
    this.items.push(item)
    if (item.type === 'close') return null
    if (item.type === 'gap') {
      this.heads[item.side].cut = true
      this.searches[item.side]?.gap(item.bytes)
      return null
    }
    this.size += item.bytes.length
    this.heads[item.side].append(item.bytes)
    const verdict = this.judge(item)
    return verdict ?? (this.size > MAX_PROBED ? FOREIGN : null)
  }

  private judge(item: Extract<Item, { type: 'data' }>): Verdict {
    const { client, heads } = this
    if (client !== null && !(heads[client].cut && heads[client].bytes.length === 0)) {
      const look = this.beginning(client)
      if (look !== 'more' && look !== 'maybe') return look === 'foreign' ? FOREIGN : { kind: look, client }
      const silent = heads[client].bytes.length === 0
      return silent && this.heads[item.side].bytes.length > MANY_ANSWERS ? this.last() : null
    }
    if (client !== null && item.side !== client) return null
    return this.search(item)
  }

  /** Whether the side's first bytes are TLS, looked at whenever there are twice as many. */
  private encrypted(side: Side): boolean {
    const { bytes } = this.heads[side]
    if (bytes.length < this.seen[side] * 2 || this.seen[side] > TWO_RECORDS) return false
    this.seen[side] = bytes.length
    return recordChain(bytes)
  }

  /** The side that sent a ClientHello: all of the connection is there but its SYN. */
  private greeting(): Side | null {
    const [first] = this.items
    if (first?.type !== 'data') return null
    const { bytes } = this.heads[first.side]
    return bytes.length > HELLO_TYPE && beginsTls(bytes) && u8(bytes, HELLO_TYPE) === 1 ? first.side : null
  }

  private beginning(client: Side): Look {
    const request = this.heads[client]
    if (request.bytes.length === 0) return 'more'
    const look = lookAtRequests(request.bytes, this.peek)
    // A capture that keeps little of each packet (snaplen) may never have more of it.
    const cut = look === 'more' && request.cut
    if (cut && request.bytes.length < REQUEST_HEADER) return 'foreign'
    return look === 'maybe' || cut ? answers(this.heads[client === 0 ? 1 : 0].bytes, request.bytes) : look
  }

  private search({ side, bytes, time, packet }: Extract<Item, { type: 'data' }>): Verdict {
    const greeting = this.greeting()
    if (greeting !== null) return { kind: 'tls', client: this.client ?? greeting }
    if (this.found[side]) return null
    // Made when needed: most connections are seen to begin.
    const search =
      this.searches[side] ?? new Resync(new RequestCandidate(stranger(this.time), this.peek), this.time, 0, true)
    this.searches[side] = search
    search.append(bytes, time, packet)
    const found = search.scan()
    if (found === 'frame') return { kind: 'kafka', client: side }
    if (this.encrypted(side)) return { kind: 'tls', client: this.client }
    if (found === 'foreign') this.found[side] = true
    return this.found[0] && this.found[1] ? FOREIGN : null
  }

  /** No more comes: what can be made of what there is. */
  last(): Verdict {
    for (const side of [0, 1] as const) {
      const peer = side === 0 ? 1 : 0
      if (this.heads[peer].bytes.length > 0 || this.client === side) continue
      const { bytes, cut } = this.heads[side]
      if (lookAtAnswers(bytes, !cut && bytes.length < MAX_HEAD) === 'kafka') return { kind: 'kafka', client: peer }
    }
    return FOREIGN
  }
}

/** A connection of which nothing is known, for the search of its first request. */
const stranger = (time: number): Connection => newConnection({ id: 0, client: '', broker: '' }, time)
