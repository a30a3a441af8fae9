/** The line between list and frame: which frame is shown, and what is known of the chosen field. */
import { chosenDetail, chosenEntry, fieldIndex, treeOf } from '../look.ts'
import type { State } from '../state.ts'
import { byteSize } from '../text.ts'
import { nodeTypeOf } from '../type-of.ts'
import { type Row, type Segment, seg, spread } from './row.ts'

interface Tab {
  readonly tab: State['tab']
  readonly text: string
}

function tabsOf(state: State): Tab[] {
  const entry = chosenEntry(state)
  if (!entry) return []
  const tabs: Tab[] = []
  for (const side of ['request', 'response'] as const) {
    const frame = entry.exchange?.[side]
    const what = frame ? byteSize(frame.size) : side === 'response' ? (entry.exchange?.noResponse ?? 'none') : 'none'
    if (entry.exchange) tabs.push({ tab: side, text: ` ${title(state, side, side)} ${what} ` })
  }
  const count = entry.findings.length
  const name = count > 1 ? `${count} findings` : count === 1 ? 'finding' : 'no finding'
  if (count > 0 || state.tab === 'finding') tabs.push({ tab: 'finding', text: ` ${title(state, 'finding', name)} ` })
  return tabs
}

/** Capitals tell the shown tab apart without colour. */
const title = (state: State, tab: State['tab'], name: string): string => (state.tab === tab ? name.toUpperCase() : name)

export function tabsView(state: State): Row {
  const segments: Segment[] = []
  for (const [i, { tab, text }] of tabsOf(state).entries()) {
    if (i > 0) segments.push(seg('|', 'bar'))
    segments.push(seg(text, tab === state.tab ? 'active' : 'bar'))
  }
  return spread(segments, [seg(about(state), 'bar')], state.size.columns)
}

/** The tab at a column; null beside them. */
export function tabAt(state: State, x: number): State['tab'] | null {
  let at = 0
  for (const { tab, text } of tabsOf(state)) {
    if (x >= at && x < at + text.length) return tab
    at += text.length + 1
  }
  return null
}

/** `members[0].metadata  compact_bytes  23 B at 34`. */
function about(state: State): string {
  const detail = state.tab === 'finding' ? null : chosenDetail(state)
  if (!detail) return ' '
  const { rows } = treeOf(state, detail)
  const row = rows[fieldIndex(state, rows)]
  if (!row) return ' '
  const at =
    state.pane === 'hex' ? `byte ${state.byte}` : row.role === 'missing' ? '' : `${row.length} B at ${row.offset}`
  const room = state.size.columns - 44
  const path = row.path || (row.role === 'missing' ? '' : row.name)
  const name = path.length > room ? `…${path.slice(-Math.max(0, room - 1))}` : path
  return room < 10 ? ` ${at} ` : ` ${name}  ${nodeTypeOf(detail, row)}  ${at} `
}
