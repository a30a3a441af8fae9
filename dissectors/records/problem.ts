/** What is wrong inside a records field, as data. Findings and their causes are made of it elsewhere. */

/** Named as the causes that CONTRACT names, where there is one. */
export type RecordsProblemCode =
  | 'batch-crc'
  | 'batch-length'
  | 'batch-magic'
  | 'batch-count'
  | 'batch-offset-delta'
  /** No such codec, or the payload is not of the codec that the attributes name. */
  | 'batch-codec'
  /** Compressed bytes that cannot be decompressed. */
  | 'batch-payload'
  /** An LZ4 frame whose blocks are linked, which Kafka's Java code refuses. */
  | 'batch-lz4-linked'
  /** More comes out of the batch than is looked at. */
  | 'batch-too-large'
  /** The timestamps of a batch and of its records contradict each other. */
  | 'batch-timestamp'
  /** Bytes in a batch after its last record. */
  | 'batch-trailing'
  /** A batch's offsets do not come after those of the batch before. */
  | 'batch-order'
  | 'record-length'
  /** A varint that is cut short or too long (error), or longer than need be (warning). */
  | 'record-varint'
  /** A negative count or header key (error), or a length below -1 (warning). */
  | 'record-negative'

export interface RecordsProblem {
  readonly code: RecordsProblemCode
  /** `error`: data is lost or wrong, or readers fail; `warning`: some reader objects; `note`: not looked into. */
  readonly severity: 'error' | 'warning' | 'note'
  /** Index of the batch in the field. */
  readonly batch: number
  /** After the field's own path: `[batch 0].records[3].length`. */
  readonly path: string
  /** In the bytes that hold the field. Inside a compressed payload: of that payload. */
  readonly offset: number
  readonly length: number
  /** Where it is in the decompressed payload, if it is in one. */
  readonly inner: { readonly offset: number; readonly length: number } | null
  readonly claimed: number | string | null
  readonly actual: number | string | null
  readonly message: string
}

type Report = Omit<RecordsProblem, 'inner' | 'claimed' | 'actual' | 'length'> &
  Partial<Pick<RecordsProblem, 'inner' | 'claimed' | 'actual' | 'length'>>

/** Problems of one field, up to a limit. */
export class ProblemList {
  readonly problems: RecordsProblem[] = []
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get full(): boolean {
    return this.problems.length >= this.#max
  }

  add(report: Report): void {
    if (!this.full) this.problems.push({ length: 0, inner: null, claimed: null, actual: null, ...report })
  }
}

/** `1 byte`, `2 bytes`. */
export const bytesOf = (n: number): string => `${n} byte${n === 1 ? '' : 's'}`
