/** The fields of a frame as a tree. */
import type { Tree } from '../detail.ts'
import type { State } from '../state.ts'
import { pad, width } from '../text.ts'
import type { FieldRow } from '../tree.ts'
import type { Area } from './layout.ts'
import { MARKS } from './marks.ts'
import { type Row, row, type Style, seg } from './row.ts'

/** Columns of the type, where there is room for it. */
const TYPE_COLUMNS = 9

export function fieldsView(state: State, tree: Tree, chosen: number, area: Area): Row[] {
  const rows: Row[] = []
  const shown = tree.rows.slice(state.fieldTop, state.fieldTop + area.rows)
  const names = namesColumns(shown, area.columns)
  const typed = area.columns - names >= TYPE_COLUMNS + 20
  for (const [i, one] of shown.entries()) {
    const index = state.fieldTop + i
    const finding = tree.marks.get(index)
    const pointer = index === chosen ? (state.pane === 'fields' ? '>' : '-') : ' '
    const mark = finding ? MARKS[finding.severity] : one.role === 'stop' ? MARKS.error : ' '
    const style: Style = finding ? finding.severity : one.role === 'stop' ? 'error' : 'plain'
    rows.push({
      ...row(
        seg(pointer, 'bold'),
        seg(mark, style),
        seg(
          isText(one) || overflows(one, names, area.columns)
            ? `${nameText(one)}  `
            : `${pad(nameText(one), names - 1)} `,
          finding || one.role === 'stop' ? style : nameStyle(one),
        ),
        seg(
          typed && !isText(one) && !overflows(one, names, area.columns) ? `${pad(one.type, TYPE_COLUMNS)} ` : '',
          'type',
        ),
        seg(one.value, one.role === 'stop' ? 'error' : valueStyle(one)),
      ),
      chosen: index === chosen && state.pane === 'fields',
    })
  }
  if (tree.rows.length === 0) rows.push(row(seg('  nothing could be read of it', 'dim')))
  return rows
}

/** Pointer and mark. */
const MARGIN = 2

/** Columns of the names: as long as the longest where the values leave room for that; else about half. */
function namesColumns(shown: readonly FieldRow[], columns: number): number {
  const longest = Math.max(12, ...shown.map(nameColumns)) + 1
  const value = Math.max(0, ...shown.map((one) => (isText(one) ? 0 : width(one.value))))
  return Math.min(longest, Math.max(14, Math.floor(columns * 0.55), columns - MARGIN - value))
}

/** A name too long for its column, with a value short enough to stand right behind it. */
const overflows = (one: FieldRow, names: number, columns: number): boolean =>
  nameColumns(one) >= names && MARGIN + nameColumns(one) + 2 + width(one.value) <= columns

const FOLDS = { open: 'v ', shut: '> ' } as const

const nameText = (one: FieldRow): string => `${'  '.repeat(one.depth)}${one.fold ? FOLDS[one.fold] : '  '}${one.name}`

/** Titles, and what has no columns of its own. */
const isText = (one: FieldRow): boolean =>
  one.role === 'expanded' || one.role === 'missing' || (one.type === '' && one.value === '')

const nameColumns = (one: FieldRow): number => (isText(one) ? 0 : width(nameText(one)))

function nameStyle(one: FieldRow): Style {
  if (one.role === 'missing') return 'dim'
  if (one.role === 'expanded') return 'string'
  return one.type === '' && one.role === 'field' ? 'bold' : 'name'
}

function valueStyle(one: FieldRow): Style {
  if (one.role === 'missing' || one.value === 'null' || one.value === 'none') return 'dim'
  return one.value.startsWith('"') ? 'string' : 'number'
}
