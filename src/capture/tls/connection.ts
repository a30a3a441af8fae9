/**
 * One connection that begins with a ClientHello. Until the ServerHello has said what was agreed on, its segments are
 * held; then it is decided: decrypted from here on, or passed as it is.
 *
 *     deciding ──ServerHello, keys──▶ decrypting
 *        └────no keys, no TLS, anything odd──▶ passing
 */
import { toHex } from '../../bytes/hex.ts'
import { u8 } from '../../bytes/read.ts'
import { type ConnectionInfo, type Direction, peerOf, type Segment } from '../../session/segment.ts'
import { suiteName, tlsAlertName, tlsVersionName } from '../../session/tls-names.ts'
import { EarlyData } from './early-data.ts'
import {
  CLIENT_HELLO,
  ENCRYPTED_EXTENSIONS,
  END_OF_EARLY_DATA,
  FINISHED,
  HandshakeReader,
  KEY_UPDATE,
  NEW_SESSION_TICKET,
  SERVER_HELLO,
} from './handshake.ts'
import { acceptsEarlyData, type ClientHello, readClientHello, readServerHello, type ServerHello } from './hello.ts'
import type { TlsInfo } from './info.ts'
import type { KeyLog } from './key-log.ts'
import type { Opened, RecordKey } from './opened.ts'
import { masterKeys, trafficKey } from './record-key.ts'
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, type TlsRecord } from './records.ts'
import type { ResumedSessions } from './resumed.ts'
import { suiteOf } from './suites.ts'
import { Track } from './track.ts'

type Data = Extract<Segment, { type: 'data' }>
type Gap = Extract<Segment, { type: 'gap' }>
type Close = Extract<Segment, { type: 'close' }>

const BOTH: readonly Direction[] = ['request', 'response']

/** What is held until it is decided: more than any two hellos take. */
const MAX_HELD_BYTES = 262_144
const MAX_HELD_SEGMENTS = 4096

const NO_FIT = 'a record does not decrypt: its keys are of another connection, or its bytes are damaged'

const FATAL = 2
/** Alerts that a sound connection ends with. */
const ENDS: ReadonlySet<string> = new Set(['close_notify', 'user_canceled'])

const TLS_1_2 = 3
const TLS_1_3 = 4

/** Null where the key log lacks it. */
interface ClientKeys {
  readonly early: RecordKey | null
  readonly handshake: RecordKey | null
  readonly application: RecordKey | null
}

export class TlsConnection {
  mode: 'deciding' | 'decrypting' | 'passing' = 'deciding'
  /** It passes because its handshake is not in the capture, or not all of it. */
  blind = false
  private held: Segment[] = []
  private heldBytes = 0
  private clientHello: ClientHello | null = null
  private serverHello: ServerHello | null = null
  private problem: string | null = null
  /** The master secret of TLS 1.2, to be known again when the session is resumed. */
  private master: Uint8Array | null = null
  private readonly early = new EarlyData()
  /** TLS 1.3: the client's keys, from when they are known until it is known which of them comes first. */
  private clientKeys: ClientKeys | null = null
  /** The client's records wait no longer. */
  private resumed = false
  /** Early data was passed over that the broker has, or may have. */
  private earlyLost = false
  /** The client's first records may be early data that is not read. */
  private passesEarly = false
  private readonly ended: Record<Direction, boolean> = { request: false, response: false }
  private readonly id: number
  readonly ends: ConnectionInfo
  private readonly keys: KeyLog
  private readonly sessions: ResumedSessions
  private readonly tracks: Record<Direction, Track> = { request: new Track(), response: new Track() }
  private readonly readers: Record<Direction, HandshakeReader> = {
    request: new HandshakeReader(),
    response: new HandshakeReader(),
  }

  constructor(ends: ConnectionInfo, keys: KeyLog, sessions: ResumedSessions) {
    this.id = ends.id
    this.ends = ends
    this.keys = keys
    this.sessions = sessions
  }

  /** The client's random, in hex; null where its hello was not seen. */
  get random(): string | null {
    return this.clientHello && toHex(this.clientHello.random)
  }

  /** What is known of the handshake; null where there was none. */
  get info(): TlsInfo | null {
    const { clientHello, serverHello } = this
    if (!clientHello) return null
    return {
      connection: this.id,
      client: this.ends.client,
      broker: this.ends.broker,
      serverName: clientHello.serverName,
      protocols: clientHello.protocols,
      version: serverHello && tlsVersionName(serverHello.version),
      cipher: serverHello && suiteName(serverHello.suite),
      decrypted: this.mode === 'decrypting',
      problem: this.problem,
    }
  }

