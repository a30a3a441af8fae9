/**
 * Sends a recording's requests again. A request goes out when its time has come and every answer is there that the
 * recorded client had when it sent it; so what follows from what stays as it was, at any speed.
 */
import { Connection, type ConnectionOptions } from '../client/connection.ts'
import { ClientError } from '../client/errors.ts'
import type { Address } from '../client/socket.ts'
import { decodeFrame } from '../codec/frame.ts'
import { isObject, type JsonValue } from '../codec/json-text.ts'
import { Run } from '../codec/run.ts'
import { type BytesHook, valueAt } from '../codec/value.ts'
import type { Frame } from '../session/exchange.ts'
import type { Ids } from './ids.ts'
import { Leaders } from './leaders.ts'
import { Nodes } from './nodes.ts'
import { isNotYet, type Plan, type Step } from './plan.ts'
import { type Edits, rewritten } from './request.ts'

export type SendStep = Extract<Step, { kind: 'send' }>

export interface PlayerOptions {
  readonly target: Address
  /** `tap` should be the one that `sending` goes with. */
  readonly connection: ConnectionOptions
  /** How much faster than recorded; Infinity: as soon as may be. */
  readonly speed: number
  /** How long an answer may take beyond what it took in the recording. */
  readonly timeoutMs: number
  /** How long a request is asked again that is told "not yet". */
  readonly patienceMs: number
  readonly edits: Edits
  readonly signal: AbortSignal
  /** Called around the write of each request, so that what the tap tells then is known to be of this step. */
  readonly sending: (step: SendStep, write: () => void) => void
  /** A step has ended: answered, or not and why. `attempts`: how often it was sent. */
  readonly ended: (step: SendStep, outcome: Outcome) => void
}

export interface Outcome {
  readonly attempts: number
  /** No answer came, though one was awaited; or the request could not be sent. */
  readonly problem: string | null
  /** The bytes sent were not those recorded. */
  readonly changed: boolean
}

const RETRY_MS = 100
const FETCH = 1
const JOIN_GROUP = 11
const SYNC_GROUP = 14
const run = new Run()

export class Player {
  private readonly ids: Ids
  private readonly plan: Plan
  private readonly options: PlayerOptions
  private readonly nodes: Nodes
  private readonly leaders = new Leaders()
  private readonly connections = new Map<number, Connection>()
  /** Steps under way, with when they were answered in the recording. */
  private readonly pending = new Map<SendStep, Promise<void>>()
  /** Connections that had to be opened more than once. */
  reopened = 0

  /** `ids` learns as it plays. */
  constructor(plan: Plan, ids: Ids, options: PlayerOptions) {
    this.plan = plan
    this.ids = ids
    this.options = options
    this.nodes = new Nodes(options.target)
    for (const step of plan.steps) {
      if (step.kind !== 'send') continue
      const { response } = step.recorded.exchange
      if (response) this.nodes.tellRecorded(bodyOf(response))
      if (step.request.apiKey === SYNC_GROUP) this.leaders.tellRecorded(bodyOf(step.request, true))
    }
  }

  /** Plays to the end, or until it is aborted. Throws codec's EncodeError for an edit that does not fit. */
  async play(): Promise<void> {
    const began = performance.now()
    const first = this.plan.steps[0]?.time ?? 0
    try {
      for (const step of this.plan.steps) {
        const due = (step.time - first) / 1000 / this.options.speed - (performance.now() - began)
        if (due > 0) await pause(due, this.options.signal)
        await this.answersBefore(step.time)
        if (this.options.signal.aborted) break
        if (step.kind === 'close') await this.close(step.connection)
        else await this.send(step)
      }
      if (!this.options.signal.aborted) await Promise.all(this.pending.values())
    } finally {
      for (const connection of this.connections.values()) connection.close()
      await Promise.allSettled(this.pending.values())
      await Promise.all([...this.connections.values()].map(({ wire }) => wire.closed))
    }
  }

  /** Waits for the answers that the recorded client had by then. */
  private async answersBefore(time: number): Promise<void> {
    for (const [step, done] of [...this.pending]) {
      if (step.answeredAt !== null && step.answeredAt <= time) await done
    }
  }

  private async close(connection: number): Promise<void> {
    const open = this.connections.get(connection)
    this.connections.delete(connection)
    open?.close()
    await open?.wire.closed
  }

