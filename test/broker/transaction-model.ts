/**
 * A broker beside what must be true of it: producers of transactions take turns at random, time passes, the broker is
 * started again, and a simple bookkeeping says what a reader of committed records may see.
 */
import { expect } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { CONTROL, RECORDS_AT, TRANSACTIONAL } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import { EVERYTHING } from '../../src/broker/access/access.ts'
import type { Answer, Context, Handler } from '../../src/broker/api.ts'
import { Broker } from '../../src/broker/broker.ts'
import { endTxn } from '../../src/broker/handlers/end-txn.ts'
import { initProducerId } from '../../src/broker/handlers/init-producer-id.ts'
import { produce } from '../../src/broker/handlers/produce.ts'
import { txnOffsetCommit } from '../../src/broker/handlers/txn-offset-commit.ts'
import { markerOf } from '../../src/broker/markers.ts'
import { FakeClock, utf8 } from './helpers.ts'

const TOPIC = 'orders'
const GROUP = 'readers'
const TIMEOUT_MS = 30_000
const PARTITIONS = 2

interface Client {
  readonly id: string
  producerId: number
  epoch: number
  readonly sequences: number[]
}

/** A transaction as the bookkeeping has it. */
interface Open {
  readonly owner: Client
  readonly began: number
  readonly written: number[]
  offset: number | null
}

export type Fate = 'open' | 'committed' | 'aborted' | 'plain'

/** What is written, in the log's order: the number in its value, and what became of it. */
interface Written {
  readonly partition: number
  readonly offset: number
  fate: Fate
}

const never = new AbortController().signal

export class TransactionModel {
  readonly clock = new FakeClock()
  /** Timers of a broker without transactions. */
  private readonly timers: number
  private broker: Broker
  private readonly written: Written[] = []
  private readonly owners = new Map<string, Client>()
  private readonly open = new Map<string, Open>()
  private committedOffset = -1
  private plainSequence = [0, 0]
  private readonly plainId: number

  constructor() {
    this.broker = this.newBroker()
    this.timers = this.clock.pending
    this.broker.topics.create(TOPIC, PARTITIONS)
    this.plainId = this.broker.newProducerId()
  }

  private newBroker(): Broker {
    let seed = 0
    const random = (size: number): Uint8Array => new Uint8Array(size).map((_, i) => (++seed * 37 + i) & 0xff)
    return new Broker({ endpoint: { host: 'h', port: 1 }, clock: this.clock, random })
  }

  private async ask<R>(handler: Handler<R>, version: number, request: R): Promise<Answer> {
    const context: Context = {
      broker: this.broker,
      apis: [],
      version,
      clientId: 'c',
      clientHost: '/h',
      principal: 'User:ANONYMOUS',
      access: EVERYTHING,
      signal: never,
      node: this.broker.cluster.node(1)!,
    }
    const answer = await handler.handle(request, context)
    if (answer === null || answer === 'close') throw new Error('no answer')
    return answer
  }

  newClient(id: string): Client {
    return { id, producerId: -1, epoch: -1, sequences: [0, 0] }
  }

  private log(partition: number) {
    return this.broker.topics.get(TOPIC)!.partitions[partition]!
  }

  private finish(id: string, committed: boolean): void {
    const open = this.open.get(id)
    if (!open) return
    this.open.delete(id)
    for (const index of open.written) this.written[index]!.fate = committed ? 'committed' : 'aborted'
    if (committed && open.offset !== null) this.committedOffset = open.offset
  }

  private begin(client: Client): Open {
    let open = this.open.get(client.id)
    if (!open) {
      open = { owner: client, began: this.clock.now(), written: [], offset: null }
      this.open.set(client.id, open)
    }
    return open
  }

