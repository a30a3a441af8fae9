/** GetTelemetrySubscriptions and PushTelemetry (KIP-714): metrics are taken where a subscription asks for some, and forgotten. */
import { errorCode } from '../../../dissectors/errors.ts'
import { crc32c } from '../../bytes/crc32c.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Handler } from '../api.ts'
import type { Settings } from '../settings.ts'
import { TELEMETRY_MAX_BYTES, type TelemetryProblem } from '../telemetry.ts'

/** zstd, lz4, gzip, snappy */
const CODECS = [4, 3, 1, 2]
const DEFAULT_INTERVAL_MS = 300_000

export const getTelemetrySubscriptions: Handler<{ readonly clientInstanceId: string }> = {
  apiKey: 71,
  versions: [0, 0],
  handle({ clientInstanceId }, { broker }) {
    const { settings, topics, clock } = broker
    const id = clientInstanceId === ZERO_UUID ? topics.newId() : clientInstanceId
    const wanted = subscription(settings)
    const problem = settings.telemetry.asks(id, wanted, clock.now())
    if (problem !== null) return failed(problem)
    return {
      clientInstanceId: id,
      subscriptionId: wanted.subscriptionId,
      acceptedCompressionTypes: CODECS,
      pushIntervalMs: wanted.pushIntervalMs,
      telemetryMaxBytes: TELEMETRY_MAX_BYTES,
      deltaTemporality: true,
      requestedMetrics: wanted.metrics,
    }
  },
}

interface PushRequest {
  readonly clientInstanceId: string
  readonly subscriptionId: number
  readonly terminating: boolean
  readonly compressionType: number
  readonly metrics: Uint8Array
}

export const pushTelemetry: Handler<PushRequest> = {
  apiKey: 72,
  versions: [0, 0],
  handle({ clientInstanceId, subscriptionId, terminating, compressionType, metrics }, { broker }) {
    if (clientInstanceId === ZERO_UUID) return failed('INVALID_REQUEST')
    const push = { subscriptionId, terminating, codec: compressionType, bytes: metrics.length }
    return failed(broker.settings.telemetry.pushes(clientInstanceId, push, broker.clock.now()))
  },
}

const failed = (problem: TelemetryProblem) => ({ errorCode: problem === null ? 0 : errorCode(problem) })

/** What all subscriptions together ask for. Which clients they are for (`match`) is passed over. */
function subscription({ metrics }: Settings) {
  const names = new Set<string>()
  let pushIntervalMs = DEFAULT_INTERVAL_MS
  for (const values of metrics.values()) {
    for (const name of (values.get('metrics') ?? '').split(',')) if (name !== '') names.add(name)
    const interval = Number(values.get('interval.ms') ?? DEFAULT_INTERVAL_MS)
    if (interval > 0) pushIntervalMs = Math.min(pushIntervalMs, interval)
  }
  const all = [...names].sort()
  const subscriptionId = crc32c(new TextEncoder().encode(JSON.stringify([all, pushIntervalMs]))) | 0
  return { subscriptionId, pushIntervalMs, metrics: all }
}
