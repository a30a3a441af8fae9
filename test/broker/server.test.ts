import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { FrameSplitter } from '../../src/bytes/frame-splitter.ts'
import { peekCorrelationId } from '../../src/codec/frame.ts'
import { answerBody, at, batchOf, requestFrame } from './helpers.ts'
import { ROWS, soundRequest } from './requests.ts'

let handle: BrokerHandle
let lines: string[]
const sockets: Socket[] = []

beforeEach(async () => {
  lines = []
  handle = await startBroker({ initialRebalanceDelayMs: 0, log: (line) => lines.push(line) })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await handle.close()
})

/** A connection that gathers the frames it gets. */
class Client {
  readonly frames: Uint8Array[] = []
  readonly closed: Promise<unknown>
  private readonly socket: Socket
  private wake: () => void = () => {}

  constructor(port = handle.port) {
    const splitter = new FrameSplitter(1 << 24)
    this.socket = connect(port, '127.0.0.1')
    sockets.push(this.socket)
    this.socket.on('error', () => {})
    this.socket.on('data', (bytes: Uint8Array) => {
      this.frames.push(...splitter.push(bytes))
      this.wake()
    })
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
  }

  send(...frames: Uint8Array[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  endSending(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  async take(count: number): Promise<Uint8Array[]> {
    while (this.frames.length < count) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    return this.frames.splice(0, count)
  }
}

const metadata = (name: string, id: number): Uint8Array =>
  requestFrame('Metadata', 9, { topics: [{ name }], allowAutoTopicCreation: true }, id)
const longPoll = (id: number, topic = 'orders', maxWaitMs = 20_000): Uint8Array => {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }]
  return requestFrame('Fetch', 12, { maxWaitMs, minBytes: 1, topics: [{ topic, partitions }] }, id)
}
const produce = (id: number, acks = 1): Uint8Array => {
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['v']) }] }]
  return requestFrame('Produce', 9, { acks, timeoutMs: 1, topicData }, id)
}