  /** A client begins, or begins again: whoever had the id before is fenced off. */
  async init(client: Client): Promise<void> {
    const request = { transactionalId: client.id, transactionTimeoutMs: TIMEOUT_MS }
    const answer = await this.ask(initProducerId, 5, request)
    if (this.open.has(client.id)) {
      expect(answer.errorCode).toBe(errorCode('CONCURRENT_TRANSACTIONS'))
      this.finish(client.id, false)
      this.owners.delete(client.id)
      return
    }
    expect(answer.errorCode).toBe(0)
    Object.assign(client, { producerId: answer.producerId, epoch: answer.producerEpoch })
    client.sequences.fill(0)
    this.owners.set(client.id, client)
  }

  private records(client: { producerId: number; epoch: number }, sequence: number, transactional: boolean): Uint8Array {
    return writeBatch({
      records: [{ value: utf8(String(this.written.length)), timestamp: this.clock.now() }],
      producerId: client.producerId,
      producerEpoch: client.epoch,
      baseSequence: sequence,
      isTransactional: transactional,
    })
  }

  private async append(
    id: string | null,
    partition: number,
    records: Uint8Array,
  ): Promise<{ error: number; offset: number }> {
    const topicData = [{ name: TOPIC, partitionData: [{ index: partition, records }] }]
    const answer = await this.ask(produce, 12, { transactionalId: id, acks: -1, topicData })
    const [{ partitionResponses }] = answer.responses as unknown as [{ partitionResponses: [Answer] }]
    const { errorCode, baseOffset } = partitionResponses[0]
    return { error: Number(errorCode), offset: Number(baseOffset) }
  }

  async produce(client: Client, partition: number): Promise<void> {
    const { error, offset } = await this.append(
      client.id,
      partition,
      this.records(client, client.sequences[partition]!, true),
    )
    // Whoever is not the last to have begun gets nothing in.
    expect(error === 0, `error ${error}`).toBe(this.owners.get(client.id) === client)
    if (error !== 0) return
    client.sequences[partition]!++
    this.begin(client).written.push(this.written.length)
    this.written.push({ partition, offset, fate: 'open' })
  }

  async producePlainly(partition: number): Promise<void> {
    const who = { producerId: this.plainId, epoch: 0 }
    const { error, offset } = await this.append(
      null,
      partition,
      this.records(who, this.plainSequence[partition]!, false),
    )
    expect(error).toBe(0)
    this.plainSequence[partition]!++
    this.written.push({ partition, offset, fate: 'plain' })
  }

