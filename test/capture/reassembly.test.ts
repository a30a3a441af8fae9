/** However bytes travelled, the exchanges are the same. */
import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { capture } from './captures.ts'
import { essence, ethernet, FLAGS, ipv4, pcap, type Read, type Record, readCapture, tcp } from './packets.ts'
import { BROKER, clientPort, hasPayload, overlapping, shuffled, travel } from './travel.ts'

const read = (records: readonly Record[]): Read => readCapture(pcap(records))
const { segments } = readCapture(capture('rdkafka44-seed.pcapng'))
const whole = essence(read(travel(segments, { size: 60_000 })))

test('the traffic has something to compare', () => {
  expect(whole).toHaveLength(112)
})

describe('identical exchanges', () => {
  test.each([
    ['in 1-byte segments', travel(segments, { size: 1 })],
    ['in 7-byte segments', travel(segments, { size: 7 })],
    ['with every segment sent again', travel(segments, { size: 100, again: true })],
    ['with sequence numbers that wrap', travel(segments, { size: 100, isn: 0xffff_ff80 })],
    ['with sequence numbers that wrap at their sign', travel(segments, { size: 100, isn: 0x7fff_ff80 })],
    ['sent again with other cuts', overlapping(travel(segments, { size: 50 }))],
  ])('%s', (_, records) => {
    expect(essence(read(records))).toEqual(whole)
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('shuffled within a window (%i)', (seed) => {
    const random = new Random(seed)
    const records = shuffled(travel(segments, { size: 40, isn: seed * 0x2000_0000 }), 2 + random.below(30), random)
    expect(essence(read(records))).toEqual(whole)
  })
})

describe('random loss', () => {
  test.each([1, 2, 3, 4, 5, 6])('nothing is invented, and what is whole is there (%i)', (seed) => {
    const random = new Random(seed)
    const records = travel(segments, { size: 80 })
    const touched = new Set<number>()
    const kept = records.filter((record) => {
      if (!hasPayload(record) || random.below(100) > 0) return true
      touched.add(clientPort(record))
      return false
    })
    const got = read(kept)
    const frames = new Set(whole.flatMap((line) => (JSON.parse(line) as string[]).slice(3, 5)))
    for (const line of essence(got)) {
      const [, , , request, response] = JSON.parse(line) as string[]
      // A frame that lost its end is there in part.
      for (const frame of [request, response]) {
        expect(frame === null || frame === undefined || [...frames].some((each) => each?.startsWith(frame))).toBe(true)
      }
    }
    const untouched = (line: string): boolean => !touched.has(Number(/:(\d+)"/.exec(line)![1]))
    expect(essence(got).filter(untouched)).toEqual(whole.filter(untouched))
    expect(got.observed.filter(({ type }) => type === 'finding')).toEqual([])
    expect(essence(got).filter((line) => whole.includes(line)).length).toBeGreaterThan(40)
  })
})

describe('connections', () => {
  test('that reuse a port are two', () => {
    const first = travel(segments, { size: 500 })
    const second = travel(segments, { size: 500, isn: 0x3000_0000 })
    // The first of two has ended, so that what it still awaited will not come.
    const waiting = (lines: readonly string[]): string[] =>
      lines.map((line) => line.replace('connection closed', 'pending'))
    expect(waiting(essence(read([...first, ...second]))).sort()).toEqual([...whole, ...whole].sort())
  })

  test('heard from one side only', () => {
    const records = travel(segments, { size: 500 })
    const asked = records.filter(({ bytes }) => Buffer.from(bytes).readUInt16BE(36) === BROKER)
    const { exchanges } = read(asked)
    expect(exchanges).toHaveLength(112)
    // The answer to the last request of a connection may not have come yet.
    const known: unknown[] = ['not captured', 'pending', 'acks=0']
    expect(exchanges.filter(({ noResponse }) => !known.includes(noResponse))).toEqual([])
  })

  test('on ports that were asked for are the only ones', () => {
    const records = travel(segments, { size: 500 })
    expect(readCapture(pcap(records), { ports: new Set([BROKER]) }).exchanges).toHaveLength(112)
    expect(readCapture(pcap(records), { ports: new Set([1]) }).exchanges).toHaveLength(0)
  })

  test('of other protocols are counted', () => {
    const talk = (text: string, port: number): Record[] => [
      { time: 1, bytes: ethernet(ipv4(tcp({ from: port, to: 80, seq: 0, ack: null, flags: FLAGS.SYN }))) },
      { time: 2, bytes: ethernet(ipv4(tcp({ from: 80, to: port, seq: 9, ack: 1, flags: FLAGS.SYN }), { back: true })) },
      { time: 3, bytes: ethernet(ipv4(tcp({ from: port, to: 80, seq: 1, ack: 10, payload: Buffer.from(text) }))) },
    ]
    // A ZooKeeper client's first message reads as the header of a Produce request.
    const zookeeper = `\0\0\0\x2d${'\0'.repeat(14)}\x75\x30${'\0'.repeat(8)}\0\0\0\x10${'\0'.repeat(17)}`
    const { counts } = read([
      ...talk('GET / HTTP/1.1\r\n\r\n', 4000),
      ...talk(zookeeper, 4001),
      ...talk('*1\r\n$4\r\nPING\r\n', 4002),
    ])
    expect([counts.kafka, counts.notKafka]).toEqual([0, 3])
  })

  test('beyond the limit are forgotten, and that is counted', () => {
    const { counts } = readCapture(pcap(travel(segments, { size: 500 })), { maxConnections: 4 })
    expect(counts.forgotten).toBeGreaterThan(0)
  })
})
