/** Real TLS connections of node, listened in on: what passes is written down as segments. */
import { once } from 'node:events'
import { type AddressInfo, connect as netConnect, createServer as netServer, type Socket } from 'node:net'
import { type ConnectionOptions, connect, createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import { generate } from 'selfsigned'
import { makeCertificate } from '../../../src/proxy/certificate.ts'
import type { Direction, Segment } from '../../../src/session/segment.ts'

export const START = 1_700_000_000_000_000

/** One for ECDSA, one for RSA: for whichever a cipher suite wants. */
const certificates = Promise.all([
  makeCertificate(['localhost']),
  generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'rsa', keySize: 2048, algorithm: 'sha256' }),
])

export interface Tapped {
  /** With times a millisecond apart, and packet numbers from 1. */
  segments: Segment[]
  keyLog: string
  sent: Record<Direction, Buffer>
  cipher: string
  protocol: string | null
  /** To resume it with. */
  session: Buffer | undefined
}

export interface Tap {
  readonly port: number
  readonly server: Server
  /** What has passed so far. */
  segments(): readonly Segment[]
  connect(options: ConnectionOptions, talk: (client: TLSSocket, server: TLSSocket) => Promise<void>): Promise<Tapped>
  close(): void
}

/** A relay that writes down what passes. */
export interface Relay {
  readonly port: number
  /** What passes is added here. */
  segments: Segment[]
  /** Connections so far: the id of the last. */
  readonly connections: number
  close(): void
}

/** Stands in front of a port of this machine. */
export async function listenIn(inner: number): Promise<Relay> {
  let connections = 0
  const relay = netServer((from) => {
    const id = ++connections
    const to = netConnect(inner, '127.0.0.1')
    const note = (direction: Direction) => (bytes: Buffer) => {
      const packet = made.segments.length
      const time = START + packet * 1000
      made.segments.push({ type: 'data', connection: id, direction, time, bytes: new Uint8Array(bytes), packet })
    }
    const connection = { id, client: `127.0.0.1:${39_999 + id}`, broker: '127.0.0.1:9093' }
    made.segments.push({ type: 'open', connection, time: START })
    forward(from, to, note('request'))
    forward(to, from, note('response'))
  })
  const port = await listening(relay)
  const made = {
    port,
    segments: [] as Segment[],
    get connections() {
      return connections
    },
    close: () => void relay.close(),
  }
  return made
}

/** A TLS server behind a plain relay. */
export async function tap(serverOptions: TlsOptions = {}): Promise<Tap> {
  const [ec, rsa] = await certificates
  let keyLog = ''
  const server = createServer({ cert: [ec.cert, rsa.cert], key: [ec.key, rsa.private], ...serverOptions })
  server.on('keylog', (line: Buffer) => {
    keyLog += line.toString()
  })
  server.on('tlsClientError', () => {})
  const inner = await listening(server)
  const relay = await listenIn(inner)
  const { port } = relay
  return {
    port,
    server,
    segments: () => relay.segments,
    async connect(options, talk) {
      const segments: Segment[] = []
      relay.segments = segments
      const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
      const client = connect({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        rejectUnauthorized: false,
        ...options,
      })
      let session: Buffer | undefined
      client.on('session', (ticket) => {
        session = ticket
      })
      await once(client, 'secureConnect')
      const [other] = await accepted
      const sent = { request: listen(other), response: listen(client) }
      const { name } = client.getCipher()
      const protocol = client.getProtocol()
      await talk(client, other)
      client.end()
      other.end()
      await Promise.all([once(client, 'close'), other.closed ? null : once(other, 'close')])
      segments.push({ type: 'close', connection: relay.connections, time: START + segments.length * 1000 })
      return {
        segments,
        keyLog,
        sent: { request: Buffer.concat(sent.request), response: Buffer.concat(sent.response) },
        cipher: name,
        protocol,
        session,
      }
    },
    close() {
      server.close()
      relay.close()
    },
  }
}

function listen(socket: TLSSocket): Buffer[] {
  const got: Buffer[] = []
  socket.on('data', (bytes: Buffer) => got.push(bytes))
  socket.on('error', () => {})
  return got
}

function forward(from: Socket, to: Socket, note: (bytes: Buffer) => void): void {
  from.on('data', (bytes: Buffer) => {
    note(bytes)
    to.write(bytes)
  })
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
}

async function listening(server: ReturnType<typeof netServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Writes, and waits until the other end has it. */
export async function say(from: TLSSocket, to: TLSSocket, bytes: Uint8Array): Promise<void> {
  const before = to.bytesRead
  let got = 0
  const arrived = new Promise<void>((done) => {
    const on = (piece: Buffer): void => {
      got += piece.length
      if (got < bytes.length) return
      to.off('data', on)
      done()
    }
    to.on('data', on)
  })
  from.write(bytes)
  await arrived
  if (to.bytesRead < before) throw new Error('it read backwards')
}

/** The plaintext of a direction. */
export const textOf = (segments: readonly Segment[], direction: Direction): Buffer =>
  Buffer.concat(
    segments.flatMap((segment) => (segment.type === 'data' && segment.direction === direction ? [segment.bytes] : [])),
  )

/** The same stream, cut into pieces of that size. */
export const recut = (segments: readonly Segment[], size: number): Segment[] =>
  segments.flatMap((segment) => {
    if (segment.type !== 'data') return [segment]
    const pieces: Segment[] = []
    for (let at = 0; at < segment.bytes.length; at += size) {
      pieces.push({ ...segment, bytes: segment.bytes.subarray(at, at + size) })
    }
    return pieces
  })
