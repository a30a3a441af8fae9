import { connect } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { BrokerError, Cluster } from '../../src/client/cluster.ts'
import type { ConnectionOptions } from '../../src/client/connection.ts'
import { ClientError } from '../../src/client/errors.ts'
import { GroupMember, type MemberEvent } from '../../src/client/group-member.ts'
import { Producer } from '../../src/client/producer.ts'
import { eachRecord } from '../../src/client/records.ts'
import { createTopic, deleteTopic, ensureTopic } from '../../src/client/topics.ts'
import { parsePin } from '../../src/client/versions.ts'
import { makeCertificate } from '../../src/proxy/certificate.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function broker(): Promise<BrokerHandle> {
  const handle = await startBroker({ initialRebalanceDelayMs: 20 })
  cleanUps.push(() => handle.close())
  return handle
}

function clusterAt(port: number, options: ConnectionOptions = {}, ...more: number[]): Cluster {
  const cluster = new Cluster(
    [port, ...more].map((each) => ({ host: '127.0.0.1', port: each })),
    options,
  )
  cleanUps.push(() => cluster.close())
  return cluster
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

describe('Cluster', () => {
  it('makes topics, finds leaders and coordinators, deletes topics', async () => {
    const { port } = await broker()
    const cluster = clusterAt(port)
    const topic = await ensureTopic(cluster, 'orders', 4)
    expect(topic.partitions).toEqual([0, 1, 2, 3].map((partition) => ({ partition, leader: 1, errorCode: 0 })))
    expect(topic.id).toMatch(/^[\w-]{22}$/)
    expect((await ensureTopic(cluster, 'orders', 9)).partitions).toHaveLength(4)
    await expect(createTopic(cluster, 'orders', 1)).rejects.toThrow(/CreateTopics v\d+: TOPIC_ALREADY_EXISTS$/)
    expect(await cluster.coordinator('group')).toEqual({ nodeId: 1, host: '127.0.0.1', port })
    // Who asks for a coordinator makes its topic.
    expect((await cluster.metadata(null)).map(({ name }) => name)).toEqual(['orders', '__consumer_offsets'])
    await deleteTopic(cluster, 'orders')
    await expect(deleteTopic(cluster, 'orders')).rejects.toThrow(BrokerError)
  })

  it('goes on to the next bootstrap broker where one is gone, and says which where all are', async () => {
    const [gone, there] = [await startBroker(), await broker()]
    await gone.close()
    expect(await clusterAt(gone.port, {}, there.port).metadata([])).toEqual([])
    const error = await clusterAt(gone.port)
      .metadata([])
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ClientError)
    expect((error as ClientError).message).toBe(`127.0.0.1:${gone.port}: nothing listens there (ECONNREFUSED)`)
  })

  it('opens nothing any more once it is closed, not even what was under way', async () => {
    const { port } = await broker()
    const cluster = clusterAt(port)
    await cluster.metadata([])
    const underWay = cluster.connect({ host: '127.0.0.1', port })
    const closing = cluster.close()
    await expect(underWay).rejects.toThrow('this client is closed')
    await closing
    await expect(cluster.metadata([])).rejects.toThrow('this client is closed')
  })

  it('refuses a node that no metadata named', async () => {
    const cluster = clusterAt((await broker()).port)
    await expect(cluster.connectNode(77)).rejects.toThrow(/no metadata names node 77$/)
  })

  it('connects with TLS, and only to whom it trusts', async () => {
    const { port } = await broker()
    const made = await makeCertificate(['127.0.0.1'])
    const tls: TlsOptions = { cert: made.cert, key: made.key }
    // TLS in front of the embedded broker.
    const server = createServer(tls, (socket) => {
      const plain = connect(port, '127.0.0.1')
      for (const each of [plain, socket]) each.on('error', () => {})
      socket.pipe(plain).pipe(socket)
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanUps.push(() => server.close())
    const secure = (server.address() as { port: number }).port
    expect(await clusterAt(secure, { tls: { ca: made.ca } }).metadata([])).toEqual([])
    expect(await clusterAt(secure, { tls: { insecure: true } }).metadata([])).toEqual([])
    await expect(clusterAt(secure, { tls: {} }).metadata([])).rejects.toThrow(/certificate|self-signed/i)
  })
})

describe('Producer and GroupMember', () => {
  const options = { acks: -1, codec: 'none', maxInFlight: 5, batchBytes: 1000, timeoutMs: 5000 } as const

  it('sends to each partition in order, several batches at once, and reads it all in a group', async () => {
    const { port } = await broker()
    const cluster = clusterAt(port)
    const topic = await ensureTopic(cluster, 'orders', 3)
    const producer = new Producer(cluster, topic, options)
    let acknowledged = 0
    for (let i = 0; i < 300; i++) {
      producer.send(i % 3, { value: new TextEncoder().encode(String(i).padEnd(50)) }, (error) => {
        expect(error).toBeNull()
        acknowledged++
      })
    }
    await until(() => acknowledged === 300)
    const read: number[][] = [[], [], []]
    const events: MemberEvent[] = []
    const member = new GroupMember(cluster, {
      groupId: 'group',
      topic,
      clientId: 'member',
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 5000,
      heartbeatMs: 100,
      commitMs: 100,
      fetchWaitMs: 100,
      maxFailures: 3,
      onRecords: (partition, records, from) =>
        eachRecord(records, from, (_offset, bytes, at, length) => {
          read[partition]!.push(Number(new TextDecoder().decode(bytes.subarray(at, at + length))))
        }),
      onEvent: (event) => events.push(event),
    })
    member.start()
    await until(() => read.flat().length === 300)
    for (const [partition, numbers] of read.entries()) {
      expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i * 3 + partition))
    }
    await member.stop()
    expect(events.map(({ type }) => type)).toEqual(['joined', 'assigned', 'left'])
    // It committed before it left: who comes next begins there.
    const coordinator = await cluster.connect(await cluster.coordinator('group'))
    const topics = [{ name: 'orders', partitionIndexes: [0, 1, 2] }]
    const { body } = await coordinator.call<{ topics: { partitions: { committedOffset: number }[] }[] }>(
      'OffsetFetch',
      { groupId: 'group', topics },
      { version: 5 },
    )
    expect(body.topics[0]!.partitions.map(({ committedOffset }) => committedOffset)).toEqual([100, 100, 100])
  })

  it('says why a record was not taken', async () => {
    const { port } = await broker()
    const cluster = clusterAt(port)
    const topic = await ensureTopic(cluster, 'orders', 1)
    const producer = new Producer(cluster, topic, { ...options, batchBytes: 1 << 24 })
    const errors: (Error | null)[] = []
    producer.send(0, { value: new Uint8Array(2 << 20) }, (error) => errors.push(error))
    producer.send(5, { value: null }, (error) => errors.push(error))
    await until(() => errors.length === 2)
    const said = errors.map((error) => error?.message ?? '').sort()
    expect(said[0]).toMatch(/Produce v\d+: MESSAGE_TOO_LARGE$/)
    expect(said[1]).toBe('orders: a partition has no leader')
  })
})

describe('parsePin', () => {
  it.each([
    ['Produce=7', [0, 7]],
    ['joingroup=5', [11, 5]],
    ['18=0', [18, 0]],
  ] as const)('%s', (text, pin) => {
    expect(parsePin(text)).toEqual(pin)
  })

  it.each(['Produce', '=7', 'Produce=', 'Produce=-1', 'Produce=7.5', 'Nope=1', '999=1', 'Produce=14'])(
    'not %s',
    (text) => {
      expect(() => parsePin(text)).toThrow()
    },
  )
})
