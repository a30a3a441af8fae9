/**
 * Conversations about transactions, idempotence and fetch, as raw requests: told as lines, so that what one broker says
 * can be compared with what another one says. Producer ids are numbered as they turn up; names are new in each run.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorName } from '../../dissectors/errors.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import type { JsonValue } from '../../src/codec/json-text.ts'
import { at, type Body, utf8 } from '../broker/helpers.ts'
import { RawClient } from './raw-client.ts'
import { readRecords } from './records.ts'

export interface Producer {
  producerId: number
  producerEpoch: number
  /** The next one, by partition. */
  sequences: [number, number]
}

/** Errors of a coordinator that is not ready yet. */
const NOT_READY = new Set(['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'])
const name = (code: JsonValue): string => (code === 0 ? 'ok' : errorName(code as number)!)

export class Stage {
  readonly lines: string[] = []
  readonly tag = randomBytes(4).toString('hex')
  readonly id = `tx-${this.tag}`
  readonly topic = `t-${this.tag}`
  readonly group = `g-${this.tag}`
  readonly client: RawClient
  /** Of all records, ms: in the last minute, so that markers go into the same segment. */
  readonly time = Date.now() - 60_000
  private readonly ids = new Map<number, string>()

  private constructor(client: RawClient) {
    this.client = client
  }

  /** With a topic of two partitions. */
  static async open(address: string): Promise<Stage> {
    const stage = new Stage(await RawClient.connect(address))
    await stage.client.ask('CreateTopics', 5, {
      topics: [{ name: stage.topic, numPartitions: 2, replicationFactor: 1 }],
      timeoutMs: 5000,
    })
    for (const [key, keyType] of [
      [stage.id, 1],
      [stage.group, 0],
    ] as const) {
      for (let tries = 0; tries < 50; tries++) {
        if ((await stage.client.ask('FindCoordinator', 3, { key, keyType })).errorCode === 0) break
        await sleep(100)
      }
    }
    for (let tries = 0; tries < 50 && !(await stage.isLed()); tries++) await sleep(100)
    return stage
  }

