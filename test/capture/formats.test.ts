/** Every format and link layer that is read gives the same exchange. */
import { describe, expect, test } from 'vitest'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import {
  block,
  enhanced,
  ethernet,
  FLAGS,
  fields,
  interfaceBlock,
  ipv4,
  ipv6,
  pcap,
  type Read,
  type Record,
  readCapture,
  section,
  type Tcp,
  tcp,
} from './packets.ts'

// ApiVersions v0, correlation id 7, client id "me"
const request = new Uint8Array(Buffer.from('0000000c' + '0012' + '0000' + '00000007' + '0002' + '6d65', 'hex'))
const TIME = 1_700_000_000_123_456

/** Wraps three TCP segments: SYN, its answer, a request. */
function talk(wrap: (segment: Buffer, back: boolean) => Uint8Array): Record[] {
  const segments: [Tcp, boolean][] = [
    [{ from: 40_000, to: 9092, seq: 100, ack: null, flags: FLAGS.SYN }, false],
    [{ from: 9092, to: 40_000, seq: 500, ack: 101, flags: FLAGS.SYN }, true],
    [{ from: 40_000, to: 9092, seq: 101, ack: 501, payload: request }, false],
  ]
  return segments.map(([segment, back]) => ({ time: TIME, bytes: wrap(tcp(segment), back) }))
}

const plain = talk((segment, back) => ethernet(ipv4(segment, { back })))

function expectRequest({ exchanges, damage }: Read, packet = 3): void {
  expect(damage).toBeNull()
  expect(exchanges.map(({ request }) => request?.bytes)).toEqual([request])
  expect(exchanges[0]?.request).toMatchObject({ packet, time: TIME })
}

describe('classic pcap', () => {
  test.each([
    ['microseconds, little-endian', { little: true, nanos: false }],
    ['microseconds, big-endian', { little: false, nanos: false }],
    ['nanoseconds, little-endian', { little: true, nanos: true }],
    ['nanoseconds, big-endian', { little: false, nanos: true }],
  ])('%s', (_, options) => expectRequest(readCapture(pcap(plain, options))))
})

const head = (...bytes: number[]) => Buffer.from(bytes)
const v4 = (segment: Buffer, back: boolean): Buffer => ipv4(segment, { back })
/** The addresses of an IPv6 packet exchanged. */
function turned(packet: Buffer, back: boolean): Buffer {
  if (!back) return packet
  return Buffer.concat([packet.subarray(0, 8), packet.subarray(24, 40), packet.subarray(8, 24), packet.subarray(40)])
}

describe('link layers and IP', () => {
  test.each<[string, number, (segment: Buffer, back: boolean) => Uint8Array]>([
    ['Ethernet with a VLAN tag', 1, (s, back) => ethernet(v4(s, back), 0x0800, [0x8100])],
    ['Ethernet with stacked tags', 1, (s, back) => ethernet(v4(s, back), 0x0800, [0x88a8, 0x8100])],
    ['Ethernet with padding', 1, (s, back) => Buffer.concat([ethernet(v4(s, back)), Buffer.alloc(6, 0x55)])],
    ['Linux cooked', 113, (s, back) => Buffer.concat([Buffer.alloc(14), head(8, 0), v4(s, back)])],
    ['Linux cooked v2', 276, (s, back) => Buffer.concat([head(8, 0), Buffer.alloc(18), v4(s, back)])],
    ['raw IP', 101, v4],
    ['raw IPv4', 228, v4],
    ['raw IPv6', 229, (s, back) => turned(ipv6(s), back)],
    ['BSD loopback, little-endian', 0, (s, back) => Buffer.concat([head(2, 0, 0, 0), v4(s, back)])],
    ['BSD loopback, network order', 108, (s, back) => Buffer.concat([head(0, 0, 0, 2), v4(s, back)])],
    ['IPv4 options', 101, (s, back) => ipv4(s, { back, options: 12 })],
    ['IPv6', 1, (s, back) => ethernet(turned(ipv6(s), back), 0x86dd)],
    [
      'IPv6 with extension headers',
      101,
      (s, back) => turned(ipv6(s, Buffer.from([60, 0, ...zeros(6), 6, 0, ...zeros(6)]), 0), back),
    ],
  ])('%s', (_, linkType, wrap) => expectRequest(readCapture(pcap(talk(wrap), { linkType }))))

  test('IPv4 fragments, in any order', () => {
    const [syn, answer, asked] = talk((segment) => segment) as [Record, Record, Record]
    const part = (bytes: Uint8Array, place: number) => ({ time: TIME, bytes: ipv4(bytes, { place, id: 9 }) })
    const records = [
      { time: TIME, bytes: ipv4(syn.bytes) },
      { time: TIME, bytes: ipv4(answer.bytes, { back: true }) },
      part(asked.bytes.subarray(24), 3),
      part(asked.bytes.subarray(0, 24), 0x2000),
    ]
    expectRequest(readCapture(pcap(records, { linkType: 101 })), 4)
  })

  test('what the capture cut off is a gap, and the next frame is found', () => {
    const segment = (seq: number, time: number): Record => ({
      time,
      bytes: ethernet(ipv4(tcp({ from: 40_000, to: 9092, seq, ack: 501, payload: request }))),
    })
    const first = { ...segment(101, TIME), cut: 54 + 10 }
    const records = [...plain.slice(0, 2), first, segment(101 + request.length, TIME + 1)]
    const { observed, exchanges } = readCapture(pcap(records), { ports: new Set([9092]) })
    expect(observed).toContainEqual(expect.objectContaining({ type: 'gap', bytes: request.length - 10 }))
    expect(exchanges.at(-1)?.request?.bytes).toEqual(request)
  })
})

