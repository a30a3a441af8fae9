import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { HANDLERS } from '../../src/broker/handlers/index.ts'
import { startBroker } from '../../src/broker/server.ts'
import { Connection, type ConnectionOptions } from '../../src/client/connection.ts'
import { ClientError, type ClientErrorKind } from '../../src/client/errors.ts'
import { Tap } from '../../src/client/tap.ts'
import { apiName } from '../../src/codec/messages.ts'
import { Pipeline } from '../../src/findings/pipeline.ts'
import type { Segment } from '../../src/session/segment.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function brokerConnection(options: ConnectionOptions = {}): Promise<Connection> {
  const broker = await startBroker()
  cleanUps.push(() => broker.close())
  const connection = await Connection.open({ host: '127.0.0.1', port: broker.port }, options)
  cleanUps.push(() => connection.close())
  return connection
}

/** A broker that does what the test says with each chunk it gets. */
async function fakeBroker(onData: (socket: Socket, bytes: Uint8Array) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('data', (bytes) => onData(socket, bytes))
    socket.on('error', () => {})
    cleanUps.push(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => server.close())
  return (server.address() as { port: number }).port
}

const BLIND = { askVersions: false }
const failure = (promise: Promise<unknown>): Promise<ClientError> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ClientError)
      return error as ClientError
    },
  )

describe('Connection against the embedded broker', () => {
  it('speaks the highest version that both sides know, or the one that is pinned or asked for', async () => {
    const connection = await brokerConnection({ pins: new Map([[12, 2]]) })
    const metadata = await connection.call('Metadata', { topics: [] })
    expect(metadata.version).toBe(connection.advertised!.get(3)!.max)
    expect(metadata.body.brokers).toHaveLength(1)
    expect((await connection.call('Metadata', { topics: [] }, { version: 1 })).version).toBe(1)
    const beat = await connection.call('Heartbeat', { groupId: 'g', generationId: 1, memberId: 'm' })
    expect([beat.api, beat.version, beat.body.errorCode]).toEqual(['Heartbeat', 2, 25])
    expect(connection.versionOf('Fetch', { most: 12 })).toBe(12)
  })

  it('reads the answer to every API at every version that the broker advertises', async () => {
    const connection = await brokerConnection()
    const read: string[] = []
    const wanted: string[] = []
    for (const { apiKey, versions } of HANDLERS) {
      // A request full of defaults: whatever the broker says of it must be readable.
      for (let version = versions[0]; version <= versions[1]; version++) {
        wanted.push(`${apiName(apiKey)} v${version}`)
        const body = apiKey === 0 ? { acks: 1 } : {}
        const answer = await connection.call(apiKey, body, { version })
        expect(answer.flaws).toEqual([])
        read.push(`${answer.api} v${answer.version}`)
      }
    }
    expect(read).toEqual(wanted)
    expect(read.length).toBeGreaterThan(150)
  })

  it('keeps apart requests that are under way at once', async () => {
    const connection = await brokerConnection()
    const versions = Array.from({ length: 200 }, (_, i) => i % 8)
    const answers = await Promise.all(
      versions.map((version) => connection.call('Metadata', { topics: [{ name: `t${version}` }] }, { version })),
    )
    answers.forEach(({ body, version }, i) => {
      expect(version).toBe(versions[i])
      expect((body.topics as { name: string }[])[0]!.name).toBe(`t${versions[i]}`)
    })
  })

  it('gives every exchange to the pipeline', async () => {
    const pipeline = new Pipeline()
    const apis: string[] = []
    const tap = new Tap((segment: Segment) => {
      for (const observed of pipeline.push(segment)) {
        if (observed.type === 'exchange') apis.push(`${observed.exchange.api} v${observed.exchange.apiVersion}`)
        if (observed.type === 'finding') expect.fail(observed.finding.message)
      }
    })
    const connection = await brokerConnection({ tap })
    await connection.call('Metadata', { topics: [] }, { version: 9 })
    connection.close()
    await connection.wire.closed
    expect(apis).toEqual([expect.stringMatching(/^ApiVersions v/), 'Metadata v9'])
  })

  it('sends broken and hand-made frames, and gives back raw answers', async () => {
    const connection = await brokerConnection()
    const frame = connection.encode('Metadata', 9, { topics: [] }, 77)
    for (const byte of frame) connection.wire.write(Uint8Array.of(byte))
    const answer = await connection.wire.next({ correlationId: 77 })
    expect(connection.read('Metadata', 9, answer).body.brokers).toHaveLength(1)
    const error = await failure(connection.raw(Uint8Array.of(0, 0, 0, 2, 0, 3), { request: 'half a header' }))
    expect(error.kind).toBe('closed')
    expect(error.message).toBe(`${connection.broker}: half a header: the broker closed the connection`)
  })

  it('says which version range the broker has where none fits', async () => {
    const connection = await brokerConnection()
    // What only ZooKeeper's controllers sent.
    const error = await failure(connection.call('LeaderAndIsr', {}))
    expect(error.kind).toBe('version')
    expect(error.message).toMatch(/: LeaderAndIsr: no version in common: the broker does not offer it$/)
    const { min, max } = connection.advertised!.get(1)!
    const none = await failure(connection.call('Fetch', {}, { most: min - 1 }))
    expect(none.message).toContain(`Fetch: no version in common: the broker offers v${min} to v${max}`)
  })
})

