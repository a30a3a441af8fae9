/** Batches of a records field by their headers, nothing opened: for rules over what was produced and fetched. */
import { addInt64 } from '../../dissectors/records/format.ts'
import { type BatchHeader, batchHeader } from '../../dissectors/records/header.ts'

/** Batches of one field that are looked at. */
const MAX_BATCHES = 10_000

/** The headers of whole batches between two offsets; what follows a broken one is left out. */
export function batchesIn(bytes: Uint8Array, start: number, end: number): BatchHeader[] {
  const headers: BatchHeader[] = []
  for (let at = start; at < end && headers.length < MAX_BATCHES; ) {
    const header = batchHeader(bytes, at, end)
    if (!header || header.size <= 12 || header.size > end - at) break
    headers.push(header)
    at += header.size
  }
  return headers
}

/** The offset of a batch's last record. */
export const lastOffset = ({ baseOffset, lastOffsetDelta }: BatchHeader): number | bigint =>
  addInt64(baseOffset, lastOffsetDelta)
