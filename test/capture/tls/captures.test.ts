/** A real capture of TLS (Java clients, Kafka 4.4.0), as networks bring it and as captures miss parts of it. */

import { describe, expect, test } from 'vitest'
import { TlsDecryptor } from '../../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../../src/capture/tls/key-log.ts'
import type { Segment } from '../../../src/session/segment.ts'
import { Random } from '../../random.ts'
import { capture } from '../captures.ts'
import { essence, pcap, type Read, type Record, readCapture } from '../packets.ts'
import { BROKER, hasPayload, overlapping, shuffled, travel } from '../travel.ts'
import { say, tap } from './tap.ts'

/** Real traffic, said once more over real TLS connections. */
async function overTls(maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<{ raw: Segment[]; keyLog: string }> {
  const seed = readCapture(capture('rdkafka44-seed.pcapng')).segments
  const made = await tap({ maxVersion })
  const raw: Segment[] = []
  let keyLog = ''
  for (const id of new Set(seed.flatMap((segment) => (segment.type === 'open' ? [segment.connection.id] : [])))) {
    const tapped = await made.connect({}, async (client, server) => {
      for (const segment of seed) {
        if (segment.type !== 'data' || segment.connection !== id) continue
        if (segment.direction === 'request') await say(client, server, segment.bytes)
        else await say(server, client, segment.bytes)
      }
    })
    raw.push(...tapped.segments)
    keyLog = tapped.keyLog
  }
  made.close()
  return { raw, keyLog }
}

const [tls12, tls13] = await Promise.all([overTls('TLSv1.2'), overTls('TLSv1.3')])

test('a capture of Kafka 4.4.0 with TLS', () => {
  const keys = new KeyLog(Buffer.from(capture('tls13-44.keylog')).toString('latin1'))
  expect(readCapture(capture('tls13-44.pcapng'), { tls: new TlsDecryptor(keys) }).exchanges.length).toBe(4)
})

describe.each([
  ['TLS 1.2', tls12],
  ['TLS 1.3', tls13],
] as const)('%s', (version, { raw, keyLog }) => {
  const read = (records: readonly Record[], keys = keyLog): Read & { tls: TlsDecryptor } => {
    const tls = new TlsDecryptor(new KeyLog(keys))
    return { ...readCapture(pcap(records), { tls }), tls }
  }
  const plain = travel(raw, { size: 1448 })
  const whole = essence(read(plain))
  /** But of groups: connections come one after the other here, so that what members did at the same time comes apart. */
  const errorsOf = ({ observed }: Read): string[] =>
    observed
      .flatMap((event) =>
        event.type === 'finding' ? [event.finding] : event.type === 'exchange' ? event.findings : [],
      )
      .flatMap(({ severity, code, message }) =>
        severity === 'error' && !code.startsWith('group/') ? [`${code}: ${message}`] : [],
      )
  /** All frames that are whole, in hex. */
  const framesOf = ({ exchanges }: Read): string[] =>
    exchanges.flatMap(({ request, response }) =>
      [request, response].flatMap((frame) => (frame?.kept ? [Buffer.from(frame.bytes).toString('hex')] : [])),
    )
  const known = new Set(framesOf(read(plain)))

  test('it holds what was said', () => {
    expect(whole.length).toBe(112)
    const said = new Set(framesOf(readCapture(capture('rdkafka44-seed.pcapng'))))
    expect([...known].filter((frame) => !said.has(frame))).toEqual([])
    expect(errorsOf(read(plain))).toEqual([])
  })

  describe('the same exchanges', () => {
    test('in segments of one byte', () => {
      // Of the long ones only their beginnings, so that it takes no minutes.
      const small = travel(raw, { size: 1448 }).flatMap((record) => cut(record, 40))
      expect(essence(read(small))).toEqual(whole)
    })
    test('with every segment sent again', () => {
      expect(essence(read(travel(raw, { size: 500, again: true })))).toEqual(whole)
    })
    test('with sequence numbers that wrap', () => {
      expect(essence(read(travel(raw, { size: 700, isn: 0xffff_fff0 })))).toEqual(whole)
    })
    test('with segments that overlap', () => {
      expect(essence(read(overlapping(travel(raw, { size: 900 }))))).toEqual(whole)
    })
    test.each([1, 2, 3, 4, 5])('out of order (%i)', (seed) => {
      expect(essence(read(shuffled(travel(raw, { size: 300 }), 12, new Random(seed))))).toEqual(whole)
    })
    test('without any SYN', () => {
      const records = plain.filter(({ bytes }) => (Buffer.from(bytes).readUInt8(47) & 2) === 0)
      expect(essence(read(records))).toEqual(whole)
    })
  })

  describe('with losses', () => {
    test.each([1, 2, 3, 4, 5, 6, 7, 8])(
      'random ones (%i): no frame is made up, no error found, most are there',
      (seed) => {
        const random = new Random(seed)
        const records = plain.filter((record) => !hasPayload(record) || random.below(50) > 0)
        const lossy = read(records)
        expect(framesOf(lossy).filter((frame) => !known.has(frame))).toEqual([])
        expect(errorsOf(lossy)).toEqual([])
        expect(framesOf(lossy).length).toBeGreaterThan(known.size / 3)
      },
    )
  })

  describe('a capture that begins in the middle', () => {
    const ends = [0.2, 0.4, 0.6, 0.8]
    test.each(ends)('after %d of its packets', (share) => {
      const records = plain.slice(Math.floor(plain.length * share))
      const begun = read(records)
      expect(framesOf(begun).filter((frame) => !known.has(frame))).toEqual([])
      expect(errorsOf(begun)).toEqual([])
      for (const { connection } of begun.exchanges) expect(connection.broker.split(':')[1]).toBe(`${BROKER}`)
    })

    test('of each connection what follows its handshake is read', () => {
      const begun = read(late(plain))
      if (version === 'TLS 1.2') {
        // Its keys are made of both hellos.
        expect(begun.exchanges).toEqual([])
        return
      }
      expect(begun.tls.decrypted).toBeGreaterThan(0)
      expect(framesOf(begun).filter((frame) => !known.has(frame))).toEqual([])
      expect(framesOf(begun).length).toBeGreaterThan(known.size / 2)
      expect([...begun.tls.infos()].map(({ version, problem }) => [version, problem])).toContainEqual(['TLS 1.3', null])
    })

    test('without keys: it is counted as TLS, and why it is not read is said', () => {
      const { counts, tls, exchanges } = read(late(plain), '')
      expect(exchanges).toEqual([])
      expect(counts.notKafka).toBe(0)
      expect(counts.tlsWithoutKeys).toBeGreaterThan(0)
      expect([...tls.infos()][0]!.problem).toMatch(/^its handshake is not in the capture/)
    })
  })
})

/** The first bytes of a segment's payload one by one, then the rest. */
function cut(record: Record, count: number): Record[] {
  const packet = Buffer.from(record.bytes)
  const pieces: Record[] = []
  for (let at = 0; at < Math.max(1, packet.length - 54); ) {
    const size = at < count ? 1 : packet.length
    const bytes = Buffer.concat([packet.subarray(0, 54), packet.subarray(54 + at, 54 + at + size)])
    bytes.writeUInt16BE(bytes.length - 14, 16)
    bytes.writeUInt32BE((packet.readUInt32BE(38) + at) >>> 0, 38)
    pieces.push({ time: record.time, bytes })
    at += size
  }
  return pieces
}

/** Without the first packets of every connection: hellos and certificates are gone. */
function late(records: readonly Record[]): Record[] {
  const had = new Map<number, number>()
  return records.filter((record) => {
    const packet = Buffer.from(record.bytes)
    const ports = packet.readUInt16BE(34) + packet.readUInt16BE(36)
    const count = (had.get(ports) ?? 0) + 1
    had.set(ports, count)
    return count > 9
  })
}
