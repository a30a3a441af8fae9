/** The bytes of two frames side by side, field beside field: what one lacks shifts nothing. */
import { sameBytes } from '../bytes/match.ts'
import { align } from './align.ts'
import type { Place, Side } from './model.ts'

/** A field's bytes in both; null where a side lacks the field. Offsets are from the frame's first byte. */
export interface AlignedField {
  readonly path: string
  readonly type: string
  readonly a: Piece | null
  readonly b: Piece | null
  readonly same: boolean
}

export interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Fields before and behind that are shown with one. */
const CONTEXT = 1
/** Fields of a difference that are shown: of a whole struct the first ones. */
const MAX_FIELDS = 24

/**
 * The fields of a place in A and in B (`path` null: a side lacks it, and nothing of it is shown), with their neighbours,
 * in the order of the bytes. Secrets are overwritten.
 */
export function alignedFields(a: Side, b: Side, pathA: string | null, pathB: string | null): AlignedField[] {
  const [x, y] = [around(a.leaves(), pathA ?? pathB), around(b.leaves(), pathB ?? pathA)]
  const partner = new Map(align(x.map(keyOf), y.map(keyOf)))
  const fields: AlignedField[] = []
  let next = 0
  const loneB = (end: number): void => {
    for (; next < end; next++) fields.push(fieldOf(a, b, null, y[next]!))
  }
  x.forEach((leaf, i) => {
    const j = partner.get(i)
    if (j !== undefined) {
      loneB(j)
      next = j + 1
    }
    fields.push(fieldOf(a, b, leaf, j === undefined ? null : y[j]!))
  })
  loneB(y.length)
  return fields.slice(0, MAX_FIELDS)
}

/** Elements of arrays are matched by their order: the index may be another. */
const keyOf = ([path, , , type]: Place): string => `${path.replace(/\[[^\]]*\]/g, '[]')} ${type}`

function around(leaves: readonly Place[], path: string | null): readonly Place[] {
  if (path === null) return []
  const isIn = ([own]: Place): boolean => own === path || own.startsWith(`${path}.`) || own.startsWith(`${path}[`)
  const first = leaves.findIndex(isIn)
  if (first < 0) return []
  let last = first
  while (last + 1 < leaves.length && isIn(leaves[last + 1]!)) last++
  return leaves.slice(Math.max(0, first - CONTEXT), Math.min(last, first + MAX_FIELDS) + 1 + CONTEXT)
}

function fieldOf(a: Side, b: Side, x: Place | null, y: Place | null): AlignedField {
  const piece = (side: Side, place: Place | null): Piece | null =>
    place && side.shown ? { offset: place[1], bytes: side.shown.subarray(place[1], place[1] + place[2]) } : null
  const [left, right] = [piece(a, x), piece(b, y)]
  const same =
    left !== null &&
    right !== null &&
    left.bytes.length === right.bytes.length &&
    sameBytes(left.bytes, 0, right.bytes, 0, left.bytes.length)
  const [path, , , type] = (x ?? y)!
  return { path, type, a: left, b: right, same }
}
