/** Differences for people: what, where, both values, and the bytes field beside field. Text from the wire is escaped. */

import { errorName } from '../../dissectors/errors.ts'
import { toHex } from '../bytes/hex.ts'
import { safeShort } from '../bytes/safe-text.ts'
import { type JsonValue, printJson } from '../codec/json-text.ts'
import { withoutIndexes } from '../codec/paths.ts'
import { type AlignedField, alignedFields, type Piece } from '../diff/bytes.ts'
import type { Difference, Half, Item, Summary, Told } from '../diff/model.ts'
import { countText, plural } from '../report/format.ts'

const MAX_VALUE = 100
/** Bytes in a row of each side; rows of one field. */
const ROW = 8
const MAX_ROWS = 4

/** `JoinGroup v5   A #5 connection 1   B #5 connection 1` */
export function titleOf({ a, b, differences }: Told): string {
  const [first] = differences
  const place = (name: string, item: Item | null): string =>
    item ? `   ${name} #${item.id} connection ${item.connection}` : ''
  if (!a && !b) return 'sessions'
  const version =
    a && b && a.apiVersion !== b.apiVersion ? `v${a.apiVersion} / v${b.apiVersion}` : `v${first!.apiVersion}`
  return `${safeShort(first!.api ?? '', 60)} ${version}${place('A', a)}${place('B', b)}`
}

/** The rows of one pair, or of a lone exchange. */
export function toldRows(told: Told): string[] {
  const rows = [titleOf(told)]
  for (const difference of told.differences) {
    rows.push(`  ${differenceText(difference)}`)
    for (const field of fieldsOf(told, difference)) rows.push(...fieldRows(field, isOf(field, difference)))
  }
  return rows
}

/** One sentence: where, what, both values. */
export function differenceText({ what, message, kind, path, a, b }: Difference): string {
  const where = [kind, path === '' ? null : safeShort(path, 120)].filter((part) => part !== null).join(' ')
  const both = a && b && (a.value !== undefined || b.value !== undefined)
  const values = both ? `  ${valueText(path, a.value)} -> ${valueText(path, b.value)}` : ''
  const at = [placeText('A', a), placeText('B', b)].filter((text) => text !== '').join(', ')
  const said =
    (what === 'value' || what === 'error code') && message === 'differs' ? '' : `: ${safeShort(message, 600)}`
  return `${where === '' ? '' : `${where}  `}${what}${said}${values}${at === '' ? '' : `  (${at})`}`
}

function placeText(name: string, half: Half | null): string {
  if (!half || half.offset === null) return ''
  return `${name} at ${half.offset}${half.path !== '' ? '' : ' or so'}`
}

function valueText(path: string, value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing'
  const name = /errorCode$/i.test(path) && typeof value === 'number' ? ` ${errorName(value)}` : ''
  return safeShort(printJson(value), MAX_VALUE) + name
}

/** The bytes around a difference; none where it is not about a field that has bytes in both frames. */
export function fieldsOf({ a, b }: Told, { kind, a: x, b: y, what }: Difference): AlignedField[] {
  if (!a || !b || !kind || !x || !y || what === 'version' || what === 'answer') return []
  const [left, right] = [a.side(kind), b.side(kind)]
  if (!left?.shown || !right?.shown || (x.path === '' && y.path === '')) return []
  return alignedFields(left, right, x.path === '' ? null : x.path, y.path === '' ? null : y.path)
}

/** Whether a field is what the difference is about, and not a neighbour that is bound to differ or told of by itself. */
const isOf = ({ path }: AlignedField, { a, b }: Difference): boolean =>
  [a?.path, b?.path].some((own) => own !== undefined && own !== '' && path.startsWith(own))

/** `! 000c  00 00 00 19           000c  00 00 00 00           errorCode`, eight bytes a row; `~` marks a neighbour that differs. */
export function fieldRows({ path, type, a, b, same }: AlignedField, own: boolean): string[] {
  const mark = same ? ' ' : own ? '!' : '~'
  const count = Math.max(1, rowsOf(a), rowsOf(b))
  const first = same ? 0 : firstRow(a, b)
  const rows: string[] = []
  for (let row = first; row < Math.min(count, first + MAX_ROWS); row++) {
    const name = row === first ? `${safeShort(path, 80)}  ${type}` : ''
    rows.push(`    ${mark} ${cell(a, row)}  ${cell(b, row)}  ${name}`.trimEnd())
  }
  if (count > first + MAX_ROWS) rows.push(`      ... ${plural(count - first - MAX_ROWS, 'row')} more`)
  return rows
}

const rowsOf = (piece: Piece | null): number => (piece ? Math.ceil(piece.bytes.length / ROW) : 0)

/** The row with the first byte that differs: a long field is shown from there on. */
function firstRow(a: Piece | null, b: Piece | null): number {
  if (!a || !b) return 0
  const shorter = Math.min(a.bytes.length, b.bytes.length)
  let at = 0
  while (at < shorter && a.bytes.at(at) === b.bytes.at(at)) at++
  return at < Math.max(a.bytes.length, b.bytes.length) ? Math.floor(at / ROW) : 0
}

function cell(piece: Piece | null, row: number): string {
  const start = row * ROW
  if (!piece || start >= piece.bytes.length) return ' '.repeat(6 + ROW * 3 - 1)
  const hex = toHex(piece.bytes, start, Math.min(start + ROW, piece.bytes.length)).replace(/..(?!$)/g, '$& ')
  return `${(piece.offset + start).toString(16).padStart(4, '0')}  ${hex.padEnd(ROW * 3 - 1)}`
}

/** How often a difference in one field of an API is shown; more are counted. */
const SHOWN_ALIKE = 3

/** Tells pairs one after another; what is much alike only a few times. */
export class TextView {
  private readonly alike = new Map<string, number>()
  private readonly all: boolean
  private hidden = 0

  constructor(all: boolean) {
    this.all = all
  }

  rows(told: Told): string[] {
    const shown = told.differences.filter((difference) => this.isShown(difference))
    this.hidden += told.differences.length - shown.length
    return shown.length === 0 ? [] : [...toldRows({ ...told, differences: shown }), '']
  }

  private isShown({ api, kind, path, what }: Difference): boolean {
    if (this.all) return true
    const key = [api, kind, withoutIndexes(path), what].join(' ')
    const count = (this.alike.get(key) ?? 0) + 1
    if (count === 1 && this.alike.size > 10_000) return true
    this.alike.set(key, count)
    return count <= SHOWN_ALIKE
  }

  end(summary: Summary): string[] {
    const { exchanges, pairs, differing, differences, byWhat, bound } = summary
    const rows: string[] = []
    if (this.hidden > 0) rows.push(`${plural(this.hidden, 'difference')} more, like those above: --all shows them`, '')
    const sizes = `${plural(exchanges.a, 'exchange')} in A, ${countText(exchanges.b)} in B, ${countText(pairs)} in both`
    rows.push(
      differences === 0
        ? `no difference: ${sizes}`
        : `${plural(differences, 'difference')} in ${countText(differing)}: ${sizes}`,
    )
    if (differences > 0) rows.push(`  ${countsText(byWhat)}`)
    if (Object.keys(bound).length > 0) rows.push(`  bound to differ: ${countsText(bound)}`)
    return rows
  }
}

const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${safeShort(name, 80)} ${countText(count)}`)
    .join(', ')
