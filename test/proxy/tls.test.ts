import { Buffer } from 'node:buffer'
import { createServer, type Socket } from 'node:net'
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { type MadeCertificate, makeCertificate } from '../../src/proxy/certificate.ts'
import { Relay } from '../../src/proxy/relay.ts'
import { requestFrame, responseFrame } from './frames.ts'
import { atEnd, keeper, portOf, type TestClient, testClient, testRelay } from './sockets.ts'

const METADATA = { api: 'Metadata', version: 9 }
let ours: MadeCertificate
let theirs: MadeCertificate

beforeAll(async () => {
  ours = await makeCertificate([])
  theirs = await makeCertificate(['kafka.example'])
})

/** A TLS broker that echoes, and remembers what name was asked for and who the client was. */
async function tlsBroker(
  options: { requestCert?: boolean; rejectUnauthorized?: boolean } = {},
): Promise<{ port: number; sockets: TLSSocket[] }> {
  const sockets: TLSSocket[] = []
  const server = createTlsServer({ ...theirs, ca: ours.ca, allowHalfOpen: true, ...options }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((done) => server.listen({ host: '0.0.0.0', port: 0 }, done))
  // Connections whose handshake fails are open below TLS.
  const raw: Socket[] = []
  server.on('connection', (socket: Socket) => void raw.push(socket))
  atEnd(async () => {
    for (const socket of [...sockets, ...raw]) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  return { port: portOf(server), sockets }
}

const upstreamTls = { ca: null, cert: null, key: null, insecure: false }

async function tlsClient(port: number): Promise<TestClient & { socket: TLSSocket }> {
  const socket = connect({ host: '127.0.0.1', port, ca: ours.ca })
  const client = keeper(socket)
  atEnd(() => void socket.destroy())
  await new Promise((done, failed) => socket.once('secureConnect', done).once('error', failed))
  return { ...client, socket }
}

describe('TLS', () => {
  it('on both sides: what passes is observed in the clear, and answers are rewritten', async () => {
    const { port: upstream } = await tlsBroker()
    const { port, segments } = await testRelay(upstream, { tls: ours, upstreamTls: { ...upstreamTls, ca: theirs.ca } })
    const client = await tlsClient(port)
    const sent = Buffer.concat([requestFrame(METADATA, 1), Buffer.alloc(300_000, 5)])
    client.socket.write(sent)
    expect((await client.bytes(sent.length)).equals(sent)).toBe(true)
    const data = segments.flatMap((s) => (s.type === 'data' && s.direction === 'request' ? [s.bytes] : []))
    expect(Buffer.concat(data).equals(sent)).toBe(true)
    client.socket.end()
    expect(await client.closed).toBeNull()
  })

  it('half-closed by the client, the answer still comes', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {}).resume()
      socket.on('end', () => socket.end('the answer'))
    })
    await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done))
    atEnd(() => void server.close())
    const { port } = await testRelay(portOf(server), { tls: ours })
    const client = await tlsClient(port)
    client.socket.end('the question')
    expect((await client.bytes(10)).toString()).toBe('the answer')
  })

  it('to a broker with an unknown CA is refused, and why is said', async () => {
    const { port: upstream, sockets } = await tlsBroker()
    const { port, notices } = await testRelay(upstream, { upstreamTls })
    await (await testClient(port)).closed
    expect(notices[0]!.text).toMatch(/unable to (get|verify)|self-signed/)
    expect(sockets.length).toBe(0)
  })

  it('to a broker whose certificate is for another name is refused, and why is said', async () => {
    const { port: upstream } = await tlsBroker()
    const { port, notices } = await testRelay(upstream, {
      upstream: { host: '127.0.0.2', port: upstream },
      upstreamTls: { ...upstreamTls, ca: theirs.ca },
    })
    await (await testClient(port)).closed
    expect(notices[0]!.text).toMatch(/127\.0\.0\.2 is not in the cert/)
  })

  it('to a broker with an unknown CA passes when told not to verify', async () => {
    const { port: upstream } = await tlsBroker()
    const { port } = await testRelay(upstream, { upstreamTls: { ...upstreamTls, insecure: true } })
    const client = await testClient(port)
    client.socket.write('hello')
    expect((await client.bytes(5)).toString()).toBe('hello')
  })

  it('asks the broker by its name, and shows a client certificate', async () => {
    const { port: upstream, sockets } = await tlsBroker({ requestCert: true, rejectUnauthorized: false })
    const { port } = await testRelay(upstream, {
      upstream: { host: 'localhost', port: upstream },
      upstreamTls: { ca: theirs.ca, cert: ours.cert, key: ours.key, insecure: false },
    })
    const client = await testClient(port)
    client.socket.write('x')
    await client.bytes(1)
    expect(sockets[0]!.servername).toBe('localhost')
    expect(sockets[0]!.getPeerCertificate().subject.CN).toBe('kafkascope')
  })

  it('a client that speaks plain text is told of, and the listener stays', async () => {
    const { port: upstream } = await tlsBroker()
    const { port, notices } = await testRelay(upstream, { tls: ours, upstreamTls: { ...upstreamTls, ca: theirs.ca } })
    const plain = await testClient(port)
    plain.socket.write(requestFrame(METADATA, 1))
    await plain.ended
    expect(notices[0]!.text).toMatch(
      /^TLS handshake with 127\.0\.0\.1:\d+ failed: the client speaks no TLS but plaintext$/,
    )
    const client = await tlsClient(port)
    client.socket.write('y')
    await client.bytes(1)
  })

  it('tells the secrets of both sides for the key log', async () => {
    const { port: upstream } = await tlsBroker()
    const lines: string[] = []
    const relay = new Relay(
      {
        listen: { host: '127.0.0.1', port: 0 },
        upstream: { host: '127.0.0.1', port: upstream },
        tls: ours,
        upstreamTls: { ...upstreamTls, ca: theirs.ca },
      },
      { emit: () => {}, onKeyLog: (line) => void lines.push(line.toString()) },
    )
    const { port } = await relay.start()
    atEnd(() => relay.close())
    const client = await tlsClient(port)
    client.socket.write('z')
    await client.bytes(1)
    const secrets = lines.filter((line) => line.startsWith('CLIENT_TRAFFIC_SECRET_0 '))
    expect(new Set(secrets.map((line) => line.split(' ')[1])).size).toBe(2)
  })

  it('addresses in answers are rewritten within it', async () => {
    const brokers = [{ nodeId: 1, host: 'kafka', port: 9092 }]
    const answer = responseFrame(METADATA, 1, { brokers, controllerId: 1, topics: [] })
    const server = createTlsServer(theirs, (socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.write(answer))
    })
    await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done))
    atEnd(() => void server.close())
    const { port, rows } = await testRelay(portOf(server), {
      tls: ours,
      upstreamTls: { ...upstreamTls, ca: theirs.ca },
    })
    const client = await tlsClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    const wanted = responseFrame(METADATA, 1, {
      brokers: [{ nodeId: 1, host: '127.0.0.1', port: 0 }],
      controllerId: 1,
      topics: [],
    })
    const got = await client.bytes(wanted.length)
    expect(got.includes('127.0.0.1')).toBe(true)
    expect(rows().length).toBe(2)
  })
})
