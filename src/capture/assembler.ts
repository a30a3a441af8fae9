/**
 * Packets in, segments of Kafka connections out: TCP put together, connections told apart, TLS taken off where there
 * are keys. No I/O and no clock; memory is bounded by the constants here, and what is dropped for that is counted.
 */
import { Peek } from '../session/peek.ts'
import type { Segment } from '../session/segment.ts'
import { Connections, type Tracked } from './connections.ts'
import { Flow, PATIENCE_MICROS, type Side } from './flow.ts'
import { ACK, FIN, Layers, RST, SYN, type TcpSegment } from './layers.ts'
import type { Packet } from './packet.ts'
import { type Item, Probe, type Verdict } from './probe.ts'
import { Slab } from './slab.ts'
import { type Piece, QueueBudget } from './stream.ts'
import type { TlsDecryptor } from './tls/decryptor.ts'
import { TlsGate } from './tls-gate.ts'

export interface AssemblerOptions {
  /** Ports of brokers: only connections to these are read, whatever their bytes look like. */
  readonly ports?: ReadonlySet<number> | undefined
  /** Likewise by `host:port`, as in a connection's `broker`. */
  readonly brokers?: ReadonlySet<string> | undefined
  readonly tls?: TlsDecryptor | undefined
  /** Connections remembered at once. */
  readonly maxConnections?: number
}

/** What is not in the segments. */
export interface AssemblerCounts {
  packets: number
  /** Packets that hold no TCP segment that can be read. */
  otherPackets: number
  /** Connections that carry data, by what they are. */
  kafka: number
  tlsWithoutKeys: number
  notKafka: number
  /** Connections that were forgotten while they were open: there were too many. */
  forgotten: number
}

const MAX_CONNECTIONS = 20_000
const MAX_QUEUED = 64 * 1024 * 1024
const MAX_PROBED = 64 * 1024 * 1024
const MAX_BROKERS = 10_000
/** How often it is looked for connections that wait too long, in packets. */
const LOOK_EVERY = 64

type Bare = { -readonly [key in keyof Piece]: Piece[key] }

const NO_BYTES = new Uint8Array(0)

export class Assembler {
  readonly counts: AssemblerCounts = {
    packets: 0,
    otherPackets: 0,
    kafka: 0,
    tlsWithoutKeys: 0,
    notKafka: 0,
    forgotten: 0,
  }
  private readonly options: AssemblerOptions
  private readonly layers = new Layers()
  private readonly connections = new Connections()
  private readonly slab = new Slab()
  private readonly peek = new Peek()
  private readonly budget = new QueueBudget(MAX_QUEUED)
  private readonly waiting = new Set<Flow>()
  /** Ends that are known to be brokers. */
  private readonly brokers = new Set<string>()
  private readonly gate: TlsGate
  /** For packets without payload: the same object for all, as none is kept. */
  private readonly bare: Bare = {
    seq: 0,
    bytes: NO_BYTES,
    length: 0,
    fin: false,
    rst: false,
    ack: null,
    time: 0,
    packet: 0,
  }
  private probed = 0
  private lastId = 0
  private now = 0

  /** `out` is given what comes out, while `packet` or `end` run. */
  constructor(options: AssemblerOptions, out: (segment: Segment) => void) {
    this.options = options
    this.gate = new TlsGate(options.tls ?? null, out)
  }

  packet(packet: Packet): void {
    this.counts.packets++
    this.now = packet.time
    if (!this.layers.read(packet)) {
      this.counts.otherPackets++
      return
    }
    this.segment(this.layers.tcp, packet)
    if (this.waiting.size > 0 && this.counts.packets % LOOK_EVERY === 0) this.hurry(this.now - PATIENCE_MICROS)
  }

