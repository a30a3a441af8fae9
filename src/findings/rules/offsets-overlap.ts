import { lastOffset } from '../batches.ts'
import { Bounded } from '../bounded.ts'
import { at, child } from '../lines.ts'
import { PRODUCE, type ProducedPartition } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

const MAX_LOGS = 10_000
/** Answers of one partition that are remembered: more are rarely under way at once. */
const MAX_RANGES = 16

interface Range {
  readonly from: number
  readonly to: number
  /** Of an idempotent batch: the same one sent again gets its old offset again. */
  readonly batch: string | null
  readonly connection: number
  readonly exchange: number
}

/** Base offsets in Produce answers that overlap with those given before, or go back. */
export const offsetsOverlap: SessionRule = {
  kind: 'session',
  code: 'protocol/offsets-overlap',
  severity: 'error',
  apis: [PRODUCE],
  watch({ produced }) {
    const logs = new Bounded<string, Range[]>(MAX_LOGS)
    return {
      exchange(seen, tell) {
        const { connection, id } = seen.exchange
        for (const partition of produced.of(seen)?.partitions ?? []) {
          const range = rangeOf(partition, connection.id, id)
          if (!range) continue
          const known = logs.at(`${connection.broker} ${partition.log}`, () => [])
          const before =
            range.batch !== null && known.some(({ batch }) => batch === range.batch) ? null : conflict(known, range)
          // A log that begins anew at 0 was emptied or made anew: nothing of before counts.
          if (before && range.from === 0) known.length = 0
          known.push(range)
          if (known.length > MAX_RANGES) known.shift()
          if (!before) continue
          const frame = seen.frame('response')!
          const overlap = range.from <= before.to && range.to >= before.from
          tell({
            ...at(seen, 'response', child(frame.table, partition.answer!.line, 'baseOffset')),
            severity: overlap && range.from > 0 ? 'error' : 'warning',
            exchanges: [before.exchange],
            message: `${partition.topic} [${partition.partition}]: the base offset is ${range.from}, but exchange ${before.exchange} was given offsets ${before.from} to ${before.to}${overlap ? ': the same offsets are given twice' : ' before it'}.`,
          })
        }
      },
    }
  },
}

function rangeOf({ answer, batches }: ProducedPartition, connection: number, exchange: number): Range | null {
  if (answer?.errorCode !== 0 || typeof answer.baseOffset !== 'number' || answer.baseOffset < 0) return null
  let count = 0
  for (const batch of batches) {
    // Compressed messages of magic 0 and 1 do not say how many they are.
    if (batch.count < 0 || batch.lastOffsetDelta < 0) return null
    count += Number(lastOffset(batch)) - Number(batch.baseOffset) + 1
  }
  if (count === 0) return null
  const first = batches[0]!
  const batch =
    Number(first.producerId) >= 0 ? `${first.producerId} ${first.producerEpoch} ${first.baseSequence}` : null
  return { from: answer.baseOffset, to: answer.baseOffset + count - 1, batch, connection, exchange }
}

/** What a range contradicts: one that it overlaps, or, on the same connection, one that it should come after. */
const conflict = (known: readonly Range[], range: Range): Range | undefined =>
  known.find(({ from, to }) => range.from <= to && range.to >= from) ??
  known.findLast(({ connection, from }) => connection === range.connection && range.from < from)