describe('the embedded broker on a socket', () => {
  it('advertises the address it listens on', async () => {
    const client = new Client()
    client.send(metadata('orders', 5))
    const [frame] = await client.take(1)
    expect(peekCorrelationId(frame!, 'response')).toBe(5)
    const brokers = at(answerBody('Metadata', 9, frame!), 'brokers')
    expect(brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: handle.port, rack: null }])
  })

  it('answers every API in every version, all sent at once, in order and to the last byte', async () => {
    const client = new Client()
    const topic = handle.broker.topics.create('orders', 1)
    // Deletes come last, or the others would find nothing.
    const rows = [...ROWS].sort(([a], [b]) => Number(a === 'DeleteTopics') - Number(b === 'DeleteTopics'))
    client.send(
      ...rows.map(([api, version], id) => requestFrame(api, version, soundRequest(api, version, topic.id), id)),
    )
    const answers = await client.take(rows.length)
    expect(answers.map((frame) => peekCorrelationId(frame, 'response'))).toEqual(rows.map((_, id) => id))
    for (const [i, [api, version]] of rows.entries()) answerBody(api, version, answers[i]!)
    expect(lines).toEqual([])
  })

  it('keeps the order when one request waits, and lets other connections pass', async () => {
    const [waiting, other] = [new Client(), new Client()]
    waiting.send(metadata('orders', 1))
    await waiting.take(1)
    waiting.send(longPoll(2), metadata('orders', 3))
    other.send(produce(1))
    await other.take(1)
    const answers = await waiting.take(2)
    expect(answers.map((frame) => peekCorrelationId(frame, 'response'))).toEqual([2, 3])
  })

  it('sends nothing for acks 0', async () => {
    const client = new Client()
    client.send(metadata('orders', 1), produce(2, 0), metadata('orders', 3))
    const answers = await client.take(2)
    expect(answers.map((frame) => peekCorrelationId(frame, 'response'))).toEqual([1, 3])
    expect(handle.broker.topics.get('orders')?.partitions[0]?.endOffset).toBe(1)
  })

  it('answers what was asked before the client ended its side', async () => {
    const client = new Client()
    client.send(metadata('a', 1), metadata('b', 2))
    client.endSending()
    await client.take(2)
    await client.closed
  })

  it.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /a frame of 1195725856 bytes/],
    ['a TLS hello', Buffer.from('1603010200010001fc0303', 'hex'), /a frame of/],
    ['a negative size', Buffer.from('ffffffff', 'hex'), /a frame of -1 bytes/],
    ['an empty frame', Buffer.from('00000000', 'hex'), /too short/],
    ['an unknown API', requestFrame('Vote', 0, {}), /Vote is not supported/],
    ['a request cut short', Buffer.from('0000000c0003000c000000010000ffff', 'hex'), /Metadata v12: malformed/],
  ])('closes the connection on %s, and says why', async (_name, bytes, reason) => {
    const client = new Client()
    client.send(bytes)
    await client.closed
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(reason)
    // It goes on for others.
    const next = new Client()
    next.send(metadata('orders', 1))
    await next.take(1)
  })

  it('reads no more than a few requests ahead of its answers', async () => {
    const client = new Client()
    client.send(metadata('orders', 0), longPoll(1), ...Array.from({ length: 500 }, (_, i) => metadata('orders', i + 2)))
    const other = new Client()
    other.send(produce(1))
    await other.take(1)
    const answers = await client.take(502)
    expect(peekCorrelationId(answers[501]!, 'response')).toBe(501)
  })

  it('leaves no listeners behind, however often its answers wait for the client to read', async () => {
    const warnings: string[] = []
    const hear = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', hear)
    const { partitions } = handle.broker.topics.create('big', 1)
    for (let i = 0; i < 14; i++) partitions[0]!.append(batchOf(['v'.repeat(1_000_000)]), 0)
    const client = new Client()
    const wanted = [{ topic: 'big', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 15e6 }] }]
    for (let id = 0; id < 12; id++) {
      client.send(requestFrame('Fetch', 12, { maxWaitMs: 0, minBytes: 1, topics: wanted }, id))
      const [frame] = await client.take(1)
      expect(frame!.length).toBeGreaterThan(14e6)
    }
    process.off('warning', hear)
    expect(warnings).toEqual([])
  })

  it('refuses connections over its limit', async () => {
    const small = await startBroker({ maxConnections: 1, log: (line) => lines.push(line) })
    const first = new Client(small.port)
    first.send(metadata('a', 1))
    await first.take(1)
    await new Client(small.port).closed
    expect(lines.join()).toContain('more than 1 connections')
    first.send(metadata('a', 2))
    await first.take(1)
    await small.close()
  })

  it.each([
    ['one that takes too long', { slowReaderTimeoutMs: 100 }, /has not taken its answer of \d+ bytes for 100 ms/],
    ['those that hold too much together', { unsentMaxBytes: 1_000_000 }, /answers that nobody takes hold more than/],
  ])('drops readers that do not read: %s', async (_name, options, reason) => {
    const small = await startBroker({ ...options, log: (line) => lines.push(line) })
    const { partitions } = small.broker.topics.create('big', 1)
    for (let i = 0; i < 14; i++) partitions[0]!.append(batchOf(['v'.repeat(1_000_000)]), 0)
    const wanted = [{ topic: 'big', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 15e6 }] }]
    const slow = connect(small.port, '127.0.0.1')
    sockets.push(slow)
    slow.on('error', () => {})
    slow.write(requestFrame('Fetch', 12, { maxWaitMs: 0, minBytes: 1, topics: wanted }, 1))
    await vi.waitFor(() => expect(lines.join()).toMatch(reason), 5000)
    const other = new Client(small.port)
    other.send(metadata('big', 1))
    await other.take(1)
    await small.close()
  })

  it('refuses a request over socket.request.max.bytes by its size, before it has come', async () => {
    const small = await startBroker({ requestMaxBytes: 1000, log: (line) => lines.push(line) })
    const client = new Client(small.port)
    client.send(Buffer.from('000003e9', 'hex'))
    await client.closed
    expect(lines.join()).toContain('a frame of 1001 bytes, 1000 are allowed')
    const other = new Client(small.port)
    other.send(metadata('a', 1))
    await other.take(1)
    await small.close()
  })

  it('drops who would have it hold more than its limit', async () => {
    const small = await startBroker({ bufferedMaxBytes: 100_000, log: (line) => lines.push(line) })
    const [greedy, modest] = [new Client(small.port), new Client(small.port)]
    greedy.send(Buffer.from('00ffffff', 'hex'), Buffer.alloc(150_000))
    await greedy.closed
    expect(lines.join()).toContain('hold more than 100000 bytes')
    for (let i = 0; i < 5; i++) {
      modest.send(requestFrame('Metadata', 9, { topics: [{ name: 'x'.repeat(30_000) }] }, i))
      await modest.take(1)
    }
    await small.close()
  })

  it('closes at once, though a client waits', async () => {
    const client = new Client()
    client.send(metadata('orders', 1))
    await client.take(1)
    client.send(longPoll(2))
    await handle.close()
    await client.closed
  })

  it('says that an address is taken', async () => {
    await expect(startBroker({ port: handle.port })).rejects.toThrow(/EADDRINUSE/)
  })
})
