/**
 * TLS taken off: stands between reassembly and session. Connections that begin with a ClientHello, and of which there
 * are keys, come out as their plaintext; all else comes out as it went in, TLS without keys too, so that the session
 * says what it sees.
 */
import type { Segment } from '../../session/segment.ts'
import { BlindSearch } from './blind.ts'
import { BlindConnection } from './blind-connection.ts'
import { TlsConnection } from './connection.ts'
import type { TlsInfo } from './info.ts'
import type { KeyLog } from './key-log.ts'
import { ResumedSessions } from './resumed.ts'

export type { TlsInfo } from './info.ts'

/** Connections of which is remembered what their handshakes showed. */
const MAX_INFOS = 10_000
/** A record at most for each direction of a connection: thousands of connections at once. */
const MAX_BUFFERED = 64 * 1024 * 1024

export class TlsDecryptor {
  /** TLS connections seen, and those of them that were decrypted. */
  connections = 0
  decrypted = 0
  private readonly keys: KeyLog
  private readonly sessions = new ResumedSessions()
  private readonly search: BlindSearch
  private readonly open = new Map<number, TlsConnection | BlindConnection>()
  private readonly known = new Map<number, TlsInfo>()

  /** Bytes that connections hold on to, and may at most. */
  private buffered = 0
  private readonly maxBuffered: number

  constructor(keys: KeyLog, maxBuffered = MAX_BUFFERED) {
    this.keys = keys
    this.search = new BlindSearch(keys)
    this.maxBuffered = maxBuffered
  }

  /**
   * Takes a segment and returns what goes on instead of it: often the segment itself, nothing while a record or a
   * handshake is not complete. Plaintext has time and packet of its record's first byte. Never throws.
   */
  push(segment: Segment): Segment[] {
    if (segment.type === 'open') return this.opened(segment)
    let connection = this.open.get(segment.connection)
    if (!connection) return [segment]
    const before = connection.buffered
    let out = this.forward(connection, segment)
    if (connection instanceof TlsConnection && connection.blind) {
      connection = this.withoutHandshake(connection)
      out = this.replay(connection, out)
    }
    this.buffered += connection.buffered - before
    if (this.buffered > this.maxBuffered && connection.buffered > 0) {
      this.buffered -= connection.buffered
      out.push(...connection.giveUp(segment.time))
    }
    if (connection.closed || connection.mode === 'passing') this.settle(segment.connection, connection)
    return out
  }

  /** What its handshake does not tell may be found by trying. */
  private withoutHandshake({ ends, random, info }: TlsConnection): BlindConnection {
    const connection = new BlindConnection(ends, this.search, random, info)
    this.open.set(ends.id, connection)
    return connection
  }

  private replay(connection: BlindConnection, held: readonly Segment[]): Segment[] {
    return held.flatMap((segment) => {
      if (segment.type !== 'open') return this.forward(connection, segment)
      connection.hold(segment)
      return []
    })
  }

  private forward(connection: TlsConnection | BlindConnection, segment: Exclude<Segment, { type: 'open' }>): Segment[] {
    if (segment.type === 'data') return connection.data(segment)
    return segment.type === 'gap' ? connection.gap(segment) : connection.close(segment)
  }

  /** Releases what is held; for the end of a capture. */
  end(): Segment[] {
    const out: Segment[] = []
    for (const [id, connection] of this.open) {
      this.buffered -= connection.buffered
      out.push(...connection.end())
      this.buffered += connection.buffered
      this.settle(id, connection)
    }
    return out
  }

  /** What the handshake of a connection showed; null where it is no TLS, or too long ago. */
  info(connection: number): TlsInfo | null {
    return this.open.get(connection)?.info ?? this.known.get(connection) ?? null
  }

  /** All of them, those still open last. */
  *infos(): IterableIterator<TlsInfo> {
    yield* this.known.values()
    for (const { info } of this.open.values()) if (info) yield info
  }

  private opened(segment: Extract<Segment, { type: 'open' }>): Segment[] {
    const { id, midstream } = segment.connection
    const before = this.open.get(id)
    const out: Segment[] = []
    if (before) {
      this.buffered -= before.buffered
      out.push(...before.end())
      this.buffered += before.buffered
      this.settle(id, before)
    }
    const connection = new TlsConnection(segment.connection, this.keys, this.sessions)
    this.open.set(id, connection)
    // Whether it really begins in the middle its first bytes tell.
    if (midstream) connection.hold(segment)
    else out.push(segment)
    return out
  }

  private settle(id: number, connection: TlsConnection | BlindConnection): void {
    this.open.delete(id)
    this.buffered -= connection.buffered
    const { info } = connection
    if (!info) return
    this.connections++
    if (info.decrypted) this.decrypted++
    this.known.set(id, info)
    if (this.known.size <= MAX_INFOS) return
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest)
      break
    }
  }
}
