/** Places in the headers of batches, for findings. */
import * as F from '../../dissectors/records/format.ts'
import type { BatchHeader } from '../../dissectors/records/header.ts'
import { about, place } from './lines.ts'
import type { Seen } from './seen.ts'

/** Fields of a batch of magic 2: where they are in it, and their width. */
const FIELDS = {
  baseOffset: [0, 8],
  partitionLeaderEpoch: [F.LEADER_EPOCH_AT, 4],
  magic: [F.MAGIC_AT, 1],
  attributes: [F.ATTRIBUTES_AT, 2],
  lastOffsetDelta: [F.LAST_OFFSET_DELTA_AT, 4],
  baseTimestamp: [F.BASE_TIMESTAMP_AT, 8],
  maxTimestamp: [F.MAX_TIMESTAMP_AT, 8],
  producerEpoch: [F.PRODUCER_EPOCH_AT, 2],
  baseSequence: [F.BASE_SEQUENCE_AT, 4],
} as const

/** A field of a batch in the records field at `line`. `timestamp` of a message of magic 1 stands for both of its times. */
export function inBatch(
  seen: Seen,
  side: 'request' | 'response',
  line: number,
  batches: readonly BatchHeader[],
  index: number,
  field: keyof typeof FIELDS,
) {
  const batch = batches[index]!
  const legacy = batch.magic < 2
  const time = legacy && (field === 'baseTimestamp' || field === 'maxTimestamp')
  const [from, length] =
    legacy && field === 'attributes' ? [F.LEGACY_ATTRIBUTES_AT, 1] : time ? [F.LEGACY_TIMESTAMP_AT, 8] : FIELDS[field]
  const name = time ? 'timestamp' : legacy && field === 'baseOffset' ? 'offset' : field
  return {
    ...about(seen, side),
    path: `${place(seen, side, line).path}[batch ${index}].${name}`,
    offset: batch.at + from,
    length,
  }
}
