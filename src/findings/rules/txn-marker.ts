import { RecordCursor } from '../../../dissectors/records/cursor.ts'
import { CONTROL, RECORDS_AT } from '../../../dissectors/records/format.ts'
import type { BatchHeader } from '../../../dissectors/records/header.ts'
import { i16 } from '../../bytes/read.ts'
import { FETCH } from '../fetched.ts'
import { about, place } from '../lines.ts'
import type { SessionRule } from '../rule.ts'

const ABORT = 0
const COMMIT = 1

/** A marker in a fetched log that says commit where the transaction was aborted, or the other way round. */
export const txnMarker: SessionRule = {
  kind: 'session',
  code: 'protocol/txn-marker',
  severity: 'error',
  apis: [FETCH],
  watch: ({ fetched, transactions }) => ({
    exchange(seen, tell) {
      for (const { batches, recordsLine, topic, partition } of fetched.of(seen)?.partitions ?? []) {
        for (const [index, batch] of batches.entries()) {
          if (batch.magic !== 2 || (batch.attributes & CONTROL) === 0) continue
          const committed = transactions.result(batch.producerId, batch.producerEpoch)
          if (committed === null) continue
          const marker = markerOf(seen.frame('response')!.bytes, batch)
          if (!marker || (marker.type !== ABORT && marker.type !== COMMIT) || (marker.type === COMMIT) === committed)
            continue
          tell({
            ...about(seen, 'response'),
            path: `${place(seen, 'response', recordsLine).path}[batch ${index}].records[0].key`,
            offset: marker.at,
            length: 4,
            message: `${topic} [${partition}]: the marker at offset ${batch.baseOffset} ${marker.type === COMMIT ? 'commits' : 'aborts'} a transaction of producer ${batch.producerId} that was ${committed ? 'committed' : 'aborted'} (EndTxn).`,
          })
          return
        }
      }
    },
  }),
}

/** Type of a control batch's marker, and where its key is; markers are never compressed. */
function markerOf(bytes: Uint8Array, { at, size }: BatchHeader): { type: number; at: number } | null {
  const records = new RecordCursor(bytes, at + RECORDS_AT, at + size)
  // int16 version, int16 type (ControlRecordTypeSchema)
  if (!records.next() || records.keyLength < 4) return null
  return { type: i16(bytes, records.keyFrom + 2), at: records.keyFrom }
}
