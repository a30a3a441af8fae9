/** What real networks and real captures do to packets: the exchanges stay the same, or what is missing is said. */
import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { capture } from './captures.ts'
import { essence, ethernet, FLAGS, ipv4, ipv6, pcap, type Read, type Record, readCapture, tcp } from './packets.ts'
import { BROKER, hasPayload, shuffled, travel } from './travel.ts'

const { segments } = readCapture(capture('rdkafka44-seed.pcapng'))
const read = (records: readonly Record[], linkType = 1): Read => readCapture(pcap(records, { linkType }))
const plain = travel(segments, { size: 1448 })
const whole = essence(read(plain))
const ETHERNET = 14

/** The same packets, each changed on a copy. */
const changed = (records: readonly Record[], change: (packet: Buffer) => Buffer | Buffer[]): Record[] =>
  records.flatMap((record) => {
    const made = change(Buffer.from(record.bytes))
    return (Array.isArray(made) ? made : [made]).map((bytes) => ({ ...record, bytes }))
  })

const isFromBroker = (packet: Buffer): boolean => packet.readUInt16BE(34) === BROKER
const isSyn = (packet: Buffer): boolean => (packet.readUInt8(47) & FLAGS.SYN) !== 0

describe('the same exchanges', () => {
  const cooked = (packet: Buffer): Buffer =>
    Buffer.concat([Buffer.alloc(14), Buffer.from([8, 0]), packet.subarray(ETHERNET)])

  test('segments that the card cuts later: an IP length of 0, or payloads beyond any MTU', () => {
    const records = travel(segments, { size: 60_000 })
    const offloaded = changed(records, (packet) => {
      packet.writeUInt16BE(0, 16)
      return packet
    })
    expect(essence(read(offloaded))).toEqual(whole)
  })

  test('short frames padded to 60 bytes, as Ethernet does', () => {
    const padded = changed(travel(segments, { size: 3 }), (packet) =>
      packet.length < 60 ? Buffer.concat([packet, Buffer.alloc(60 - packet.length, 0xee)]) : packet,
    )
    expect(essence(read(padded))).toEqual(whole)
  })

  test('keep-alives: one byte of rubbish before the next, and none', () => {
    const alive = changed(plain, (packet) => {
      if (isSyn(packet)) return packet
      const probe = Buffer.concat([packet.subarray(0, 54), Buffer.from([0xee])])
      probe.writeUInt16BE(41, 16)
      probe.writeUInt32BE((packet.readUInt32BE(38) - 1) >>> 0, 38)
      const bare = Buffer.from(probe.subarray(0, 54))
      bare.writeUInt16BE(40, 16)
      return [probe, bare, packet]
    })
    expect(essence(read(alive))).toEqual(whole)
  })

  test('each packet twice, as on the pseudo-device any', () => {
    const twice = changed(plain, (packet) => [cooked(packet), cooked(packet)])
    expect(essence(read(twice, 113))).toEqual(whole)
  })

  test('SYNs sent again, before and after the answer', () => {
    const again = changed(plain, (packet) => (isSyn(packet) ? [packet, packet, packet] : packet))
    expect(essence(read(again))).toEqual(whole)
  })

  test.each([1, 2, 3, 4])('SYNs that come late (%i)', (seed) => {
    expect(essence(read(shuffled(travel(segments, { size: 300 }), 8, new Random(seed))))).toEqual(whole)
  })

  test('IPv4 options and TCP options', () => {
    const records = changed(plain, (packet) => {
      const header = Buffer.from(packet.subarray(34, 54))
      header.writeUInt8(8 << 4, 12)
      const segment = Buffer.concat([header, Buffer.from('0101080a00112233445566' + '77', 'hex'), packet.subarray(54)])
      return ethernet(ipv4(segment, { options: 8, back: isFromBroker(packet) }))
    })
    expect(essence(read(records))).toEqual(whole)
  })

  test('IPv4 fragments, the last one first', () => {
    let id = 0
    const records = changed(travel(segments, { size: 3000 }), (packet) => {
      const back = isFromBroker(packet)
      const segment = packet.subarray(34)
      if (segment.length <= 32) return packet
      id = (id + 1) & 0xffff
      const parts: Buffer[] = []
      for (let at = 0; at < segment.length; at += 1000) {
        const more = at + 1000 < segment.length ? 0x2000 : 0
        parts.unshift(ethernet(ipv4(segment.subarray(at, at + 1000), { place: (at / 8) | more, id, back })))
      }
      return parts
    })
    expect(essence(read(records))).toEqual(whole)
  })

  test.each([true, false])('IPv6 with extension headers and fragments (last first: %s)', (lastFirst) => {
    const hops = Buffer.from([44, 0, 5, 2, 0, 0, 1, 0])
    let id = 0
    const records = changed(travel(segments, { size: 3000 }), (packet) => {
      const segment = packet.subarray(34)
      const turn = (bytes: Buffer): Buffer =>
        isFromBroker(packet)
          ? Buffer.concat([bytes.subarray(0, 8), bytes.subarray(24, 40), bytes.subarray(8, 24), bytes.subarray(40)])
          : bytes
      id++
      const parts: Buffer[] = []
      for (let at = 0; at < segment.length; at += 1208) {
        const more = at + 1208 < segment.length ? 1 : 0
        const fragment = Buffer.alloc(8)
        fragment.writeUInt8(6, 0)
        fragment.writeUInt16BE(at | more, 2)
        fragment.writeUInt32BE(id, 4)
        parts.push(ethernet(turn(ipv6(segment.subarray(at, at + 1208), Buffer.concat([hops, fragment]), 0)), 0x86dd))
      }
      return lastFirst ? parts.reverse() : parts
    })
    const lines = (read_: readonly string[]): string[] =>
      read_.map((line) => line.replace(/10\.0\.0\.|\[fd00::|\]/g, ''))
    expect(lines(essence(read(records)))).toEqual(lines(whole))
  })
})

