/** Every capture of real traffic, its bytes brought in other packets: the exchanges are the same. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import type { Segment } from '../../src/session/segment.ts'
import { Random } from '../random.ts'
import { CAPTURES, capture } from './captures.ts'
import { essence, pcap, type Read, type Record, readCapture } from './packets.ts'
import { clientPort, hasPayload, overlapping, shuffled, travel } from './travel.ts'

const KEYS = readFileSync('captures/tls13-44.keylog', 'latin1')
const options = () => ({ tls: new TlsDecryptor(new KeyLog(KEYS)) })
const read = (records: readonly Record[]): Read => readCapture(pcap(records), options())

/** Of captures in other files, and of those with holes, there is another one here, or nothing to compare. */
const WHOLE = CAPTURES.filter((name) => !/^u-(?:classic|lost|midstream)/.test(name))

/** What went over the wire: TLS as it was encrypted. */
function wire(name: string): readonly Segment[] {
  const { segments } = readCapture(capture(name), name.startsWith('tls') ? { ports: portsOf(name) } : {})
  return segments
}

const portsOf = (name: string): Set<number> => {
  const [open] = readCapture(capture(name), options()).segments
  return new Set(open?.type === 'open' ? [Number(/:(\d+)$/.exec(open.connection.broker)![1])] : [])
}

describe.each(WHOLE)('%s', (name) => {
  const segments = wire(name)
  const whole = essence(read(travel(segments, { size: 60_000 })))
  const random = new Random(name.length)

  test('brought in large packets it holds what the capture holds', () => {
    const known = readCapture(capture(name), options())
    expect(whole).toHaveLength(known.exchanges.length)
    expect(whole.length).toBeGreaterThan(3)
  })

  test.each<[string, () => Record[]]>([
    ['in 1-byte segments', () => travel(segments, { size: 1 })],
    ['with every segment sent again', () => travel(segments, { size: 90, again: true })],
    ['with every segment sent again in other cuts', () => overlapping(travel(segments, { size: 70 }))],
    ['with wrapped sequence numbers', () => travel(segments, { size: 90, isn: 0xffff_ffa0 })],
    ['shuffled', () => shuffled(travel(segments, { size: 60, isn: 0xffff_ff00 }), 24, random)],
    ['shuffled, sent again in other cuts', () => shuffled(overlapping(travel(segments, { size: 60 })), 24, random)],
  ])('%s', (_, records) => expect(essence(read(records()))).toEqual(whole))

  test.each([1, 2, 3])(
    'with random loss no frame is invented, and all connections without loss are whole (%i)',
    (seed) => {
      const lossy = new Random(seed * 1000 + name.length)
      const touched = new Set<number>()
      const kept = travel(segments, { size: 200 }).filter((record) => {
        if (!hasPayload(record) || lossy.below(40) > 0) return true
        touched.add(clientPort(record))
        return false
      })
      const got = read(kept)
      const frames = new Set(whole.flatMap((line) => (JSON.parse(line) as string[]).slice(3, 5)))
      for (const exchange of essence(got)) {
        for (const frame of (JSON.parse(exchange) as (string | null)[]).slice(3, 5)) {
          // Of a frame into which a gap fell there is the part before it.
          if (frame) expect([...frames].some((each) => each?.startsWith(frame))).toBe(true)
        }
      }
      const untouched = (line: string): boolean => !touched.has(Number(/:(\d+)"/.exec(line)![1]))
      expect(essence(got).filter(untouched)).toEqual(whole.filter(untouched))
      const errors = got.observed.filter((event) => event.type === 'finding' && event.finding.severity === 'error')
      expect(errors).toEqual([])
    },
  )
})
