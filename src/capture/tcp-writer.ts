/**
 * Segments back to packets: what a capture of the connection would hold. Addresses and ports are the connection's;
 * sequence numbers count its bytes; a connection that was seen to open begins with a handshake, one that closed ends
 * with FINs. What is missing leaves a hole in the sequence
 * numbers, which the other side acknowledges at once, so that a reader knows it will not come.
 */
import { Buffer } from 'node:buffer'
import { inetChecksum, inetSum } from '../bytes/inet-checksum.ts'
import { setI16 } from '../bytes/patch.ts'
import { Writer } from '../bytes/write.ts'
import { type ConnectionInfo, type Direction, peerOf, type Segment } from '../session/segment.ts'
import { addressBytes, mapped } from './ip-address.ts'

export interface IpPacket {
  /** Microseconds since 1970. */
  readonly time: number
  /** From the IP header on. */
  readonly bytes: Uint8Array
}

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16
const TCP = 6

/** An IP packet has at most 65,535 bytes, headers included. */
const MAX_PAYLOAD = 65_400
/** With the scale below a window of 1 GB: no reader thinks it full. */
const WINDOW = 65_535
/** Maximum segment size, then, padded, the window's scale of 14 (RFC 7323). */
const SYN_OPTIONS = Buffer.from([2, 4, MAX_PAYLOAD >> 8, MAX_PAYLOAD & 0xff, 1, 3, 3, 14])
/** A gap of unknown size: more than a frame that it fell into can lack. */
const UNKNOWN_GAP = 2 ** 28
/** Where names have no address that is known: a range for documentation (RFC 5737). */
const NAMED = [192, 0, 2, 0]

interface End {
  readonly address: readonly number[]
  readonly port: number
  /** The next byte's sequence number. */
  seq: number
  ended: boolean
}

type Close = Extract<Segment, { type: 'close' }>

type Ends = Record<Direction, End>

export class TcpWriter {
  private readonly connections = new Map<number, Ends>()
  private readonly names = new Map<string, number[]>()
  private ipId = 0

  /**
   * Takes a segment and returns its packets: none where it belongs to a connection that is not open. `abrupt`: a
   * connection that is gone was reset, in the middle of something.
   */
  push(segment: Segment, abrupt = false): IpPacket[] {
    if (segment.type === 'open') return this.open(segment.connection, segment.time)
    const ends = this.connections.get(segment.connection)
    if (!ends) return []
    const { time } = segment
    switch (segment.type) {
      case 'data':
        return this.data(ends, segment.direction, segment.bytes, time)
      case 'gap':
        if (ends[segment.direction].ended) return []
        this.skip(segment)
        return [this.packet(ends, peerOf(segment.direction), ACK, time)]
      default:
        return this.close(segment, ends, abrupt)
    }
  }

  /** Leaves bytes out without a packet that says so; the next packet of the other side will. */
  skip(segment: Segment): void {
    if (segment.type !== 'data' && segment.type !== 'gap') return
    const end = this.connections.get(segment.connection)?.[segment.direction]
    if (!end || end.ended) return
    const bytes = segment.type === 'data' ? segment.bytes.length : segment.bytes || UNKNOWN_GAP
    end.seq = (end.seq + bytes) >>> 0
  }

  private open({ id, client, broker, midstream }: ConnectionInfo, time: number): IpPacket[] {
    // Two connections of the same ports must not look like one.
    const first = Math.imul(id, 65_537) >>> 0
    const [from, to] = [this.place(client), this.place(broker)]
    const same = from.address.length === to.address.length
    const wide = ({ address }: { address: number[] }): number[] => (same ? address : mapped(address))
    const ends: Ends = {
      request: { address: wide(from), port: from.port, seq: first, ended: false },
      response: { address: wide(to), port: to.port, seq: (first + 0x4000_0000) >>> 0, ended: false },
    }
    this.connections.set(id, ends)
    if (midstream) return []
    const syn = this.packet(ends, 'request', SYN, time)
    ends.request.seq = (first + 1) >>> 0
    const answer = this.packet(ends, 'response', SYN | ACK, time)
    ends.response.seq = (ends.response.seq + 1) >>> 0
    return [syn, answer, this.packet(ends, 'request', ACK, time)]
  }

