/** What a key does. `key` is its name as blessed has it (`up`, `C-c`, `S-tab`), `ch` the character it typed. */
import { chosenDetail, chosenEntry, fieldIndex, shownSide, treeOf } from './look.ts'
import { chooseEntry, chooseRow, chooseTab, flip, moveByte, moveEntry, moveField, moveFinding } from './moves.ts'
import { onPromptKey, openPrompt } from './prompt.ts'
import { descendsFirst } from './sorting.ts'
import type { Effect, Pane, State, Step } from './state.ts'
import { lastLine } from './view/last-line.ts'
import { layoutOf } from './view/layout.ts'
import { sortColumns } from './view/list.ts'
import { sortedConnections, sortedGroups } from './view/tables.ts'

const only = (state: State, ...effects: Effect[]): Step => ({ state, effects })

export function onKey(state: State, key: string, ch: string): Step {
  if (key === 'C-c') return only(state, { type: 'quit' })
  if (key === 'C-l') return only(state, { type: 'redraw' })
  if (state.prompt) return onPromptKey(state, state.prompt, key, ch)
  const command = COMMANDS[ch] ?? COMMANDS[key]
  if (command) return command(state)
  return onMove(state, MOVES[key] ?? MOVES[ch] ?? key)
}

type Move = 'up' | 'down' | 'pageup' | 'pagedown' | 'home' | 'end' | 'left' | 'right' | 'enter' | 'escape'

const MOVES: Readonly<Record<string, Move>> = {
  up: 'up',
  k: 'up',
  down: 'down',
  j: 'down',
  pageup: 'pageup',
  'C-b': 'pageup',
  pagedown: 'pagedown',
  'C-f': 'pagedown',
  home: 'home',
  end: 'end',
  G: 'end',
  left: 'left',
  h: 'left',
  right: 'right',
  l: 'right',
  enter: 'enter',
  escape: 'escape',
}

const COMMANDS: Readonly<Record<string, (state: State) => Step>> = {
  q: (state) =>
    state.screen === 'exchanges' ? only(state, { type: 'quit' }) : only({ ...state, screen: 'exchanges' }),
  '?': (state) => only(show(state, 'help')),
  g: (state) => only(show(state, 'groups')),
  c: (state) => only(show(state, 'connections')),
  L: (state) => only(show(state, 'log')),
  f: follow,
  ' ': (state) => {
    const paused = !state.paused
    return only({ ...state, paused, follow: paused ? false : state.follow }, { type: 'pause', on: paused })
  },
  '/': (state) => only(openPrompt(state, 'filter')),
  s: (state) => only(openPrompt(state, 'search')),
  ':': (state) => only(openPrompt(state, 'search')),
  '.': (state) =>
    state.search
      ? only(state, { type: 'search', text: state.search, after: state.chosen })
      : only(openPrompt(state, 'search')),
  n: (state) => only(moveFinding(state, 1)),
  N: (state) => only(moveFinding(state, -1)),
  o: (state) => sortNext(state, 1),
  O: (state) => sortNext(state, -1),
  r: (state) => sorted(state, state.sort, !state.descending),
  y: (state) => copy(state, 'json'),
  Y: (state) => copy(state, 'hex'),
  z: (state) => only({ ...state, zoomed: !state.zoomed }),
  tab: (state) => only(nextPane(state, 1)),
  'S-tab': (state) => only(nextPane(state, -1)),
  '1': (state) => only(chooseTab(state, 'request')),
  '2': (state) => only(chooseTab(state, 'response')),
  '3': (state) => only(chooseTab(state, 'finding')),
  t: (state) => only(chooseTab(state, state.tab === 'response' ? 'request' : 'response')),
}

function show(state: State, screen: State['screen']): State {
  return { ...state, screen: state.screen === screen ? 'exchanges' : screen, line: 0 }
}

function sorted(state: State, sort: State['sort'], descending: boolean): Step {
  return only({ ...state, sort, descending, follow: false, top: 0 }, { type: 'sort', column: sort, descending })
}

function sortNext(state: State, by: 1 | -1): Step {
  const columns = sortColumns(state.size.columns)
  const at = columns.indexOf(state.sort)
  // A column that a resize has hidden is followed by the first one.
  const sort = at < 0 ? columns[0]! : columns[(at + by + columns.length) % columns.length]!
  return sorted(state, sort, descendsFirst(sort))
}

/** Following is for the order of arrival: a list in another order goes back to it. */
function follow(state: State): Step {
  const on: State = { ...state, follow: !state.follow, screen: 'exchanges' }
  if (!on.follow || on.sort === 'time') return only(on)
  const back = sorted(on, 'time', false)
  return { ...back, state: { ...back.state, follow: true } }
}

