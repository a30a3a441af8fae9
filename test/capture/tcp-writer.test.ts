import { expect, it } from 'vitest'
import { ACK, FIN, Layers, RST, SYN } from '../../src/capture/layers.ts'
import { newPacket } from '../../src/capture/packet.ts'
import { TcpWriter } from '../../src/capture/tcp-writer.ts'
import type { Segment } from '../../src/session/segment.ts'
import { conversation, START } from './segments.ts'

interface Row {
  flags: string
  from: string
  to: string
  seq: number
  ack: number
  payload: Buffer
}

const FLAGS: readonly (readonly [number, string])[] = [
  [SYN, 'S'],
  [FIN, 'F'],
  [RST, 'R'],
  [ACK, 'a'],
]

/** Packets read by the reader of captures. */
const rows = (segments: readonly Segment[]): Row[] => {
  const writer = new TcpWriter()
  const layers = new Layers()
  return segments.flatMap((segment) =>
    writer.push(segment).map(({ bytes, time }) => {
      const packet = { ...newPacket(), linkType: 101, bytes, end: bytes.length, original: bytes.length }
      expect(layers.read(packet)).toBe(true)
      expect(time).toBe(segment.time)
      const { tcp } = layers
      const place = (at: number, port: number): string =>
        `${Buffer.from(tcp.bytes.subarray(at, at + tcp.addressSize)).toString('hex')}:${port}`
      expect(tcp.length).toBe(tcp.end - tcp.start)
      return {
        flags: FLAGS.flatMap(([bit, name]) => (tcp.flags & bit ? [name] : [])).join(''),
        from: place(tcp.source, tcp.sourcePort),
        to: place(tcp.target, tcp.targetPort),
        seq: tcp.seq,
        ack: tcp.ack,
        payload: Buffer.from(tcp.bytes.subarray(tcp.start, tcp.end)),
      }
    }),
  )
}

const [first] = [conversation().filter((s) => (s.type === 'open' ? s.connection.id === 1 : s.connection === 1))]

it('a connection is a handshake, its bytes under numbers in a row, and an end', () => {
  const all = rows(first!)
  expect(all.map(({ flags, payload }) => `${flags}${payload.length || ''}`)).toEqual([
    ...['S', 'Sa', 'a'],
    'a11',
    ...['a65400', 'a65400', 'a65400', 'a3801'],
    ...['a65400', 'a4600'],
    // The hole is acknowledged by the other side before what follows it.
    'a',
    'a5',
    ...['Fa', 'Fa', 'a'],
  ])
  const start = { request: all[0]!.seq, response: all[1]!.seq }
  expect([all[0]!.from, all[0]!.to]).toEqual(['0a010203:50001', '0a010204:9092'])
  const answers = all.filter(({ to, payload }) => to === '0a010203:50001' && payload.length > 0)
  expect(answers.map(({ seq }) => seq - start.response)).toEqual([1, 65_401, 130_801, 196_201, 200_002 + 1234])
  const told = all[10]!
  expect([told.from, told.ack - start.response]).toEqual(['0a010203:50001', 200_002 + 1234])
  expect(all.at(-3)!.seq - start.request).toBe(1 + 11 + 70_000)
})

it('sides that end one after the other: two FINs, each acknowledged', () => {
  const connection = { id: 1, client: '10.0.0.1:1', broker: '10.0.0.2:2' }
  const close = (direction?: 'request' | 'response'): Segment => ({
    type: 'close',
    connection: 1,
    time: START,
    ...(direction ? { direction } : {}),
  })
  const open: Segment = { type: 'open', connection, time: START }
  const flags = (...segments: Segment[]): string[] => rows([open, ...segments]).map((row) => row.flags)
  expect(flags(close('request'), close('response'), close())).toEqual(['S', 'Sa', 'a', 'Fa', 'Fa', 'a'])
  expect(flags(close('response'), close())).toEqual(['S', 'Sa', 'a', 'Fa', 'Fa', 'a'])
  expect(flags(close(), close())).toEqual(['S', 'Sa', 'a', 'Fa', 'Fa', 'a'])
})

it('a connection that ended in the middle of something is reset', () => {
  const writer = new TcpWriter()
  writer.push(first![0]!)
  const [reset] = writer.push({ type: 'close', connection: 1, time: START }, true)
  expect(Buffer.from(reset!.bytes).readUInt8(20 + 13)).toBe(RST | ACK)
})

it('a connection that was not seen to begin has no handshake', () => {
  const connection = { id: 1, client: '10.0.0.1:1', broker: '10.0.0.2:2', midstream: true }
  const data: Segment = { type: 'data', connection: 1, direction: 'response', time: START, bytes: Buffer.from('x') }
  expect(rows([{ type: 'open', connection, time: START }, data]).map(({ flags }) => flags)).toEqual(['a'])
})

it('a connection whose ports are used again begins with another number', () => {
  const numbers = [1, 2, 3].map((id) => {
    const connection = { id, client: '10.0.0.1:1', broker: '10.0.0.2:2' }
    return rows([{ type: 'open', connection, time: START }])[0]!.seq
  })
  expect(new Set(numbers).size).toBe(3)
})

it('sequence numbers wrap', () => {
  const writer = new TcpWriter()
  writer.push({ type: 'open', connection: { id: 1, client: '10.0.0.1:1', broker: '10.0.0.2:2' }, time: START })
  for (let i = 0; i < 20; i++) {
    writer.skip({ type: 'gap', connection: 1, direction: 'request', time: START, bytes: 2 ** 28 })
  }
  const data: Segment = { type: 'data', connection: 1, direction: 'request', time: START, bytes: Buffer.from('x') }
  expect(() => writer.push(data)).not.toThrow()
})

it('segments of connections that never opened, or have ended, are no packets', () => {
  const data: Segment = { type: 'data', connection: 9, direction: 'request', time: START, bytes: Buffer.from('x') }
  expect(rows([data])).toEqual([])
  expect(rows([...first!, { ...data, connection: 1 }]).length).toBe(rows(first!).length)
})
