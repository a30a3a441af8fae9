/** A broker without a socket or a clock of its own, and requests to it as values. */
import { expect } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import { Broker, type BrokerInit } from '../../src/broker/broker.ts'
import type { Clock } from '../../src/broker/clock.ts'
import { answerFrame } from '../../src/broker/dispatch.ts'
import { type Encodable, encodeFrame } from '../../src/codec/encode.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import type { JsonValue } from '../../src/codec/json-text.ts'
import { apiKeyOf, frameHeader, requestHeaderVersion, requestMessage } from '../../src/codec/messages.ts'
import { valueAt } from '../../src/codec/value.ts'

/** Time that passes only when told to. */
export class FakeClock implements Clock {
  private time = 1_700_000_000_000
  private timers: { at: number; fn: () => void }[] = []

  now(): number {
    return this.time
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.time + ms, fn }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((each) => each !== timer)
    }
  }

  /** Timers that still wait. */
  get pending(): number {
    return this.timers.length
  }

  /** Lets time pass: timers fire in order, and what they set off is awaited. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.timers = this.timers.filter((timer) => timer !== next)
      this.time = Math.max(this.time, next.at)
      next.fn()
      await settle()
    }
    this.time = end
    await settle()
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export interface Bench {
  readonly broker: Broker
  readonly clock: FakeClock
}

/** A broker with a fake clock, whose ids are all different. */
export function bench(init: Partial<BrokerInit> = {}): Bench {
  const clock = new FakeClock()
  let count = 0
  const random = (size: number): Uint8Array => {
    count++
    return new Uint8Array(size).map((_, i) => (count * 31 + i * 7) & 0xff)
  }
  return { clock, broker: new Broker({ endpoint: { host: 'broker.test', port: 9092 }, clock, random, ...init }) }
}

/** A whole request frame. */
export function requestFrame(
  api: string,
  version: number,
  body: Encodable,
  correlationId = 7,
  clientId = 'test',
): Uint8Array {
  const apiKey = apiKeyOf(api)!
  const header = frameHeader('request', requestHeaderVersion(apiKey, version))
  const message = requestMessage(apiKey, version)
  if (!message) throw new Error(`${api} has no v${version}`)
  const value = { requestApiKey: apiKey, requestApiVersion: version, correlationId, clientId }
  return new Uint8Array(encodeFrame(header.model, value, message.model, body))
}

export type Body = { readonly [field: string]: JsonValue }

/** The body of an answer frame, which must decode to its last byte without a flaw. Bytes are base64. */
export function answerBody(api: string, version: number, frame: Uint8Array): Body {
  const decoded = decodeFrame(frame, { kind: 'response', apiKey: apiKeyOf(api)!, apiVersion: version })
  expect(decoded.flaws, `${api} v${version}`).toEqual([])
  expect(decoded.end).toBe(frame.length)
  return valueAt(frame, decoded.table, decoded.bodyLine) as Body
}

/** Sends a request at a version and gives the answer's body. Throws where there is none. */
export async function ask(
  { broker }: Bench,
  api: string,
  version: number,
  body: Encodable,
  options: { clientId?: string; signal?: AbortSignal } = {},
): Promise<Body> {
  const frame = requestFrame(api, version, body, 7, options.clientId ?? 'test')
  const signal = options.signal ?? new AbortController().signal
  const reply = await answerFrame(frame, broker, { host: '127.0.0.1', signal })
  if (reply.kind !== 'answer') throw new Error(`${api} v${version}: ${JSON.stringify(reply)}`)
  return answerBody(api, version, reply.frame)
}

/** The value at a path of names and indexes. */
export function at(value: JsonValue | Body, ...path: (string | number)[]): JsonValue {
  let found = value as JsonValue
  for (const step of path) found = (found as { [key: string | number]: JsonValue })[step]!
  return found
}

const encoder = new TextEncoder()
export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/** One batch of magic 2 whose records have these values. */
export const batchOf = (values: readonly string[], timestamp = 1000): Uint8Array =>
  writeBatch({ records: values.map((value, i) => ({ key: null, value: utf8(value), timestamp: timestamp + i })) })

/** Produces to a partition by topic name. */
export const produceTo = (on: Bench, topic: string, records: Uint8Array, version = 9, index = 0): Promise<Body> =>
  ask(on, 'Produce', version, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [{ name: topic, partitionData: [{ index, records }] }],
  })

/** Makes a topic and says so loudly where that fails. */
export async function createTopic(on: Bench, name: string, numPartitions = 1): Promise<void> {
  const answer = await ask(on, 'CreateTopics', 5, { topics: [{ name, numPartitions, replicationFactor: 1 }] })
  expect(at(answer, 'topics', 0, 'errorCode')).toBe(0)
}