  private segment(tcp: TcpSegment, { time, number }: Packet): void {
    const tracked = this.trackedOf(tcp, time)
    const { side } = this.connections
    const { flow } = tracked
    if (!flow) return
    if (tcp.flags & SYN) this.syn(tracked, flow, side, tcp)
    const { length } = tcp
    const fin = (tcp.flags & FIN) !== 0
    const rst = (tcp.flags & RST) !== 0
    const payload = length > 0 || fin || rst
    const ack = tcp.flags & ACK ? tcp.ack : null
    const seq = tcp.flags & SYN ? (tcp.seq + 1) >>> 0 : tcp.seq
    if (!payload) {
      const { bare } = this
      bare.seq = seq
      bare.ack = ack
      bare.time = time
      bare.packet = number
      flow.take(side, bare, false)
      this.afterwards(tracked, flow)
      return
    }
    const bytes = length > 0 ? this.slab.copy(tcp.bytes, tcp.start, tcp.end) : NO_BYTES
    const piece: Piece = { seq, bytes, length, fin, rst, ack, time, packet: number }
    flow.take(side, piece, true)
    this.afterwards(tracked, flow)
  }

  private syn(tracked: Tracked, flow: Flow, side: Side, tcp: TcpSegment): void {
    tracked.isn[side] = tcp.seq
    tracked.opener ??= tcp.flags & ACK ? (side === 0 ? 1 : 0) : side
    flow.syn(side, tcp.seq)
  }

  private afterwards(tracked: Tracked, flow: Flow): void {
    if (flow.done) this.over(tracked)
    if (flow.done || tracked.flow === null || flow.since === null) this.waiting.delete(flow)
    else this.waiting.add(flow)
  }

  private trackedOf(tcp: TcpSegment, time: number): Tracked {
    const known = this.connections.find(tcp)
    if (known && !(tcp.flags & SYN && this.isNew(known, tcp))) return known
    if (known) {
      this.finish(known)
      this.connections.remove(known)
    }
    const tracked = this.connections.create(tcp, time)
    tracked.flow = new Flow(this.sinkOf(tracked), this.budget)
    if (this.connections.size > (this.options.maxConnections ?? MAX_CONNECTIONS)) this.forget()
    this.connections.side = 0
    return tracked
  }

  private isNew(known: Tracked, tcp: TcpSegment): boolean {
    const { side } = this.connections
    const ack = tcp.flags & ACK ? tcp.ack : null
    if (known.flow) return known.flow.isNew(side, tcp.seq, ack)
    // Of a connection that is not read any more only its SYNs are known.
    const own = known.isn[side]
    const peer = known.isn[side === 0 ? 1 : 0]
    return own !== null ? own !== tcp.seq : ack === null || peer === null || (peer + 1) >>> 0 !== ack
  }

  private forget(): void {
    const { oldest } = this.connections
    if (!oldest) return
    if (oldest.flow) this.counts.forgotten++
    this.finish(oldest)
    this.connections.remove(oldest)
  }

  private sinkOf(tracked: Tracked) {
    return {
      data: (side: Side, bytes: Uint8Array, time: number, packet: number): void =>
        this.item(tracked, { type: 'data', side, bytes, time, packet }),
      gap: (side: Side, bytes: number, time: number): void => this.item(tracked, { type: 'gap', side, bytes, time }),
      close: (side: Side | null, time: number): void => this.item(tracked, { type: 'close', side, time }),
    }
  }

  private item(tracked: Tracked, item: Item): void {
    if (tracked.id > 0) {
      this.emit(tracked, item)
      return
    }
    if (!tracked.flow) return
    tracked.probe ??= this.newProbe(tracked)
    const before = tracked.probe.size
    const judged = tracked.probe.add(item)
    const verdict = this.forced(tracked) ?? judged
    this.probed += tracked.probe.size - before
    if (verdict) this.decide(tracked, verdict)
    else if (this.probed > MAX_PROBED) this.decide(tracked, { kind: 'foreign' })
  }

  private newProbe(tracked: Tracked): Probe {
    return new Probe(tracked.opener, tracked.opened, this.peek)
  }

