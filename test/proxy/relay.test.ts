import { Buffer } from 'node:buffer'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Segment } from '../../src/session/segment.ts'
import { requestFrame, responseFrame } from './frames.ts'
import { atEnd, fakeBroker, freePort, testClient, testRelay, until } from './sockets.ts'

const METADATA = { api: 'Metadata', version: 9 }

type Broker = { nodeId: number; host: string; port: number }
const metadata = (brokers: Broker[], id = 1): Buffer =>
  responseFrame(METADATA, id, { brokers, controllerId: 1, topics: [] })

const observed = (segments: readonly Segment[], direction: 'request' | 'response'): Buffer =>
  Buffer.concat(segments.flatMap((s) => (s.type === 'data' && s.direction === direction ? [s.bytes] : [])))

describe('bytes', () => {
  it('pass both ways as they are, in any cut, and are observed', async () => {
    const answers: Buffer[] = []
    const broker = await fakeBroker((socket) => {
      socket.on('data', (chunk: Buffer) => {
        answers.push(chunk)
        socket.write(chunk)
      })
    })
    const { port, segments } = await testRelay(broker.port)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 5000 }), { minLength: 1 }), async (chunks) => {
        segments.length = 0
        const client = await testClient(port)
        for (const chunk of chunks) client.socket.write(chunk)
        const sent = Buffer.concat(chunks)
        expect(await client.bytes(sent.length)).toEqual(sent)
        expect(observed(segments, 'request')).toEqual(sent)
        expect(observed(segments, 'response')).toEqual(sent)
        client.socket.destroy()
        await client.closed
      }),
      { numRuns: 20 },
    )
  })

  it('of 40 MB arrive whole though the reader is slow, and the relay keeps little of them', async () => {
    const total = 40 * 1024 * 1024
    const broker = await fakeBroker((socket) => {
      socket.end(Buffer.alloc(total, 7))
    })
    const { port, relay } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.pause()
    await new Promise((done) => setTimeout(done, 300))
    const [link] = relay.links.values()
    expect(link!.client.writableLength).toBeLessThan(1024 * 1024)
    expect(link!.upstream.readableLength).toBeLessThan(1024 * 1024)
    client.socket.resume()
    expect((await client.bytes(total)).equals(Buffer.alloc(total, 7))).toBe(true)
    await client.ended
  })

  it('to a broker that does not read wait with the client', async () => {
    const broker = await fakeBroker((socket) => socket.pause())
    const { port, relay } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write(Buffer.alloc(40 * 1024 * 1024))
    await until(() => relay.links.size === 1)
    await new Promise((done) => setTimeout(done, 300))
    const [link] = relay.links.values()
    expect(link!.upstream.writableLength).toBeLessThan(1024 * 1024)
    expect(client.socket.writableLength).toBeGreaterThan(1024 * 1024)
    broker.sockets[0]!.resume()
    await until(() => client.socket.writableLength === 0)
  })
})