  /** Holds a segment that says nothing of its own (that the connection is open). */
  hold(segment: Segment): void {
    this.held.push(segment)
  }

  /** Bytes that it holds on to. */
  get buffered(): number {
    let bytes = this.held.length > 0 ? this.heldBytes : 0
    for (const direction of BOTH) bytes += this.tracks[direction].records.length + this.readers[direction].had
    return bytes
  }

  /** There is no room for it any more: from here on it passes as it is, or, decrypted so far, is a gap. */
  giveUp(time: number): Segment[] {
    const why = 'too many connections wait for the rest of a record'
    if (this.mode === 'deciding') return this.pass(why)
    this.problem ??= why
    const out: Segment[] = []
    for (const direction of BOTH) {
      const track = this.tracks[direction]
      if (!track.dead && !track.lost) out.push(this.unknownGap(direction, time))
      track.dead = true
      track.records.clear()
      this.readers[direction].reset()
    }
    return out
  }

  data(segment: Data): Segment[] {
    if (this.mode === 'passing') return [segment]
    const out: Segment[] = []
    if (this.mode === 'deciding') {
      this.held.push(segment)
      this.heldBytes += segment.bytes.length
      if (!this.begins(segment)) {
        this.blind = this.ends.midstream === true
        return this.pass(null)
      }
    }
    const track = this.tracks[segment.direction]
    if (!track.dead) {
      track.records.push(segment.bytes, segment.time, segment.packet)
      this.read(track, segment.direction, out)
    }
    // Reading may have decided.
    const mode = this.mode as TlsConnection['mode']
    if (mode === 'passing') return this.pass(null)
    if (mode === 'decrypting' && this.held.length > 0) out.unshift(...this.release())
    if (mode === 'deciding' && (this.heldBytes > MAX_HELD_BYTES || this.held.length > MAX_HELD_SEGMENTS)) {
      return this.pass('no end of the handshake was seen')
    }
    return out
  }

  gap(segment: Gap): Segment[] {
    if (this.mode === 'passing') return [segment]
    if (this.mode === 'deciding') {
      this.held.push(segment)
      this.blind = true
      return this.pass('a part of the handshake is not in the capture')
    }
    const track = this.tracks[segment.direction]
    if (track.dead) return []
    const out: Segment[] = []
    this.settleEarly(out)
    track.gap(segment.bytes)
    this.readers[segment.direction].reset()
    // How much plaintext is lost nobody knows: records may hold padding, tickets, key updates.
    out.push({ ...segment, bytes: 0 })
    return out
  }

  close(segment: Close): Segment[] {
    const out = this.end()
    this.settleEarly(out)
    for (const direction of segment.direction ? [segment.direction] : BOTH) {
      if (!this.ended[direction]) this.finish(direction, out)
    }
    out.push(segment)
    return out
  }

  /** Whether both directions have ended. */
  get closed(): boolean {
    return this.ended.request && this.ended.response
  }

  /** Nothing more comes: what is held goes on as it is. */
  end(): Segment[] {
    return this.mode === 'deciding' ? this.pass('the handshake has no end') : []
  }

  private finish(direction: Direction, out: Segment[]): void {
    this.ended[direction] = true
    const track = this.tracks[direction]
    if (this.mode === 'decrypting' && track.lost) {
      track.last = true
      this.read(track, direction, out)
    }
  }

  /** Whether the first bytes may be those of a TLS connection: a handshake record from the client first. */
  private begins({ direction, bytes }: Data): boolean {
    if (this.clientHello) return true
    if (direction === 'response') return false
    const first = this.heldBytes === bytes.length
    return !first || bytes.length === 0 || u8(bytes, 0) === HANDSHAKE
  }

  private pass(problem: string | null): Segment[] {
    this.problem ??= problem
    this.mode = 'passing'
    for (const direction of BOTH) {
      this.tracks[direction].records.clear()
      this.readers[direction].reset()
    }
    return this.release()
  }

  private release(): Segment[] {
    const { held } = this
    this.held = []
    return held
  }

  private read(track: Track, direction: Direction, out: Segment[]): void {
    while (this.mode !== 'passing') {
      if (track.lost) {
        const found = track.recover()
        if (track.dead) this.problem ??= 'records were lost, and the next was not found again'
        if (!found) return
        this.opened(direction, found.record, found.opened, out)
        continue
      }
      if (direction === 'request' && this.early.state === 'offered' && track.records.type === APPLICATION_DATA) return
      const record = track.records.next()
      if (record === null) return
      if (record === 'bad') this.stray(track, direction, out)
      else this.record(track, direction, record, out)
      if (!this.resumed) continue
      this.resumed = false
      this.read(this.tracks.request, 'request', out)
    }
  }

