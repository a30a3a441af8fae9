/** What carries packets within packets: labels and tags between link and IP, tunnels above IP. */
import { u8, u16 } from '../bytes/read.ts'
import { afterPppoe, ETHERNET, ETHERNET_HEADER, IPV4, IPV6, MPLS, move, type Place } from './link-types.ts'

/** 802.1Q, 802.1ad, and the tag of old switches for the outer one. */
const VLAN = new Set([0x8100, 0x88a8, 0x9100])
/** Cisco's tag of a virtual machine's port: 4 bytes, then an EtherType. */
const VN_TAG = 0x8926
/** Provider backbone bridging: 4 bytes, then a frame. */
const BACKBONE = 0x88e7
const PPPOE = 0x8864
const MPLS_MULTICAST = 0x8848
/** IEEE 802.3 has a length where Ethernet II has a type. */
const LARGEST_LENGTH = 1500
const SNAP = 0xaaaa

const KNOWN = new Set([IPV4, IPV6, MPLS, PPPOE])

/** So many tags may be stacked. */
const MAX_TAGS = 8

/** Goes from an EtherType to IP, past all tags and frames; false where none is reached. `place` is changed. */
export function toIp(place: Place, bytes: Uint8Array, end: number): boolean {
  for (let tags = 0; tags <= MAX_TAGS; tags++) {
    if (place.type === IPV4 || place.type === IPV6) return true
    if (!pass(place, bytes, end)) return false
  }
  return false
}

function pass(place: Place, bytes: Uint8Array, end: number): boolean {
  const { type, at } = place
  const size = end - at
  if (VLAN.has(type)) return size >= 4 && move(place, u16(bytes, at + 2), at + 4)
  if (type <= LARGEST_LENGTH) {
    // LLC, and SNAP's organisation of zeros.
    const snap = size >= 8 && u16(bytes, at) === SNAP && u16(bytes, at + 3) === 0 && u8(bytes, at + 5) === 0
    return snap && move(place, u16(bytes, at + 6), at + 8)
  }
  switch (type) {
    case ETHERNET:
      return size >= ETHERNET_HEADER && move(place, u16(bytes, at + 12), at + ETHERNET_HEADER)
    case MPLS:
    case MPLS_MULTICAST:
      return passLabels(place, bytes, end)
    case PPPOE:
      return afterPppoe(bytes, at, end, place)
    case VN_TAG:
      return size >= 6 && move(place, u16(bytes, at + 4), at + 6)
    case BACKBONE:
      return move(place, ETHERNET, at + 4)
    default:
      return false
  }
}

/** MPLS (RFC 3032): labels of 4 bytes to the one with the S bit. What follows nobody says. */
function passLabels(place: Place, bytes: Uint8Array, end: number): boolean {
  let { at } = place
  for (let labels = 0; labels < MAX_TAGS * 2; labels++) {
    if (end - at < 5) return false
    at += 4
    if ((u8(bytes, at - 2) & 1) === 0) continue
    const first = u8(bytes, at) >> 4
    if (first === 4 || first === 6) return move(place, IPV4, at)
    // A pseudowire: the frame at once, or a control word (RFC 4385) before it.
    const atOnce = end - at >= ETHERNET_HEADER && (KNOWN.has(u16(bytes, at + 12)) || VLAN.has(u16(bytes, at + 12)))
    return move(place, ETHERNET, atOnce ? at : at + 4)
  }
  return false
}

const IP_IN_IP = 4
const IPV6_IN_IP = 41
const GRE = 47
const UDP = 17

const GRE_CHECKSUM = 0x8000
const GRE_ROUTING = 0x4000
const GRE_KEY = 0x2000
const GRE_SEQUENCE = 0x1000
const ERSPAN_2 = 0x88be
const ERSPAN_3 = 0x22eb

/** UDP ports: VXLAN and Linux's own for it, its generic extension, GENEVE, MPLS. */
const VXLAN = 4789
const VXLAN_LINUX = 8472
const VXLAN_GPE = 4790
const GENEVE = 6081
const MPLS_IN_UDP = 6635
/** What VXLAN-GPE calls its contents. */
const GPE_TYPES: ReadonlyMap<number, number> = new Map([
  [1, IPV4],
  [2, IPV6],
  [3, ETHERNET],
])

/** Protocols above IP that carry packets. */
export const isTunnel = (protocol: number): boolean =>
  protocol === UDP || protocol === GRE || protocol === IP_IN_IP || protocol === IPV6_IN_IP

/** Goes into what a protocol above IP carries; false where that is no packet. `place` is where it begins. */
export function intoTunnel(protocol: number, bytes: Uint8Array, at: number, end: number, place: Place): boolean {
  switch (protocol) {
    case IP_IN_IP:
    case IPV6_IN_IP:
      return move(place, IPV4, at)
    case GRE:
      return intoGre(bytes, at, end, place)
    case UDP:
      return end - at >= 16 && intoUdp(u16(bytes, at + 2), bytes, at + 8, end, place)
    default:
      return false
  }
}

/** RFC 2784 and 2890. ERSPAN (switches' mirror ports): a frame, behind a header of its own. */
function intoGre(bytes: Uint8Array, at: number, end: number, place: Place): boolean {
  if (end - at < 4) return false
  const flags = u16(bytes, at)
  const type = u16(bytes, at + 2)
  if (flags & GRE_ROUTING || (flags & 7) !== 0) return false
  const optional = [GRE_CHECKSUM, GRE_KEY, GRE_SEQUENCE].filter((flag) => flags & flag).length
  const inner = at + 4 + 4 * optional
  // The first version has neither sequence number nor header.
  if (type === ERSPAN_2) return move(place, ETHERNET, flags & GRE_SEQUENCE ? inner + 8 : inner)
  if (type !== ERSPAN_3) return move(place, type, inner)
  if (end - inner < 12) return false
  const more = u8(bytes, inner + 11) & 1 ? 8 : 0
  return move(place, ETHERNET, inner + 12 + more)
}

function intoUdp(port: number, bytes: Uint8Array, at: number, end: number, place: Place): boolean {
  const flags = u8(bytes, at)
  switch (port) {
    case VXLAN: // RFC 7348: the flag that says that there is a network identifier
    case VXLAN_LINUX:
      return (flags & 0x08) !== 0 && move(place, ETHERNET, at + 8)
    case VXLAN_GPE:
      return move(place, flags & 0x04 ? (GPE_TYPES.get(u8(bytes, at + 3)) ?? 0xffff) : ETHERNET, at + 8)
    case GENEVE: {
      // RFC 8926: version 0, options in units of 4 bytes
      const inner = at + 8 + (flags & 0x3f) * 4
      return flags >> 6 === 0 && inner <= end && move(place, u16(bytes, at + 2), inner)
    }
    case MPLS_IN_UDP:
      return move(place, MPLS, at)
    default:
      return false
  }
}