describe('Connection against brokers that do wrong', () => {
  const cases: readonly [what: string, answer: string | null, kind: ClientErrorKind, message: RegExp][] = [
    ['nothing', null, 'timeout', /Heartbeat v4: no answer within 100 ms$/],
    ['another correlation id', '000000060000000900000000', 'correlation', /has correlation id 9, not 1$/],
    ['an answer without a correlation id', '000000020000', 'correlation', /too short for a correlation id$/],
    [
      'an answer that is too short for its body',
      '000000060000000100' + '00',
      'decode',
      /Heartbeat v4: the answer can't be read/,
    ],
    ['a negative size', 'ffffffff', 'frame', /a frame of -1 bytes, 1000 are allowed$/],
    ['a huge size', '7fffffff', 'frame', /a frame of 2147483647 bytes, 1000 are allowed$/],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex'), 'frame', /1213486160 bytes/],
  ]
  it.each(cases)('%s', async (_what, answer, kind, message) => {
    const port = await fakeBroker((socket) => {
      if (answer !== null) socket.write(Buffer.from(answer, 'hex'))
    })
    const connection = await Connection.open({ host: '127.0.0.1', port }, { ...BLIND, maxAnswerBytes: 1000 })
    const body = { groupId: 'g', generationId: 1, memberId: 'm' }
    const error = await failure(connection.call('Heartbeat', body, { version: 4, timeoutMs: 100 }))
    expect(error.kind).toBe(kind)
    expect(error.message).toMatch(message)
    expect(error.message.startsWith(`127.0.0.1:${port}: Heartbeat v4: `)).toBe(true)
    connection.close()
  })

  it('closes after a time-out: a late answer is not taken for the next one', async () => {
    const port = await fakeBroker(() => {})
    const connection = await Connection.open({ host: '127.0.0.1', port }, BLIND)
    const early = failure(connection.call('Metadata', { topics: [] }, { timeoutMs: 50 }))
    const other = failure(connection.call('Metadata', { topics: [] }, { timeoutMs: 5000 }))
    expect((await early).kind).toBe('timeout')
    expect((await other).kind).toBe('closed')
    expect(connection.open).toBe(false)
    expect((await failure(connection.call('Metadata', { topics: [] }))).kind).toBe('closed')
  })

  it('says that nothing listens', async () => {
    const broker = await startBroker()
    await broker.close()
    const error = await failure(Connection.open({ host: '127.0.0.1', port: broker.port }))
    expect(error.kind).toBe('connect')
    expect(error.message).toMatch(/nothing listens there \(ECONNREFUSED\)$/)
  })
})
