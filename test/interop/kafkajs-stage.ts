/**
 * Where a play with kafkajs is told: its clients, and lines of what a broker answered that are the same on every broker.
 */
import kafkajs, { type Admin, type Consumer, type EachMessagePayload, type Kafka, type Producer } from 'kafkajs'
import { lz4Compress, lz4Decompress } from '../../src/bytes/lz4.ts'
import { snappyCompress, snappyDecompress } from '../../src/bytes/snappy.ts'
import { loadZstdWriter, zstdCompress, zstdDecompress } from '../../src/bytes/zstd.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs
const LIMIT = 1e8

/** kafkajs compresses with gzip itself and takes other codecs as plug-ins. */
export async function plugCodecs(): Promise<void> {
  await loadZstdWriter()
  const codecs = [
    [CompressionTypes.LZ4, lz4Compress, lz4Decompress],
    [CompressionTypes.Snappy, snappyCompress, snappyDecompress],
    [CompressionTypes.ZSTD, zstdCompress, zstdDecompress],
  ] as const
  for (const [type, compress, decompress] of codecs) {
    CompressionCodecs[type] = () => ({
      compress: async (encoder: { buffer: Uint8Array }) => Buffer.from(compress(encoder.buffer)),
      decompress: async (bytes: Uint8Array) => Buffer.from(decompress(bytes, LIMIT)),
    })
  }
}

/** What differs from run to run. An idempotent producer that had to try again is told when the first try was appended. */
const VOLATILE = /^(logAppendTime|memberId|leaderId|clientHost|clusterId|host|port|timestamp|retryTime|helpUrl|stack)$/

let runs = 0

export class Stage {
  readonly lines: string[] = []
  readonly admin: Admin
  private readonly kafka: Kafka
  private readonly run = `${process.pid}-${++runs}`
  private readonly clients: { disconnect(): Promise<void> }[] = []

  private constructor(bootstrap: string) {
    this.kafka = new kafkajs.Kafka({
      clientId: 'play',
      brokers: [bootstrap],
      logLevel: kafkajs.logLevel.NOTHING,
      // Refusals that kafkajs takes for passing ones are told after a few tries.
      retry: { retries: 3, initialRetryTime: 100 },
    })
    this.admin = this.kafka.admin()
  }

  static async open(bootstrap: string): Promise<Stage> {
    const stage = new Stage(bootstrap)
    await stage.admin.connect()
    return stage
  }

  /** A name of this run's own; lines have it without that. */
  name(text: string): string {
    return `${text}-${this.run}`
  }

  /** Tells what comes of it: a value, or the error as kafkajs has it. */
  async tell(title: string, what: Promise<unknown>): Promise<void> {
    const outcome = await what.then(
      (value) => ({ value: value === undefined ? null : value }),
      (error: Error) => ({ error: told(error) }),
    )
    this.lines.push(this.plain(`${title}: ${JSON.stringify(outcome, plainly)}`))
  }

  say(title: string, value: unknown): void {
    this.lines.push(this.plain(`${title}: ${JSON.stringify(value, plainly)}`))
  }

  private plain(text: string): string {
    return text.replaceAll(`-${this.run}`, '')
  }

  async topic(name: string, numPartitions = 1, configEntries: { name: string; value: string }[] = []): Promise<string> {
    const topic = this.name(name)
    await this.admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: false })
    await until(async () => {
      const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] })
      return topics[0]!.partitions.every(({ leader }) => leader >= 0)
    })
    return topic
  }

  async producer(more: Parameters<Kafka['producer']>[0] = {}): Promise<Producer> {
    const createPartitioner =
      () =>
      ({ message }: { message: { partition?: number } }): number =>
        message.partition ?? 0
    const producer = this.kafka.producer({ createPartitioner, ...more })
    await producer.connect()
    this.clients.push(producer)
    return producer
  }

  /** A member that has joined, and what it has read. */
  async member(
    groupId: string,
    topics: string[],
    more: Partial<Parameters<Kafka['consumer']>[0]> = {},
    run: { autoCommit?: boolean; eachBatchAutoResolve?: boolean } = {},
  ): Promise<{ consumer: Consumer; read: EachMessagePayload[]; join: Record<string, unknown> }> {
    const consumer = this.consumer(groupId, more)
    const joined = new Promise<Record<string, unknown>>((resolve) => {
      const forget = consumer.on('consumer.group_join', ({ payload }) => {
        forget()
        resolve({ ...payload })
      })
    })
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    const read: EachMessagePayload[] = []
    await consumer.run({ ...run, eachMessage: async (payload) => void read.push(payload) })
    return { consumer, read, join: await joined }
  }

  consumer(groupId: string, more: Partial<Parameters<Kafka['consumer']>[0]> = {}): Consumer {
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 200, heartbeatInterval: 200, ...more })
    this.clients.push(consumer)
    return consumer
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients, this.admin].map((client) => client.disconnect()))
  }
}

/** Waits for it, ten seconds at most. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await Promise.resolve(condition()).catch(() => false))) {
    if (Date.now() > deadline) throw new Error('it did not happen in ten seconds')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Partitions come in any order. */
function plainly(key: string, value: unknown): unknown {
  if (Array.isArray(value) && value.every((each) => typeof each?.partition === 'number')) {
    return value.toSorted((a, b) => a.partition - b.partition)
  }
  if (VOLATILE.test(key)) return `(${key})`
  return typeof value === 'bigint' ? String(value) : value
}

/** Kind and text of an error, and of those that it holds. */
function told(error: Error): unknown {
  const { name, message } = error
  const more = error as {
    type?: string
    errors?: Error[]
    groups?: unknown[]
    partitions?: unknown[]
    cause?: Error
    topic?: string
  }
  const inner = more.errors ?? (more.groups as { error: Error }[] | undefined)?.map((each) => each.error)
  const parts = (more.partitions as { partition: number; error: Error }[] | undefined)?.map((each) => [
    each.partition,
    each.error.message,
  ])
  return {
    name,
    type: more.type,
    topic: more.topic,
    message,
    inner: inner?.map(told),
    parts,
    cause: more.cause && told(more.cause),
  }
}
