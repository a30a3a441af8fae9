/** The TCP connections of a capture by their ends, the least recently used first; so many are remembered. */
import { sameBytes } from '../bytes/match.ts'
import { endpointHash, endpointText } from './endpoint.ts'
import type { Flow, Side } from './flow.ts'
import type { TcpSegment } from './layers.ts'
import type { Probe } from './probe.ts'

/** One TCP connection; side 0 is the end that was seen sending first. */
export class Tracked {
  readonly hash: number
  readonly addresses: readonly [Uint8Array, Uint8Array]
  readonly ports: readonly [number, number]
  readonly opened: number
  /** Null where nothing more is read: it is no Kafka, or over. */
  flow: Flow | null = null
  probe: Probe | null = null
  /** The session's number, from when it is known to be Kafka or TLS. */
  id = 0
  client: Side = 0
  /** The side that sent the first SYN, or got the answer to one; null where the capture has neither. */
  opener: Side | null = null
  /** A SYN of each side, so that another one is told from the same one again. */
  readonly isn: [number | null, number | null] = [null, null]
  /** Others with the same hash, and the neighbours in order of use. */
  twin: Tracked | null = null
  older: Tracked | null = null
  newer: Tracked | null = null

  constructor(hash: number, tcp: TcpSegment, time: number) {
    const { bytes, source, target, addressSize } = tcp
    this.hash = hash
    this.addresses = [bytes.slice(source, source + addressSize), bytes.slice(target, target + addressSize)]
    this.ports = [tcp.sourcePort, tcp.targetPort]
    this.opened = time
  }

  endpoint(side: Side): string {
    return endpointText(this.addresses[side], this.ports[side])
  }

  /** The side that sent the segment; null: it is of another connection. */
  sideOf(tcp: TcpSegment): Side | null {
    if (tcp.addressSize !== this.addresses[0].length) return null
    if (this.from(tcp, 0, 1)) return 0
    return this.from(tcp, 1, 0) ? 1 : null
  }

  private from({ bytes, source, target, addressSize, sourcePort, targetPort }: TcpSegment, a: Side, b: Side): boolean {
    return (
      sourcePort === this.ports[a] &&
      targetPort === this.ports[b] &&
      sameBytes(bytes, source, this.addresses[a], 0, addressSize) &&
      sameBytes(bytes, target, this.addresses[b], 0, addressSize)
    )
  }
}

export class Connections {
  size = 0
  oldest: Tracked | null = null
  private newest: Tracked | null = null
  private readonly byHash = new Map<number, Tracked>()

  /** The connection that a segment is of; null: it is new. `side` is then the one that sent it. */
  side: Side = 0

  find(tcp: TcpSegment): Tracked | null {
    let tracked = this.byHash.get(hashOf(tcp)) ?? null
    for (; tracked; tracked = tracked.twin) {
      const side = tracked.sideOf(tcp)
      if (side === null) continue
      this.side = side
      this.touch(tracked)
      return tracked
    }
    return null
  }

  create(tcp: TcpSegment, time: number): Tracked {
    const hash = hashOf(tcp)
    const tracked = new Tracked(hash, tcp, time)
    tracked.twin = this.byHash.get(hash) ?? null
    this.byHash.set(hash, tracked)
    this.side = 0
    this.size++
    this.append(tracked)
    return tracked
  }

  remove(tracked: Tracked): void {
    this.unlink(tracked)
    this.size--
    const first = this.byHash.get(tracked.hash)
    if (first === tracked) {
      if (tracked.twin) this.byHash.set(tracked.hash, tracked.twin)
      else this.byHash.delete(tracked.hash)
      return
    }
    for (let before = first ?? null; before; before = before.twin) {
      if (before.twin === tracked) before.twin = tracked.twin
    }
  }

  /** All of them, the least recently used first. */
  *all(): IterableIterator<Tracked> {
    for (let tracked = this.oldest; tracked; tracked = tracked.newer) yield tracked
  }

  private touch(tracked: Tracked): void {
    if (this.newest === tracked) return
    this.unlink(tracked)
    this.append(tracked)
  }

  private append(tracked: Tracked): void {
    tracked.older = this.newest
    tracked.newer = null
    if (this.newest) this.newest.newer = tracked
    else this.oldest = tracked
    this.newest = tracked
  }

  private unlink(tracked: Tracked): void {
    if (tracked.older) tracked.older.newer = tracked.newer
    else this.oldest = tracked.newer
    if (tracked.newer) tracked.newer.older = tracked.older
    else this.newest = tracked.older
  }
}

/** The same for both directions. */
const hashOf = ({ bytes, source, target, addressSize, sourcePort, targetPort }: TcpSegment): number =>
  endpointHash(bytes, source, addressSize, sourcePort) ^ endpointHash(bytes, target, addressSize, targetPort)
