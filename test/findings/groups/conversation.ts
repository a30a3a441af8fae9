/** Several clients and a coordinator, step by step: who asks what when, and what is answered. */

import type { Encodable } from '../../../src/codec/encode.ts'
import type { Finding } from '../../../src/findings/finding.ts'
import { type Observed, Pipeline } from '../../../src/findings/pipeline.ts'
import { request, response } from '../../session/script.ts'
import { writeNested } from './nested.ts'

type Fields = { readonly [field: string]: Encodable }

interface Pending {
  readonly api: string
  readonly version: number
  readonly correlationId: number
}

/** A client on a connection of its own. Requests and answers are of its group unless they say otherwise. */
export class Client {
  readonly name: string
  readonly connection: number
  private readonly talk: Conversation
  private readonly pending: Pending[] = []
  private correlationId = 0

  constructor(talk: Conversation, name: string, connection: number) {
    this.talk = talk
    this.name = name
    this.connection = connection
    talk.push({
      type: 'open',
      connection: { id: connection, client: `10.0.0.1:${5000 + connection}`, broker: 'b:9092' },
      time: talk.time,
    })
  }

  ask(api: string, version: number, body: Fields): this {
    const pending = { api, version, correlationId: ++this.correlationId }
    this.pending.push(pending)
    this.send(
      'request',
      request(
        api,
        version,
        pending.correlationId,
        api === 'Metadata' || api === 'DeleteGroups' ? body : { groupId: 'g', ...body },
        this.name,
      ),
    )
    return this
  }

  /** Answers the oldest request that has no answer yet. */
  answer(body: Fields): this {
    const { api, version, correlationId } = this.pending.shift()!
    this.send('response', response(api, version, correlationId, body))
    return this
  }

  /** An answer that is nothing but its header and these bytes. */
  answerBytes(bytes: readonly number[]): this {
    const { correlationId } = this.pending.shift()!
    this.send('response', Uint8Array.of(0, 0, 0, 4 + bytes.length, 0, 0, 0, correlationId, ...bytes))
    return this
  }

  close(): void {
    this.talk.push({ type: 'close', connection: this.connection, time: this.talk.time })
  }

  /** Bytes that it sent are missing. */
  lose(): void {
    this.talk.push({ type: 'gap', connection: this.connection, direction: 'request', time: this.talk.time, bytes: 10 })
  }

  join(memberId: string, more: Fields & { readonly topics?: readonly string[]; readonly owned?: Owned } = {}): this {
    const {
      topics = ['t'],
      owned = {},
      version = 5,
      ...fields
    } = more as Fields & { topics?: string[]; owned?: Owned; version?: number }
    return this.ask('JoinGroup', Number(version), {
      memberId,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(topics, owned) }],
      ...fields,
    })
  }

  joined(generationId: number, leader: string, memberId: string, members: readonly Listed[] = []): this {
    return this.answer({
      errorCode: 0,
      generationId,
      protocolName: 'range',
      leader,
      memberId,
      members: members.map((one) =>
        typeof one === 'string' ? { memberId: one, metadata: subscription(['t'], {}) } : one,
      ),
    })
  }

  sync(generationId: number, memberId: string, assignments: Readonly<Record<string, Owned>> = {}): this {
    return this.ask('SyncGroup', 3, {
      generationId,
      memberId,
      assignments: Object.entries(assignments).map(([id, owned]) => ({ memberId: id, assignment: assignment(owned) })),
    })
  }

  synced(owned: Owned | null): this {
    return this.answer({ errorCode: 0, assignment: owned ? assignment(owned) : new Uint8Array() })
  }

  beat(generationId: number, memberId: string, errorCode = 0): this {
    return this.ask('Heartbeat', 3, { generationId, memberId }).answer({ errorCode })
  }

  private send(direction: 'request' | 'response', bytes: Uint8Array): void {
    this.talk.push({ type: 'data', connection: this.connection, direction, time: this.talk.time, bytes })
  }
}

/** Partitions by topic. */
export type Owned = Readonly<Record<string, readonly number[]>>
export type Listed = string | { memberId: string; groupInstanceId?: string; metadata: Uint8Array }

const partitions = (owned: Owned) =>
  Object.entries(owned).map(([topic, numbers]) => ({ topic, partitions: [...numbers] }))

export const subscription = (topics: readonly string[], owned: Owned): Uint8Array =>
  writeNested('ConsumerProtocolSubscription', 1, { topics: [...topics], ownedPartitions: partitions(owned) })

export const assignment = (owned: Owned): Uint8Array =>
  writeNested('ConsumerProtocolAssignment', 1, { assignedPartitions: partitions(owned) })

export class Conversation {
  readonly pipeline = new Pipeline()
  readonly observed: Observed[] = []
  /** Microseconds; everything takes a millisecond. */
  time = 1_000_000_000

  private clients = 0

  client(name: string): Client {
    return new Client(this, name, ++this.clients)
  }

  wait(ms: number): this {
    this.time += ms * 1000
    return this
  }

  push(segment: Parameters<Pipeline['push']>[0]): void {
    this.time += 1000
    this.observed.push(...this.pipeline.push(segment))
  }

  end(): this {
    this.observed.push(...this.pipeline.end(this.time))
    return this
  }

  /** What was found in groups. */
  get found(): Finding[] {
    return this.observed
      .flatMap((event) =>
        event.type === 'exchange' ? event.findings : event.type === 'finding' ? [event.finding] : [],
      )
      .filter(({ code }) => code.startsWith('group/'))
  }

  get codes(): string[] {
    return this.found.map(({ code }) => code)
  }
}
