/** The bytes of both frames beside each other, each at the chosen field. */
import type { Side } from '../../diff/model.ts'
import type { FieldPair } from '../../diff/rows.ts'
import { type Found, hexRow } from '../view/hex.ts'
import { fitRow, type Row, row, seg } from '../view/row.ts'
import type { Spot } from './data.ts'
import type { Layout } from './layout.ts'
import { chosenFrames, chosenPair, type DiffState } from './state.ts'

type Range = readonly [from: number, end: number]

const NOTHING: Range = [0, 0]

export function bytesRows(state: DiffState, layout: Layout): Row[] {
  const frames = chosenFrames(state)
  const pair = chosenPair(state)
  if (!frames || !pair) return []
  const field = frames.rows[state.field]
  const told = state.atDifference ? pair.differences[state.difference] : undefined
  const range = (which: 'a' | 'b'): Range =>
    rangeOf(told?.[which] ?? null) ?? rangeOf(field?.[which] ?? null) ?? NOTHING
  const lit = { a: range('a'), b: range('b') }
  const first = firstOther(frames.a, frames.b, lit)
  const found = (which: 'a' | 'b'): Found[] =>
    pair.differences.slice(0, MAX_FOUND).flatMap((one) => {
      const own = one.kind === state.kind ? rangeOf(one[which]) : null
      return own ? [{ from: own[0], end: own[1], style: 'error' as const, mark: '!' }] : []
    })
  const columns = (state.size.columns - GAP) >> 1
  const half = (which: 'a' | 'b'): readonly Row[] => {
    const [from, end] = lit[which]
    // A side that lacks the field shows where it would stand.
    const at = from < end ? Math.min(end, from + first) : lastBefore(frames.rows, state.field, which)
    return dump(frames[which], lit[which], at, found(which), { columns, count: layout.hex })
  }
  const [left, right] = [half('a'), half('b')]
  return left.map((one, i) => row(...one.segments, seg(' '.repeat(GAP)), ...right[i]!.segments))
}

/** Columns between the two dumps. */
const GAP = 2

function lastBefore(rows: readonly FieldPair[], field: number, which: 'a' | 'b'): number {
  for (let i = Math.min(field, rows.length - 1); i >= 0; i--) {
    const cell = rows[i]![which]
    if (cell && cell.offset !== null) return cell.offset
  }
  return 0
}

/** Differences whose bytes are marked besides. */
const MAX_FOUND = 50

function rangeOf(spot: Pick<Spot, 'offset' | 'length'> | null): Range | null {
  return spot && spot.offset !== null && spot.length > 0 ? [spot.offset, spot.offset + spot.length] : null
}

/** How far behind the field's first byte the first one is that the other side has not: long fields are shown from there. */
function firstOther(a: Side | null, b: Side | null, lit: { readonly a: Range; readonly b: Range }): number {
  if (!a?.shown || !b?.shown) return 0
  const [x, y] = [a.shown.subarray(...lit.a), b.shown.subarray(...lit.b)]
  const shorter = Math.min(x.length, y.length)
  let at = 0
  while (at < shorter && x.at(at) === y.at(at)) at++
  return at < Math.max(x.length, y.length) ? at : 0
}

/** `count` rows of a dump around the byte `at`. */
function dump(
  side: Side | null,
  lit: Range,
  at: number,
  found: readonly Found[],
  { columns, count }: { readonly columns: number; readonly count: number },
): readonly Row[] {
  const bytes = side?.shown ?? new Uint8Array(0)
  const digits = bytes.length > 0x10000 ? 6 : 4
  // Four columns a byte (gap, two digits, letter), offset and gap, bracket and gap.
  const perRow = [32, 16, 8, 4].find((each) => digits + 3 + 4 * each <= columns) ?? 2
  const all = Math.ceil(bytes.length / perRow)
  const top = Math.max(0, Math.min(Math.floor(at / perRow) - (count > 1 ? 1 : 0), all - count))
  return Array.from({ length: count }, (_, i) => {
    const from = (top + i) * perRow
    return fitRow(from < bytes.length ? hexRow(bytes, from, perRow, digits, lit, found, -1) : row(), columns)
  })
}
