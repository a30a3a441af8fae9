/** compression.type of topics: in which codec Apache Kafka 4.4.0 was seen to keep what comes with another one. */
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { eachRecord } from '../../src/client/records.ts'
import { ask, at, type Bench, type Body, bench, produceTo, utf8 } from './helpers.ts'

async function topicWith(configs: Readonly<Record<string, string>>): Promise<Bench> {
  const on = bench()
  const pairs = Object.entries(configs).map(([name, value]) => ({ name, value }))
  await ask(on, 'CreateTopics', 5, {
    topics: [{ name: 'orders', numPartitions: 1, replicationFactor: 1, configs: pairs }],
  })
  return on
}

const partitionOf = (answer: Body) => at(answer, 'responses', 0, 'partitionResponses', 0) as Body

describe('compression.type', () => {
  const fetched = async (on: Bench): Promise<Uint8Array> => {
    const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 }] }]
    const answer = await ask(on, 'Fetch', 11, { maxWaitMs: 0, minBytes: 1, maxBytes: 1e6, topics })
    return Buffer.from(at(answer, 'responses', 0, 'partitions', 0, 'records') as string, 'base64')
  }

  it.each([
    ['gzip', 'none', 1],
    ['uncompressed', 'gzip', 0],
    ['lz4', 'gzip', 3],
    ['zstd', 'none', 4],
    ['producer', 'gzip', 1],
  ] as const)('%s: what comes with %s is kept with codec %d', async (type, codec, kept) => {
    const on = await topicWith({ 'compression.type': type })
    const now = on.clock.now()
    const records = ['a', 'b'].map((value, i) => ({ key: null, value: utf8(value), timestamp: now + i }))
    expect(partitionOf(await produceTo(on, 'orders', writeBatch({ codec, records }))).errorCode).toBe(0)
    const bytes = await fetched(on)
    const header = batchHeader(bytes, 0)!
    expect(header.attributes & 7).toBe(kept)
    const crc = crc32c(bytes, 21)
    expect(header).toMatchObject({ size: bytes.length, crc, baseTimestamp: now, maxTimestamp: now + 1 })
    const read: string[] = []
    eachRecord(bytes, 0, (offset, own, from, length) => {
      read.push(`${offset} ${Buffer.from(own.subarray(from, from + length))}`)
    })
    expect(read).toEqual(['0 a', '1 b'])
  })

  it('refuses what is too large without its codec', async () => {
    const on = await topicWith({ 'compression.type': 'uncompressed', 'max.message.bytes': '1000' })
    const value = new Uint8Array(5000)
    const records = writeBatch({ codec: 'gzip', records: [{ key: null, value, timestamp: on.clock.now() }] })
    expect(records.length).toBeLessThan(1000)
    expect(partitionOf(await produceTo(on, 'orders', records)).errorCode).toBe(errorCode('MESSAGE_TOO_LARGE'))
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(0)
  })
})
