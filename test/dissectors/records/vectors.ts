import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** What Apache Kafka's own reader finds in a records field: see captures/vectors. */
export interface OfficialRecord {
  readonly offset: string
  readonly timestamp: string
  /** Hex. */
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly key: string; readonly value: string | null }[]
}

export interface OfficialBatch {
  readonly offset: number
  readonly sizeInBytes: number
  readonly magic: number
  readonly crc: number
  readonly compression: string
  readonly timestampType: string
  readonly baseOffset: string
  readonly lastOffset: string
  readonly maxTimestamp: string
  readonly partitionLeaderEpoch?: number
  readonly producerId?: string
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly transactional?: boolean
  readonly control?: boolean
  readonly records: readonly OfficialRecord[]
}

export interface OfficialField {
  readonly path: string
  readonly offset: number
  readonly length: number
  readonly batches: readonly OfficialBatch[]
  readonly trailingBytes: number
}

export interface VectorLine {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly kind: string
  readonly hex: string
  readonly records?: readonly OfficialField[]
}

/** A broken message: one fault, which is known. */
export interface BrokenLine {
  readonly id: string
  readonly name: string
  readonly hex: string
  readonly label: string
  readonly cause: string
  readonly offset: number
  readonly fieldPath: string
  readonly base: string
}

/** Lines of a file under captures/vectors that hold this text. */
export function vectorLines<T>(file: string, holding: string): T[] {
  const url = new URL(`../../../captures/vectors/${file}`, import.meta.url)
  return gunzipSync(readFileSync(url))
    .toString('utf8')
    .split('\n')
    .filter((line) => line.includes(holding))
    .map((line): T => JSON.parse(line))
}