  private async isLed(): Promise<boolean> {
    const answer = await this.client.ask('ListOffsets', 5, {
      replicaId: -1,
      topics: [{ name: this.topic, partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, timestamp: -1 })) }],
    })
    return (at(answer, 'topics', 0, 'partitions') as Body[]).every(({ errorCode }) => errorCode === 0)
  }

  say(line: string): void {
    this.lines.push(line)
  }

  /** `p0` for the first producer id that turns up. */
  pid(id: JsonValue): string {
    const key = Number(id)
    if (key < 0) return String(key)
    if (!this.ids.has(key)) this.ids.set(key, `p${this.ids.size}`)
    return this.ids.get(key)!
  }

  /** Asks until the coordinator is ready. */
  private async ready(ask: () => Promise<Body>): Promise<Body> {
    for (let tries = 0; ; tries++) {
      const answer = await ask()
      if (tries === 50 || !NOT_READY.has(name(answer.errorCode!))) return answer
      await sleep(100)
    }
  }

  async init(more: { [field: string]: string | number | boolean | null } = {}, version = 6): Promise<Producer> {
    const body = { transactionalId: this.id, transactionTimeoutMs: 60_000, ...more }
    const answer = await this.ready(() => this.client.ask('InitProducerId', version, body))
    this.say(
      `InitProducerId v${version}: ${name(answer.errorCode!)} ${this.pid(answer.producerId!)} ${answer.producerEpoch}`,
    )
    return { producerId: Number(answer.producerId), producerEpoch: Number(answer.producerEpoch), sequences: [0, 0] }
  }

  async addPartitions(who: Producer, partitions: readonly number[], version = 3, topic = this.topic): Promise<void> {
    const answer = await this.client.ask('AddPartitionsToTxn', version, {
      v3AndBelowTransactionalId: this.id,
      v3AndBelowProducerId: who.producerId,
      v3AndBelowProducerEpoch: who.producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions }],
    })
    const results = at(answer, 'resultsByTopicV3AndBelow', 0, 'resultsByPartition') as Body[]
    const told = results.map((each) => `${each.partitionIndex} ${name(each.partitionErrorCode!)}`).toSorted()
    this.say(`AddPartitionsToTxn v${version}: ${told}`)
  }

  async addMany(who: Producer, partitions: readonly number[], verifyOnly: boolean, version = 5): Promise<void> {
    const { producerId, producerEpoch } = who
    const topics = [{ name: this.topic, partitions }]
    const answer = await this.client.ask('AddPartitionsToTxn', version, {
      transactions: [{ transactionalId: this.id, producerId, producerEpoch, verifyOnly, topics }],
    })
    const results = at(answer, 'resultsByTransaction', 0, 'topicResults', 0, 'resultsByPartition') as Body[]
    const told = results.map((each) => `${each.partitionIndex} ${name(each.partitionErrorCode!)}`).toSorted()
    this.say(`AddPartitionsToTxn v${version}${verifyOnly ? ' verify' : ''}: ${told}`)
  }

  /** `count` records whose values begin with `text`; the producer's sequence moves on where they are taken. */
  async produce(
    who: Producer,
    text: string,
    options: { partition?: 0 | 1; version?: number; transactional?: boolean; count?: number; sequence?: number } = {},
  ): Promise<void> {
    const { partition = 0, version = 12, transactional = true, count = 1 } = options
    const sequence = options.sequence ?? who.sequences[partition]!
    const records = writeBatch({
      records: Array.from({ length: count }, (_, i) => ({ value: utf8(`${text}${i}`), timestamp: this.time })),
      producerId: who.producerId,
      producerEpoch: who.producerEpoch,
      baseSequence: sequence,
      isTransactional: transactional,
    })
    const answer = await this.client.ask('Produce', version, {
      transactionalId: transactional ? this.id : null,
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: this.topic, partitionData: [{ index: partition, records }] }],
    })
    const result = at(answer, 'responses', 0, 'partitionResponses', 0) as Body
    if (result.errorCode === 0 && options.sequence === undefined) who.sequences[partition]! += count
    this.say(`Produce v${version} ${text}: ${name(result.errorCode!)} at ${result.baseOffset}`)
  }

  async end(who: Producer, committed: boolean, version = 5): Promise<void> {
    const { producerId, producerEpoch } = who
    const answer = await this.client.ask('EndTxn', version, {
      transactionalId: this.id,
      producerId,
      producerEpoch,
      committed,
    })
    const next = version < 5 ? '' : ` ${this.pid(answer.producerId!)} ${answer.producerEpoch}`
    this.say(`EndTxn v${version} ${committed ? 'commit' : 'abort'}: ${name(answer.errorCode!)}${next}`)
    if (answer.errorCode !== 0) return
    if (version >= 5)
      Object.assign(who, { producerId: answer.producerId, producerEpoch: answer.producerEpoch, sequences: [0, 0] })
    await this.completed()
  }

  /** Waits for the markers. */
  async completed(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await this.client.ask('DescribeTransactions', 0, { transactionalIds: [this.id] })
      if (!String(at(answer, 'transactionStates', 0, 'transactionState')).startsWith('Prepare')) return
      await sleep(20)
    }
  }

  async describe(): Promise<void> {
    const answer = await this.client.ask('DescribeTransactions', 0, { transactionalIds: [this.id] })
    const txn = at(answer, 'transactionStates', 0) as Body
    const topics = (txn.topics as Body[]).map(({ topic, partitions }) =>
      topic === '__consumer_offsets'
        ? 'offsets'
        : `${String(topic).replace(this.tag, '')} ${JSON.stringify((partitions as number[]).toSorted())}`,
    )
    const began = Number(txn.transactionStartTimeMs) > 0 ? 'began' : txn.transactionStartTimeMs
    this.say(
      `DescribeTransactions: ${name(txn.errorCode!)} ${txn.transactionState} ${this.pid(txn.producerId!)} ${txn.producerEpoch} ${txn.transactionTimeoutMs} ${began} ${topics.toSorted()}`,
    )
  }

  async describeProducers(partition = 0): Promise<void> {
    const topics = [{ name: this.topic, partitionIndexes: [partition] }]
    const answer = await this.client.ask('DescribeProducers', 0, { topics })
    const { errorCode, activeProducers } = at(answer, 'topics', 0, 'partitions', 0) as Body
    const told = (activeProducers as Body[]).map(
      (p) =>
        `${this.pid(p.producerId!)} epoch ${p.producerEpoch} last ${p.lastSequence} coordinator ${p.coordinatorEpoch} open ${p.currentTxnStartOffset}`,
    )
    this.say(`DescribeProducers: ${name(errorCode!)} ${told.toSorted().join('; ')}`)
  }

  async list(filter: { [field: string]: JsonValue } = {}, version = 2): Promise<void> {
    const answer = await this.client.ask('ListTransactions', version, {
      ...{ stateFilters: [], producerIdFilters: [], transactionalIdPattern: `.*${this.tag}` },
      ...(filter as { [field: string]: string }),
    })
    const found = (answer.transactionStates as Body[]).filter((txn) => txn.transactionalId === this.id)
    const told = found.map((txn) => `${this.pid(txn.producerId!)} ${txn.transactionState}`)
    this.say(`ListTransactions: ${name(answer.errorCode!)} unknown ${answer.unknownStateFilters} found ${told}`)
  }

  async fetch(committedOnly: boolean, offset = 0, partition = 0, version = 12): Promise<void> {
    const answer = await this.client.ask('Fetch', version, {
      ...{
        maxWaitMs: 0,
        minBytes: 0,
        maxBytes: 1e6,
        isolationLevel: committedOnly ? 1 : 0,
        rackId: '',
        forgottenTopicsData: [],
      },
      topics: [{ topic: this.topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 1e6 }] }],
    })
    const got = at(answer, 'responses', 0, 'partitions', 0) as Body
    const aborted = (got.abortedTransactions as Body[] | null)?.map(
      (a) => `${this.pid(a.producerId!)}@${a.firstOffset}`,
    )
    this.say(
      `Fetch v${version} ${committedOnly ? 'committed' : 'all'} from ${offset}: ${name(got.errorCode!)} hw ${got.highWatermark} lso ${got.lastStableOffset} start ${got.logStartOffset} aborted ${aborted ?? null} [${readRecords(got.records!).join(' ')}]`,
    )
  }

  /** From 0 on `timestamp` counts from the time of the records. */
  /** A Fetch in a session; `wanted` are partitions and offsets. Returns the session's id. */
  async session(
    sessionId: number,
    sessionEpoch: number,
    wanted: readonly (readonly [partition: number, offset: number, lastFetchedEpoch?: number])[],
    forgotten: readonly number[] = [],
  ): Promise<number> {
    const partitions = wanted.map(([partition, fetchOffset, lastFetchedEpoch = -1]) => ({
      ...{ partition, fetchOffset, lastFetchedEpoch, partitionMaxBytes: 1e6 },
    }))
    const answer = await this.client.ask('Fetch', 12, {
      ...{ maxWaitMs: 0, minBytes: 0, maxBytes: 1e6, rackId: '', sessionId, sessionEpoch },
      forgottenTopicsData: forgotten.length === 0 ? [] : [{ topic: this.topic, partitions: forgotten }],
      topics: partitions.length === 0 ? [] : [{ topic: this.topic, partitions }],
    })
    const told = (answer.responses as Body[]).flatMap((topic) =>
      (topic.partitions as Body[]).map((got) => {
        const diverging = got.divergingEpoch as Body | undefined
        const parts = diverging ? ` diverging ${diverging.epoch} ${diverging.endOffset}` : ''
        return `${got.partitionIndex} ${name(got.errorCode!)} hw ${got.highWatermark} start ${got.logStartOffset}${parts} [${readRecords(got.records!).join(' ')}]`
      }),
    )
    const has = Number(answer.sessionId) > 0 ? 'session' : 'none'
    this.say(`Fetch epoch ${sessionEpoch}: ${name(answer.errorCode!)} ${has} ${told.join('; ')}`)
    return Number(answer.sessionId)
  }

  async listOffsets(timestamp: number, committedOnly: boolean, version = 10): Promise<void> {
    const asked = timestamp < 0 ? timestamp : this.time + timestamp
    const answer = await this.client.ask('ListOffsets', version, {
      ...{ replicaId: -1, isolationLevel: committedOnly ? 1 : 0, timeoutMs: 1000 },
      topics: [{ name: this.topic, partitions: [{ partitionIndex: 0, timestamp: asked }] }],
    })
    const got = at(answer, 'topics', 0, 'partitions', 0) as Body
    const time = Number(got.timestamp) > this.time ? 'later' : got.timestamp === this.time ? 'the same' : got.timestamp
    this.say(
      `ListOffsets ${timestamp} ${committedOnly ? 'committed' : 'all'}: ${name(got.errorCode!)} ${got.offset} time ${time} epoch ${got.leaderEpoch}`,
    )
  }

  async addOffsets(who: Producer, version = 4): Promise<void> {
    const { producerId, producerEpoch } = who
    const body = { transactionalId: this.id, producerId, producerEpoch, groupId: this.group }
    this.say(
      `AddOffsetsToTxn v${version}: ${name((await this.client.ask('AddOffsetsToTxn', version, body)).errorCode!)}`,
    )
  }

  async commitOffset(
    who: Producer,
    offset: number,
    version = 5,
    member: { [field: string]: string | number } = {},
  ): Promise<void> {
    const { producerId, producerEpoch } = who
    const answer = await this.client.ask('TxnOffsetCommit', version, {
      ...{ transactionalId: this.id, groupId: this.group, producerId, producerEpoch, memberId: '', ...member },
      topics: [
        { name: this.topic, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: 'm' }] },
      ],
    })
    this.say(`TxnOffsetCommit v${version}: ${name(at(answer, 'topics', 0, 'partitions', 0, 'errorCode'))}`)
  }

  async fetchOffset(requireStable: boolean, all = false): Promise<void> {
    const topics = all ? null : [{ name: this.topic, partitionIndexes: [0] }]
    const answer = await this.client.ask('OffsetFetch', 7, { groupId: this.group, topics, requireStable })
    const told = (answer.topics as Body[]).flatMap(({ partitions }) =>
      (partitions as Body[]).map(
        (p) => `${name(p.errorCode!)} ${p.committedOffset} ${p.committedLeaderEpoch} '${p.metadata}'`,
      ),
    )
    this.say(`OffsetFetch${requireStable ? ' stable' : ''}: ${name(answer.errorCode!)} ${told}`)
  }

  async mark(who: Producer, committed: boolean, more: { [field: string]: number } = {}, version = 1): Promise<void> {
    const { producerId, producerEpoch } = who
    const topics = [{ name: this.topic, partitionIndexes: [0] }]
    const answer = await this.client.ask('WriteTxnMarkers', version, {
      markers: [{ producerId, producerEpoch, transactionResult: committed, coordinatorEpoch: 0, topics, ...more }],
    })
    this.say(
      `WriteTxnMarkers v${version}: ${name(at(answer, 'markers', 0, 'topics', 0, 'partitions', 0, 'errorCode'))}`,
    )
  }

  async deleteRecords(offset: number): Promise<void> {
    const topics = [{ name: this.topic, partitions: [{ partitionIndex: 0, offset }] }]
    const answer = await this.client.ask('DeleteRecords', 2, { topics, timeoutMs: 5000 })
    const got = at(answer, 'topics', 0, 'partitions', 0) as Body
    this.say(`DeleteRecords ${offset}: ${name(got.errorCode!)} low ${got.lowWatermark}`)
  }

  async epochEnd(leaderEpoch: number, currentLeaderEpoch = -1): Promise<void> {
    const topics = [{ topic: this.topic, partitions: [{ partition: 0, leaderEpoch, currentLeaderEpoch }] }]
    const answer = await this.client.ask('OffsetForLeaderEpoch', 4, { replicaId: -1, topics })
    const got = at(answer, 'topics', 0, 'partitions', 0) as Body
    this.say(
      `OffsetForLeaderEpoch ${leaderEpoch}: ${name(got.errorCode!)} epoch ${got.leaderEpoch} end ${got.endOffset}`,
    )
  }
}

export type Script = (stage: Stage) => Promise<void>
