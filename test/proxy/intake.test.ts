import { Buffer } from 'node:buffer'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Intakes, readBy } from '../../src/proxy/intake.ts'
import { atEnd, fakeBroker, portOf, testClient, testRelay, until } from './sockets.ts'

const KB = 1024

/** Bytes that are right in one place only. */
function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at)
  return bytes
}

/** Reads as `net` would by an intake: `count` reads that each fill the buffer, or hold half of it. */
function bufferAfter(intakes: Intakes, full: boolean, count: number): number {
  const { onread } = intakes.make()
  const next = onread.buffer as () => Uint8Array
  let buffer = next()
  for (let i = 0; i < count; i++) {
    onread.callback(full ? buffer.length : buffer.length / 2, buffer)
    buffer = next()
  }
  return buffer.length
}

describe('a buffer that is read into', () => {
  it('grows while reads fill it, to 256 KB', () => {
    expect([0, 1, 2, 3].map((count) => bufferAfter(new Intakes(), true, count) / KB)).toEqual([16, 64, 256, 256])
    expect(bufferAfter(new Intakes(), false, 9)).toBe(16 * KB)
  })

  it('does not grow where all together have grown enough', () => {
    const intakes = new Intakes()
    const sizes = Array.from({ length: 1000 }, () => bufferAfter(intakes, true, 9))
    expect(sizes[0]).toBe(256 * KB)
    expect(sizes.at(-1)).toBe(16 * KB)
    expect(sizes.reduce((sum, size) => sum + size - 16 * KB, 0)).toBeLessThanOrEqual(32 * 1024 * KB)
  })

  it('gives its memory back when the socket closes', () => {
    const intakes = new Intakes()
    for (let i = 0; i < 1000; i++) {
      const intake = intakes.make()
      const next = intake.onread.buffer as () => Uint8Array
      for (let reads = 0; reads < 3; reads++) intake.onread.callback(next().length, next())
      intake.release()
    }
    expect(bufferAfter(intakes, true, 9)).toBe(256 * KB)
  })

  it.each([100, 5000, 300_000])('is not read into while %i bytes a write wait for a slow reader', async (size) => {
    const sent = pattern(12_000_000)
    const got: Buffer[] = []
    let reader: Socket | null = null
    const broker = await fakeBroker((socket) => {
      socket.pause()
      reader = socket
      socket.on('data', (chunk) => void got.push(chunk))
      socket.pause()
      socket.write(sent)
    })
    const { port } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.pause()
    for (let at = 0; at < sent.length; at += size) client.socket.write(sent.subarray(at, at + size))
    client.socket.end()
    await until(() => reader !== null)
    await new Promise((done) => setTimeout(done, 150))
    client.socket.resume()
    reader!.resume()
    await new Promise((done) => reader!.once('end', done))
    expect(Buffer.concat(got).equals(sent)).toBe(true)
    expect((await client.bytes(sent.length)).equals(sent)).toBe(true)
  })
})

describe('an accepted socket', () => {
  it('goes on under another, which is read by an intake, and its server does not wait for it', async () => {
    const intake = new Intakes().make()
    const got: string[] = []
    intake.take = (bytes) => void got.push(Buffer.from(bytes).toString())
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (accepted) => {
      const socket = readBy(intake, accepted)!
      atEnd(() => void socket.destroy())
      socket.resume()
      socket.on('end', () => socket.end('bye'))
    })
    await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done))
    const client = await testClient(portOf(server))
    client.socket.end('hello')
    await client.ended
    expect(got).toEqual(['hello'])
    expect(client.received().toString()).toBe('bye')
    await new Promise((done) => server.close(done))
  })

  it('that is closed already is left alone', async () => {
    const server = createServer({ pauseOnConnect: true }, (accepted) => {
      accepted.destroy()
      expect(readBy(new Intakes().make(), accepted)).toBeNull()
    })
    await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: 0 }, done))
    const client = await testClient(portOf(server))
    await client.ended
    await new Promise((done) => server.close(done))
  })
})
