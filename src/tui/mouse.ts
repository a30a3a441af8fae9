/** What the mouse does: a click chooses what it is on, the wheel moves in what it is over. */
import { chosenDetail, fieldIndex, treeOf } from './look.ts'
import { chooseByte, chooseEntry, chooseRow, chooseTab, flip, moveByte, moveEntry, moveField } from './moves.ts'
import type { Event, State } from './state.ts'
import { hexByteAt } from './view/hex.ts'
import { lastLine } from './view/last-line.ts'
import { type Area, type Layout, layoutOf } from './view/layout.ts'
import { connectionLines, groupLines, tableWindow } from './view/tables.ts'
import { tabAt } from './view/tabs.ts'

type Mouse = Extract<Event, { type: 'mouse' }>

const WHEEL_ROWS = 3

const within = (area: Area, x: number, y: number): boolean =>
  y >= area.top && y < area.top + area.rows && x >= area.left && x < area.left + area.columns

export function onMouse(state: State, { action, x, y }: Mouse): State {
  if (state.prompt) return state
  if (state.screen !== 'exchanges') {
    if (action === 'press') return onTablePress(state, y)
    const line = state.line + (action === 'up' ? -1 : 1)
    return { ...state, line: Math.max(0, Math.min(lastLine(state), line)) }
  }
  const layout = layoutOf(state)
  return action === 'press' ? onPress(state, layout, x, y) : onWheel(state, layout, x, y, action === 'up' ? -1 : 1)
}

/** Tables begin below the screen's head and their own. */
const TABLE_TOP = 2

function onTablePress(state: State, y: number): State {
  const { data, screen, size } = state
  if ((screen !== 'groups' && screen !== 'connections') || y < TABLE_TOP) return state
  const groups = screen === 'groups'
  const count = groups ? data.groups.length : data.connections.size
  const shown = groups ? groupLines(size.rows - 2) : connectionLines(size.rows - 2)
  const { top } = tableWindow(state.line, count, shown)
  const line = top + y - TABLE_TOP
  return y - TABLE_TOP < shown && line < count ? { ...state, line } : state
}

function onPress(state: State, layout: Layout, x: number, y: number): State {
  if (within(layout.list, x, y)) {
    const seq = state.data.visible.at(state.top + y - layout.list.top)
    return seq < 0 ? state : { ...chooseEntry(state, seq), pane: 'list' }
  }
  if (within(layout.tabs, x, y)) {
    const tab = tabAt(state, x)
    return tab ? chooseTab(state, tab) : state
  }
  if (state.tab === 'finding') return state
  if (within(layout.fields, x, y)) return onField(state, state.fieldTop + y - layout.fields.top)
  if (!within(layout.hex, x, y)) return state
  const byte = hexByteAt(x - layout.hex.left, layout.hexBytes, layout.offsetDigits)
  if (byte === null) return { ...state, pane: 'hex' }
  return chooseByte(
    { ...state, pane: 'hex', follow: false },
    (state.hexTop + y - layout.hex.top) * layout.hexBytes + byte,
  )
}

function onField(state: State, index: number): State {
  const detail = chosenDetail(state)
  if (!detail) return state
  const { rows } = treeOf(state, detail)
  const row = rows[index]
  if (!row) return state
  const chosen = chooseRow({ ...state, pane: 'fields', follow: false }, row)
  // A second click on what is chosen folds it.
  if (index !== fieldIndex(state, rows) || state.pane !== 'fields' || !row.fold) return chosen
  return row.role === 'more' ? { ...chosen, limit: chosen.limit * 4 } : flip(chosen, row.key)
}

function onWheel(state: State, layout: Layout, x: number, y: number, by: number): State {
  if (within(layout.list, x, y)) return moveEntry(state, by * WHEEL_ROWS)
  if (state.tab === 'finding' && y >= layout.fields.top) {
    return { ...state, findingTop: Math.max(0, state.findingTop + by * WHEEL_ROWS) }
  }
  if (within(layout.fields, x, y)) return moveField({ ...state, follow: false }, by * WHEEL_ROWS)
  if (within(layout.hex, x, y)) return moveByte({ ...state, follow: false }, by * layout.hexBytes)
  return state
}
