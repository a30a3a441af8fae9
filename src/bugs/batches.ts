/** Edits inside the record batches (magic 2) of an answer. */

import { ATTRIBUTES_AT, CRC_AT, RECORDS_AT } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { crc32c } from '../bytes/crc32c.ts'
import { i8, i16, i32 } from '../bytes/read.ts'
import { contents } from '../codec/value.ts'
import { NodeKind } from '../schema/node.ts'
import { type Edit, edited, integer } from './bytes.ts'
import { matches } from './places.ts'
import type { Place, SoundAnswer } from './sound-answer.ts'

export interface BatchPlace {
  readonly bytes: Uint8Array
  readonly at: number
  readonly end: number
}

/** Edits of one batch; offsets are those of the frame. */
export type BatchEdit = (batch: BatchPlace) => Edit | null

/**
 * The frame with every whole batch edited. With `seal` the CRC is made to fit what was written, as an encoder's would.
 * Edits must not change a batch's size. Null where there is no batch.
 */
export function plantInBatches(
  answer: SoundAnswer,
  path: string | null,
  edit: BatchEdit,
  seal = true,
): Uint8Array | null {
  const edits = answer.places.flatMap((place) => {
    if (place.node.kind !== NodeKind.records) return []
    if (path !== null && path !== '*' && !matches(place.path, path)) return []
    return batchesIn(answer, place).flatMap((batch) => {
      const made = edit(batch)
      return made ? [made, ...(seal ? [sealing(batch, made)] : [])] : []
    })
  })
  return edits.length > 0 ? answer.edit(edits) : null
}

const READS = { 1: i8, 2: i16, 4: i32 } as const

/** An integer of the batch header: `at` from the batch's first byte. */
export interface HeaderNumber {
  readonly at: number
  readonly width: keyof typeof READS
}

/** As `plantInBatches`, with one integer of every batch's header changed. */
export const plantInHeaders = (
  answer: SoundAnswer,
  path: string | null,
  { at: within, width }: HeaderNumber,
  change: (value: number) => number,
  seal = true,
): Uint8Array | null =>
  plantInBatches(
    answer,
    path,
    ({ bytes, at }) => ({
      from: at + within,
      to: at + within + width,
      put: integer(change(READS[width](bytes, at + within)), width),
    }),
    seal,
  )

function batchesIn({ bytes, frame }: SoundAnswer, place: Place): BatchPlace[] {
  const range = contents(bytes, frame.table, place.line)
  const batches: BatchPlace[] = []
  if (!range) return batches
  for (let at = range[0]; at < range[1]; ) {
    const header = batchHeader(bytes, at, range[1])
    // The last batch of an answer may be cut off.
    if (header?.magic !== 2 || header.size < RECORDS_AT || at + header.size > range[1]) break
    batches.push({ bytes, at, end: at + header.size })
    at += header.size
  }
  return batches
}

function sealing({ bytes, at, end }: BatchPlace, { from, to, put }: Edit): Edit {
  const changed = edited(bytes.subarray(at, end), [{ from: from - at, to: to - at, put }])
  return { from: at + CRC_AT, to: at + CRC_AT + 4, put: integer(crc32c(changed, ATTRIBUTES_AT), 4) }
}
