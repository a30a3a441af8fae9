/**
 * From a packet to its TCP segment: link layer, IP, TCP headers. All else, and what does not fit its own lengths, is
 * passed over. Nothing is copied, but for IP fragments.
 */
import { u8, u16, u32 } from '../bytes/read.ts'
import { Fragments, type Part } from './fragments.ts'
import type { Packet } from './packet.ts'

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

const IPV4 = 0x0800
const IPV6 = 0x86dd
/** 802.1Q, 802.1ad, and the tag of old switches for the outer one. */
const VLAN = new Set([0x8100, 0x88a8, 0x9100])
/** So many tags may be stacked. */
const MAX_TAGS = 8
const TCP = 6

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

  /** True where the packet completes a TCP segment, which `tcp` then is. */
  read({ linkType, bytes, start, end, original }: Packet): boolean {
    // How far the packet went on the wire.
    const wire = start + original
    switch (linkType) {
      case 0: // BSD loopback: the address family in the byte order of the machine
      case 108:
        return end - start >= 4 && this.ip(bytes, start + 4, end, wire)
      case 1:
        return end - start >= 14 && this.typed(u16(bytes, start + 12), bytes, start + 14, end, wire)
      case 12: // raw IP, by the numbers of some systems
      case 14:
      case 101:
      case 228:
      case 229:
        return this.ip(bytes, start, end, wire)
      case 113: // Linux cooked: the protocol is the last of 16 bytes
        return end - start >= 16 && this.typed(u16(bytes, start + 14), bytes, start + 16, end, wire)
      case 276: // version 2: the protocol is the first of 20
        return end - start >= 20 && this.typed(u16(bytes, start), bytes, start + 20, end, wire)
      default:
        return false
    }
  }

  private typed(type: number, bytes: Uint8Array, start: number, end: number, wire: number): boolean {
    let at = start
    let protocol = type
    for (let tags = 0; VLAN.has(protocol) && tags < MAX_TAGS && end - at >= 4; tags++) {
      protocol = u16(bytes, at + 2)
      at += 4
    }
    return (protocol === IPV4 || protocol === IPV6) && this.ip(bytes, at, end, wire)
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
    if (u8(bytes, start + 9) !== TCP) return false
    const place = u16(bytes, start + 6)
    const offset = (place & 0x1fff) * 8
    const more = (place & 0x2000) !== 0
    this.addresses(start + 12, start + 16, 4)
    if (offset === 0 && !more) return this.segment(bytes, at, Math.min(end, last), last)
    // Of a fragment that the capture cut the rest can't be told.
    if (last > end) return false
    const id = u16(bytes, start + 4)
    return this.fragment({ bytes, at, end: last, offset, more, id })
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
          // What comes first in the whole is taken for TCP: another header between is too rare to follow.
          if (u8(bytes, at) !== TCP || last > end) return false
          return this.fragment({ bytes, at: at + 8, end: last, offset, more, id: u32(bytes, at + 4) })
        }
        default:
          return false
      }
    }
    return false
  }

  private addresses(source: number, target: number, size: 4 | 16): void {
    this.tcp.source = source
    this.tcp.target = target
    this.tcp.addressSize = size
  }

  private fragment(part: Part): boolean {
    const { source, addressSize } = this.tcp
    const size = addressSize * 2
    const whole = this.fragments.add(part.bytes.subarray(source, source + size), part)
    if (!whole) return false
    this.addresses(0, addressSize, addressSize)
    return this.segment(whole, size, whole.length, whole.length)
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
