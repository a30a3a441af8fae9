/**
 * Latencies: the first thousand as they are, so that percentiles of few are exact; of more in buckets that grow by 1 %:
 * percentiles of any number of them in bounded memory, at most 1 % too high.
 */
const GROWTH = Math.log(1.01)
const EXACT = 1000

/** The newest answer of `bucketOf`: every latency is counted several times, by API, by client, by connection. */
const newest = { ms: 0, bucket: 0 }

/** Buckets count from a microsecond, the clock's own grain. */
function bucketOf(ms: number): number {
  if (ms <= 0.001) return 0
  if (newest.ms !== ms) {
    newest.ms = ms
    newest.bucket = Math.ceil(Math.log(ms / 0.001) / GROWTH)
  }
  return newest.bucket
}

export class Latencies {
  /** Exchanges, those without an answer included. */
  count = 0
  private answered = 0
  private max = 0
  /** Null once there are too many. */
  private exact: number[] | null = []
  private readonly buckets = new Map<number, number>()

  /** `ms`: milliseconds, or null where there was no answer. Clocks may go back; that counts as 0. */
  add(ms: number | null): void {
    this.count++
    if (ms === null) return
    this.answered++
    this.max = Math.max(this.max, ms)
    if (this.exact && this.exact.length < EXACT) {
      this.exact.push(Math.max(0, ms))
      return
    }
    for (const early of this.exact?.splice(0) ?? []) this.bucket(early)
    this.exact = null
    this.bucket(ms)
  }

  private bucket(ms: number): void {
    const bucket = bucketOf(ms)
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1)
  }

  /** The latency that this fraction does not exceed, in milliseconds; null without any. */
  quantile(fraction: number): number | null {
    if (this.answered === 0) return null
    let left = Math.max(1, Math.ceil(this.answered * fraction))
    if (this.exact) return [...this.exact].sort((a, b) => a - b)[left - 1]!
    for (const [bucket, count] of [...this.buckets].sort((a, b) => a[0] - b[0])) {
      left -= count
      if (left <= 0) return Math.min(this.max, 0.001 * Math.exp(bucket * GROWTH))
    }
    return this.max
  }
}
