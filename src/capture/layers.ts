/**
 * From a packet to its TCP segment: link layer, tunnels, IP, TCP headers. All else, and what does not fit its own
 * lengths, is passed over. Nothing is copied, but for IP fragments.
 */
import { u8, u16, u32 } from '../bytes/read.ts'
import { Fragments, type Part } from './fragments.ts'
import { afterLink, IPV4, IPV6, type Place } from './link-types.ts'
import type { Packet } from './packet.ts'
import { intoTunnel, isTunnel, toIp } from './tunnels.ts'

export const FIN = 1
export const SYN = 2
export const RST = 4
export const ACK = 16

/** A TCP segment in a packet. One object is used again for all: valid until the next one is read. */
export interface TcpSegment {
  bytes: Uint8Array
  /** Where the addresses begin, and how long they are: 4 or 16. */
  source: number
  target: number
  addressSize: 4 | 16
  sourcePort: number
  targetPort: number
  seq: number
  ack: number
  flags: number
  /** The payload that was captured, from `start` to `end`, and the length it had on the wire. */
  start: number
  end: number
  length: number
}

const TCP = 6
/** Tunnels within tunnels. */
const MAX_TUNNELS = 4

export class Layers {
  readonly tcp: TcpSegment = {
    bytes: new Uint8Array(0),
    source: 0,
    target: 0,
    addressSize: 4,
    sourcePort: 0,
    targetPort: 0,
    seq: 0,
    ack: 0,
    flags: 0,
    start: 0,
    end: 0,
    length: 0,
  }
  private readonly fragments = new Fragments()
  private readonly place: Place = { type: 0, at: 0 }
  private tunnels = 0

  /** True where the packet completes a TCP segment, which `tcp` then is. */
  read({ linkType, bytes, start, end, original }: Packet): boolean {
    const { place } = this
    this.tunnels = 0
    // The second is how far the packet went on the wire.
    return afterLink(linkType, bytes, start, end, place) && this.typed(bytes, end, start + original)
  }

  /** What is at `place`, and named by its type. */
  private typed(bytes: Uint8Array, end: number, wire: number): boolean {
    const { place } = this
    const isIp = place.type === IPV4 || place.type === IPV6 || toIp(place, bytes, end)
    return isIp && this.ip(bytes, place.at, end, wire)
  }

  private ip(bytes: Uint8Array, start: number, end: number, wire: number): boolean {
    if (end - start < 20) return false
    const version = u8(bytes, start) >> 4
    if (version === 4) return this.ipv4(bytes, start, end, wire)
    return version === 6 && end - start >= 40 && this.ipv6(bytes, start, end, wire)
  }

  private ipv4(bytes: Uint8Array, start: number, end: number, wire: number): boolean {
    const header = (u8(bytes, start) & 15) * 4
    const total = u16(bytes, start + 2)
    // 0: the network card cuts it into packets later (TSO).
    const last = total === 0 ? wire : start + total
    const at = start + header
    if (header < 20 || at > Math.min(end, last)) return false
    const protocol = u8(bytes, start + 9)
    if (protocol !== TCP && !isTunnel(protocol)) return false
    const place = u16(bytes, start + 6)
    const offset = (place & 0x1fff) * 8
    const more = (place & 0x2000) !== 0
    this.addresses(start + 12, start + 16, 4)
    if (offset === 0 && !more) return this.above(protocol, bytes, at, Math.min(end, last), last)
    // Of a fragment that the capture cut the rest can't be told.
    if (last > end) return false
    const id = u16(bytes, start + 4)
    return this.fragment({ bytes, at, end: last, offset, more, id, protocol })
  }

  private ipv6(bytes: Uint8Array, start: number, end: number, wire: number): boolean {
    const payload = u16(bytes, start + 4)
    // 0: a jumbogram, or one that the network card cuts later.
    const last = payload === 0 ? wire : start + 40 + payload
    const limit = Math.min(end, last)
    this.addresses(start + 8, start + 24, 16)
    let next = u8(bytes, start + 6)
    let at = start + 40
    while (at + 8 <= limit) {
      switch (next) {
        case TCP:
          return this.segment(bytes, at, limit, last)
        case 0: // hop by hop, routing, destination options, mobility: length in units of 8 bytes without the first
        case 43:
        case 60:
        case 135:
          next = u8(bytes, at)
          at += 8 + u8(bytes, at + 1) * 8
          break
        case 51: // authentication header: in units of 4 without the first two
          next = u8(bytes, at)
          at += 8 + u8(bytes, at + 1) * 4
          break
        case 44: {
          const place = u16(bytes, at + 2)
          const offset = place & 0xfff8
          const more = (place & 1) !== 0
          if (offset === 0 && !more) {
            next = u8(bytes, at)
            at += 8
            break
          }
          // Another header between is too rare to follow.
          const protocol = u8(bytes, at)
          if ((protocol !== TCP && !isTunnel(protocol)) || last > end) return false
          return this.fragment({ bytes, at: at + 8, end: last, offset, more, id: u32(bytes, at + 4), protocol })
        }
        default:
          return isTunnel(next) && this.above(next, bytes, at, limit, last)
      }
    }
    return false
  }

  private addresses(source: number, target: number, size: 4 | 16): void {
    this.tcp.source = source
    this.tcp.target = target
    this.tcp.addressSize = size
  }

  /** What IP carries: TCP, or a packet in a tunnel. */
  private above(protocol: number, bytes: Uint8Array, at: number, end: number, last: number): boolean {
    if (protocol === TCP) return this.segment(bytes, at, end, last)
    if (++this.tunnels > MAX_TUNNELS || !intoTunnel(protocol, bytes, at, end, this.place)) return false
    return this.place.at < end && this.typed(bytes, end, last)
  }

  private fragment(part: Part): boolean {
    const { source, addressSize } = this.tcp
    const size = addressSize * 2
    const whole = this.fragments.add(part.bytes.subarray(source, source + size), part)
    if (!whole) return false
    this.addresses(0, addressSize, addressSize)
    return this.above(part.protocol, whole, size, whole.length, whole.length)
  }

  /** `end`: of what was captured; `last`: of what was on the wire, padding of the link not counted. */
  private segment(bytes: Uint8Array, at: number, end: number, last: number): boolean {
    if (end - at < 20) return false
    const header = (u8(bytes, at + 12) >> 4) * 4
    if (header < 20 || at + header > last) return false
    const { tcp } = this
    tcp.bytes = bytes
    tcp.sourcePort = u16(bytes, at)
    tcp.targetPort = u16(bytes, at + 2)
    tcp.seq = u32(bytes, at + 4)
    tcp.ack = u32(bytes, at + 8)
    tcp.flags = u8(bytes, at + 13)
    tcp.start = Math.min(end, at + header)
    tcp.end = end
    tcp.length = last - at - header
    return true
  }
}
