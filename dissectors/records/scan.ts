/** Where the batches of a records field begin and end. No batch is opened for it. */
import { crc32c, crc32cEnd } from '../../src/bytes/crc32c.ts'
import { i8, i32, u32 } from '../../src/bytes/read.ts'
import * as F from './format.ts'

/** What is at an offset, judged by the 17 bytes that all formats share. */
export type EntryState =
  | 'whole'
  /** The bytes end within it: legal for the last one of a fetch. */
  | 'partial'
  /** Its size is less than its format's header needs. */
  | 'bad-length'
  | 'bad-magic'

export interface Stop {
  readonly state: Exclude<EntryState, 'whole'>
  readonly at: number
}

/** A batch whose length field is wrong: its CRC is right for another length. */
export interface Repair {
  readonly index: number
  /** As the length field counts: without its own 12 bytes. */
  readonly claimed: number
  readonly actual: number
}

export interface Scan {
  /** Offsets of the first bytes of whole batches. */
  readonly starts: readonly number[]
  /** What is behind the last whole batch; null where nothing is. */
  readonly stop: Stop | null
  readonly repair: Repair | null
}

/** What kind of entry begins at `at`. The bytes up to `end` are the field's. */
export function entryState(bytes: Uint8Array, at: number, end: number): EntryState {
  const left = end - at
  if (left < F.PREFIX) return 'partial'
  const size = i32(bytes, at + F.SIZE_AT)
  if (size < F.LEGACY_MIN_SIZE) return 'bad-length'
  if (left <= F.MAGIC_AT) return 'partial'
  const magic = i8(bytes, at + F.MAGIC_AT)
  if (magic < 0 || magic > F.MAX_MAGIC) return 'bad-magic'
  if (size < minSize(magic)) return 'bad-length'
  return size > left - F.PREFIX ? 'partial' : 'whole'
}

/** The least sound value of the size field. */
export const minSize = (magic: number): number =>
  magic === 2 ? F.RECORDS_AT - F.PREFIX : magic === 1 ? F.LEGACY_MIN_SIZE + 8 : F.LEGACY_MIN_SIZE

/**
 * Finds the batches from `start` to `end`. Where what follows a batch makes no sense, or the last one reaches over the
 * end, its CRC may show that only its length is wrong; then reading goes on after it. Tried once per field, as that
 * takes a slow pass over the rest.
 */
export function scanBatches(bytes: Uint8Array, start: number, end: number): Scan {
  const starts: number[] = []
  let repair: Repair | null = null
  let at = start
  while (at < end) {
    const state = entryState(bytes, at, end)
    if (state === 'whole') {
      starts.push(at)
      at += F.PREFIX + i32(bytes, at + F.SIZE_AT)
      continue
    }
    if (repair !== null) return { starts, stop: { state, at }, repair }
    // This one's length may be wrong, or that of the one before.
    const suspects = [at, starts.at(-1)]
    for (const suspect of suspects) {
      const actualEnd = suspect === undefined ? -1 : endByCrc(bytes, suspect, end)
      if (suspect === undefined || actualEnd < 0) continue
      if (suspect === at) starts.push(at)
      repair = {
        index: starts.length - 1,
        claimed: i32(bytes, suspect + F.SIZE_AT),
        actual: actualEnd - suspect - F.PREFIX,
      }
      at = actualEnd
      break
    }
    if (repair === null) return { starts, stop: { state, at }, repair }
  }
  return { starts, stop: null, repair }
}

/** Where batch `index` of a scan ends. */
export function batchEnd(bytes: Uint8Array, scan: Scan, index: number): number {
  const at = scan.starts[index]!
  return at + F.PREFIX + (scan.repair?.index === index ? scan.repair.actual : i32(bytes, at + F.SIZE_AT))
}

/** The end at which the CRC of a batch of magic 2 is right although its length is not; -1 where there is none. */
function endByCrc(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < F.RECORDS_AT || i8(bytes, at + F.MAGIC_AT) !== 2) return -1
  const wanted = u32(bytes, at + F.CRC_AT)
  const from = at + F.ATTRIBUTES_AT
  const claimed = at + F.PREFIX + i32(bytes, at + F.SIZE_AT)
  if (claimed > at + F.RECORDS_AT && claimed <= end && crc32c(bytes, from, claimed) === wanted) return -1
  if (crc32c(bytes, from, end) === wanted) return end
  const found = crc32cEnd(bytes, from, at + F.RECORDS_AT, end, wanted)
  // One in 2^32 offsets fits by chance: what follows must look like a batch.
  if (found < 0 || end - found <= F.MAGIC_AT) return -1
  const next = entryState(bytes, found, end)
  return next === 'whole' || next === 'partial' ? found : -1
}
