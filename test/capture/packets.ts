/** A small writer of packets and capture files, and readers of whole captures, for tests. */
import { Assembler, type AssemblerOptions } from '../../src/capture/assembler.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import type { Damage } from '../../src/capture/packet.ts'
import { type Observed, Pipeline } from '../../src/findings/pipeline.ts'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import type { Exchange } from '../../src/session/exchange.ts'
import type { Segment } from '../../src/session/segment.ts'

export const FLAGS = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 }

export interface Tcp {
  readonly from: number
  readonly to: number
  readonly seq: number
  readonly ack: number | null
  readonly flags?: number
  readonly payload?: Uint8Array
}

/** A TCP header without options, and the payload; ports only, addresses are IP's. */
export function tcp({ from, to, seq, ack, flags = 0, payload = new Uint8Array(0) }: Tcp): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(from, 0)
  header.writeUInt16BE(to, 2)
  header.writeUInt32BE(seq >>> 0, 4)
  header.writeUInt32BE((ack ?? 0) >>> 0, 8)
  header.writeUInt8(5 << 4, 12)
  header.writeUInt8(flags | (ack === null ? 0 : FLAGS.ACK), 13)
  header.writeUInt16BE(65_535, 14)
  return Buffer.concat([header, payload])
}

/** An IPv4 packet from 10.0.0.1 to 10.0.0.2 (`back`: the other way), with options where asked. */
export function ipv4(payload: Uint8Array, { options = 0, place = 0, id = 1, back = false } = {}): Buffer {
  const header = Buffer.alloc(20 + options, 1)
  header.writeUInt8(0x40 | (header.length / 4), 0)
  header.writeUInt16BE(header.length + payload.length, 2)
  header.writeUInt16BE(id, 4)
  header.writeUInt16BE(place, 6)
  header.writeUInt8(6, 9)
  header.set(back ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2], 12)
  return Buffer.concat([header, payload])
}

/** An IPv6 packet from fd00::1 to fd00::2; `headers` stand before TCP. */
export function ipv6(payload: Uint8Array, headers: Uint8Array = new Uint8Array(0), first = 6): Buffer {
  const header = Buffer.alloc(40)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(headers.length + payload.length, 4)
  header.writeUInt8(first, 6)
  header.set([0xfd, ...new Array(14).fill(0), 1, 0xfd, ...new Array(14).fill(0), 2], 8)
  return Buffer.concat([header, headers, payload])
}

export const ethernet = (payload: Uint8Array, type = 0x0800, tags: readonly number[] = []): Buffer =>
  Buffer.concat([
    Buffer.alloc(12, 2),
    ...tags.map((tag) => Buffer.from([tag >> 8, tag & 255, 0, 7])),
    Buffer.from([type >> 8, type & 255]),
    payload,
  ])

export interface Record {
  /** Microseconds since 1970. */
  readonly time: number
  readonly bytes: Uint8Array
  /** Captured bytes, where fewer. */
  readonly cut?: number
}

/** A classic pcap file. */
export function pcap(records: readonly Record[], { linkType = 1, little = true, nanos = false } = {}): Buffer {
  const u32 = (...values: number[]): Buffer => {
    const out = Buffer.alloc(values.length * 4)
    values.forEach((value, i) => {
      if (little) out.writeUInt32LE(value >>> 0, i * 4)
      else out.writeUInt32BE(value >>> 0, i * 4)
    })
    return out
  }
  const version = little ? 0x0004_0002 : 0x0002_0004
  const parts = [u32(nanos ? 0xa1b23c4d : 0xa1b2c3d4, version, 0, 0, 262_144, linkType)]
  for (const { time, bytes, cut = bytes.length } of records) {
    const fraction = (time % 1_000_000) * (nanos ? 1000 : 1)
    parts.push(u32(Math.floor(time / 1_000_000), fraction, cut, bytes.length), Buffer.from(bytes.subarray(0, cut)))
  }
  return Buffer.concat(parts)
}

/** A block of pcapng. */
export function block(type: number, body: Uint8Array, little = true): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)])
  const head = Buffer.alloc(8)
  const length = padded.length + 12
  if (little) head.writeUInt32LE(type, 0)
  else head.writeUInt32BE(type, 0)
  if (little) head.writeUInt32LE(length, 4)
  else head.writeUInt32BE(length, 4)
  return Buffer.concat([head, padded, head.subarray(4)])
}

/** Numbers of the given sizes in bytes (2, 4), or bytes as they are. */
export function fields(little: boolean, ...values: readonly (readonly [number, 2 | 4] | Uint8Array)[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      if (value instanceof Uint8Array) return value
      const [number, size] = value
      const out = Buffer.alloc(size)
      if (little) out.writeUIntLE(number, 0, size)
      else out.writeUIntBE(number, 0, size)
      return out
    }),
  )
}

export const section = (little = true): Buffer =>
  block(0x0a0d0d0a, fields(little, [0x1a2b3c4d, 4], [1, 2], [0, 2], Buffer.alloc(8, 0xff)), little)

export const interfaceBlock = (little = true, options: Uint8Array = new Uint8Array(0), linkType = 1): Buffer =>
  block(1, fields(little, [linkType, 2], [0, 2], [0, 4], options), little)

/** An Enhanced Packet Block; `ticks` in the interface's unit. */
export const enhanced = (bytes: Uint8Array, ticks: bigint, little = true, id = 0): Buffer =>
  block(
    6,
    fields(
      little,
      [id, 4],
      [Number(ticks >> 32n), 4],
      [Number(ticks & 0xffff_ffffn), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      bytes,
    ),
    little,
  )

export interface Read {
  readonly segments: Segment[]
  readonly observed: Observed[]
  readonly exchanges: Exchange[]
  readonly counts: Assembler['counts']
  readonly damage: Damage | null
}

/** Reads a capture that is whole in memory. */
export function readCapture(bytes: Uint8Array, options: AssemblerOptions = {}): Read {
  const reader = new CaptureReader()
  const pipeline = new Pipeline()
  const segments: Segment[] = []
  const observed: Observed[] = []
  const assembler = new Assembler(options, (segment) => {
    segments.push(segment)
    observed.push(...pipeline.push(segment))
  })
  reader.window.append(bytes)
  while (reader.read() === 'packet') assembler.packet(reader.packet)
  const damage = reader.finish()
  assembler.end()
  observed.push(...pipeline.end(0))
  const exchanges = observed.flatMap((event) => (event.type === 'exchange' ? [event.exchange] : []))
  return { segments, observed, exchanges, counts: assembler.counts, damage }
}

/** Exchanges as lines that don't depend on how the bytes travelled, in order. */
export const essence = ({ exchanges }: Read): string[] =>
  exchanges
    .map((exchange) => {
      const { request, response, client, broker, api, noResponse } = exchangeJson(exchange, [], {
        hex: true,
        showSecrets: true,
      })
      const hex = (frame: unknown): unknown => (frame as { hex?: string } | null)?.hex ?? null
      return JSON.stringify([client, broker, api, hex(request), hex(response), noResponse])
    })
    .sort()
