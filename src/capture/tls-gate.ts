/**
 * Between connections and session: TLS goes through the decryptor, and on only where Kafka comes out. TLS without keys
 * is counted; where it may be Kafka's it goes on as it is, and the session says what it is.
 */
import { u8 } from '../bytes/read.ts'
import { Peek } from '../session/peek.ts'
import type { Segment } from '../session/segment.ts'
import { lookAtRequests } from './looks.ts'
import { Probe } from './probe.ts'
import type { TlsDecryptor } from './tls/decryptor.ts'

/** Ports of other protocols over TLS: HTTPS, mail, LDAP, DNS. */
const OTHERS = new Set([443, 465, 587, 636, 853, 993, 995, 8443])

const MAX_BROKERS = 10_000

/** What may be held of a connection until its first plaintext tells what it is. */
const MAX_HELD = 1024 * 1024
/** Of all connections together. */
const MAX_ALL_HELD = 64 * 1024 * 1024
/** A segment, beside its bytes. */
const SEGMENT_COST = 200

type Data = Extract<Segment, { type: 'data' }>

interface Held {
  readonly segments: Segment[]
  /** The client's first bytes. */
  first: Uint8Array
  size: number
  /** Of a connection that was entered in its middle: its plaintext may begin anywhere in a frame. */
  readonly probe: Probe | null
}

const connectionOf = (segment: Segment): number =>
  segment.type === 'open' ? segment.connection.id : segment.connection

export class TlsGate {
  readonly counts = { kafka: 0, withoutKeys: 0, notKafka: 0 }
  private readonly tls: TlsDecryptor | null
  private readonly out: (segment: Segment) => void
  private readonly held = new Map<number, Held>()
  /** What is held of all connections, and may be at most. */
  private total = 0
  private readonly maxTotal: number
  /** Connections that pass through the decryptor. */
  private readonly through = new Set<number>()
  /** Ends whose TLS was decrypted: that the session sees their plaintext does not make them speak it. */
  private readonly decrypted = new Set<string>()
  private refused = 0
  private readonly peek = new Peek()

  constructor(tls: TlsDecryptor | null, out: (segment: Segment) => void, maxTotal = MAX_ALL_HELD) {
    this.tls = tls
    this.out = out
    this.maxTotal = maxTotal
  }

  /** A connection begins. `forced`: it is shown whatever it holds. */
  open(segment: Extract<Segment, { type: 'open' }>, tls: boolean, forced: boolean): void {
    const { id } = segment.connection
    if (!tls && !forced) {
      this.out(segment)
      return
    }
    if (this.tls) this.through.add(id)
    if (!forced) {
      const probe = segment.connection.midstream ? new Probe(null, segment.time, this.peek) : null
      this.held.set(id, { segments: [], first: new Uint8Array(0), size: 0, probe })
    }
    this.push(segment)
  }

  push(segment: Segment): void {
    const id = connectionOf(segment)
    if (!this.through.has(id)) {
      this.deliver(segment)
      return
    }
    for (const inner of this.tls!.push(segment)) this.deliver(inner)
    if (segment.type === 'close' && segment.direction === undefined) this.through.delete(id)
  }

  /** Whether what was pushed last showed that the connection is not to be read. Asked once after each push. */
  refuses(connection: number): boolean {
    const yes = this.refused === connection
    if (yes) this.refused = 0
    return yes
  }

  private deliver(segment: Segment): void {
    const id = connectionOf(segment)
    const held = this.held.get(id)
    if (!held) {
      if (this.refused !== id) this.out(segment)
      return
    }
    this.hold(held, segment)
    if (segment.type === 'data') this.look(id, held, segment)
    else if (isClosed(held)) this.conclude(id, held)
    if (this.held.has(id) && (held.size > MAX_HELD || this.total > this.maxTotal)) this.refuse(id, held, 'notKafka')
  }

  private hold(held: Held, segment: Segment): void {
    const bytes = segment.type === 'data' ? segment.bytes.length : 0
    held.segments.push(segment)
    held.size += bytes
    this.total += SEGMENT_COST + bytes
  }

  private release(id: number, { segments, size }: Held): void {
    this.held.delete(id)
    this.total -= SEGMENT_COST * segments.length + size
  }

  private look(id: number, held: Held, segment: Data): void {
    if (held.probe && this.tls?.info(id)?.decrypted) {
      this.probed(id, held, held.probe, segment)
      return
    }
    if (segment.direction === 'request') held.first = joined(held.first, segment.bytes)
    const look = lookAtRequests(held.first, this.peek)
    if (held.probe || (held.first.length > 0 && u8(held.first, 0) >= 20 && u8(held.first, 0) <= 23))
      this.encrypted(id, held)
    else if (look === 'kafka' || look === 'maybe') this.accept(id, held)
    else if (look === 'foreign') this.refuse(id, held, 'notKafka')
  }

  private probed(id: number, held: Held, probe: Probe, { direction, bytes, time, packet = 0 }: Data): void {
    const side = direction === 'request' ? 0 : 1
    const verdict = probe.add({ type: 'data', side, bytes, time, packet })
    if (verdict?.kind === 'kafka') this.accept(id, held)
    else if (verdict) this.refuse(id, held, 'notKafka')
  }

  /** No keys. What offers another protocol (ALPN), or is on the port of one, is not Kafka's. */
  private encrypted(id: number, held: Held): void {
    // Of one that was entered in its middle nothing can be said but that.
    if (held.probe) {
      this.refuse(id, held, 'withoutKeys')
      return
    }
    const info = this.tls?.info(id)
    const port = Number(/:(\d+)$/.exec(info?.broker ?? '')?.[1])
    if (!info || info.protocols.length > 0 || OTHERS.has(port) || this.decrypted.has(info.broker)) {
      this.refuse(id, held, 'withoutKeys')
      return
    }
    this.counts.withoutKeys++
    this.pass(id, held)
  }

  private accept(id: number, held: Held): void {
    this.counts.kafka++
    const info = this.tls?.info(id)
    if (info?.decrypted && this.decrypted.size < MAX_BROKERS) this.decrypted.add(info.broker)
    this.pass(id, held)
  }

  private pass(id: number, held: Held): void {
    this.release(id, held)
    for (const segment of held.segments) this.out(segment)
  }

  private refuse(id: number, held: Held, why: 'withoutKeys' | 'notKafka' | null): void {
    if (why) this.counts[why]++
    this.release(id, held)
    this.through.delete(id)
    this.refused = id
  }

  /** No more comes of a connection: decides by what there is. One that was decrypted and said too little is nothing. */
  private conclude(id: number, held: Held): void {
    if (held.probe?.last()?.kind === 'kafka') this.accept(id, held)
    else this.refuse(id, held, this.tls?.info(id)?.decrypted ? null : 'withoutKeys')
  }

  /** The capture is over. */
  end(): void {
    for (const segment of this.tls?.end() ?? []) this.deliver(segment)
    for (const [id, held] of this.held) this.conclude(id, held)
  }
}

/** Whether the connection is gone, or both of its sides have ended. */
function isClosed({ segments }: Held): boolean {
  const closes = segments.filter((segment) => segment.type === 'close')
  return closes.length > 1 || closes.some(({ direction }) => direction === undefined)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
