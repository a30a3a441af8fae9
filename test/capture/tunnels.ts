/** Packets within packets, as clouds, switches and machines wrap them. Each takes an Ethernet frame with IPv4. */
import { ethernet, ipv4, ipv6 } from './packets.ts'

export type Wrap = (frame: Buffer) => Buffer
export interface Wrapped {
  readonly linkType: number
  readonly wrap: Wrap
}

const ETHERNET_HEADER = 14
const inner = (frame: Buffer): Buffer => frame.subarray(ETHERNET_HEADER)
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** IPv4 between two hosts of which nothing else is known, with any protocol. */
const outer = (protocol: number, payload: Uint8Array): Buffer => {
  const packet = ipv4(payload)
  packet.set([192, 168, 7, 1, 192, 168, 7, 2], 12)
  packet.writeUInt8(protocol, 9)
  return ethernet(packet)
}

const udp = (port: number, payload: Uint8Array): Buffer => {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(54_321, 0)
  header.writeUInt16BE(port, 2)
  header.writeUInt16BE(8 + payload.length, 4)
  return outer(17, Buffer.concat([header, payload]))
}

const before =
  (head: Buffer, part: (frame: Buffer) => Buffer, around: (bytes: Buffer) => Buffer): Wrap =>
  (frame) =>
    around(Buffer.concat([head, part(frame)]))
const whole: Wrap = (frame) => frame
const bare = (bytes: Buffer): Buffer => bytes
const gre = (bytes: Buffer): Buffer => outer(47, bytes)

const on = (wrap: Wrap, linkType = 1): Wrapped => ({ wrap, linkType })

/** A value of Linux's firewall log: length and type in the order of the machine. */
const nflog = (little: boolean): Wrap => {
  const u16 = (value: number): Buffer => {
    const bytes = Buffer.alloc(2)
    if (little) bytes.writeUInt16LE(value)
    else bytes.writeUInt16BE(value)
    return bytes
  }
  const value = (type: number, content: Buffer): Buffer =>
    Buffer.concat([u16(4 + content.length), u16(type), content, Buffer.alloc(-content.length & 3)])
  return (frame) =>
    Buffer.concat([
      hex('02000000'),
      value(1, hex('08000100')),
      value(10, Buffer.from('prefix\0')),
      value(9, inner(frame)),
    ])
}

const pktap = (linkType: number): Buffer => {
  const header = Buffer.alloc(108)
  header.writeUInt32LE(108, 0)
  header.writeUInt32LE(1, 4)
  header.writeUInt32LE(linkType, 8)
  header.write('en0', 12)
  return header
}

