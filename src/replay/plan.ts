/** What of a recording is sent again, in which order, and what is not, and why. */
import { errorsIn } from '../diff/pairing.ts'
import type { Rules } from '../diff/rules.ts'
import { WireItem } from '../diff/wire-side.ts'
import type { Finding } from '../findings/finding.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import { isAmongBrokers } from './among-brokers.ts'

/** A recorded exchange with what was found in it. */
export interface Recorded {
  readonly exchange: Exchange
  readonly findings: readonly Finding[]
}

/** A recorded request that is sent again, or the end of a recorded connection. */
export type Step =
  | {
      readonly kind: 'send'
      readonly recorded: Recorded
      readonly request: Frame
      readonly connection: number
      /** When it was sent, and when its answer began to arrive; microseconds. Null: it never did. */
      readonly time: number
      readonly answeredAt: number | null
    }
  | { readonly kind: 'close'; readonly connection: number; readonly time: number }

export interface Plan {
  readonly steps: readonly Step[]
  /** Requests that are not sent, by why. */
  readonly leftOut: ReadonlyMap<string, number>
}

export interface PlanOptions {
  readonly rules: Rules
  /** API keys; null: all. */
  readonly only: ReadonlySet<number> | null
}

/**
 * Errors that say "not yet, or not here": every client asks again after them. A recorded request that got nothing else
 * is not sent, for the one that the client sent after it is in the recording too.
 */
export const NOT_YET: ReadonlySet<number> = new Set([
  3, // UNKNOWN_TOPIC_OR_PARTITION: of a topic that is being made
  5, // LEADER_NOT_AVAILABLE
  6, // NOT_LEADER_OR_FOLLOWER
  14, // COORDINATOR_LOAD_IN_PROGRESS
  15, // COORDINATOR_NOT_AVAILABLE
  16, // NOT_COORDINATOR
  41, // NOT_CONTROLLER
  51, // CONCURRENT_TRANSACTIONS
  88, // UNSTABLE_OFFSET_COMMIT
  100, // UNKNOWN_TOPIC_ID: as 3
])

/** UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID */
const NO_TOPIC: ReadonlySet<number> = new Set([3, 100])

const PRODUCE = 0
const SASL_HANDSHAKE = 17
const SASL_AUTHENTICATE = 36

/** The steps of a recording, in the order of its times. */
export function planOf(recording: readonly Recorded[], { rules, only }: PlanOptions): Plan {
  const steps: Step[] = []
  const leftOut = new Map<string, number>()
  const among = new Set<number>()
  for (const { exchange } of recording) if (isAmongBrokers(exchange)) among.add(exchange.connection.id)
  const closes = new Map<number, number>()
  for (const recorded of recording) {
    const { exchange } = recorded
    const { request, response, connection } = exchange
    const why = reasonToLeaveOut(recorded, among, rules, only)
    if (why !== null || !request) {
      if (why !== null) leftOut.set(why, (leftOut.get(why) ?? 0) + 1)
      continue
    }
    const id = connection.id
    steps.push({
      kind: 'send',
      recorded,
      request,
      connection: id,
      time: request.time,
      answeredAt: response?.time ?? null,
    })
    if (connection.closed !== null) closes.set(id, connection.closed)
  }
  for (const [connection, time] of closes) steps.push({ kind: 'close', connection, time })
  // Sorting is stable: of one time, in the order of the session.
  steps.sort((a, b) => a.time - b.time)
  return { steps, leftOut }
}

function reasonToLeaveOut(
  recorded: Recorded,
  among: ReadonlySet<number>,
  rules: Rules,
  only: ReadonlySet<number> | null,
): string | null {
  const { exchange } = recorded
  const { request, apiKey, framing } = exchange
  if (!request) return 'the recording lacks the request'
  if (!request.kept) return 'too large to keep'
  if (framing === 'sasl' || apiKey === SASL_HANDSHAKE || apiKey === SASL_AUTHENTICATE) return 'a login'
  if (only) return only.has(apiKey) ? null : '--only names others'
  if (among.has(exchange.connection.id)) return 'sent by a broker to another'
  return rules.poll(exchange.api) === null && gotNothingYet(recorded)
    ? 'the recorded broker was not ready for it'
    : null
}

/** All errors of an answer, and it has some, say "not yet"; and nothing in it went well. */
function gotNothingYet(recorded: Recorded): boolean {
  const { exchange, findings } = recorded
  if (!exchange.response || findings.some(({ severity }) => severity === 'error')) return false
  const options = { context: { topicName: () => null }, showSecrets: false, expand: false }
  const { body } = new WireItem(exchange, findings, options).side('response')!.json
  // To any but a producer, that there is no such topic is an answer as good as others.
  return isNotYet(body) && (exchange.apiKey === PRODUCE || !errorsIn(body).some((code) => NO_TOPIC.has(code)))
}

/** Whether every error code in an answer's body says "not yet", and at least one does. */
export function isNotYet(body: unknown): boolean {
  const errors = errorsIn(body)
  return errors.length > 0 && errors.every((code) => NOT_YET.has(code)) && errors.length >= innermost(body)
}

/** How many of the innermost objects that can have an error code there are: parts of the request that got an answer. */
function innermost(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + innermost(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce((sum: number, item) => sum + innermost(item), 0)
  if (inner > 0) return inner
  return Object.keys(value).some((key) => /errorCode$/i.test(key)) ? 1 : 0
}