  /** What is known of a connection whatever its bytes are. */
  private forced(tracked: Tracked): Verdict {
    const { ports, brokers } = this.options
    const { opener } = tracked
    const sides: readonly Side[] = opener === 0 ? [1, 0] : [0, 1]
    const asked = ports !== undefined || brokers !== undefined
    const isBroker = (side: Side): boolean =>
      asked
        ? (ports?.has(tracked.ports[side]) ?? false) || (brokers?.has(tracked.endpoint(side)) ?? false)
        : this.brokers.has(tracked.endpoint(side))
    const broker = sides.find((side) => isBroker(side) && (asked || side !== opener))
    if (broker === undefined) return asked ? { kind: 'foreign' } : null
    return { kind: 'kafka', client: broker === 0 ? 1 : 0 }
  }

  private decide(tracked: Tracked, verdict: NonNullable<Verdict>): void {
    const probe = tracked.probe!
    tracked.probe = null
    this.probed -= probe.size
    if (verdict.kind === 'foreign') {
      if (probe.size > 0) this.counts.notKafka++
      this.drop(tracked)
      return
    }
    tracked.id = ++this.lastId
    tracked.client = verdict.client ?? likelyClient(tracked)
    const begins = tracked.isn[0] !== null || tracked.isn[1] !== null
    const [client, broker] = [tracked.endpoint(tracked.client), tracked.endpoint(tracked.client === 0 ? 1 : 0)]
    const connection = { id: tracked.id, client, broker, ...(begins ? {} : { midstream: true }) }
    const forced = this.forced(tracked) !== null
    this.gate.open({ type: 'open', connection, time: tracked.opened }, verdict.kind === 'tls', forced)
    if (verdict.kind === 'kafka') {
      this.counts.kafka++
      if (this.brokers.size < MAX_BROKERS) this.brokers.add(broker)
    }
    for (const item of probe.items) this.emit(tracked, item)
  }

  private emit(tracked: Tracked, item: Item): void {
    const connection = tracked.id
    const { time } = item
    const direction = item.side === tracked.client ? 'request' : 'response'
    switch (item.type) {
      case 'data':
        this.gate.push({ type: 'data', connection, direction, time, bytes: item.bytes, packet: item.packet })
        break
      case 'gap':
        this.gate.push({ type: 'gap', connection, direction, time, bytes: item.bytes })
        break
      default:
        this.gate.push({ type: 'close', connection, time, ...(item.side === null ? {} : { direction }) })
    }
    if (this.gate.refuses(connection)) this.drop(tracked)
  }

  /** Nothing of the connection is read any more. */
  private drop(tracked: Tracked): void {
    const { flow } = tracked
    tracked.flow = null
    if (!flow) return
    this.waiting.delete(flow)
    flow.stop()
  }

  /** Decides by what there is. A broker may have become known since the connection's last bytes. */
  private conclude(tracked: Tracked): void {
    if (tracked.probe) this.decide(tracked, this.forced(tracked) ?? tracked.probe.last() ?? { kind: 'foreign' })
  }

  /** The connection has ended. */
  private over(tracked: Tracked): void {
    this.conclude(tracked)
    this.drop(tracked)
  }

  /** The connection is given up: what there is of it is delivered. */
  private finish(tracked: Tracked): void {
    tracked.flow?.end(this.now)
    this.over(tracked)
  }

  /** Connections that have waited since before this time wait no longer; all of them without one. */
  hurry(before = Number.POSITIVE_INFINITY): void {
    const late: Flow[] = []
    for (const flow of this.waiting) {
      if (flow.since !== null && flow.since > before) break
      late.push(flow)
    }
    for (const flow of late) {
      this.waiting.delete(flow)
      flow.hurry(this.now)
      if (!flow.done && flow.since !== null) this.waiting.add(flow)
    }
  }

  /** No more packets come. Connections that are still open are not closed. */
  end(): void {
    for (const tracked of this.connections.all()) {
      tracked.flow?.flush(this.now)
      this.conclude(tracked)
    }
    this.gate.end()
    const { kafka, withoutKeys, notKafka } = this.gate.counts
    this.counts.kafka += kafka
    this.counts.tlsWithoutKeys += withoutKeys
    this.counts.notKafka += notKafka
  }
}

/** Clients have ports that were given to them, the highest. */
const likelyClient = ({ ports }: Tracked): Side => (ports[0] >= ports[1] ? 0 : 1)
