/** The pairs of exchanges, with a mark for what differs. */
import type { Item } from '../../diff/model.ts'
import { pad, safe } from '../text.ts'
import { type Row, row, type Style, seg } from '../view/row.ts'
import type { Pair } from './data.ts'
import { type DiffState, listed } from './state.ts'

export function listHead({ pane }: DiffState): Row {
  const head = `${pane === 'list' ? '>' : ' '}  ${pad('API', 24)} ${pad('A', 7, 'right')} ${pad('B', 7, 'right')}  `
  return row(seg(`${head}differences`, 'bar'), seg('', 'bar'))
}

export function listRows(state: DiffState, count: number): Row[] {
  const pairs = listed(state)
  if (pairs.length === 0) return [row(seg('  nothing', 'dim'))]
  return pairs.slice(state.listTop, state.listTop + count).map((pair, i) => {
    const chosen = state.listTop + i === state.chosen
    const [mark, style] = markOf(pair)
    return {
      ...row(
        seg(chosen ? (state.pane === 'list' ? '>' : '-') : ' ', 'bold'),
        seg(mark, style),
        seg(` ${pad(titleOf(pair), 24)} `, 'name'),
        seg(`${pad(idOf(pair.a), 7, 'right')} ${pad(idOf(pair.b), 7, 'right')}  `),
        seg(whatOf(pair), pair.differences.length > 0 ? 'plain' : 'dim'),
      ),
      chosen: chosen && state.pane === 'list',
    }
  })
}

const idOf = (item: Item | null): string => (item ? `#${item.id}` : '')

/** `JoinGroup v5`, `Fetch v12/11` where the versions are others. */
export function titleOf({ a, b }: Pair): string {
  const item = a ?? b
  if (!item) return 'the sessions'
  const other = a && b && a.apiVersion !== b.apiVersion ? `/${b.apiVersion}` : ''
  return `${safe(item.api, 60)} v${item.apiVersion}${other}`
}

function markOf({ a, b, differences }: Pair): readonly [mark: string, style: Style] {
  if (differences.length === 0) return [a && b ? ' ' : a ? '<' : '>', 'dim']
  if (a && !b) return ['<', 'error']
  if (b && !a) return ['>', 'error']
  return ['!', 'error']
}

/** `3: finding, value, error code`: how many, and of which kinds. */
function whatOf({ a, b, differences, more }: Pair): string {
  if (differences.length === 0) return a && b ? 'none' : `only in ${a ? 'A' : 'B'}, as is bound to be`
  return `${differences.length + more}: ${[...new Set(differences.map(({ what }) => what))].join(', ')}`
}