describe('one side only', () => {
  const from = (broker: boolean): Record[] => plain.filter(({ bytes }) => isFromBroker(Buffer.from(bytes)) === broker)
  const frames = (which: 3 | 4): unknown[] =>
    whole.flatMap((line) => (JSON.parse(line) as (string | null)[])[which] ?? []).sort()

  test('answers: each frame is there', () => {
    const { exchanges, observed } = read(from(true))
    const heard = exchanges.map(({ response }) => Buffer.from(response!.bytes).toString('hex'))
    expect(heard.sort()).toEqual(frames(4))
    expect(observed.filter((event) => event.type === 'finding' && event.finding.severity === 'error')).toEqual([])
  })

  test('requests: each frame is there', () => {
    const { exchanges } = read(from(false))
    expect(exchanges.map(({ request }) => Buffer.from(request!.bytes).toString('hex')).sort()).toEqual(frames(3))
  })

  test.each([true, false])('without the SYNs (answers: %s)', (broker) => {
    const { exchanges, observed } = read(from(broker).filter(({ bytes }) => !isSyn(Buffer.from(bytes))))
    const heard = exchanges.map(({ request, response }) => Buffer.from((request ?? response)!.bytes).toString('hex'))
    const known = frames(broker ? 4 : 3)
    // A connection with an answer or two is no proof of Kafka where nothing was asked and its beginning not seen.
    expect(heard.length).toBeGreaterThan(known.length * 0.9)
    expect(heard.filter((frame) => !known.includes(frame))).toEqual([])
    expect(observed.filter((event) => event.type === 'finding' && event.finding.severity === 'error')).toEqual([])
  })
})

describe('what is missing is said', () => {
  test.each([68, 96, 200])('packets that a snaplen of %i cut: whole frames stay, no frame is made up', (snaplen) => {
    const records = plain.map((record) => ({ ...record, cut: Math.min(record.bytes.length, snaplen) }))
    const { exchanges, observed } = read(records)
    const known = new Set(whole.flatMap((line) => (JSON.parse(line) as string[]).slice(3, 5)))
    let complete = 0
    for (const frame of exchanges.flatMap(({ request, response }) => [request, response])) {
      if (!frame) continue
      const hex = Buffer.from(frame.bytes).toString('hex')
      expect([...known].some((each) => each?.startsWith(hex))).toBe(true)
      if (frame.kept) complete++
    }
    const isFrame = (packet: Buffer): boolean => packet.length > 58 && packet.readInt32BE(54) === packet.length - 58
    const fits = plain.filter(({ bytes }) => bytes.length <= snaplen && isFrame(Buffer.from(bytes)))
    expect(complete).toBe(fits.length)
    expect(exchanges).toHaveLength(whole.length)
    expect(observed.filter((event) => event.type === 'finding' && event.finding.severity === 'error')).toEqual([])
  })

  test('a reset ends the connection: what waits has no answer, and what comes after is another connection', () => {
    const asked = plain.findIndex((record) => hasPayload(record))
    const question = Buffer.from(plain[asked]!.bytes)
    const seq = (question.readUInt32BE(38) + question.length - 54) >>> 0
    const from = question.readUInt16BE(34)
    const reset = ethernet(ipv4(tcp({ from, to: BROKER, seq, ack: null, flags: FLAGS.RST })))
    const again = travel(segments, { size: 1448, isn: 0x3000_0000 })
    const { exchanges } = read([...plain.slice(0, asked + 1), { time: plain[asked]!.time, bytes: reset }, ...again])
    expect(exchanges[0]).toMatchObject({ noResponse: 'connection closed' })
    expect(exchanges).toHaveLength(whole.length + 1)
  })
})
