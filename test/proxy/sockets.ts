/** Sockets for the relay's tests: fake brokers and clients on free loopback ports, all closed at the end of a test. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import type { BrokerRow, Notice } from '../../src/proxy/notice.ts'
import { Relay, type RelayOptions } from '../../src/proxy/relay.ts'
import { keepable, type Segment } from '../../src/session/segment.ts'

const cleanups: (() => Promise<void> | void)[] = []

/** Runs after the test, last registered first. */
export const atEnd = (cleanup: () => Promise<void> | void): void => void cleanups.push(cleanup)

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export interface FakeBroker {
  readonly port: number
  readonly server: Server
  readonly sockets: Socket[]
}

/** A server that does with each connection as it is told. */
export async function fakeBroker(onConnection: (socket: Socket) => void = () => {}): Promise<FakeBroker> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done))
  atEnd(
    () =>
      new Promise<void>((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  )
  return { port: portOf(server), server, sockets }
}

export function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('not listening')
  return address.port
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done))
  const port = portOf(server)
  await new Promise((done) => server.close(done))
  return port
}

export interface TestRelay {
  readonly relay: Relay
  readonly port: number
  readonly segments: Segment[]
  readonly notices: Notice[]
  rows(): BrokerRow[]
  /** How often the table was told. */
  told(): number
}

/** A relay in this thread, in front of a port of this host. */
export async function testRelay(upstreamPort: number, options: Partial<RelayOptions> = {}): Promise<TestRelay> {
  const segments: Segment[] = []
  const notices: Notice[] = []
  let table: BrokerRow[] = []
  let told = 0
  const relay = new Relay(
    { listen: { host: '127.0.0.1', port: 0 }, upstream: { host: '127.0.0.1', port: upstreamPort }, ...options },
    {
      emit: (segment) => void segments.push(keepable(segment)),
      onNotice: (notice) => void notices.push(notice),
      onBrokers: (rows) => {
        table = rows
        told++
      },
    },
  )
  const { port } = await relay.start()
  atEnd(() => relay.close())
  return { relay, port, segments, notices, rows: () => table, told: () => told }
}

/** A client that keeps what it reads. */
export interface TestClient {
  readonly socket: Socket
  received(): Buffer
  /** Resolves when this many bytes have come in all. */
  bytes(count: number): Promise<Buffer>
  /** Resolves when the other side has ended. */
  readonly ended: Promise<void>
  /** Resolves with the error's code, or null, when the socket is closed. */
  readonly closed: Promise<string | null>
}

export function keeper(socket: Socket): TestClient {
  const chunks: Buffer[] = []
  let length = 0
  let failure: string | null = null
  const waiting: { count: number; done: (bytes: Buffer) => void }[] = []
  const received = (): Buffer => Buffer.concat(chunks)
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    for (const waiter of waiting) if (length >= waiter.count) waiter.done(received())
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.message
  })
  return {
    socket,
    received,
    bytes: (count) =>
      new Promise((done) => {
        if (length >= count) done(received())
        else waiting.push({ count, done })
      }),
    ended: new Promise((done) => socket.once('end', () => done())),
    closed: new Promise((done) => socket.once('close', () => done(failure))),
  }
}

export async function testClient(port: number): Promise<TestClient> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  const client = keeper(socket)
  await new Promise<void>((done) => socket.once('connect', done))
  atEnd(() => void socket.destroy())
  return client
}

/** Resolves when the condition holds; fails the test after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`never came true: ${condition}`)
    await new Promise((done) => setTimeout(done, 5))
  }
}
