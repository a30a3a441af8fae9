/** Whatever carries the packets, the exchanges are the same. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Layers } from '../../src/capture/layers.ts'
import { newPacket } from '../../src/capture/packet.ts'
import { capture } from './captures.ts'
import { essence, ipv4, pcap, type Record, readCapture } from './packets.ts'
import { travel } from './travel.ts'
import { WRAPPED } from './tunnels.ts'

const { segments } = readCapture(capture('rdkafka44-seed.pcapng'))
const plain = travel(segments, { size: 1448 })
const whole = essence(readCapture(pcap(plain)))
const wrapped = (name: string): Record[] =>
  plain.map(({ time, bytes }) => ({ time, bytes: WRAPPED[name]!.wrap(Buffer.from(bytes)) }))

describe.each(Object.keys(WRAPPED))('%s', (name) => {
  const { linkType } = WRAPPED[name]!

  test('reads as if it were not there', () => {
    expect(whole.length).toBeGreaterThan(20)
    const { exchanges, counts } = readCapture(pcap(wrapped(name), { linkType }))
    expect(essence({ exchanges } as ReturnType<typeof readCapture>)).toEqual(whole)
    expect(counts.otherPackets).toBe(0)
  })

  test('cut anywhere it is passed over, or read as far as it goes', () => {
    const frame = wrapped(name).find(({ bytes }) => bytes.length > 200)!.bytes
    const layers = new Layers()
    for (let end = 0; end < frame.length; end++) {
      const packet = Object.assign(newPacket(), { linkType, bytes: frame.slice(0, end), end, original: frame.length })
      if (!layers.read(packet)) continue
      expect(layers.tcp.end).toBeLessThanOrEqual(end)
      expect(layers.tcp.start).toBeLessThanOrEqual(layers.tcp.end)
    }
  })
})

test('a tunnel whose packets are IP fragments', () => {
  let id = 0
  const records = wrapped('VXLAN').flatMap(({ time, bytes }) => {
    const payload = Buffer.from(bytes).subarray(34)
    if (payload.length <= 200) return [{ time, bytes }]
    id++
    const parts: Record[] = []
    for (let at = 0; at < payload.length; at += 160) {
      const more = at + 160 < payload.length ? 0x2000 : 0
      const part = ipv4(payload.subarray(at, at + 160), { place: (at / 8) | more, id })
      part.writeUInt8(17, 9)
      parts.push({ time, bytes: Buffer.concat([bytes.subarray(0, 14), part]) })
    }
    return parts.reverse()
  })
  expect(essence(readCapture(pcap(records)))).toEqual(whole)
})

test('fragments of UDP are none of TCP that have the same id', () => {
  let id = 0
  const records = plain.flatMap(({ time, bytes }) => {
    const payload = Buffer.from(bytes).subarray(34)
    if (payload.length <= 200) return [{ time, bytes }]
    id++
    const size = Math.ceil(payload.length / 16) * 8
    const part = (at: number, protocol: number): Record => {
      const place = (at / 8) | (at === 0 ? 0x2000 : 0)
      const own = Buffer.from(payload.subarray(at, at === 0 ? size : payload.length))
      const packet = ipv4(protocol === 6 ? own : own.fill(0), { place, id })
      // The addresses are those of the segment: only the protocol tells the datagrams apart.
      Buffer.from(bytes).copy(packet, 12, 26, 34)
      packet.writeUInt8(protocol, 9)
      return { time, bytes: Buffer.concat([bytes.subarray(0, 14), packet]) }
    }
    return [part(0, 17), part(size, 6), part(0, 6)]
  })
  expect(id).toBeGreaterThan(5)
  expect(essence(readCapture(pcap(records)))).toEqual(whole)
})

test('seen in the tunnel and out of it, nothing comes twice', () => {
  const records = plain.flatMap((record, i) => [record, wrapped('VXLAN')[i]!])
  expect(essence(readCapture(pcap(records)))).toEqual(whole)
}, 60_000)

test('tunnels in tunnels without end are passed over', () => {
  let packet = ipv4(Buffer.alloc(20))
  for (let i = 0; i < 50; i++) {
    packet = ipv4(packet)
    packet.writeUInt8(4, 9)
  }
  expect(readCapture(pcap([{ time: 1, bytes: packet }], { linkType: 101 })).counts.otherPackets).toBe(1)
})

test('any bytes on any link are no error', () => {
  const layers = new Layers()
  const types = [0, 1, 9, 12, 50, 51, 101, 104, 108, 109, 113, 117, 149, 228, 239, 258, 276]
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), (linkType, bytes) => {
      layers.read(Object.assign(newPacket(), { linkType, bytes, end: bytes.length, original: bytes.length }))
    }),
    { numRuns: 3000 },
  )
})

const tshark = spawnSync('tshark', ['--version']).status === 0

test.runIf(tshark)(
  'what is wrapped here tshark unwraps too',
  () => {
    // Some headers come in variants of which tshark knows others, or it takes the port for another protocol's.
    const names = Object.keys(WRAPPED).filter(
      (name) => !/PKTAP|one byte|ERSPAN I$|big-endian|MPLS in UDP|pseudowire$|port of Linux/.test(name),
    )
    const directory = mkdtempSync(join(tmpdir(), 'kafkascope-tunnels-'))
    const seen = names.map((name) => {
      const file = join(directory, 'in.pcap')
      writeFileSync(file, pcap(wrapped(name).slice(0, 20), { linkType: WRAPPED[name]!.linkType }))
      const { stdout } = spawnSync('tshark', ['-r', file, '-T', 'fields', '-e', 'tcp.port'], { encoding: 'utf8' })
      return [name, stdout.split('\n').filter((line) => line.includes('9192')).length]
    })
    rmSync(directory, { recursive: true })
    expect(seen).toEqual(names.map((name) => [name, 20]))
  },
  120_000,
)
