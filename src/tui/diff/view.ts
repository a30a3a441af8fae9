/** The screen of `diff` as rows: pairs above; below the fields of A and B side by side, and their bytes. */
import { safe, width, wrap } from '../text.ts'
import { fitRow, type Row, row, type Segment, seg, spread } from '../view/row.ts'
import { fieldRows } from './fields.ts'
import { helpRows } from './help.ts'
import { bytesRows } from './hex.ts'
import { layoutOf } from './layout.ts'
import { listHead, listRows, titleOf } from './list.ts'
import { chosenFrames, chosenPair, type DiffState, listed } from './state.ts'

/** Exactly as many rows and columns as there are. */
export function diffView(state: DiffState): Row[] {
  const { columns, rows } = state.size
  const layout = layoutOf(state.size)
  const body = state.help
    ? helpRows(columns)
    : [
        listHead(state),
        ...filled(listRows(state, layout.list), layout.list),
        frameHead(state),
        ...filled(fieldRows(state, layout), layout.fields),
        bytesHead(state),
        ...filled(bytesRows(state, layout), layout.hex),
        ...filled(stripRows(state, layout.strip), layout.strip),
      ]
  const all = [headRow(state), ...filled(body, Math.max(0, rows - 2)), footRow(state)]
  return all.slice(0, rows).map((one) => fitRow(one, columns))
}

const filled = (rows: readonly Row[], count: number): Row[] =>
  Array.from({ length: Math.max(0, count) }, (_, i) => rows[i] ?? row())

function headRow(state: DiffState): Row {
  const { data, names, all, size } = state
  const { length } = data.differing
  const count = ` ${length} differ${length === 1 ? 's' : ''} of ${data.pairs.length}${all ? ', all shown' : ''} `
  const room = Math.max(6, (size.columns - count.length - ' diff  A   B '.length - 2) >> 1)
  const [a, b] = [tail(names[0], room), tail(names[1], room)]
  const left = [seg(' diff ', 'title'), seg(` A ${a}  B ${b} `, 'bar'), seg('', 'bar')]
  return spread(left, [seg(count, length > 0 ? 'error' : 'good')], size.columns)
}

/** Of a path its end says more. */
function tail(name: string, columns: number): string {
  const text = safe(name)
  if (width(text) <= columns) return text
  const letters = [...text]
  while (width(letters.join('')) > columns - 1) letters.shift()
  return `…${letters.join('')}`
}

function frameHead(state: DiffState): Row {
  const pair = chosenPair(state)
  if (!pair) return row(seg('', 'bar'))
  const tab = (kind: DiffState['kind']): Segment =>
    state.kind === kind ? seg(` [${kind}] `, 'active') : seg(`  ${kind}  `, 'bar')
  const count = pair.differences.length + pair.more
  const at = `${state.difference + 1} of ${count}`
  const right = count === 0 ? 'no difference ' : `${state.atDifference ? `difference ${at}` : `${count} in all`} `
  const left = [tab('request'), tab('response'), seg(`  ${titleOf(pair)}`, 'bar'), seg('', 'bar')]
  return spread(left, [seg(right, 'bar')], state.size.columns)
}

function bytesHead(state: DiffState): Row {
  const { half } = layoutOf(state.size)
  const frames = chosenFrames(state)
  const text = (name: string, side: { readonly size: number; readonly shown: unknown } | null | undefined): string =>
    `${name}: ${side?.shown ? `${side.size} B` : side ? 'no bytes, values only' : `no ${state.kind}`}`
  const left = fitRow(row(seg(` ${text('A', frames?.a)}`, 'bar')), half + 1).segments
  return row(...left, seg(`   ${text('B', frames?.b)}`, 'bar'), seg('', 'bar'))
}

/** The chosen difference in words, or the chosen field's path. */
function stripRows(state: DiffState, count: number): Row[] {
  const pair = chosenPair(state)
  const told = state.atDifference ? pair?.differences[state.difference] : undefined
  const { columns } = state.size
  const lines = (text: string): string[] => {
    const all = wrap(safe(text), columns - 4)
    const last = all.length > count ? `${all[count - 1]}…` : (all[count - 1] ?? '')
    return [...all.slice(0, count - 1), last]
  }
  if (told) return lines(told.text).map((line, i) => row(seg(i === 0 ? ' ! ' : '   ', 'error'), seg(line)))
  const field = chosenFrames(state)?.rows[state.field]
  if (!field) return []
  const { path, type } = (field.a ?? field.b)!
  const other = field.a && field.b && field.b.path !== path ? `, in B ${field.b.path}` : ''
  return lines(`${path}${other}  ${type}`).map((line) => row(seg(`   ${line}`, 'dim')))
}

const HINTS: readonly (readonly [key: string, what: string])[] = [
  ['n N', 'difference'],
  ['tab', 'other frame'],
  ['enter', 'fields'],
  ['esc', 'list'],
  ['a', 'all'],
  ['?', 'help'],
  ['q', 'quit'],
]

function footRow(state: DiffState): Row {
  if (state.said) return row(seg(` ${state.said}`, 'warning'))
  if (listed(state).length === 0) return row(seg(' no pair to show', 'dim'))
  const hints = state.help ? HINTS.slice(-2) : [...HINTS]
  const columns = (): number => hints.reduce((sum, [key, what]) => sum + key.length + what.length + 3, 0)
  // Who knows the help and the way out finds the rest.
  while (columns() > state.size.columns && hints.length > 2) hints.splice(-3, 1)
  return row(...hints.flatMap(([key, what]) => [seg(` ${key}`, 'bold'), seg(` ${what} `, 'dim')]))
}
