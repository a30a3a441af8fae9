/**
 * Retention by time and by size (UnifiedLog.deleteOldSegments of Apache Kafka): whole segments go, from the oldest on; also
 * the newest one, when all of it is too old.
 */
import type { PartitionLog } from './log.ts'
import type { Settings } from './settings.ts'
import { settingOf } from './topic-configs.ts'
import type { Topic } from './topics.ts'

/** log.retention.check.interval.ms */
export const RETENTION_CHECK_MS = 300_000

/** Drops what a topic need not keep any longer. `now` in ms since 1970. */
export function enforceRetention(topic: Topic, settings: Settings, now: number): void {
  const of = (name: string): string => settingOf(topic.configs, settings, name)
  // What is only compacted is kept; here nothing is compacted.
  if (!of('cleanup.policy').includes('delete')) return
  const limits = {
    retentionMs: Number(of('retention.ms')),
    retentionBytes: Number(of('retention.bytes')),
    segmentBytes: Number(of('segment.bytes')),
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