  /** No record begins where one should, or one does not decrypt. */
  private stray(track: Track, direction: Direction, out: Segment[]): void {
    if (this.mode === 'deciding') {
      this.mode = 'passing'
      return
    }
    const { records } = track
    this.problem ??= NO_FIT
    if (records.length > 0) out.push(this.unknownGap(direction, records.take(1).time))
    track.search(1)
  }

  private unknownGap(direction: Direction, time: number): Gap {
    return { type: 'gap', connection: this.id, direction, time, bytes: 0 }
  }

  private record(track: Track, direction: Direction, record: TlsRecord, out: Segment[]): void {
    const type = u8(record.bytes, 0)
    if (track.key === null) {
      // A broker that refuses with an alert: for the session to tell of.
      if (type === HANDSHAKE) this.handshake(direction, record.bytes.subarray(5))
      else if (type === CHANGE_CIPHER_SPEC) this.changeCipher(track)
      else if (type === ALERT && this.mode === 'deciding') this.mode = 'passing'
      else if (type === ALERT) this.alert(direction, record.bytes.subarray(5))
      else if (type === APPLICATION_DATA && !(direction === 'request' && this.early.skips())) {
        this.stray(track, direction, out)
      }
      return
    }
    // For middleboxes only (RFC 8446, D.4). A renegotiation of TLS 1.2 sends it encrypted.
    if (type === CHANGE_CIPHER_SPEC && this.serverHello?.version === TLS_1_3) return
    const opened = track.open(record)
    if (opened) {
      if (direction === 'request' && this.earlyLost) {
        out.push(this.unknownGap(direction, record.time))
        this.earlyLost = false
      }
      this.opened(direction, record, opened, out)
      return
    }
    if (direction === 'request' && track.seq === 0 && this.passesEarly && this.early.skips()) return
    // An alert may still be sent in the clear.
    if (type === ALERT && record.bytes.length === 7) {
      this.alert(direction, record.bytes.subarray(5))
      return
    }
    this.problem ??= NO_FIT
    out.push(this.unknownGap(direction, record.time))
    track.search(record.bytes.length)
  }

  private opened(direction: Direction, record: TlsRecord, { type, content }: Opened, out: Segment[]): void {
    const { time, packet } = record
    if (type === HANDSHAKE) this.handshake(direction, content)
    else if (type === CHANGE_CIPHER_SPEC) this.changeCipher(this.tracks[direction])
    else if (type === ALERT) this.alert(direction, content)
    else if (type === APPLICATION_DATA && content.length > 0) {
      const data: Data = { type: 'data', connection: this.id, direction, time, bytes: content }
      out.push(packet === undefined ? data : { ...data, packet })
    }
  }

  /** Level and description (RFC 8446, 6). Levels mean nothing in TLS 1.3. */
  private alert(direction: Direction, content: Uint8Array): void {
    if (content.length !== 2 || (this.serverHello?.version !== TLS_1_3 && u8(content, 0) !== FATAL)) return
    const name = tlsAlertName(u8(content, 1))
    // OpenSSL answers the end of a connection that nobody announced with an alert.
    if (ENDS.has(name) || this.ended[peerOf(direction)]) return
    const who = direction === 'request' ? 'client' : 'broker'
    this.problem ??= `the ${who} ended it with the alert ${name}`
  }

  private changeCipher(track: Track): void {
    if (this.serverHello?.version === TLS_1_2) track.turn()
  }

  private handshake(direction: Direction, bytes: Uint8Array): void {
    for (const { type, body } of this.readers[direction].push(bytes)) {
      if (type === CLIENT_HELLO && direction === 'request') this.onClientHello(body)
      else if (type === SERVER_HELLO && direction === 'response') this.onServerHello(body)
      else if (!this.clientHello) this.mode = 'passing'
      else if (this.serverHello?.version === TLS_1_3) this.onMessage13(direction, type, body)
      else if (type === NEW_SESSION_TICKET && direction === 'response' && this.master) {
        // Four bytes of lifetime, two of length.
        this.sessions.remember(toHex(body, Math.min(6, body.length)), this.master)
      }
    }
  }

  private onMessage13(direction: Direction, type: number, body: Uint8Array): void {
    const track = this.tracks[direction]
    if (type === FINISHED || type === END_OF_EARLY_DATA) track.turn()
    else if (type === KEY_UPDATE) track.update()
    else if (type === ENCRYPTED_EXTENSIONS && direction === 'response') {
      this.answerEarly(acceptsEarlyData(body) ? 'accepted' : 'refused')
    }
  }