const zeros = (count: number): number[] => new Array<number>(count).fill(0)
const option = (code: number, little: boolean, value: Uint8Array): Buffer =>
  fields(little, [code, 2], [value.length, 2], value, Buffer.alloc((4 - (value.length % 4)) % 4))

describe('pcapng', () => {
  const all = (little: boolean, options: Uint8Array, ticks: bigint): Buffer =>
    Buffer.concat([
      section(little),
      interfaceBlock(little, options),
      ...plain.map(({ bytes }) => enhanced(bytes, ticks, little)),
    ])

  test.each([true, false])('both byte orders (little-endian: %s)', (little) => {
    expectRequest(readCapture(all(little, Buffer.alloc(0), BigInt(TIME))))
  })

  test.each<[string, Buffer, bigint]>([
    ['nanoseconds', option(9, true, head(9)), BigInt(TIME) * 1000n + 7n],
    ['tenths of microseconds', option(9, true, head(7)), BigInt(TIME) * 10n + 3n],
    ['powers of two', option(9, true, head(0x80 | 20)), ((BigInt(TIME) << 20n) + 999_999n) / 1_000_000n],
    ['an offset', option(14, true, Buffer.from('00ca9a3b00000000', 'hex')), BigInt(TIME) - 1_000_000_000_000_000n],
  ])('times in %s', (_, options, ticks) => expectRequest(readCapture(all(true, options, ticks))))

  test('sections of different byte order, old and simple packets, unknown blocks, comments', () => {
    const [syn, answer, asked] = plain as [Record, Record, Record]
    const size = asked.bytes.length
    const old = (bytes: Uint8Array, little: boolean): Buffer => {
      const time = BigInt(TIME)
      const high = [Number(time >> 32n), 4] as const
      const low = [Number(time & 0xffff_ffffn), 4] as const
      return block(2, fields(little, [0, 2], [0, 2], high, low, [bytes.length, 4], [bytes.length, 4], bytes), little)
    }
    const file = Buffer.concat([
      section(true),
      block(0x0bad, Buffer.alloc(40)),
      interfaceBlock(true, option(1, true, Buffer.from('a comment'))),
      old(syn.bytes, true),
      section(false),
      interfaceBlock(false),
      block(4, Buffer.alloc(4), false),
      enhanced(answer.bytes, BigInt(TIME), false),
      block(3, fields(false, [size, 4], asked.bytes), false),
    ])
    expectRequest(readCapture(file))
  })
})

test('interfaces of other link layers, resolutions and offsets in one section, with more of them on the way', () => {
  const cooked = (packet: Uint8Array): Buffer => Buffer.concat([Buffer.alloc(14), head(8, 0), packet.subarray(14)])
  const [syn, answer, asked] = plain as [Record, Record, Record]
  const late = option(14, true, Buffer.from('00ca9a3b00000000', 'hex'))
  const file = Buffer.concat([
    section(),
    interfaceBlock(),
    interfaceBlock(true, option(9, true, head(9)), 113),
    enhanced(syn.bytes, BigInt(TIME)),
    // Statistics, names, a journal, a custom block: none is a packet.
    ...[5, 4, 9, 0x0bad, 0x4000_0bad].map((type) => block(type, Buffer.alloc(24, 1))),
    enhanced(cooked(answer.bytes), BigInt(TIME) * 1000n, true, 1),
    interfaceBlock(true, late, 101),
    enhanced(asked.bytes.subarray(14), BigInt(TIME) - 1_000_000_000_000_000n, true, 2),
  ])
  expectRequest(readCapture(file))
})

test('keys inside the file are given on, whatever else it holds', () => {
  const log = Buffer.from(`CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n`)
  const secrets = (type: number, little: boolean): Buffer =>
    block(10, fields(little, [type, 4], [log.length, 4], log), little)
  for (const little of [true, false]) {
    const seen: string[] = []
    const reader = new CaptureReader((text) => seen.push(text))
    // WireGuard's are not TLS's.
    reader.window.append(Buffer.concat([section(little), secrets(0x5747_4b4c, little), secrets(0x544c_534b, little)]))
    expect(reader.read()).toBe('more')
    expect(seen).toEqual([log.toString()])
  }
})

describe('damage is named with its offset', () => {
  const file = pcap(plain)
  test.each<[string, Uint8Array, number]>([
    ['an empty file', Buffer.alloc(0), 0],
    ['no capture', Buffer.from('hello, world'), 0],
    ['a cut header', file.subarray(0, 10), 10],
    ['a cut packet', file.subarray(0, file.length - 5), file.length - 5],
    ['a length that can not be', Buffer.concat([file, Buffer.alloc(16, 0x7f)]), file.length + 8],
    ['a block length that can not be', Buffer.concat([section(), Buffer.alloc(16, 1)]), 28 + 4],
    ['a packet of no interface', Buffer.concat([section(), enhanced(request, 0n)]), 28 + 8],
  ])('%s', (_, bytes, offset) => {
    const { damage } = readCapture(bytes)
    expect(damage?.offset).toBe(offset)
    expect(damage?.message).not.toBe('')
  })

  test('and what came before is there', () => {
    expect(readCapture(Buffer.concat([file, Buffer.alloc(16, 0x7f)])).exchanges).toHaveLength(1)
  })
})
