/** What is inside a batch, decompressed where need be, within bounds. */
import type { DecompressReason } from '../../src/bytes/output.ts'
import { type Codec, codecOf, decompress } from './compression.ts'
import * as F from './format.ts'
import type { BatchHeader } from './header.ts'
import { MessageCursor } from './message.ts'

/** The bytes that hold a batch's records: the field's own, or new ones where they were compressed. */
export interface Payload {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly codec: Codec
  /** `batch`: records of magic 2; `message`: the batch is one message; `wrapper`: messages inside a message. */
  readonly form: 'batch' | 'message' | 'wrapper'
}

export interface PayloadError {
  readonly reason: DecompressReason | 'unknown-codec'
  readonly message: string
}

/** How much may still be decompressed: without it a small fetch could hold any number of bombs. */
export interface Budget {
  readonly perBatch: number
  left: number
}

/** By default 16 MiB a batch and 64 MiB in all. */
export const defaultBudget = (perBatch = 16 << 20, inAll = 64 << 20): Budget => ({ perBatch, left: inAll })

/** The codec that a batch's attributes name; null for an unknown one. */
export const codecOfBatch = (header: BatchHeader): Codec | null => codecOf(header.attributes & F.CODEC_MASK)

/** Where the (perhaps compressed) records of a batch are, in the field's bytes; null for a wrapper without a value. */
export function payloadRange(bytes: Uint8Array, header: BatchHeader, end: number): [number, number] | null {
  if (header.magic === 2) return [header.at + F.RECORDS_AT, end]
  const message = new MessageCursor(bytes, header.at, end)
  if (!message.next() || message.valueLength < 0) return null
  return [message.valueFrom, message.valueFrom + message.valueLength]
}

/** Opens a whole batch that ends at `end`. Never throws. */
export function openPayload(
  bytes: Uint8Array,
  header: BatchHeader,
  end: number,
  budget: Budget,
): Payload | { readonly error: PayloadError } {
  const codec = codecOfBatch(header)
  if (codec === null || (header.magic < 2 && codec === 'zstd')) {
    const id = header.attributes & F.CODEC_MASK
    const message = codec === null ? `there is no codec ${id}` : `magic ${header.magic} has no zstd`
    return { error: { reason: 'unknown-codec', message } }
  }
  const form = header.magic === 2 ? 'batch' : codec === 'none' ? 'message' : 'wrapper'
  if (form === 'message') return { bytes, start: header.at, end, codec, form }
  const range = payloadRange(bytes, header, end)
  if (range === null) return { error: { reason: 'corrupt', message: 'a compressed message without a value' } }
  if (codec === 'none') return { bytes, start: range[0], end: range[1], codec, form }
  const limit = Math.min(budget.perBatch, budget.left)
  const result = decompress(codec, bytes.subarray(range[0], range[1]), limit, header.magic)
  if ('error' in result) {
    // What failed is paid for too: it took the time although nothing came of it.
    budget.left -= result.error.produced
    return { error: result.error }
  }
  budget.left -= result.bytes.length
  return { bytes: result.bytes, start: 0, end: result.bytes.length, codec, form }
}
