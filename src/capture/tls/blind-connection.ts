/**
 * One connection whose handshake is not in the capture, or not all of it: segments are held until a record is found
 * that one of the key log's secrets opens. That tells the end that sent it, too, which of a connection that was entered
 * in its middle is a guess before.
 */
import { u8 } from '../../bytes/read.ts'
import { type ConnectionInfo, type Direction, peerOf, type Segment } from '../../session/segment.ts'
import type { BlindMatch, BlindSearch } from './blind.ts'
import { HandshakeReader, KEY_UPDATE } from './handshake.ts'
import type { TlsInfo } from './info.ts'
import type { Opened } from './opened.ts'
import { recordChain } from './record-chain.ts'
import { APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, type TlsRecord } from './records.ts'
import { Track } from './track.ts'

type Data = Extract<Segment, { type: 'data' }>
type Gap = Extract<Segment, { type: 'gap' }>
type Close = Extract<Segment, { type: 'close' }>

const BOTH: readonly Direction[] = ['request', 'response']

/** What is held until it is decided, and looked at until TLS records are seen. */
const MAX_HELD_BYTES = 262_144
const MAX_UNLIKELY = 16
/** Records that are tried. */
const MAX_RECORDS = 8
/** Bytes of which may be missing before the other end's first record. */
const FAR = 10_000_000

const NO_HANDSHAKE = 'its handshake is not in the capture, and no key of TLS 1.3 in the log opens it'

export class BlindConnection {
  mode: 'deciding' | 'decrypting' | 'passing' = 'deciding'
  private held: Segment[] = []
  private heldBytes = 0
  private segments = 0
  private tried = 0
  /** Records of TLS were seen. */
  private likely = false
  private cipher: string | null = null
  private problem: string | null = null
  /** What was taken for the client is the broker. */
  private turned = false
  private readonly ended: Record<Direction, boolean> = { request: false, response: false }
  private readonly ends: ConnectionInfo
  private readonly search: BlindSearch
  private readonly random: string | null
  private readonly hello: TlsInfo | null
  private readonly tracks: Record<Direction, Track> = { request: new Track(), response: new Track() }
  private readonly readers: Record<Direction, HandshakeReader> = {
    request: new HandshakeReader(),
    response: new HandshakeReader(),
  }

  /** `random`: the connection's own, in hex, where its ClientHello was seen, and `hello` what that showed. */
  constructor(ends: ConnectionInfo, search: BlindSearch, random: string | null, hello: TlsInfo | null) {
    this.ends = ends
    this.search = search
    this.random = random
    this.hello = hello
    this.likely = hello !== null
  }

  /** Null where it is no TLS. */
  get info(): TlsInfo | null {
    if (!this.likely) return null
    const { client, broker } = this.turned ? { client: this.ends.broker, broker: this.ends.client } : this.ends
    return {
      connection: this.ends.id,
      client,
      broker,
      serverName: this.hello?.serverName ?? null,
      protocols: this.hello?.protocols ?? [],
      version: this.cipher === null ? (this.hello?.version ?? null) : 'TLS 1.3',
      cipher: this.cipher ?? this.hello?.cipher ?? null,
      decrypted: this.mode === 'decrypting',
      problem: this.problem,
    }
  }

  get buffered(): number {
    let bytes = this.held.length > 0 ? this.heldBytes : 0
    for (const direction of BOTH) bytes += this.tracks[direction].records.length + this.readers[direction].had
    return bytes
  }

  get closed(): boolean {
    return this.ended.request && this.ended.response
  }

  giveUp(time: number): Segment[] {
    if (this.mode === 'deciding') return this.pass()
    this.problem ??= 'too many connections wait for the rest of a record'
    for (const direction of BOTH) {
      this.tracks[direction].dead = true
      this.tracks[direction].records.clear()
      this.readers[direction].reset()
    }
    return BOTH.map((direction) => this.unknownGap(direction, time))
  }

  /** Holds a segment that says nothing of its own (that the connection is open). */
  hold(segment: Segment): void {
    this.held.push(segment)
  }

  data(given: Data): Segment[] {
    if (this.mode === 'passing') return [given]
    const segment = this.seen(given)
    const { direction } = segment
    const track = this.tracks[direction]
    if (!track.dead) track.records.push(segment.bytes, segment.time, segment.packet)
    if (this.mode === 'decrypting') return this.read(direction)
    this.held.push(segment)
    this.heldBytes += segment.bytes.length
    this.likely ||= recordChain(segment.bytes)
    const hopeless = this.likely ? !this.search.hopes(this.random) : ++this.segments >= MAX_UNLIKELY
    if (hopeless || this.heldBytes > MAX_HELD_BYTES) return this.pass()
    return this.likely ? this.decide() : []
  }