  private data(ends: Ends, direction: Direction, bytes: Uint8Array, time: number): IpPacket[] {
    const end = ends[direction]
    if (end.ended) return []
    const packets: IpPacket[] = []
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) {
      const payload = bytes.subarray(at, at + MAX_PAYLOAD)
      const last = at + MAX_PAYLOAD >= bytes.length
      packets.push(this.packet(ends, direction, last ? ACK | PSH : ACK, time, payload))
      end.seq = (end.seq + payload.length) >>> 0
    }
    return packets
  }

  private close({ connection, direction, time }: Close, ends: Ends, abrupt: boolean): IpPacket[] {
    const packets: IpPacket[] = []
    if (abrupt && direction === undefined && !ends.request.ended && !ends.response.ended) {
      this.connections.delete(connection)
      return [this.packet(ends, 'request', RST | ACK, time)]
    }
    for (const side of direction ? [direction] : (['request', 'response'] as const)) {
      const end = ends[side]
      if (end.ended) continue
      packets.push(this.packet(ends, side, FIN | ACK, time))
      end.ended = true
      end.seq = (end.seq + 1) >>> 0
      if (!ends[peerOf(side)].ended) continue
      packets.push(this.packet(ends, peerOf(side), ACK, time))
      this.connections.delete(connection)
    }
    return packets
  }

  private packet(
    ends: Ends,
    direction: Direction,
    flags: number,
    time: number,
    payload: Uint8Array = NOTHING,
  ): IpPacket {
    const from = ends[direction]
    const to = ends[peerOf(direction)]
    const options = flags & SYN ? SYN_OPTIONS : NOTHING
    const size = 20 + options.length + payload.length
    const writer = new Writer(60 + size)
    if (from.address.length === 4) this.ipv4(writer, from, to, size)
    else ipv6(writer, from, to, size)
    const at = writer.length
    writer.i16(from.port)
    writer.i16(to.port)
    writer.i32(from.seq)
    writer.i32(flags & ACK ? to.seq : 0)
    writer.i8((20 + options.length) << 2)
    writer.i8(flags)
    writer.i16(WINDOW)
    // Checksum and urgent pointer.
    writer.i32(0)
    writer.raw(options)
    writer.raw(payload)
    const bytes = writer.view()
    // Over a pseudo header too: addresses, protocol, length (RFC 9293, 3.1; RFC 8200, 8.1).
    const addresses = Buffer.from([...from.address, ...to.address])
    const sum = inetSum(addresses, 0, addresses.length, TCP + size)
    setI16(bytes, at + 16, inetChecksum(inetSum(bytes, at, bytes.length, sum)))
    return { time, bytes }
  }

  private ipv4(writer: Writer, from: End, to: End, size: number): void {
    writer.i8(0x45)
    writer.i8(0)
    writer.i16(20 + size)
    writer.i16(this.ipId++ & 0xffff)
    // Not to be cut into fragments; 64 hops.
    writer.i16(0x4000)
    writer.i8(64)
    writer.i8(TCP)
    writer.i16(0)
    writer.raw(Buffer.from(from.address))
    writer.raw(Buffer.from(to.address))
    const header = writer.view()
    setI16(header, 10, inetChecksum(inetSum(header, 0, 20, 0)))
  }

  /** `host:port` to bytes. A host that is a name gets an address of its own. */
  private place(text: string): { address: number[]; port: number } {
    const colon = text.lastIndexOf(':')
    const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
    const port = Number(text.slice(colon + 1)) & 0xffff
    return { address: addressBytes(host) ?? this.named(host), port }
  }

  private named(name: string): number[] {
    if (name === 'localhost') return [127, 0, 0, 1]
    const known = this.names.get(name)
    if (known) return known
    const address = NAMED.toSpliced(3, 1, (this.names.size % 254) + 1)
    this.names.set(name, address)
    return address
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)

function ipv6(writer: Writer, from: End, to: End, size: number): void {
  writer.i32(0x6000_0000)
  writer.i16(size)
  writer.i8(TCP)
  writer.i8(64)
  writer.raw(Buffer.from(from.address))
  writer.raw(Buffer.from(to.address))
}
