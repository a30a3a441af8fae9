/**
 * kafkajs. It compresses with gzip itself and takes other codecs as plug-ins: snappy and zstd come from libraries that
 * the project has anyway.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as pause } from 'node:timers/promises'
import * as zstd from '@bokuweb/zstd-wasm'
import kafkajs from 'kafkajs'
import snappy from 'snappyjs'
import { main, messages } from './scenario.js'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs
const types = { none: 'None', gzip: 'GZIP', snappy: 'Snappy', zstd: 'ZSTD' }
const xerial = Buffer.from('82534e4150505900', 'hex')

/** Java writes snappy in xerial's framing: 16 bytes of header, then blocks with a length each. */
function unsnappy(bytes) {
  if (!bytes.subarray(0, 8).equals(xerial)) return Buffer.from(snappy.uncompress(bytes))
  const blocks = []
  for (let at = 16; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at)
    blocks.push(Buffer.from(snappy.uncompress(bytes.subarray(at + 4, at + 4 + size))))
    at += 4 + size
  }
  return Buffer.concat(blocks)
}

async function plugCodecs() {
  await zstd.init()
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async (encoder) => Buffer.from(snappy.compress(encoder.buffer)),
    decompress: async (bytes) => unsnappy(bytes),
  })
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder) => Buffer.from(zstd.compress(encoder.buffer, 3)),
    decompress: async (bytes) => Buffer.from(zstd.decompress(bytes)),
  })
}

class KafkaJs {
  name = 'kafkajs'
  version = createRequire(import.meta.url)('kafkajs/package.json').version
  skipped = { lz4: 'kafkajs has no lz4 of its own' }

  constructor(options) {
    this.options = options
    this.kafka = this.connect(options.clientId)
  }

  connect(clientId) {
    const { bootstrap, caFile, sasl } = this.options
    const ssl = caFile ? { ca: [readFileSync(caFile)] } : false
    const login = sasl && { sasl: { ...sasl, mechanism: sasl.mechanism.toLowerCase() } }
    return new Kafka({ clientId, brokers: bootstrap.split(','), ssl, ...login, logLevel: logLevel.WARN })
  }

  async create() {
    const { topic, partitions: numPartitions, replicationFactor } = this.options
    const admin = this.kafka.admin()
    await admin.connect()
    // Its own waitForLeaders gives up when the broker does not know the new topic at once, which is not an error.
    await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor }], waitForLeaders: false })
    const ready = async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      return topics[0].partitions.every((p) => p.leader >= 0)
    }
    while (!(await ready().catch(() => false)) && Date.now() < this.options.deadline) await pause(100)
    await admin.disconnect()
  }

  async produce(codec, start, stop) {
    const { topic, group, partitions, transactional } = this.options
    const own = transactional ? { transactionalId: `${group}-tx`, idempotent: true, maxInFlightRequests: 1 } : {}
    const producer = this.kafka.producer({
      ...own,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition,
    })
    await producer.connect()
    if (transactional) {
      const aborted = await producer.transaction()
      await aborted.send({ topic, acks: -1, messages: [{ value: 'aborted:0:must not be read', partition: 0 }] })
      await aborted.abort()
    }
    const transaction = transactional ? await producer.transaction() : producer
    await transaction.send({
      topic,
      acks: -1,
      compression: CompressionTypes[types[codec]],
      messages: messages(codec, start, stop).map(({ index, key, value }) => ({
        key,
        value,
        partition: index % partitions,
        headers: { codec },
      })),
    })
    if (transactional) await transaction.commit()
    await producer.disconnect()
  }

  async consume(number, ledger) {
    const { topic, group: groupId, clientId, transactional } = this.options
    const consumer = this.connect(`${clientId}-${number}`).consumer({
      groupId,
      heartbeatInterval: 400,
      sessionTimeout: 10_000,
      maxWaitTimeInMs: 200,
      readUncommitted: !transactional,
    })
    consumer.on(consumer.events.REBALANCING, () => ledger.assign(number, []))
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
      ledger.assign(number, payload.memberAssignment[topic] ?? []),
    )
    const crashed = new Promise((_, reject) => {
      // From most crashes (a coordinator that is still loading, say) it recovers by starting anew.
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error))
    })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) ledger.read(number, message.value.toString())
        const offset = String(BigInt(batch.lastOffset()) + 1n)
        await consumer.commitOffsets([{ topic, partition: batch.partition, offset }])
      },
    })
    const stopped = new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!ledger.stopped && Date.now() < this.options.deadline) return
        clearInterval(timer)
        resolve()
      }, 50)
    })
    await Promise.race([stopped, crashed])
    await consumer.disconnect()
  }

  async committed() {
    const admin = this.kafka.admin()
    await admin.connect()
    const [answer] = await admin.fetchOffsets({ groupId: this.options.group, topics: [this.options.topic] })
    await admin.disconnect()
    return Object.fromEntries(answer.partitions.map((p) => [p.partition, Math.max(Number(p.offset), 0)]))
  }
}

await main(async (options) => {
  await plugCodecs()
  return new KafkaJs(options)
})
