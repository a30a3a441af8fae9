/** The fields of A and of B in one row each, the mark of a difference between them. */
import type { Side } from '../../diff/model.ts'
import type { Cell, FieldPair } from '../../diff/rows.ts'
import { codeNote, preview, timeNote } from '../preview.ts'
import { pad, safe, width } from '../text.ts'
import { fitRow, type Row, row, type Segment, type Style, seg } from '../view/row.ts'
import type { Layout } from './layout.ts'
import { chosenFrames, type DiffState } from './state.ts'

export function fieldRows(state: DiffState, layout: Layout): Row[] {
  const frames = chosenFrames(state)
  if (!frames) return []
  const { rows, told, a, b } = frames
  if (rows.length === 0) return [row(seg(`  ${a || b ? 'nothing could be read of it' : `no ${state.kind}`}`, 'dim'))]
  const shown = rows.slice(state.fieldTop, state.fieldTop + layout.fields)
  const names = Math.min(Math.max(...shown.map(nameColumns)) + 1, Math.max(8, Math.floor(layout.half * 0.6)))
  return shown.map((field, i) => {
    const index = state.fieldTop + i
    const chosen = index === state.field
    const [mark, style] = markOf(field, told.has(index), a !== null && b !== null)
    const half = (cell: Cell | null, side: Side | null): readonly Segment[] =>
      fitRow(row(...(cell ? cellSegments(field, cell, side, names, style) : [])), layout.half).segments
    return {
      ...row(
        seg(chosen ? (state.pane === 'fields' ? '>' : '-') : ' ', 'bold'),
        ...half(field.a, a),
        seg(` ${mark} `, style),
        ...half(field.b, b),
      ),
      chosen: chosen && state.pane === 'fields',
    }
  })
}

/** `!` what is told of, `~` what is bound to differ; `<` and `>` where one side alone has a frame's field. */
function markOf(field: FieldPair, told: boolean, both: boolean): readonly [mark: string, style: Style] {
  if (told) return ['!', 'error']
  if (field.same) return [' ', 'plain']
  if (field.a && field.b) return ['~', 'warning']
  return [field.a ? '<' : '>', both ? 'warning' : 'dim']
}

const nameText = ({ depth, name }: FieldPair): string => `${' '.repeat(Math.min(depth, 12))}${safe(name, 80)}`

const nameColumns = (field: FieldPair): number => width(nameText(field))

function cellSegments(field: FieldPair, cell: Cell, side: Side | null, names: number, style: Style): Segment[] {
  const value = cellText(field.name, cell, side)
  if (value === '') return [seg(nameText(field), 'bold')]
  const plain: Style = value === 'null' ? 'dim' : value.startsWith('"') ? 'string' : 'number'
  return [seg(`${pad(nameText(field), names - 1)} `, 'name'), seg(value, style === 'plain' ? plain : style)]
}

/** A value in few words; of bytes that are no value, the bytes. */
function cellText(name: string, { value, offset, length }: Cell, side: Side | null): string {
  if (value === undefined)
    return offset !== null && side?.shown ? `${length} B  ${preview(side.shown, offset, offset + length)}` : ''
  if (Array.isArray(value)) return `[${value.length}]`
  if (typeof value === 'string') return `"${safe(value, 300)}"`
  if (typeof value === 'object') return value === null ? 'null' : ''
  return typeof value === 'number' ? value + codeNote(name, value) + timeNote(name, value) : String(value)
}