describe('ends', () => {
  it('of one side leave the other open, both ways', async () => {
    const broker = await fakeBroker((socket) => {
      socket.resume()
      socket.on('end', () => setTimeout(() => socket.end('after the end'), 20))
    })
    const { port, segments } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.end('last words')
    await client.ended
    expect(client.received().toString()).toBe('after the end')
    expect(await client.closed).toBeNull()
    await until(() => segments.at(-1)?.type === 'close' && !('direction' in segments.at(-1)!))
    const kinds = segments.map((s) =>
      s.type === 'data' || s.type === 'close' ? `${s.type} ${s.direction ?? ''}` : s.type,
    )
    expect(kinds).toEqual(['open', 'data request', 'close request', 'data response', 'close response', 'close '])
  })

  it('of the broker let the client finish', async () => {
    const read: Buffer[] = []
    const broker = await fakeBroker((socket) => {
      socket.end('bye')
      socket.on('data', (chunk: Buffer) => read.push(chunk))
    })
    const { port } = await testRelay(broker.port)
    const client = await testClient(port)
    await client.ended
    client.socket.end('still here')
    await client.closed
    await until(() => Buffer.concat(read).toString() === 'still here')
  })

  it('by reset are resets on the other side', async () => {
    const broker = await fakeBroker((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    const { port, relay } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write('x')
    expect(await client.closed).toBe('ECONNRESET')
    await until(() => relay.links.size === 0)
  })

  it('by reset of the client reset the broker', async () => {
    let failure: string | undefined
    const broker = await fakeBroker((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => {
        failure = error.code
      })
    })
    const { port, relay } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write('x')
    await until(() => broker.sockets.length === 1)
    client.socket.resetAndDestroy()
    await until(() => failure === 'ECONNRESET' && relay.links.size === 0)
  })
})

describe('an upstream that is gone', () => {
  it('is named once, the client is disconnected, the listener stays', async () => {
    const upstream = await freePort()
    const { port, notices, relay } = await testRelay(upstream)
    for (let i = 0; i < 3; i++) await (await testClient(port)).closed
    expect(notices.map((notice) => notice.text)).toEqual([
      `upstream 127.0.0.1:${upstream}: connection refused, nothing listens there; clients that come here are disconnected`,
    ])
    await until(() => relay.links.size === 0)
    const server = createServer((socket) => void socket.on('error', () => {}).end('back'))
    await new Promise<void>((done) => server.listen({ host: '127.0.0.1', port: upstream }, done))
    atEnd(() => void server.close())
    const client = await testClient(port)
    await client.ended
    expect(client.received().toString()).toBe('back')
  })

  it('whose name nobody knows is said so', async () => {
    const { port, notices } = await testRelay(0, { upstream: { host: 'no-such-host.invalid', port: 9092 } })
    await (await testClient(port)).closed
    expect(notices[0]!.text).toMatch(/^upstream no-such-host\.invalid:9092: (no such host|the host name)/)
  })
})

/** A broker that answers every request's first bytes with this answer. */
const answering = (answer: () => Buffer) => (socket: Socket) => void socket.on('data', () => socket.write(answer()))

describe('addresses', () => {
  it('become listeners: each broker is reached through its own', async () => {
    const second = await fakeBroker((socket) => socket.write('I am broker 2'))
    const brokers = [
      { nodeId: 1, host: '127.0.0.1', port: 0 },
      { nodeId: 2, host: '127.0.0.1', port: second.port },
    ]
    const first = await fakeBroker(answering(() => metadata(brokers)))
    brokers[0]!.port = first.port
    const { port, rows, segments } = await testRelay(first.port, { advertise: 'localhost' })
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    await until(() => rows().length === 2)
    const own = rows()
    const ports = own.map((row) => Number(row.listener.split(':')[1]))
    const wanted = metadata(ports.map((p, i) => ({ nodeId: i + 1, host: 'localhost', port: p })))
    expect(await client.bytes(wanted.length)).toEqual(wanted)
    expect(own.map((row) => row.node)).toEqual([1, 2])
    expect(own.map((row) => row.upstream)).toEqual([`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`])
    expect(observed(segments, 'response')).toEqual(metadata(brokers))
    const other = await testClient(ports[1]!)
    expect((await other.bytes(13)).toString()).toBe('I am broker 2')
  })

  it('in answers behind one that waits for a listener keep their order', async () => {
    const stay = { nodeId: 1, host: 'kafka-1', port: 9092 }
    const many = [1, 2, 3, 4, 5].map((id) => metadata([{ ...stay, nodeId: id, host: `kafka-${id}` }], id))
    const broker = await fakeBroker((socket) => void socket.once('data', () => socket.write(Buffer.concat(many))))
    const { port, rows } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write(Buffer.concat(many.map((_, i) => requestFrame(METADATA, i + 1))))
    await until(() => rows().length === 6)
    const wanted = many.map((_, i) => {
      const at = rows()
        .find((row) => row.upstream === `kafka-${i + 1}:9092`)!
        .listener.split(':')
      return metadata([{ nodeId: i + 1, host: at[0]!, port: Number(at[1]) }], i + 1)
    })
    expect(await client.bytes(Buffer.concat(wanted).length)).toEqual(Buffer.concat(wanted))
  })

  it('are left alone with rewrite off', async () => {
    const answer = metadata([{ nodeId: 1, host: 'kafka-1', port: 9092 }])
    const broker = await fakeBroker(answering(() => answer))
    const { port, rows } = await testRelay(broker.port, { rewrite: false })
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    expect(await client.bytes(answer.length)).toEqual(answer)
    expect(rows().length).toBe(1)
  })

  it('open no more listeners than allowed, and that is said once', async () => {
    const brokers = Array.from({ length: 100 }, (_, i) => ({ nodeId: i, host: `kafka-${i}`, port: 9092 }))
    const broker = await fakeBroker(answering(() => metadata(brokers)))
    const { port, rows, notices } = await testRelay(broker.port, { maxListeners: 5 })
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    await until(() => rows().length === 5 && notices.length > 0)
    const at = rows().map((row) => Number(row.listener.split(':')[1]))
    const wanted = metadata(brokers.map((b, i) => (i < 4 ? { ...b, host: '127.0.0.1', port: at[i + 1]! } : b)))
    expect(await client.bytes(wanted.length)).toEqual(wanted)
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^5 listeners are open, .*broker 4 at kafka-4:9092/),
    ])
  })

  it('that one answer gives many node ids are told of once', async () => {
    const upstream = { host: '127.0.0.1', port: 0 }
    const brokers = Array.from({ length: 5000 }, (_, nodeId) => ({ nodeId, ...upstream }))
    const broker = await fakeBroker(answering(() => metadata(brokers)))
    for (const each of brokers) each.port = broker.port
    const { port, rows, told } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    const wanted = metadata(brokers.map((each) => ({ ...each, port })))
    expect(await client.bytes(wanted.length)).toEqual(wanted)
    expect(rows()).toMatchObject([{ node: 4999 }])
    expect(told()).toBeLessThanOrEqual(2)
  })

  it.each([
    ['no host at all', { nodeId: -1, host: '', port: -1 }],
    ['a host that is none', { nodeId: 1, host: 'a\u001b[31m\u202eb', port: 9092 }],
    ['a port that is none', { nodeId: 1, host: 'kafka', port: 70000 }],
  ])('%s: left as it is, and what is said can do no harm', async (_name, address) => {
    const answer = metadata([address])
    const broker = await fakeBroker(answering(() => answer))
    const { port, rows, notices } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    expect(await client.bytes(answer.length)).toEqual(answer)
    expect(rows().length).toBe(1)
    for (const { text } of notices) expect(text).toMatch(/^[\x20-\x7e]*$/)
  })

  it('of the proxy itself are not put behind a listener', async () => {
    const answer = (): Buffer => metadata([{ nodeId: 1, host: '127.0.0.1', port: proxy }])
    let proxy = 0
    const broker = await fakeBroker(answering(() => answer()))
    const { port, rows } = await testRelay(broker.port)
    proxy = port
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    expect(await client.bytes(answer().length)).toEqual(answer())
    expect(rows().length).toBe(1)
  })

  it('in an answer that does not decode pass untouched, and that is said', async () => {
    const answer = metadata([{ nodeId: 1, host: 'kafka', port: 9092 }])
    answer.writeInt8(0x7f, 13)
    const broker = await fakeBroker(answering(() => answer))
    const { port, notices, relay } = await testRelay(broker.port)
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    expect(await client.bytes(answer.length)).toEqual(answer)
    expect(relay.untouched).toBe(1)
    expect(notices[0]!.text).toMatch(
      /^a Metadata v9 answer from 127\.0\.0\.1:\d+ passes with its addresses as they are: it does not fit/,
    )
  })

  it('are those that the client came to, when listening everywhere', async () => {
    const broker = await fakeBroker(answering(() => metadata([{ nodeId: 1, host: 'kafka', port: 9092 }])))
    const { port, rows } = await testRelay(broker.port, { listen: { host: '0.0.0.0', port: 0 } })
    const client = await testClient(port)
    client.socket.write(requestFrame(METADATA, 1))
    await until(() => rows().length === 2)
    const own = Number(rows()[1]!.listener.split(':')[1])
    const wanted = metadata([{ nodeId: 1, host: '127.0.0.1', port: own }])
    expect(await client.bytes(wanted.length)).toEqual(wanted)
  })
})

describe('many', () => {
  it('300 connections at once are relayed and all are closed at the end', async () => {
    const broker = await fakeBroker((socket) => socket.pipe(socket))
    const { port, relay, segments } = await testRelay(broker.port)
    const clients = await Promise.all(Array.from({ length: 300 }, () => testClient(port)))
    await Promise.all(
      clients.map(async (client, i) => {
        const words = `client ${i}`
        client.socket.write(words)
        expect((await client.bytes(words.length)).toString()).toBe(words)
      }),
    )
    expect(relay.links.size).toBe(300)
    await relay.close()
    expect(relay.links.size).toBe(0)
    expect(segments.filter((s) => s.type === 'open').length).toBe(300)
    expect(segments.filter((s) => s.type === 'close' && s.direction === undefined).length).toBe(300)
    const again = connect({ host: '127.0.0.1', port })
    const error = await new Promise<NodeJS.ErrnoException>((done) => again.once('error', done))
    expect(error.code).toBe('ECONNREFUSED')
  })
})
