/** Segments of a session as packets of new connections, in the ways in which networks bring them. */
import type { Segment } from '../../src/session/segment.ts'
import type { Random } from '../random.ts'
import { ethernet, FLAGS, ipv4, type Record, tcp } from './packets.ts'

/** The port of every broker. */
export const BROKER = 9192

export interface Travel {
  /** Payload bytes a packet. */
  readonly size: number
  readonly isn?: number
  /** Every segment comes again. */
  readonly again?: boolean
}

/** The segments of a capture as packets of new connections, one after the other. */
export function travel(segments: readonly Segment[], { size, isn = 1000, again = false }: Travel): Record[] {
  const records: Record[] = []
  const ends = new Map<number, { port: number; seq: [number, number] }>()
  let time = 1_700_000_000_000_000
  const send = (id: number, side: 0 | 1, flags: number, payload: Uint8Array, syn = false): void => {
    const end = ends.get(id)!
    const ack = syn && side === 0 ? null : end.seq[side === 0 ? 1 : 0]
    const [from, to] = side === 0 ? [end.port, BROKER] : [BROKER, end.port]
    const bytes = ethernet(ipv4(tcp({ from, to, seq: end.seq[side], ack, flags, payload }), { back: side === 1 }))
    records.push({ time: time++, bytes })
    if (again && !syn) records.push({ time: time++, bytes })
    end.seq[side] = (end.seq[side] + payload.length + (flags & (FLAGS.SYN | FLAGS.FIN) ? 1 : 0)) >>> 0
  }
  const none = new Uint8Array(0)
  for (const segment of segments) {
    if (segment.type === 'open') {
      const { id } = segment.connection
      ends.set(id, { port: 30_000 + id, seq: [isn >>> 0, (isn + 5) >>> 0] })
      send(id, 0, FLAGS.SYN, none, true)
      send(id, 1, FLAGS.SYN, none, true)
      send(id, 0, 0, none)
    } else if (segment.type === 'data') {
      const side = segment.direction === 'request' ? 0 : 1
      for (let at = 0; at < segment.bytes.length; at += size) {
        send(segment.connection, side, FLAGS.PSH, segment.bytes.subarray(at, at + size))
      }
    }
  }
  return records
}

/** Packets out of order: each may come up to `window` places early or late. */
export function shuffled(records: readonly Record[], window: number, random: Random): Record[] {
  const places = records.map((record, i) => ({ record, place: i + random.below(window) }))
  return places.sort((a, b) => a.place - b.place).map(({ record }) => record)
}

/** Adds to every packet with payload one that begins in the middle of it: the same bytes, cut otherwise. */
export function overlapping(records: readonly Record[]): Record[] {
  return records.flatMap((record) => {
    const packet = Buffer.from(record.bytes)
    const size = packet.length - 54
    if (size < 2) return [record]
    const half = size >> 1
    const rest = Buffer.concat([packet.subarray(0, 54), packet.subarray(54 + half)])
    rest.writeUInt16BE(packet.readUInt16BE(16) - half, 16)
    rest.writeUInt32BE((packet.readUInt32BE(38) + half) >>> 0, 38)
    return [{ time: record.time, bytes: rest }, record]
  })
}

/** The client's port of a packet: which connection it is of. */
export function clientPort({ bytes }: Record): number {
  const packet = Buffer.from(bytes)
  return packet.readUInt16BE(34) === BROKER ? packet.readUInt16BE(36) : packet.readUInt16BE(34)
}

/** Whether a packet carries payload. */
export const hasPayload = ({ bytes }: Record): boolean => bytes.length > 54
