/** What a records field holds: batches of magic 2, messages of magic 0 and 1, mixed as they come. */
import { SpanTable } from '../../src/bytes/spans.ts'
import { type BatchHeader, batchHeader } from './header.ts'
import { type Budget, defaultBudget, openPayload, type Payload, type PayloadError } from './payload.ts'
import { batchEnd, type Scan, scanBatches } from './scan.ts'
import { addBatches, addMessages, addRecords } from './spans.ts'

export interface RecordsOptions {
  /** Where the field is from: decides what is legal (a batch cut short at a fetch's end, offsets of a producer). */
  readonly context?: RecordsContext
  /** Bytes that a compressed batch may hold, 16 MiB by default; more is left alone. */
  readonly maxBatchBytes?: number
  /** What may be decompressed in all; fields of one message share it. Of the field's own by default, 64 MiB. */
  readonly budget?: Budget
  /** Lines that a table may get, a million (16 MB) by default; records beyond have none. */
  readonly maxLines?: number
}

/** `snapshot`: a piece of a snapshot, which may begin and end anywhere (FetchSnapshotResponse.unalignedRecords). */
export type RecordsContext = 'produce' | 'fetch' | 'snapshot'

/** A batch that the field's end cuts short. */
export interface PartialBatch {
  readonly at: number
  /** Bytes that are there. */
  readonly have: number
  /** Its header, where all of it is there. */
  readonly header: BatchHeader | null
}

/** The lines inside a compressed batch: offsets in them count from the start of `bytes`. */
export interface InnerTable {
  readonly bytes: Uint8Array
  readonly table: SpanTable
}

const DEFAULT_MAX_LINES = 1_000_000

/** A records field taken apart as far as its batches; these are opened when somebody looks. */
export class RecordsView {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly options: RecordsOptions
  readonly scan: Scan
  /** False where the table's limit left records without lines. */
  linesComplete = true
  readonly #budget: Budget
  readonly #paid = new Set<number>()
  readonly #failed = new Map<number, { readonly error: PayloadError }>()
  #opened: { index: number; payload: Payload } | null = null

  constructor(bytes: Uint8Array, start: number, end: number, options: RecordsOptions) {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.options = options
    this.scan = scanBatches(bytes, start, end)
    this.#budget = options.budget ?? defaultBudget(options.maxBatchBytes)
  }

  /** Whole batches (messages not wrapped in others count as such). */
  get batchCount(): number {
    return this.scan.starts.length
  }

  /** What is cut short at the end, or null. */
  get partial(): PartialBatch | null {
    const stop = this.scan.stop
    if (stop?.state !== 'partial') return null
    return { at: stop.at, have: this.end - stop.at, header: batchHeader(this.bytes, stop.at, this.end) }
  }

  header(index: number): BatchHeader {
    return batchHeader(this.bytes, this.scan.starts[index]!, this.batchEnd(index))!
  }

  batchEnd(index: number): number {
    return batchEnd(this.bytes, this.scan, index)
  }

  /**
   * What batch `index` holds. The last one opened is kept. Each batch takes from the budget once, so that the
   * answer for a batch stays the same however often it is asked for.
   */
  payload(index: number): Payload | { readonly error: PayloadError } {
    const known = this.#opened?.index === index ? this.#opened.payload : this.#failed.get(index)
    if (known !== undefined) return known
    const budget = this.#paid.has(index) ? defaultBudget(this.#budget.perBatch) : this.#budget
    const payload = openPayload(this.bytes, this.header(index), this.batchEnd(index), budget)
    if ('error' in payload) this.#failed.set(index, payload)
    else {
      if (payload.bytes !== this.bytes) this.#paid.add(index)
      this.#opened = { index, payload }
    }
    return payload
  }

  /** The lines inside batch `index` where it is compressed; null where it is not (or cannot be opened). */
  innerTable(index: number): InnerTable | null {
    const payload = this.payload(index)
    if ('error' in payload || payload.bytes === this.bytes) return null
    const table = new SpanTable()
    const add = payload.form === 'batch' ? addRecords : addMessages
    add(payload.bytes, payload.start, payload.end, table, this.options.maxLines ?? DEFAULT_MAX_LINES)
    return { bytes: payload.bytes, table }
  }
}

/**
 * Reads the contents of a records field, from `start` (after its length) to `end`, and appends its lines to `table`:
 * an array line `records` with a `batch` line for each batch. Records that are compressed are one line there; those
 * inside have tables of their own, made by `innerTable`. Never throws.
 */
export function readRecords(
  bytes: Uint8Array,
  start: number,
  end: number,
  table: SpanTable,
  options: RecordsOptions = {},
): RecordsView {
  const view = new RecordsView(bytes, start, end, options)
  view.linesComplete = addBatches(bytes, start, end, view.scan, table, options.maxLines ?? DEFAULT_MAX_LINES)
  return view
}
