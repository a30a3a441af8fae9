/** What `proxy --record` wrote reads back as what `proxy --json` printed. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, it } from 'vitest'
import { PcapngWriter } from '../../src/capture/pcapng-writer.ts'
import { TcpWriter } from '../../src/capture/tcp-writer.ts'
import { Recorder } from '../../src/cli/recorder.ts'
import type { Direction, Segment } from '../../src/session/segment.ts'
import { requestFrame } from '../proxy/frames.ts'
import { atEnd, portOf, testClient, until } from '../proxy/sockets.ts'
import { readBack } from './read-back.ts'
import { startProxy } from './running-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hasTshark = spawnSync('tshark', ['-v']).status === 0

interface Json {
  [name: string]: unknown
  request?: { packet?: number; hex?: string } | null
  response?: { packet?: number; hex?: string } | null
}

/** A capture knows packets, a proxy doesn't; what only a proxy counts is in no capture. */
function comparable(line: string): Json {
  const { droppedLines, skippedBytes, untouchedAnswers, upstreamFailures, ...json } = JSON.parse(line) as Json
  for (const frame of [json.request, json.response]) if (frame) delete frame.packet
  return json
}

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

/** Produces small and large records and consumes them in a group, all on the address of the proxy. */
async function useKafka(port: number, ssl?: { ca: string }): Promise<void> {
  const kafka = new Kafka({
    clientId: 'recorded',
    brokers: [`localhost:${port}`],
    logLevel: logLevel.NOTHING,
    ...(ssl ? { ssl } : {}),
  })
  const producer = kafka.producer()
  await producer.connect()
  for (const size of [1, 1000, 300_000]) {
    await producer.send({ topic: 'orders', messages: [{ key: 'k', value: 'x'.repeat(size) }] })
  }
  await producer.send({ topic: 'orders', acks: 0, messages: [{ value: 'unanswered' }] })
  const consumer = kafka.consumer({ groupId: 'readers' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  let seen = 0
  await new Promise<void>((done) => {
    void consumer.run({ eachMessage: async () => void (++seen === 3 && done()) })
  })
  await consumer.disconnect()
  await producer.disconnect()
}

it('the same lines, times and all; tshark has nothing to say against it', async () => {
  const file = join(folder, 'session.pcapng')
  const { port, stdout, stop } = await startProxy({ json: true, fields: true, hex: true, record: file })
  await useKafka(port)
  // A client that asks, and is gone in the middle of its next question.
  const client = await testClient(port)
  const ask = requestFrame({ api: 'ApiVersions', version: 3 }, 7, {
    clientSoftwareName: 'test',
    clientSoftwareVersion: '1',
  })
  client.socket.write(ask)
  await client.bytes(100)
  client.socket.write(ask.subarray(0, 10))
  await new Promise((done) => setTimeout(done, 50))
  client.socket.end()
  await client.closed
  // One that waits for an answer that never comes, when the proxy ends.
  const waiting = await testClient(port)
  waiting.socket.write(ask)
  await waiting.bytes(100)
  await stop()
  const live = linesOf(stdout.text)
  const back = readBack([file], { fields: true, hex: true })
  expect(live.length).toBeGreaterThan(15)
  expect(back.map(comparable)).toEqual(live.map(comparable))
  if (!hasTshark) return
  const { broker } = JSON.parse(live[0]!) as { broker: string }
  const wrong = '_ws.expert.severity >= 0x600000 || tcp.checksum.status == 0 || ip.checksum.status == 0'
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
  const { stdout: complaints, status } = spawnSync(
    'tshark',
    // What else is spoken on a port like the broker's of this run is not this file's doing.
    ['-r', file, ...checks, '-d', `tcp.port==${broker.split(':')[1]},data`, '-Y', wrong],
    { encoding: 'utf8' },
  )
  expect([status, complaints]).toEqual([0, ''])
})

it('in several files: their lines together are the same too', async () => {
  const { port, stdout, stop } = await startProxy({
    json: true,
    record: join(folder, 'turned.pcapng'),
    recordSize: '100KB',
  })
  await useKafka(port)
  await stop()
  const files = readdirSync(folder)
    .filter((name) => name.startsWith('turned_'))
    .sort()
    .map((name) => join(folder, name))
  expect(files.length).toBeGreaterThan(5)
  expect(readBack(files).map(comparable)).toEqual(linesOf(stdout.text).map(comparable))
})

it('a part of what is in a capture (read --filter) reads back as that part', async () => {
  const whole = join(folder, 'whole.pcapng')
  const { port, stop } = await startProxy({ record: whole })
  await useKafka(port)
  await stop()
  const file = join(folder, 'part.pcapng')
  const recorder = new Recorder(file, { onNotice: () => {} })
  const wanted = new Set(['Produce', 'Fetch', 'JoinGroup'])
  const lines = readBack([whole], { hex: true }, '', (observed) => {
    if (observed.type === 'closed') recorder.closed(observed.connection, observed.time)
    if (observed.type !== 'exchange' || !wanted.has(observed.exchange.api)) return
    recorder.exchange(observed.exchange, observed.findings)
  })
  await recorder.close()
  const said = (all: readonly string[]): unknown[] =>
    all
      .map((line): Json => comparable(line))
      .filter(({ type, api }) => type === 'exchange' && wanted.has(String(api)))
      // Exchanges and connections that are not there are not counted.
      .map(({ id, connection, ...rest }) => rest)
  const back = readBack([file], { hex: true })
  expect(said(back).length).toBeGreaterThan(6)
  expect(said(back)).toEqual(said(lines))
  // The group that was joined has a line of its own, before the summary.
  expect(back.length).toBe(said(back).length + 2)
})

it('of TLS that the proxy ends: readable without keys', async () => {
  const file = join(folder, 'plain.pcapng')
  const ca = join(folder, 'ca-1.pem')
  const { port, stdout, stop } = await startProxy({ json: true, record: file, tls: true, tlsCaOut: ca })
  await useKafka(port, { ca: readFileSync(ca, 'utf8') })
  await stop()
  expect(readBack([file]).map(comparable)).toEqual(linesOf(stdout.text).map(comparable))
})

it('--keylog-out: a capture of the TLS itself, taken in front of the proxy, reads with it', async () => {
  const ca = join(folder, 'ca-2.pem')
  const keylogOut = join(folder, 'keys.log')
  const { port, stdout, stop } = await startProxy({ json: true, hex: true, tls: true, tlsCaOut: ca, keylogOut })
  const tapped = await wiretap(port)
  const kafka = new Kafka({
    clientId: 'recorded',
    brokers: [`localhost:${tapped.port}`],
    logLevel: logLevel.NOTHING,
    ssl: { ca: readFileSync(ca, 'utf8') },
  })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'secret' }] })
  await admin.disconnect()
  await until(() => tapped.closed())
  await stop()
  const file = join(folder, 'tapped.pcapng')
  const tcp = new TcpWriter()
  const blocks = new PcapngWriter({ application: 'tap' })
  const packets = tapped.segments.flatMap((segment) => tcp.push(segment))
  writeFileSync(file, Buffer.concat([blocks.header, ...packets.map(({ time, bytes }) => blocks.packet(time, bytes))]))
  // The proxy shows answers as the broker sent them, the tap as the client got them: with another port.
  const frames = (lines: string[]): unknown[] =>
    lines
      .map((line): Json => JSON.parse(line))
      // To the address in the proxy's answer the client goes past the tap.
      .filter(({ type, connection }) => type === 'exchange' && connection === 1)
      .map(({ api, correlationId, request, response }) => [api, correlationId, request?.hex, response?.hex?.length])
  const back = frames(readBack([file], { hex: true }, readFileSync(keylogOut, 'utf8')))
  expect(back.length).toBeGreaterThan(0)
  expect(back).toEqual(frames(linesOf(stdout.text)))
  expect(frames(readBack([file], { hex: true }))).toEqual([])
})