export const WRAPPED: Readonly<Record<string, Wrapped>> = {
  'raw IP': on(inner, 101),
  'raw IP by the number of OpenBSD': on(inner, 14),
  'BSD loopback': on(before(hex('02000000'), inner, bare), 0),
  'OpenBSD loopback': on(before(hex('00000002'), inner, bare), 108),
  'Linux cooked': on(before(hex('0000 0001 0006 020202020202 0000 0800'), inner, bare), 113),
  'Linux cooked, version 2': on(before(hex('0800 0000 00000001 0001 00 06 0202020202020000'), inner, bare), 276),
  PPP: on(before(hex('ff03 0021'), inner, bare), 9),
  'PPP without its first bytes, protocol of one byte': on(before(hex('21'), inner, bare), 9),
  'Cisco HDLC': on(before(hex('0f00 0800'), inner, bare), 104),
  'IPsec as OpenBSD shows it': on(before(hex('02000000 00001234 00000000'), inner, bare), 109),
  'OpenBSD firewall log': on(before(Buffer.concat([hex('3d02'), Buffer.alloc(62)]), inner, bare), 117),
  'Linux firewall log': on(nflog(true), 239),
  'Linux firewall log of a big-endian machine': on(nflog(false), 239),
  'macOS PKTAP with Ethernet': on(before(pktap(1), whole, bare), 258),
  'macOS PKTAP with raw IP': on(before(pktap(12), inner, bare), 258),
  'VLAN tag': on((frame) => ethernet(inner(frame), 0x0800, [0x8100])),
  'two VLAN tags': on((frame) => ethernet(inner(frame), 0x0800, [0x88a8, 0x8100])),
  'IEEE 802.3 with LLC and SNAP': on((frame) => {
    const body = Buffer.concat([hex('aaaa03 000000 0800'), inner(frame)])
    return ethernet(body, body.length)
  }),
  'VN-Tag': on((frame) => ethernet(Buffer.concat([hex('00010002 0800'), inner(frame)]), 0x8926)),
  'provider backbone bridge': on((frame) => ethernet(Buffer.concat([hex('00001234'), frame]), 0x88e7)),
  PPPoE: on((frame) => {
    const head = hex('1100 0001 0000 0021')
    head.writeUInt16BE(2 + inner(frame).length, 4)
    return ethernet(Buffer.concat([head, inner(frame)]), 0x8864)
  }),
  'MPLS, one label': on((frame) => ethernet(Buffer.concat([hex('00010140'), inner(frame)]), 0x8847)),
  'MPLS, three labels': on((frame) =>
    ethernet(Buffer.concat([hex('00010040 00020040 00030140'), inner(frame)]), 0x8847),
  ),
  'MPLS pseudowire with control word': on((frame) =>
    ethernet(Buffer.concat([hex('00010140 00000000'), frame]), 0x8847),
  ),
  'MPLS pseudowire': on((frame) => ethernet(Buffer.concat([hex('00010140'), frame]), 0x8847)),
  VXLAN: on(before(hex('08000000 00123400'), whole, (bytes) => udp(4789, bytes))),
  'VXLAN by the port of Linux': on(before(hex('08000000 00123400'), whole, (bytes) => udp(8472, bytes))),
  'VXLAN-GPE with Ethernet': on(before(hex('0c000003 00123400'), whole, (bytes) => udp(4790, bytes))),
  'VXLAN-GPE with IPv4': on(before(hex('0c000001 00123400'), inner, (bytes) => udp(4790, bytes))),
  GENEVE: on(before(hex('0000 6558 00123400'), whole, (bytes) => udp(6081, bytes))),
  'GENEVE with options': on(before(hex('0200 6558 00123400 0102 0301 00000007'), whole, (bytes) => udp(6081, bytes))),
  'GENEVE with IPv4': on(before(hex('0000 0800 00123400'), inner, (bytes) => udp(6081, bytes))),
  'MPLS in UDP': on(before(hex('00010140'), inner, (bytes) => udp(6635, bytes))),
  GRE: on(before(hex('0000 0800'), inner, gre)),
  'GRE with checksum, key and sequence number': on(before(hex('b000 0800 00000000 00000007 00000001'), inner, gre)),
  'GRE with Ethernet (NVGRE)': on(before(hex('2000 6558 00123400'), whole, gre)),
  'ERSPAN I': on(before(hex('0000 88be'), whole, gre)),
  'ERSPAN II': on(before(hex('1000 88be 00000001 1001 0001 00000000'), whole, gre)),
  'ERSPAN III': on(before(hex('1000 22eb 00000001 2001 0001 00000000 0000 0000'), whole, gre)),
  'ERSPAN III with a platform header': on(
    before(hex('1000 22eb 00000001 2001 0001 00000000 0000 0001 0000000000000000'), whole, gre),
  ),
  'IP in IP': on((frame) => outer(4, inner(frame))),
  'IP in IPv6': on((frame) => ethernet(ipv6(inner(frame), undefined, 4), 0x86dd)),
  'VXLAN in IPv6': on((frame) => {
    const header = hex('d431 12b5 0000 0000 08000000 00123400')
    header.writeUInt16BE(16 + frame.length, 4)
    return ethernet(ipv6(Buffer.concat([header, frame]), undefined, 17), 0x86dd)
  }),
  'VXLAN in GRE': on((frame) => {
    const vxlan = udp(4789, Buffer.concat([hex('08000000 00123400'), frame]))
    return outer(47, Buffer.concat([hex('0000 6558'), vxlan]))
  }),
}