function copy(state: State, as: 'json' | 'hex'): Step {
  const entry = chosenEntry(state)
  if (!entry?.exchange) return only(state)
  return only(state, { type: 'copy', seq: entry.seq, as, side: shownSide(state, entry) })
}

function nextPane(state: State, by: 1 | -1): State {
  if (state.screen !== 'exchanges' || !chosenEntry(state)) return state
  const panes: Pane[] = state.tab === 'finding' ? ['list', 'finding'] : ['list', 'fields', 'hex']
  const at = panes.indexOf(state.pane)
  const pane = panes[(at + by + panes.length) % panes.length]!
  // Who reads a frame does not want the next one under their eyes.
  return { ...state, pane, follow: state.follow && pane === 'list' }
}

function onMove(state: State, move: string): Step {
  if (state.screen === 'exchanges') return only(onPaneMove(state, move))
  return move === 'enter' ? openLine(state) : only(onTableMove(state, move))
}

function onPaneMove(state: State, move: string): State {
  if (move === 'escape') return { ...state, pane: 'list', zoomed: false }
  switch (state.pane) {
    case 'list':
      return onListMove(state, move)
    case 'fields':
      return onFieldMove(state, move)
    case 'hex':
      return onHexMove(state, move)
    case 'finding':
      return onFindingMove(state, move)
  }
}

/** How far a move goes in a list whose page has so many rows; null for a move that is none. */
function distance(move: string, page: number, all: number): number | null {
  const far: Record<string, number> = { up: -1, down: 1, pageup: -page, pagedown: page, home: -all, end: all }
  return far[move] ?? null
}

function onListMove(state: State, move: string): State {
  const page = Math.max(1, layoutOf(state).list.rows - 1)
  const by = distance(move, page, state.data.visible.length)
  if (by !== null) return moveEntry(state, by)
  if (move === 'enter' || move === 'right') return nextPane(state, 1)
  return state
}

function onFieldMove(state: State, move: string): State {
  const page = Math.max(1, layoutOf(state).fields.rows - 1)
  const by = distance(move, page, Number.MAX_SAFE_INTEGER)
  if (by !== null) return moveField(state, by)
  const detail = chosenDetail(state)
  if (!detail) return move === 'left' ? { ...state, pane: 'list' } : state
  const { rows } = treeOf(state, detail)
  const at = fieldIndex(state, rows)
  const row = rows[at]
  if (!row) return state
  if (row.role === 'more') return move === 'enter' || move === 'right' ? { ...state, limit: state.limit * 4 } : state
  if (move === 'enter') return row.fold ? flip(state, row.key) : { ...state, pane: 'hex' }
  if (move === 'right') return row.fold === 'shut' ? flip(state, row.key) : moveField(state, 1)
  if (move !== 'left') return state
  if (row.fold === 'open') return flip(state, row.key)
  const parent = rows.findLast((other, i) => i < at && other.depth < row.depth)
  return parent ? chooseRow(state, parent) : { ...state, pane: 'list' }
}

function onHexMove(state: State, move: string): State {
  const { hex, hexBytes } = layoutOf(state)
  if (move === 'left') return moveByte(state, -1)
  if (move === 'right') return moveByte(state, 1)
  if (move === 'enter') return { ...state, pane: 'fields' }
  const by = distance(move, Math.max(1, hex.rows - 1), 1e9)
  return by === null ? state : moveByte(state, by * hexBytes)
}

function onFindingMove(state: State, move: string): State {
  const page = Math.max(1, layoutOf(state).fields.rows - 1)
  const by = distance(move, page, 1e6)
  if (by !== null) return { ...state, findingTop: Math.max(0, state.findingTop + by) }
  return move === 'left' ? { ...state, pane: 'list' } : state
}

function onTableMove(state: State, move: string): State {
  if (move === 'escape') return { ...state, screen: 'exchanges' }
  const last = lastLine(state)
  const by = distance(move, Math.max(1, state.size.rows - 6), last)
  return by === null ? state : { ...state, line: Math.max(0, Math.min(last, state.line + by)) }
}

/** From a group to its last exchange, from a connection to all of its exchanges. */
function openLine(state: State): Step {
  const back: State = { ...state, screen: 'exchanges' }
  if (state.screen === 'groups') {
    const last = sortedGroups(state.data)[state.line]?.history.at(-1)
    const seq = last ? state.data.store.seqOf(last.exchange) : -1
    return only(seq < 0 ? state : chooseEntry(back, seq))
  }
  if (state.screen !== 'connections') return only(back)
  const row = sortedConnections(state.data)[state.line]
  if (!row) return only(state)
  return only({ ...back, pane: 'list' }, { type: 'filter', expression: `connection == ${row.connection.id}` })
}
