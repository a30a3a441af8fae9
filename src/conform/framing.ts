/** Frames: pipelined, in pieces, together, of impossible sizes, cut off. */
import { Buffer } from 'node:buffer'
import { peekCorrelationId } from '../codec/frame.ts'
import type { Bench } from './bench.ts'
import { type Check, must } from './check.ts'
import { mustClose, probe, sizeField } from './frames.ts'
import { lives } from './headers.ts'
import { pause, RECORDS } from './lab.ts'

const GUIDE = 'Kafka protocol guide, Network'
const SERVER = 'observed: Apache Kafka (NetworkReceive, SocketServer)'

const check = (id: string, title: string, source: string, run: Check['run']): Check => ({
  id: `framing/${id}`,
  theme: 'framing',
  title,
  source,
  run,
})

const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

export const FRAMING_CHECKS: readonly Check[] = [
  ...[2, 5, 20, 100].map((count) =>
    check(`pipelined/${count}`, `${count} requests in flight are answered in order`, GUIDE, (bench) =>
      inOrder(bench, ids(count), (frames, write) => frames.forEach(write)),
    ),
  ),
  ...[2, 10].map((count) =>
    check(`coalesced/${count}`, `${count} requests in one segment are all answered`, GUIDE, (bench) =>
      inOrder(bench, ids(count), (frames, write) => write(Buffer.concat(frames))),
    ),
  ),
  check('descending-ids', 'answers come in the order of the requests, not of their ids', GUIDE, (bench) =>
    inOrder(bench, [5, 4, 3, 2, 1], (frames, write) => frames.forEach(write)),
  ),
  check('same-id', 'two requests with the same correlation id are both answered', GUIDE, (bench) =>
    inOrder(bench, [3, 3], (frames, write) => frames.forEach(write)),
  ),
  check('slow-first', 'a Fetch that waits holds up the request behind it', GUIDE, slowFirst),
  check('bytewise', 'a request in single bytes is answered', GUIDE, (bench) => inPieces(bench, 1)),
  ...[2, 3, 4, 5, 7].map((size) =>
    check(`pieces/${size}`, `a request in pieces of ${size} bytes is answered`, GUIDE, (bench) =>
      inPieces(bench, size),
    ),
  ),
  check(
    'one-and-a-half',
    'one request and the half of the next in a segment: the rest may come later',
    GUIDE,
    oneAndAHalf,
  ),
  ...[-1, -2_147_483_648, 2_147_483_647].map((size) =>
    check(`size/${size}`, `a frame that claims ${size} bytes closes the connection`, SERVER, async (bench) => {
      await closedBy(bench, sizeField(size), `a size of ${size}`)
    }),
  ),
  check('size/0', 'a frame of 0 bytes closes the connection', SERVER, (bench) =>
    closedBy(bench, sizeField(0), 'a size of 0'),
  ),
  check('short-header', 'a frame too short for its header closes the connection', SERVER, (bench) =>
    closedBy(bench, Buffer.concat([sizeField(3), new Uint8Array(3)]), 'a frame of 3 bytes'),
  ),
  check('http', 'an HTTP request closes the connection', SERVER, (bench) =>
    closedBy(bench, Buffer.from('GET / HTTP/1.1\r\nHost: kafka\r\n\r\n'), 'an HTTP request'),
  ),
  ...[2, 4, 8, 13].map((length) =>
    check(
      `cut/${length}`,
      `a connection that ends after ${length} bytes of a request harms nobody`,
      SERVER,
      async (bench) => {
        const connection = await bench.connect()
        connection.wire.write(probe(1).subarray(0, length))
        await pause(20)
        connection.close()
        await lives(bench)
      },
    ),
  ),
  check('gone', 'a client that goes before its answer comes harms nobody', SERVER, async (bench) => {
    const connection = await bench.connect()
    connection.wire.write(probe(1))
    connection.close()
    await lives(bench)
  }),
]

type Write = (bytes: Uint8Array) => void

async function inOrder(
  bench: Bench,
  wanted: readonly number[],
  send: (frames: readonly Uint8Array[], write: Write) => void,
): Promise<void> {
  const { wire } = await bench.connect()
  const answers = wanted.map(() => wire.next())
  // One failure is told by the loop below; the rest must not go unheard.
  for (const answer of answers) answer.catch(() => {})
  send(wanted.map(probe), (bytes) => wire.write(bytes))
  for (const [index, answer] of answers.entries()) {
    const found = peekCorrelationId(await answer, 'response')
    must(found === wanted[index], `answer ${index + 1} has correlation id ${found}, not ${wanted[index]}`)
  }
}

async function inPieces(bench: Bench, size: number): Promise<void> {
  const { wire } = await bench.connect()
  const frame = probe(5)
  const answer = wire.next({ request: `ApiVersions v0 in pieces of ${size} bytes`, correlationId: 5 })
  answer.catch(() => {})
  for (let at = 0; at < frame.length; at += size) {
    wire.write(frame.slice(at, at + size))
    await pause(2)
  }
  await answer
}

async function oneAndAHalf(bench: Bench): Promise<void> {
  const { wire } = await bench.connect()
  const second = probe(2)
  const answers = [wire.next({ correlationId: 1 }), wire.next({ correlationId: 2 })]
  for (const answer of answers) answer.catch(() => {})
  wire.write(Buffer.concat([probe(1), second.subarray(0, 6)]))
  await answers[0]
  wire.write(second.slice(6))
  await answers[1]
}

const WAIT_MS = 300

async function slowFirst(bench: Bench): Promise<void> {
  const { name, id } = await bench.lab.topic()
  const connection = await bench.connect('leader')
  const partitions = [{ partition: 0, fetchOffset: RECORDS, partitionMaxBytes: 1000 }]
  const topics = [{ topic: name, topicId: id, partitions }]
  const waits = { replicaId: -1, maxWaitMs: WAIT_MS, minBytes: 1 << 20, maxBytes: 1 << 20, topics }
  // The wire gives answers to requests in order: an answer to the second that came first would have a wrong id.
  await Promise.all([connection.call('Fetch', waits), connection.raw(probe(99), { correlationId: 99 })])
}

async function closedBy(bench: Bench, bytes: Uint8Array, what: string): Promise<void> {
  const connection = await bench.connect()
  connection.wire.write(bytes)
  await mustClose(connection, what)
  await lives(bench)
}
