/** Clients that may send their metrics (KIP-714): who has asked when, as ClientMetricsManager of Apache Kafka keeps it. */

interface ClientInstance {
  readonly subscriptionId: number
  readonly pushIntervalMs: number
  /** Ms; null where it has not yet. */
  lastAsked: number | null
  lastPushed: number | null
  terminating: boolean
}

export interface Subscription {
  readonly subscriptionId: number
  readonly pushIntervalMs: number
}

/** Why a client gets an error; null where it is as it should be. */
export type TelemetryProblem =
  | 'INVALID_REQUEST'
  | 'THROTTLING_QUOTA_EXCEEDED'
  | 'UNKNOWN_SUBSCRIPTION_ID'
  | 'UNSUPPORTED_COMPRESSION_TYPE'
  | 'TELEMETRY_TOO_LARGE'
  | null

/** ClientMetricsManager.CACHE_MAX_SIZE */
const MAX_INSTANCES = 16_384
/** ClientTelemetry's telemetry.max.bytes */
export const TELEMETRY_MAX_BYTES = 1_048_576
const LAST_CODEC = 4

export class Telemetry {
  private readonly byId = new Map<string, ClientInstance>()

  /** A client asks what to send. A known one may not ask again within its push interval. */
  asks(id: string, subscription: Subscription, now: number): TelemetryProblem {
    const known = this.byId.get(id)
    const same = known?.subscriptionId === subscription.subscriptionId
    if (known && same && known.lastAsked !== null && now - known.lastAsked < known.pushIntervalMs) {
      return 'THROTTLING_QUOTA_EXCEEDED'
    }
    if (!known && this.byId.size >= MAX_INSTANCES) this.byId.delete(this.byId.keys().next().value ?? '')
    this.byId.set(id, { ...subscription, lastAsked: now, lastPushed: null, terminating: false })
    return null
  }

  /** A client sends its metrics, which are looked at by nobody. */
  pushes(
    id: string,
    push: {
      readonly subscriptionId: number
      readonly terminating: boolean
      readonly codec: number
      readonly bytes: number
    },
    now: number,
  ): TelemetryProblem {
    const known = this.byId.get(id)
    if (!known) return 'UNKNOWN_SUBSCRIPTION_ID'
    if (known.terminating) return 'INVALID_REQUEST'
    const early = known.lastPushed !== null && now - known.lastPushed < known.pushIntervalMs
    if (early && !push.terminating) return 'THROTTLING_QUOTA_EXCEEDED'
    known.lastPushed = now
    if (push.subscriptionId !== known.subscriptionId) return 'UNKNOWN_SUBSCRIPTION_ID'
    if (push.codec < 0 || push.codec > LAST_CODEC) return 'UNSUPPORTED_COMPRESSION_TYPE'
    if (push.bytes > TELEMETRY_MAX_BYTES) return 'TELEMETRY_TOO_LARGE'
    known.terminating = push.terminating
    return null
  }
}
