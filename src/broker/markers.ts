/**
 * The end of a transaction in a partition's log: a control batch of one record (KIP-98). Its key is a version and a type,
 * 0 abort and 1 commit; its value an EndTxnMarker: a version and the coordinator's epoch.
 */
import { RecordCursor } from '../../dissectors/records/cursor.ts'
import { CONTROL, RECORDS_AT } from '../../dissectors/records/format.ts'
import type { BatchHeader } from '../../dissectors/records/header.ts'
import { writeBatch } from '../../dissectors/records/write.ts'
import { i16, i32 } from '../bytes/read.ts'
import { Writer } from '../bytes/write.ts'

export interface Marker {
  readonly producerId: number | bigint
  readonly epoch: number
  readonly committed: boolean
  readonly coordinatorEpoch: number
}

const ABORT = 0
const COMMIT = 1

/** The marker as a batch; `now` in ms is its record's time. */
export function markerBatch({ producerId, epoch, committed, coordinatorEpoch }: Marker, now: number): Uint8Array {
  const key = new Writer(4)
  key.i16(0)
  key.i16(committed ? COMMIT : ABORT)
  const value = new Writer(6)
  value.i16(0)
  value.i32(coordinatorEpoch)
  return writeBatch({
    records: [{ key: new Uint8Array(key.view()), value: new Uint8Array(value.view()), timestamp: now }],
    producerId,
    producerEpoch: epoch,
    isTransactional: true,
    isControl: true,
  })
}

/** What a stored control batch says; null where it is no end of a transaction. */
export function markerOf(bytes: Uint8Array, header: BatchHeader): Marker | null {
  if (!(header.attributes & CONTROL)) return null
  const cursor = new RecordCursor(bytes, RECORDS_AT, bytes.length)
  if (!cursor.next() || cursor.keyLength < 4 || cursor.valueLength < 6) return null
  const type = i16(bytes, cursor.keyFrom + 2)
  if (type !== ABORT && type !== COMMIT) return null
  return {
    producerId: header.producerId,
    epoch: header.producerEpoch,
    committed: type === COMMIT,
    coordinatorEpoch: i32(bytes, cursor.valueFrom + 2),
  }
}
