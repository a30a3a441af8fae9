/** Checks a records field: what `scanBatches` could not place, then each batch and the records in it. */
import { i8, i32 } from '../../src/bytes/read.ts'
import { checkBatch } from './check-batch.ts'
import { checkMessage } from './check-message.ts'
import * as F from './format.ts'
import { batchHeader } from './header.ts'
import { defaultBudget } from './payload.ts'
import { bytesOf, ProblemList, type RecordsProblem } from './problem.ts'
import type { RecordsContext, RecordsOptions } from './read.ts'
import { batchEnd, minSize, type Scan, scanBatches } from './scan.ts'

export interface CheckOptions extends RecordsOptions {
  /** Checking ends when so many problems were found; 20 by default. */
  readonly maxProblems?: number
  /** The batches' places, where they are known already (`RecordsView.scan`). */
  readonly scan?: Scan
}

const MAX_PROBLEMS = 20

/**
 * What is wrong in the contents of a records field, from `start` (after its length) to `end`; in the order of the
 * bytes but for what concerns the field as a whole. Decompresses within the bounds of `options`. Never throws. Sound
 * uncompressed batches cost a CRC and a walk, and memory per batch, not per record.
 */
export function checkRecords(
  bytes: Uint8Array,
  start: number,
  end: number,
  options: CheckOptions = {},
): RecordsProblem[] {
  const context = options.context ?? 'fetch'
  const list = new ProblemList(options.maxProblems ?? MAX_PROBLEMS)
  const scan = options.scan ?? scanBatches(bytes, start, end)
  const budget = options.budget ?? defaultBudget(options.maxBatchBytes)
  let nextOffset: number | bigint | null = null
  for (let i = 0; i < scan.starts.length && !list.full; i++) {
    const batchStops = batchEnd(bytes, scan, i)
    const header = batchHeader(bytes, scan.starts[i]!, batchStops)!
    if (scan.repair?.index === i) reportRepair(scan.repair, scan, list)
    // A producer's offsets all count from 0.
    if (context !== 'produce') {
      if (nextOffset !== null && header.baseOffset < nextOffset)
        reportOrder(i, header.at, header.baseOffset, nextOffset, list)
      if (header.magic === 2 || (header.attributes & F.CODEC_MASK) === 0) {
        nextOffset = F.addInt64(F.addInt64(header.baseOffset, header.lastOffsetDelta), 1)
      }
    }
    const batch = { bytes, header, end: batchStops, index: i, context, budget, list }
    if (header.magic === 2) checkBatch(batch)
    else checkMessage(batch)
  }
  if (scan.stop !== null) reportStop(bytes, end, scan, context, list)
  return list.problems
}

function reportRepair(repair: NonNullable<Scan['repair']>, scan: Scan, list: ProblemList): void {
  list.add({
    code: 'batch-length',
    severity: 'error',
    batch: repair.index,
    path: `[batch ${repair.index}].batchLength`,
    offset: scan.starts[repair.index]! + F.SIZE_AT,
    length: 4,
    claimed: repair.claimed,
    actual: repair.actual,
    message: `The batch length is ${repair.claimed}, but the CRC is right for ${bytesOf(repair.actual)}.`,
  })
}

function reportOrder(
  index: number,
  at: number,
  offset: number | bigint,
  expected: number | bigint,
  list: ProblemList,
): void {
  list.add({
    code: 'batch-order',
    severity: 'warning',
    batch: index,
    path: `[batch ${index}].baseOffset`,
    offset: at,
    length: 8,
    claimed: String(offset),
    actual: String(expected),
    message: `The batch begins at offset ${offset}, but the one before reaches up to ${expected}.`,
  })
}

/** What is behind the last whole batch. */
function reportStop(bytes: Uint8Array, end: number, scan: Scan, context: RecordsContext, list: ProblemList): void {
  const { state, at } = scan.stop!
  const batch = scan.starts.length
  const path = `[batch ${batch}]`
  const left = end - at
  // The first bytes of a piece of a snapshot may be the rest of a batch.
  if (context === 'snapshot' && batch === 0) return
  if (state === 'partial') {
    if (context !== 'produce') return
    const size = left >= F.PREFIX ? i32(bytes, at + F.SIZE_AT) : null
    list.add({
      code: 'batch-length',
      severity: 'error',
      batch,
      path: size === null ? path : `${path}.${sizeName(bytes, at, end)}`,
      offset: size === null ? at : at + F.SIZE_AT,
      length: size === null ? left : 4,
      claimed: size,
      actual: left - F.PREFIX,
      message:
        size === null
          ? `${bytesOf(left)} after the last batch: too few for another.`
          : `The batch length is ${size}, but ${bytesOf(left - F.PREFIX)} follow it.`,
    })
  } else if (state === 'bad-magic') {
    const magic = i8(bytes, at + F.MAGIC_AT)
    list.add({
      code: 'batch-magic',
      severity: 'error',
      batch,
      path: `${path}.magic`,
      offset: at + F.MAGIC_AT,
      length: 1,
      claimed: magic,
      message: `The magic byte is ${magic}: there is no such format.`,
    })
  } else {
    const size = i32(bytes, at + F.SIZE_AT)
    const magic = left > F.MAGIC_AT ? i8(bytes, at + F.MAGIC_AT) : -1
    const least = minSize(magic)
    list.add({
      code: 'batch-length',
      severity: 'error',
      batch,
      path: `${path}.${sizeName(bytes, at, end)}`,
      offset: at + F.SIZE_AT,
      length: 4,
      claimed: size,
      message: `The batch length is ${size}, but a header alone takes ${least}.`,
    })
  }
}

/** What the size field is called in the format that the magic byte names, if it is there. */
function sizeName(bytes: Uint8Array, at: number, end: number): string {
  const magic = end - at > F.MAGIC_AT ? i8(bytes, at + F.MAGIC_AT) : F.MAX_MAGIC
  return magic === 0 || magic === 1 ? 'messageSize' : 'batchLength'
}