  /** Tries the records that are there. */
  private decide(): Segment[] {
    for (const direction of BOTH) {
      const { records } = this.tracks[direction]
      for (let record = records.find(); record; record = records.find()) {
        const encrypted = u8(record.bytes, 0) === APPLICATION_DATA
        const match = encrypted ? this.search.find(record.bytes, this.random) : null
        records.drop(record.bytes.length)
        if (match) return this.begin(direction, record, match)
        if (encrypted && ++this.tried >= MAX_RECORDS) return this.pass()
      }
    }
    return []
  }

  private begin(found: Direction, record: TlsRecord, match: BlindMatch): Segment[] {
    const { request, response } = this.tracks
    const direction = match.sender === 'client' ? 'request' : 'response'
    if (direction !== found) {
      this.turned = true
      this.tracks.request = response
      this.tracks.response = request
    }
    this.mode = 'decrypting'
    this.cipher = match.cipher
    this.tracks[direction].use([match.key], match.seq)
    const other = this.tracks[peerOf(direction)]
    if (match.other) other.use([match.other])
    else other.dead = true
    other.search(FAR)
    const opens = this.held.filter(({ type }) => type === 'open').map((segment) => this.turnedOpen(segment))
    const out: Segment[] = [...opens]
    // One that was seen to begin lacks what was said before.
    if (!this.ends.midstream) out.push(...BOTH.map((each) => this.unknownGap(each, record.time)))
    this.held = []
    this.opened(direction, record, match.opened, out)
    return [...out, ...this.read(direction), ...this.read(peerOf(direction))]
  }

  private turnedOpen(segment: Segment): Segment {
    if (segment.type !== 'open' || !this.turned) return segment
    const { client, broker } = segment.connection
    return { ...segment, connection: { ...segment.connection, client: broker, broker: client } }
  }

  private seen<T extends Data | Gap>(segment: T): T {
    return this.turned ? { ...segment, direction: peerOf(segment.direction) } : segment
  }

  private read(direction: Direction): Segment[] {
    const track = this.tracks[direction]
    const out: Segment[] = []
    for (;;) {
      if (track.lost) {
        const found = track.recover()
        if (track.dead) this.problem ??= 'records were lost, and the next was not found again'
        if (!found) return out
        this.opened(direction, found.record, found.opened, out)
        continue
      }
      const record = track.records.next()
      if (record === null) return out
      if (record === 'bad') this.lose(track, direction, track.records.take(1).time, 1, out)
      else if (u8(record.bytes, 0) !== CHANGE_CIPHER_SPEC) {
        const opened = track.open(record)
        if (opened) this.opened(direction, record, opened, out)
        else this.lose(track, direction, record.time, record.bytes.length, out)
      }
    }
  }

  private lose(track: Track, direction: Direction, time: number, bytes: number, out: Segment[]): void {
    this.problem ??= 'a record does not decrypt: its bytes are damaged'
    out.push(this.unknownGap(direction, time))
    track.search(bytes)
  }

  private opened(direction: Direction, record: TlsRecord, { type, content }: Opened, out: Segment[]): void {
    const { time, packet } = record
    if (type === HANDSHAKE) {
      for (const message of this.readers[direction].push(content)) {
        if (message.type === KEY_UPDATE) this.tracks[direction].update()
      }
    } else if (type === APPLICATION_DATA && content.length > 0) {
      const data: Data = { type: 'data', connection: this.ends.id, direction, time, bytes: content }
      out.push(packet === undefined ? data : { ...data, packet })
    }
  }

  gap(given: Gap): Segment[] {
    if (this.mode === 'passing') return [given]
    const segment = this.seen(given)
    const track = this.tracks[segment.direction]
    if (this.mode === 'deciding') {
      this.held.push(segment)
      track.records.clear()
      return []
    }
    if (track.dead) return []
    track.gap(segment.bytes)
    this.readers[segment.direction].reset()
    return [{ ...segment, bytes: 0 }]
  }

  close(segment: Close): Segment[] {
    const out = this.end()
    for (const given of segment.direction ? [segment.direction] : BOTH) {
      const direction = this.turned ? peerOf(given) : given
      this.ended[direction] = true
      this.tracks[direction].last = true
      if (this.mode === 'decrypting' && this.tracks[direction].lost) out.push(...this.read(direction))
    }
    const { direction } = segment
    out.push(direction && this.turned ? { ...segment, direction: peerOf(direction) } : segment)
    return out
  }

  end(): Segment[] {
    return this.mode === 'deciding' ? this.pass() : []
  }

  /** It goes on as it came. */
  private pass(): Segment[] {
    if (this.likely) this.problem ??= NO_HANDSHAKE
    this.mode = 'passing'
    for (const direction of BOTH) this.tracks[direction].records.clear()
    const { held } = this
    this.held = []
    return held
  }

  private unknownGap(direction: Direction, time: number): Gap {
    return { type: 'gap', connection: this.ends.id, direction, time, bytes: 0 }
  }
}