  private onClientHello(body: Uint8Array): void {
    const hello = readClientHello(body)
    if (hello) {
      this.clientHello = hello
      this.early.offer(hello.earlyData)
    } else if (this.mode === 'deciding') this.mode = 'passing'
  }

  private onServerHello(body: Uint8Array): void {
    const hello = readServerHello(body)
    if (!hello || !this.clientHello) {
      if (this.mode === 'deciding') this.mode = 'passing'
      return
    }
    if (hello.retry || hello.version !== TLS_1_3) this.answerEarly('refused')
    if (hello.retry) return
    this.serverHello = hello
    const problem =
      hello.version === TLS_1_3 ? this.agree13(this.clientHello, hello) : this.agree12(this.clientHello, hello)
    if (this.mode !== 'deciding') return
    this.problem ??= problem
    this.mode = problem === null ? 'decrypting' : 'passing'
    if (problem !== null) return
    // It begins here, whatever the capture knew of it.
    this.held = this.held.flatMap((segment) =>
      segment.type === 'open' ? [{ ...segment, connection: { ...segment.connection, midstream: false } }] : [],
    )
  }

  private agree13(client: ClientHello, server: ServerHello): string | null {
    const suite = suiteOf(server.suite)
    if (!suite) return `${suiteName(server.suite)} is not read here`
    const secrets = this.keys.traffic(toHex(client.random))
    if (!secrets) return 'no keys for it'
    const { request, response } = this.tracks
    const handshake = trafficKey(suite, secrets.serverHandshake)
    begin(response, handshake, trafficKey(suite, secrets.server))
    this.clientKeys = {
      early: trafficKey(suite, secrets.clientEarly),
      handshake: trafficKey(suite, secrets.clientHandshake),
      application: trafficKey(suite, secrets.client),
    }
    // Without the broker's handshake key its EncryptedExtensions are not read.
    if (!handshake) this.answerEarly('unknown')
    if (this.early.state !== 'offered') this.startClient(request)
    return null
  }

  /** What the broker's answer to early data is has been told, or never will be. */
  private answerEarly(state: 'accepted' | 'refused' | 'unknown'): void {
    if (!this.early.answer(state)) return
    this.resumed = true
    this.startClient(this.tracks.request)
  }

  /** The answer to early data is lost: records of the client that wait for it are read now. */
  private settleEarly(out: Segment[]): void {
    this.answerEarly('unknown')
    if (!this.resumed) return
    this.resumed = false
    this.read(this.tracks.request, 'request', out)
  }

  /** The client's records can be read: it is known under which key they begin. */
  private startClient(track: Track): void {
    if (!this.clientKeys) return
    const { early, handshake, application } = this.clientKeys
    this.clientKeys = null
    const { state } = this.early
    if (state === 'accepted' && early && handshake) {
      track.use([early, handshake, ...(application ? [application] : [])])
      return
    }
    if (state === 'accepted') this.problem ??= 'no key for its early data (0-RTT)'
    if (state === 'unknown') this.problem ??= 'whether its early data (0-RTT) was taken is not known'
    this.earlyLost = state === 'accepted' || state === 'unknown'
    this.passesEarly = state !== 'none'
    begin(track, handshake, application)
  }

  private agree12(client: ClientHello, server: ServerHello): string | null {
    if (server.version !== TLS_1_2) return `${tlsVersionName(server.version)} is not read here`
    const suite = suiteOf(server.suite)
    if (!suite) return `${suiteName(server.suite)} is not read here`
    const known = this.keys.master(toHex(client.random), server.sessionId)
    // A broker takes up a session by sending back its id, which with a ticket the client has made up.
    const resumed = server.sessionId !== '' && server.sessionId === client.sessionId
    const master =
      known ?? (resumed ? (this.sessions.find(client.ticket) ?? this.sessions.find(server.sessionId)) : null)
    if (!master) return 'no keys for it'
    this.master = master
    this.sessions.remember(server.sessionId, master)
    const { encryptThenMac, random: serverRandom } = server
    const keys = masterKeys({ suite, master, clientRandom: client.random, serverRandom, encryptThenMac })
    this.tracks.request.later = [keys.client]
    this.tracks.response.later = [keys.server]
    return null
  }
}

/** A direction of TLS 1.3 is encrypted from here on. */
function begin(track: Track, handshake: RecordKey | null, application: RecordKey | null): void {
  track.use([handshake, application].filter((key) => key !== null))
  // Without the handshake's key the first record under the next one has to be searched for.
  if (!handshake) track.search(MAX_HELD_BYTES)
}
