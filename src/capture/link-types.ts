/**
 * From the first byte of a packet to what its link layer carries: the headers of tcpdump.org/linktypes.html. What
 * follows is named by its EtherType; IP is told by its own first bits, so that any of its types will do.
 */
import { u8, u16, u16le, u32le } from '../bytes/read.ts'

/** What follows a header and where it begins. One object is used again for all. */
export interface Place {
  /** An EtherType. */
  type: number
  at: number
}

export const IPV4 = 0x0800
export const IPV6 = 0x86dd
export const MPLS = 0x8847
/** Transparent Ethernet bridging: a whole frame. */
export const ETHERNET = 0x6558

export const ETHERNET_HEADER = 14
/** How often a PKTAP header may name another. */
const MAX_NESTED = 4

/** Whether the link layer was read; `place` is then where it ends. */
export function afterLink(linkType: number, bytes: Uint8Array, start: number, end: number, place: Place): boolean {
  const size = end - start
  switch (linkType) {
    case 1:
      return size >= ETHERNET_HEADER && move(place, u16(bytes, start + 12), start + ETHERNET_HEADER)
    case 0: // BSD loopback: the address family in the byte order of the machine
    case 108:
      return size >= 4 && move(place, IPV4, start + 4)
    case 12: // raw IP, by the numbers of some systems
    case 14:
    case 101:
    case 228:
    case 229:
      return move(place, IPV4, start)
    case 113: // Linux cooked: the protocol is the last of 16 bytes
      return size >= 16 && move(place, u16(bytes, start + 14), start + 16)
    case 276: // version 2: the protocol is the first of 20
      return size >= 20 && move(place, u16(bytes, start), start + 20)
    default:
      return afterRareLink(linkType, bytes, start, end, place)
  }
}

function afterRareLink(linkType: number, bytes: Uint8Array, start: number, end: number, place: Place): boolean {
  const size = end - start
  switch (linkType) {
    case 9: // PPP, and in HDLC framing
    case 50:
      return afterPpp(bytes, start, end, place)
    case 51: // PPPoE
      return afterPppoe(bytes, start, end, place)
    case 104: // Cisco HDLC: address, control, EtherType
      return size >= 4 && move(place, u16(bytes, start + 2), start + 4)
    case 109: // OpenBSD's view into IPsec: family, SPI, flags
      return size >= 12 && move(place, IPV4, start + 12)
    case 117: // OpenBSD's firewall log: the first byte is the header's length, which is padded
      return size >= 4 && move(place, IPV4, start + ((u8(bytes, start) + 3) & ~3))
    case 239:
      return afterNflog(bytes, start, end, place)
    case 149: // PKTAP, by the number that macOS gave it first
    case 258:
      return afterPktap(bytes, start, end, place)
    default:
      return false
  }
}

/** True always, so that it can end a condition. */
export function move(place: Place, type: number, at: number): true {
  place.type = type
  place.at = at
  return true
}

/** PPP's protocol numbers of what is read here. */
const PPP_TYPES: ReadonlyMap<number, number> = new Map([
  [0x0021, IPV4],
  [0x0057, IPV6],
  [0x0281, MPLS],
])

/** PPP (RFC 1662): perhaps an address and a control byte, and a protocol of one byte or two. */
export function afterPpp(bytes: Uint8Array, start: number, end: number, place: Place): boolean {
  let at = start
  if (end - at >= 2 && u16(bytes, at) === 0xff03) at += 2
  if (end - at < 2) return false
  const isShort = (u8(bytes, at) & 1) === 1
  const type = PPP_TYPES.get(isShort ? u8(bytes, at) : u16(bytes, at))
  return type !== undefined && move(place, type, at + (isShort ? 1 : 2))
}

/** PPPoE's session header (RFC 2516): version, code, session, length; then PPP. */
export const afterPppoe = (bytes: Uint8Array, start: number, end: number, place: Place): boolean =>
  end - start >= 8 && u8(bytes, start + 1) === 0 && afterPpp(bytes, start + 6, end, place)

const NFLOG_PAYLOAD = 9

/** Linux's firewall log: a header of four bytes, then values in the byte order of the machine, of which one is the packet. */
function afterNflog(bytes: Uint8Array, start: number, end: number, place: Place): boolean {
  let at = start + 4
  while (at + 4 <= end) {
    // A length has two bytes, and no value but the packet is longer than 255.
    const isLittle = u8(bytes, at + 3) === 0 && u8(bytes, at + 2) < 64
    const read = isLittle ? u16le : u16
    if (read(bytes, at + 2) === NFLOG_PAYLOAD) return move(place, IPV4, at + 4)
    const length = read(bytes, at)
    if (length < 4) return false
    at += (length + 3) & ~3
  }
  return false
}

/** macOS's header for packets of any interface: its length, the kind of record, the link type that follows. */
function afterPktap(bytes: Uint8Array, start: number, end: number, place: Place, nested = 0): boolean {
  if (end - start < 12 || nested >= MAX_NESTED) return false
  const length = u32le(bytes, start)
  const linkType = u32le(bytes, start + 8)
  if (length < 12 || length > end - start) return false
  if (linkType === 258 || linkType === 149) return afterPktap(bytes, start + length, end, place, nested + 1)
  return afterLink(linkType, bytes, start + length, end, place)
}
