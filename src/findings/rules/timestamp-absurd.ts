import type { BatchHeader } from '../../../dissectors/records/header.ts'
import { inBatch } from '../in-batch.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

const HOUR = 3_600_000
const YEAR = 365.25 * 24 * HOUR
/** Brokers from 3.6 on refuse times more than an hour ahead (message.timestamp.after.max.ms, KIP-937). */
const AHEAD = HOUR
/** Units that people take for milliseconds, with what makes ms of them. */
const UNITS = [
  ['seconds', 1000],
  ['microseconds', 1 / 1000],
  ['nanoseconds', 1 / 1_000_000],
] as const

/** Times of records that can't be meant: seconds or microseconds for milliseconds, or far ahead. */
export const timestampAbsurd: SessionRule = {
  kind: 'session',
  code: 'records/timestamp-absurd',
  severity: 'warning',
  apis: [PRODUCE],
  watch: ({ produced }) => ({
    exchange(seen, tell) {
      const { request } = seen.exchange
      if (!request) return
      const now = request.time / 1000
      for (const { line, batches } of produced.of(seen)?.partitions ?? []) {
        const index = batches.findIndex((batch) => judge(batch, now) !== null)
        if (index < 0) continue
        tell({
          ...inBatch(seen, 'request', line, batches, index, 'maxTimestamp'),
          message: judge(batches[index]!, now)!,
        })
      }
    },
  }),
}

/** What is wrong with a batch's newest time; null where nothing is. `now` in ms. */
function judge({ maxTimestamp, magic }: BatchHeader, now: number): string | null {
  const time = Number(maxTimestamp)
  // -1 is no time; magic 0 has none. A capture without times of its own (1970) tells nothing.
  if (time === -1 || magic === 0 || now < YEAR) return null
  for (const [unit, toMillis] of UNITS) {
    if (Math.abs(time * toMillis - now) < YEAR)
      return `The newest time of the batch, ${maxTimestamp}, makes sense in ${unit}, but is read as milliseconds.`
  }
  if (time < 0) return `The newest time of the batch is ${maxTimestamp}: only -1 (none) may be negative.`
  if (time <= now + AHEAD) return null
  return `The newest time of the batch is ${hours(time - now)} ahead of when it was sent: brokers from 3.6 on refuse it (INVALID_TIMESTAMP).`
}

const hours = (ms: number): string =>
  ms < 48 * HOUR ? `${(ms / HOUR).toFixed(1)} hours` : `${Math.round(ms / HOUR / 24)} days`
