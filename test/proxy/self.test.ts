import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeCertificate } from '../../src/proxy/certificate.ts'
import { isOwnAddress, OwnConnections } from '../../src/proxy/self.ts'
import { fakeBroker, freePort, testClient, testRelay, until } from './sockets.ts'

/** A client that ends when the other side does. */
async function refused(port: number, bytes?: Uint8Array): Promise<void> {
  const { socket, closed } = await testClient(port)
  socket.once('end', () => socket.end())
  if (bytes) socket.write(bytes)
  await closed
}

describe('a proxy in front of itself', () => {
  it.each<[string, string, number, boolean]>([
    ['127.0.0.1', '127.0.0.1', 9, true],
    ['127.0.0.1', 'localhost', 9, true],
    ['127.0.0.1', '127.0.0.1', 8, false],
    ['127.0.0.1', '127.0.0.2', 9, false],
    ['127.0.0.1', '0.0.0.0', 9, true],
    ['0.0.0.0', '127.0.0.2', 9, true],
    ['0.0.0.0', '192.0.2.1', 9, false],
    ['127.0.0.1', 'no-such-host.invalid', 9, false],
  ])('listening on %s:9 and told of %s:%i: %s', async (listen, host, port, own) => {
    expect(await isOwnAddress({ host: listen, port: 9 }, { host, port })).toBe(own)
  })

  it('that was reached under another name refuses its own connection, and says so', async () => {
    const port = await freePort()
    const { relay, notices } = await testRelay(port, { listen: { host: '127.0.0.1', port } })
    for (let i = 0; i < 3; i++) await refused(port)
    await until(() => relay.links.size === 0)
    // Whichever end is heard of first, a client makes no more than its own connection and the one refused.
    expect(relay.connections).toBeLessThanOrEqual(6)
    expect(
      notices.filter(
        ({ text }) => text === `upstream 127.0.0.1:${port} is this proxy itself: connections to it are refused`,
      ).length,
    ).toBe(1)
  })
})

it('a client whose port is that of a connection out of here, to elsewhere, is none of its own', () => {
  const socket = (local: [string, number], remote: [string, number]): Socket =>
    Object.assign(new EventEmitter(), {
      localAddress: local[0],
      localPort: local[1],
      remoteAddress: remote[0],
      remotePort: remote[1],
    }) as unknown as Socket
  const own = new OwnConnections()
  const out = socket(['127.0.0.1', 50_000], ['127.0.0.1', 9093])
  own.add(out)
  out.emit('connect')
  expect(own.has(socket(['127.0.0.1', 9092], ['127.0.0.1', 50_000]))).toBe(false)
  expect(own.has(socket(['127.0.0.1', 9093], ['127.0.0.1', 50_000]))).toBe(true)
  out.emit('close')
  expect(own.has(socket(['127.0.0.1', 9093], ['127.0.0.1', 50_000]))).toBe(false)
})

it('a client that speaks plaintext where TLS is wanted is said to', async () => {
  const broker = await fakeBroker()
  const { port, notices } = await testRelay(broker.port, { tls: await makeCertificate([]) })
  await refused(port, Buffer.from('00000011001200000000000100026d65', 'hex'))
  await until(() => notices.length > 0)
  expect(notices[0]!.text).toMatch(
    /^TLS handshake with 127\.0\.0\.1:\d+ failed: the client speaks no TLS but plaintext$/,
  )
})