  private async send(step: SendStep): Promise<void> {
    const { edits } = this.options
    const { frame, noAnswer, changed } = rewritten(
      step.request,
      edits.get(step.recorded.exchange.api),
      this.ids,
      step.connection,
      this.leaders,
    )
    let connection: Connection
    try {
      connection = await this.connectionFor(step)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.options.ended(step, { attempts: 0, problem: error.message, changed })
      return
    }
    if (noAnswer) {
      this.options.sending(step, () => connection.wire.write(frame))
      this.options.ended(step, { attempts: 1, problem: null, changed })
      return
    }
    const done = this.exchange(step, frame, connection)
      .then(({ attempts, problem }) => this.options.ended(step, { attempts, problem, changed }))
      .finally(() => this.pending.delete(step))
    this.pending.set(step, done)
  }

  private async connectionFor(step: SendStep): Promise<Connection> {
    const known = this.connections.get(step.connection)
    if (known?.open) return known
    if (known) this.reopened++
    const { connection } = step.recorded.exchange
    const { sasl } = this.options.connection
    const options = { ...this.options.connection, clientId: connection.clientId, askVersions: sasl != null }
    const opened = await Connection.open(this.nodes.addressOf(connection.broker), options)
    this.connections.set(step.connection, opened)
    return opened
  }

  /** Sends until the answer is no "not yet" that the recorded one was not, or patience ends. */
  private async exchange(step: SendStep, frame: Uint8Array, connection: Connection): Promise<Omit<Outcome, 'changed'>> {
    const { exchange } = step.recorded
    const recorded = exchange.response && bodyOf(exchange.response)
    const took = step.answeredAt === null ? 0 : (step.answeredAt - step.time) / 1000
    const wanted = { request: `${exchange.api} v${exchange.apiVersion}`, timeoutMs: this.options.timeoutMs + took }
    const until = performance.now() + this.options.patienceMs
    for (let attempts = 1; ; attempts++) {
      let answer: Uint8Array
      try {
        // The executor of `next` runs at once; the write tells the tap of this step.
        const awaited = connection.wire.next(wanted)
        this.options.sending(step, () => connection.wire.write(frame))
        answer = await awaited
      } catch (error) {
        if (!(error instanceof ClientError)) throw error
        return { attempts, problem: error.message }
      }
      const body = bodyOf({ ...exchangeKind(exchange), bytes: answer })
      const again = isNotYet(body) && !isNotYet(recorded) && canBeAskedAgain(step) && performance.now() < until
      if (!again || this.options.signal.aborted) {
        this.learn(step, recorded, body)
        return { attempts, problem: null }
      }
      await pause(RETRY_MS, this.options.signal)
    }
  }

  private learn(step: SendStep, recorded: JsonValue, answered: JsonValue): void {
    const asked = bodyOf(step.request)
    this.ids.learn(step.connection, isObject(asked) ? asked : {}, recorded, answered)
    if (step.request.apiKey === JOIN_GROUP && isObject(asked)) this.leaders.joined(asked, answered)
    for (const was of this.nodes.learn(recorded, answered)) {
      const is = this.nodes.nodeOf(was)
      if (is !== null) this.ids.node(was, is)
    }
  }
}

/** A fetch session counts its fetches: one of them sent twice would break it. */
function canBeAskedAgain({ request }: SendStep): boolean {
  if (request.apiKey !== FETCH) return true
  const body = bodyOf(request)
  return isObject(body) && (body.sessionId ?? 0) === 0
}

const exchangeKind = ({ apiKey, apiVersion }: { readonly apiKey: number; readonly apiVersion: number }) => ({
  kind: 'response' as const,
  apiKey,
  apiVersion,
})

/**
 * The values of a body; nested bytes are left out, unless `whole`: nothing here asks for them. Null where there are
 * none.
 */
export function bodyOf(
  frame: Pick<Frame, 'kind' | 'apiKey' | 'apiVersion' | 'bytes'> & { headerVersion?: number },
  whole = false,
): JsonValue {
  const decoded = decodeFrame(frame.bytes, frame, run, frame.headerVersion)
  if (decoded.bodyLine < 0 || decoded.stopped || decoded.table.size > MAX_FIELDS) return null
  const hook: BytesHook = (_line, { name }) => (whole || name === 'hmac' ? undefined : '')
  return valueAt(decoded.bytes, decoded.table, decoded.bodyLine, hook)
}

/** Of one body: more are no answer to learn from. */
const MAX_FIELDS = 500_000

/** Resolves after so many ms, or when it is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, Math.min(ms, 0x7fffffff))
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
