/**
 * Key logs in the SSLKEYLOGFILE format (RFC 9850; NSS's before it): what a TLS stack writes so that others can read
 * its traffic. A file of anything else makes an empty log; nothing here throws.
 */
import { fromHex } from '../../bytes/hex.ts'

/** Of one connection of TLS 1.3: each secret that the log has. */
export interface TrafficSecrets {
  clientEarly?: Uint8Array
  clientHandshake?: Uint8Array
  serverHandshake?: Uint8Array
  client?: Uint8Array
  server?: Uint8Array
}

interface Secrets extends TrafficSecrets {
  master?: Uint8Array
}

const LABELS: Readonly<Record<string, keyof Secrets>> = {
  CLIENT_RANDOM: 'master',
  CLIENT_EARLY_TRAFFIC_SECRET: 'clientEarly',
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: 'clientHandshake',
  SERVER_HANDSHAKE_TRAFFIC_SECRET: 'serverHandshake',
  CLIENT_TRAFFIC_SECRET_0: 'client',
  SERVER_TRAFFIC_SECRET_0: 'server',
}

/** Secrets of what is not read here: exporters, Encrypted ClientHello. */
const OTHERS = /^(?:EARLY_EXPORTER_(?:MASTER_)?SECRET|EXPORTER_SECRET|ECH_SECRET|ECH_CONFIG|RSA) /

/** The label, the client's random of 32 bytes, a master secret of 48 or a traffic secret as long as a hash. */
const LINE = /^([A-Z0-9_]+) ([0-9a-fA-F]{64}) ((?:[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}))$/
/** An older form: a session of TLS 1.2 by its id. */
const SESSION = /^RSA Session-ID:([0-9a-fA-F]{2,64}) Master-Key:([0-9a-fA-F]{96})$/

const MAX_LINE = 1024
/** Connections of which secrets are kept, some 100 MB. */
const MAX_CONNECTIONS = 200_000

export class KeyLog {
  /** Lines that are no key log's. */
  badLines = 0
  /** Lines not kept: there were too many connections. */
  droppedLines = 0
  private readonly connections = new Map<string, Secrets>()
  private readonly sessions = new Map<string, Uint8Array>()
  private rest = ''
  /** Whether there are application secrets of TLS 1.3. */
  hasTraffic = false
  /** Secrets of connections taken so far: another number whenever there is one more. */
  taken = 0
  private readonly max: number

  constructor(text = '', max = MAX_CONNECTIONS) {
    this.max = max
    if (text !== '') this.add(text)
  }

  /** How many connections and sessions there are secrets of. */
  get size(): number {
    return this.connections.size + this.sessions.size
  }

  /** Takes a whole log, or all of a secrets block. */
  add(text: string): void {
    this.append(text)
    this.append('\n')
  }

  /** Takes a piece of a log; a line may go on in the next piece. */
  append(text: string): void {
    let at = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      this.line(this.rest + text.slice(at, end))
      this.rest = ''
      at = end + 1
    }
    // One character more than fits, so that a line too long is not taken for its beginning.
    this.rest = (this.rest + text.slice(at)).slice(0, MAX_LINE + 1)
  }

  private line(raw: string): void {
    if (raw.length > MAX_LINE) {
      this.badLines++
      return
    }
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return
    const session = SESSION.exec(line)
    if (session) {
      if (this.room(this.sessions, session[1]!.toLowerCase())) {
        this.sessions.set(session[1]!.toLowerCase(), fromHex(session[2]!))
      }
      return
    }
    const parts = LINE.exec(line)
    const label = parts ? LABELS[parts[1]!] : undefined
    if (!parts || !label || !Object.hasOwn(LABELS, parts[1]!)) {
      if (!OTHERS.test(line)) this.badLines++
      return
    }
    const random = parts[2]!.toLowerCase()
    if (label === 'master' && parts[3]!.length !== 96) this.badLines++
    else if (this.room(this.connections, random)) {
      const known = this.connections.get(random) ?? {}
      known[label] = fromHex(parts[3]!)
      this.taken++
      if (label === 'client' || label === 'server') this.hasTraffic = true
      this.connections.set(random, known)
    }
  }

  private room(map: ReadonlyMap<string, unknown>, key: string): boolean {
    if (map.has(key) || this.size < this.max) return true
    this.droppedLines++
    return false
  }

  /** The client's randoms (hex) of all connections. */
  randoms(): IterableIterator<string> {
    return this.connections.keys()
  }

  /** The master secret of a connection of TLS 1.2 (hex of the client's random; of the session's id, '' for none). */
  master(clientRandom: string, sessionId: string): Uint8Array | null {
    return this.connections.get(clientRandom)?.master ?? this.sessions.get(sessionId) ?? null
  }

  /** The secrets of a connection of TLS 1.3; null where both directions' application secrets are unknown. */
  traffic(clientRandom: string): TrafficSecrets | null {
    const known = this.connections.get(clientRandom)
    return known && (known.client || known.server) ? known : null
  }
}
