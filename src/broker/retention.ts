/**
 * Retention by time and by size (UnifiedLog.deleteOldSegments of Apache Kafka): whole segments go, from the oldest on; also
 * the newest one, when all of it is too old.
 */
import type { PartitionLog } from './log.ts'
import type { Topic } from './topics.ts'

/** log.retention.check.interval.ms */
export const RETENTION_CHECK_MS = 300_000

/** Apache Kafka's defaults of retention.ms, retention.bytes and segment.bytes; -1: without limit. */
const DEFAULTS = { 'retention.ms': 604_800_000, 'retention.bytes': -1, 'segment.bytes': 1_073_741_824 } as const

const setting = (topic: Topic, name: keyof typeof DEFAULTS): number => Number(topic.configs.get(name) ?? DEFAULTS[name])

/** Drops what a topic need not keep any longer. `now` in ms since 1970. */
export function enforceRetention(topic: Topic, now: number): void {
  // What is only compacted is kept; here nothing is compacted.
  if (topic.configs.get('cleanup.policy') === 'compact') return
  const limits = {
    retentionMs: setting(topic, 'retention.ms'),
    retentionBytes: setting(topic, 'retention.bytes'),
    segmentBytes: setting(topic, 'segment.bytes'),
  }
  for (const log of topic.partitions) dropSegments(log, limits, now)
}

interface Limits {
  readonly retentionMs: number
  readonly retentionBytes: number
  readonly segmentBytes: number
}

function dropSegments(log: PartitionLog, { retentionMs, retentionBytes, segmentBytes }: Limits, now: number): void {
  let tooMany = retentionBytes < 0 ? Number.NEGATIVE_INFINITY : log.size - retentionBytes
  let keptFrom = -1
  for (const { lastOffset, size, maxTimestamp } of log.segments(segmentBytes)) {
    const old = retentionMs >= 0 && Number(maxTimestamp) >= 0 && now - Number(maxTimestamp) > retentionMs
    if (!old && tooMany < size) break
    tooMany -= size
    keptFrom = lastOffset + 1
  }
  if (keptFrom >= 0) log.truncateBefore(keptFrom)
}