  async commitOffset(client: Client, offset: number): Promise<void> {
    const answer = await this.ask(txnOffsetCommit, 5, {
      transactionalId: client.id,
      groupId: GROUP,
      producerId: client.producerId,
      producerEpoch: client.epoch,
      memberId: '',
      topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: null }] }],
    })
    const [{ partitions }] = answer.topics as unknown as [{ partitions: [Answer] }]
    const fine = partitions[0].errorCode === 0
    expect(fine).toBe(this.owners.get(client.id) === client)
    if (fine) this.begin(client).offset = offset
  }

  async end(client: Client, committed: boolean): Promise<void> {
    const { id, producerId, epoch } = client
    const answer = await this.ask(endTxn, 5, { transactionalId: id, producerId, producerEpoch: epoch, committed })
    if (this.owners.get(id) !== client) {
      // Told that all is well is who says the same as what was done, and only then.
      if (answer.errorCode === 0) expect(committed).toBe(false)
      return
    }
    const fine = this.open.has(id) || !committed
    expect(answer.errorCode === 0, `error ${answer.errorCode}`).toBe(fine)
    if (!fine) return
    this.finish(id, committed)
    Object.assign(client, { producerId: answer.producerId, epoch: answer.producerEpoch })
    client.sequences.fill(0)
  }

  /** Time passes: what is open too long is aborted, its producer fenced off. */
  async wait(ms: number): Promise<void> {
    const end = this.clock.now() + ms
    for (const [id, { began }] of [...this.open]) {
      if (began + TIMEOUT_MS > end) continue
      this.finish(id, false)
      this.owners.delete(id)
    }
    await this.clock.advance(ms)
  }

  /** A broker that knows nothing but what was kept. */
  restart(): void {
    const old = this.broker
    old.close()
    const broker = this.newBroker()
    const topic = broker.topics.create(TOPIC, PARTITIONS)
    topic.partitions.forEach((log, partition) => {
      for (const { bytes } of this.log(partition).read(0, Number.MAX_SAFE_INTEGER, true)) {
        log.append(new Uint8Array(bytes), this.clock.now())
      }
      log.newLeaderEpoch()
    })
    for (const [name, partitions] of old.offsets.topicsOf(GROUP)) {
      for (const [partition, offset] of partitions) broker.offsets.commit(GROUP, name, partition, offset)
    }
    for (const p of old.offsets.allPending()) {
      broker.offsets.commitLater(p.producerId, p.group, p.topic, p.partition, p.offset)
    }
    broker.nextProducerId = old.nextProducerId
    broker.transactions.restore(old.transactions.all())
    this.broker = broker
  }

  /** All that must be true now. */
  check(): void {
    for (let partition = 0; partition < PARTITIONS; partition++) this.checkPartition(partition)
    for (const id of this.owners.keys()) {
      expect(this.broker.transactions.get(id)?.state === 'Ongoing').toBe(this.open.has(id))
    }
    const pending = [...this.open.values()].some(({ offset }) => offset !== null)
    expect(this.broker.offsets.get(GROUP, TOPIC, 0)?.offset ?? -1).toBe(this.committedOffset)
    expect(this.broker.offsets.isUnstable(GROUP, TOPIC, 0)).toBe(pending)
    expect(this.clock.pending, 'a timer per open transaction').toBe(this.timers + this.open.size)
  }

  private checkPartition(partition: number): void {
    const log = this.log(partition)
    const own = this.written.map((each, value) => ({ ...each, value })).filter((each) => each.partition === partition)
    const firstOpen = Math.min(...own.filter(({ fate }) => fate === 'open').map(({ offset }) => offset), log.endOffset)
    expect(log.lastStableOffset).toBe(firstOpen)
    const visible = own.filter(({ fate, offset }) => (fate === 'committed' || fate === 'plain') && offset < firstOpen)
    expect(readCommitted(log)).toEqual(visible.map(({ value }) => value))
  }

  /** The producer that may use a transactional id now. */
  ownerOf(id: string): Client | undefined {
    return this.owners.get(id)
  }

  /** How many records have had each fate so far. */
  get fates(): readonly Fate[] {
    return this.written.map(({ fate }) => fate)
  }

  close(): void {
    this.broker.close()
  }
}

/** As a consumer does it (CompletedFetch of kafka-clients): what is aborted is left out up to its marker. */
function readCommitted(log: ReturnType<Broker['topics']['create']>['partitions'][number]): number[] {
  const batches = log.read(0, Number.MAX_SAFE_INTEGER, true, log.lastStableOffset)
  const aborted = log.producers.abortedIn(0, log.lastStableOffset).sort((a, b) => a.firstOffset - b.firstOffset)
  const leftOut = new Set<number | bigint>()
  const values: number[] = []
  for (const { bytes, lastOffset } of batches) {
    while (aborted.length > 0 && aborted[0]!.firstOffset <= lastOffset) leftOut.add(aborted.shift()!.producerId)
    const header = batchHeader(bytes, 0)!
    if (header.attributes & CONTROL) {
      if (!markerOf(bytes, header)!.committed) leftOut.delete(header.producerId)
    } else if (!(header.attributes & TRANSACTIONAL && leftOut.has(header.producerId))) {
      values.push(numberIn(bytes))
    }
  }
  return values
}

/** Of a batch of one record, whose value is a number in decimal. */
function numberIn(bytes: Uint8Array): number {
  const cursor = new RecordCursor(bytes, RECORDS_AT, bytes.length)
  cursor.next()
  return Number(new TextDecoder().decode(bytes.subarray(cursor.valueFrom, cursor.valueFrom + cursor.valueLength)))
}
