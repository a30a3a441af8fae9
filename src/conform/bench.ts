/** What one check works with: connections whose traffic is looked at by the pipeline, and what all checks share. */
import { Buffer } from 'node:buffer'
import { errorCode, errorName } from '../../dissectors/errors.ts'
import { type Answer, type Body, type CallOptions, Connection, type ConnectionOptions } from '../client/connection.ts'
import type { Address } from '../client/socket.ts'
import { micros, Tap } from '../client/tap.ts'
import type { Encodable } from '../codec/encode.ts'
import { expandFrame } from '../codec/expand.ts'
import { decodeFrame } from '../codec/frame.ts'
import type { JsonValue } from '../codec/json-text.ts'
import type { Finding } from '../findings/finding.ts'
import { Pipeline } from '../findings/pipeline.ts'
import { must } from './check.ts'
import type { Lab } from './lab.ts'

/** What a check was answered, kept to be held against a reference's. */
export interface Seen {
  readonly apiKey: number
  readonly apiVersion: number
  readonly body: JsonValue
}

/** Where a request goes: any broker, the leader of the prepared topic, the coordinator of the group or transaction. */
export type Where = 'any' | 'leader' | 'group' | 'txn'

/** Answers kept of one check. */
const MAX_SEEN = 100
const MAX_RECEIVED = 1 << 20
/** Findings kept of one check. */
const MAX_FINDINGS = 20

export class Bench {
  readonly lab: Lab
  readonly seen: Seen[] = []
  private readonly pipeline = new Pipeline()
  private readonly kept: Finding[] = []
  private readonly connections: Connection[] = []
  private readonly tap: Tap
  private lately: Uint8Array[] = []
  private latelySize = 0
  private readonly id: string

  constructor(lab: Lab, id: string) {
    this.lab = lab
    this.id = id
    this.tap = new Tap((segment) => {
      if (segment.type === 'data' && segment.direction === 'response') this.receive(segment.bytes)
      for (const observed of this.pipeline.push(segment)) {
        if (observed.type === 'exchange') this.keep(observed.findings)
        if (observed.type === 'finding') this.keep([observed.finding])
      }
    })
  }

  /** What came in since `forgetReceived`, of all connections, up to a megabyte. */
  received(): Uint8Array {
    return Buffer.concat(this.lately)
  }

  forgetReceived(): void {
    this.lately = []
    this.latelySize = 0
  }

  private receive(bytes: Uint8Array): void {
    this.latelySize += bytes.length
    if (this.latelySize <= MAX_RECEIVED) this.lately.push(bytes)
  }

  /** A name with the run's own prefix, the same in every run of the check. */
  name(kind: string): string {
    return this.lab.name(`${kind}-${this.id.replace(/[^A-Za-z0-9]+/g, '-')}`)
  }

  /** Findings of severity error or warning about what the broker sent. */
  get findings(): readonly Finding[] {
    return this.kept
  }

  /**
   * A new connection, logged in where the run is; what goes over it is looked at. `key`: the group or transactional id
   * whose coordinator is wanted. Rejects with ClientError.
   */
  async connect(where: Where = 'any', key: string | null = null): Promise<Connection> {
    return this.open(await this.lab.addressOf(where, key), this.lab.options)
  }

  /** A connection that logs in with nothing. */
  async connectBare(): Promise<Connection> {
    return this.open(this.lab.address, { ...this.lab.options, sasl: null })
  }

  private async open(address: Address, options: ConnectionOptions): Promise<Connection> {
    const connection = await Connection.open(address, { ...options, askVersions: false, tap: this.tap })
    connection.advertised = this.lab.advertised
    this.connections.push(connection)
    return connection
  }

  /** Asks on a connection, and keeps the answer. Rejects with ClientError, EncodeError. */
  async call<B = Body>(
    connection: Connection,
    api: string,
    body: Encodable,
    options: CallOptions = {},
  ): Promise<Answer<B>> {
    const answer = await connection.call<B>(api, body, options)
    if (!options.noAnswer) this.keepAnswer(api, answer.version, answer.frame)
    return answer
  }

  keepAnswer(api: string, apiVersion: number, bytes: Uint8Array): void {
    if (this.seen.length >= MAX_SEEN) return
    const apiKey = this.lab.keyOf(api)
    const frame = decodeFrame(bytes, { kind: 'response', apiKey, apiVersion })
    this.seen.push({ apiKey, apiVersion, body: expandFrame(frame).body })
  }

  /** Ends the check: its connections are closed, and the pipeline told. */
  async end(): Promise<void> {
    for (const connection of this.connections) connection.close()
    await Promise.all(this.connections.map(({ wire }) => wire.closed))
    for (const observed of this.pipeline.end(micros())) if (observed.type === 'finding') this.keep([observed.finding])
  }

  private keep(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const ofBroker = finding.kind === 'response' || finding.kind === 'header'
      if (ofBroker && finding.severity !== 'note' && this.kept.length < MAX_FINDINGS) this.kept.push(finding)
    }
  }
}

/** Every error code in an answer, each once, without 0. */
export function errorCodes(value: unknown): number[] {
  const codes = new Set<number>()
  const walk = (each: unknown): void => {
    if (each === null || typeof each !== 'object' || each instanceof Uint8Array) return
    for (const [key, inner] of Object.entries(each)) {
      if (typeof inner === 'number' && /errorCode$/i.test(key)) {
        if (inner !== 0) codes.add(inner)
      } else walk(inner)
    }
  }
  walk(value)
  return [...codes]
}

const PASSING: ReadonlySet<number> = new Set(
  ['COORDINATOR_LOAD_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR', 'CONCURRENT_TRANSACTIONS'].map(
    errorCode,
  ),
)

/** Whether an answer is that of a coordinator that is still loading what it knows: every client asks again. */
export const isPassing = (body: unknown): boolean => errorCodes(body).some((code) => PASSING.has(code))

/** Throws Failed where an answer has an error that is none of `allowed` (names). */
export function mustHaveNoError(answer: Answer<unknown>, allowed: readonly string[] = []): void {
  const wrong = errorCodes(answer.body)
    .map(errorName)
    .filter((name) => !allowed.includes(name))
  const among = allowed.length === 0 ? '' : `, and not ${allowed.join(' or ')}`
  must(wrong.length === 0, () => `${answer.api} v${answer.version} is answered with ${wrong.join(', ')}${among}`)
}

/** Throws Failed where the answer's errors are not just this one. */
export function mustHaveError(answer: Answer<unknown>, wanted: string | readonly string[]): void {
  const names = typeof wanted === 'string' ? [wanted] : wanted
  const found = errorCodes(answer.body).map(errorName)
  const fits = found.length > 0 && found.every((name) => names.includes(name))
  must(fits, () => {
    const have = found.length === 0 ? 'no error' : found.join(', ')
    return `${answer.api} v${answer.version} is answered with ${have}, wanted ${names.join(' or ')}`
  })
}