/** A plain relay that writes down what passes. */
async function wiretap(to: number): Promise<{ port: number; segments: Segment[]; closed(): boolean }> {
  const segments: Segment[] = []
  let connections = 0
  let open = 0
  const now = (): number => Date.now() * 1000
  const server = createServer((from) => {
    const connection = ++connections
    open++
    const client = `127.0.0.1:${from.remotePort}`
    segments.push({ type: 'open', connection: { id: connection, client, broker: `127.0.0.1:${to}` }, time: now() })
    const target = connect(to, '127.0.0.1')
    for (const [source, sink, direction] of [
      [from, target, 'request'],
      [target, from, 'response'],
    ] as const) {
      pass(source, sink, connection, direction)
    }
    from.on('close', () => {
      open--
      segments.push({ type: 'close', connection, time: now() })
    })
  })
  const pass = (from: Socket, sink: Socket, connection: number, direction: Direction): void => {
    from.on('data', (bytes: Buffer) => {
      segments.push({ type: 'data', connection, direction, time: now(), bytes: new Uint8Array(bytes) })
      sink.write(bytes)
    })
    from.on('end', () => sink.end())
    from.on('error', () => sink.destroy())
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(() => void server.close())
  return { port: portOf(server), segments, closed: () => connections > 0 && open === 0 }
}
