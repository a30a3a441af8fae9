/** What the screen of `diff` shows, and what keys make of it. No terminal in here. */
import type { MessageKind } from '../../diff/model.ts'
import { scroll } from '../scroll.ts'
import type { ScreenEvent, Size } from '../state.ts'
import type { DiffData, Frames, Pair } from './data.ts'
import { layoutOf } from './layout.ts'

export interface DiffState {
  readonly data: DiffData
  /** The sessions' names, as they were given. */
  readonly names: readonly [a: string, b: string]
  /** Pairs without differences are listed too. */
  readonly all: boolean
  /** Among those that are listed. */
  readonly chosen: number
  readonly kind: MessageKind
  readonly pane: 'list' | 'fields'
  /** The chosen row. */
  readonly field: number
  /** The difference that was gone to last; -1: none. */
  readonly difference: number
  /** The chosen row is that difference's. */
  readonly atDifference: boolean
  readonly help: boolean
  /** First rows shown. */
  readonly listTop: number
  readonly fieldTop: number
  /** Until the next key. */
  readonly said: string
  readonly size: Size
}

export function firstDiffState(data: DiffData, names: DiffState['names'], size: Size): DiffState {
  const state: DiffState = {
    ...{ data, names, size, all: data.differing.length === 0, chosen: 0, kind: 'request', pane: 'list', field: 0 },
    ...{ difference: -1, atDifference: false, help: false, listTop: 0, fieldTop: 0, said: '' },
  }
  return inView(choose(state, 0))
}

export const listed = ({ data, all }: DiffState): readonly Pair[] => (all ? data.pairs : data.differing)

export const chosenPair = (state: DiffState): Pair | null => listed(state)[state.chosen] ?? null

export function chosenFrames(state: DiffState): Frames | null {
  const pair = chosenPair(state)
  return pair && state.data.frames(pair, state.kind)
}

/** The state after an event; null: the person wants to leave. */
export function updateDiff(state: DiffState, event: ScreenEvent): DiffState | null {
  if (event.type === 'resize') return inView({ ...state, size: event.size })
  if (event.type === 'mouse') return inView(onMouse(state, event))
  const next = onKey({ ...state, said: '' }, event.key, event.ch)
  return next && inView(next)
}

function onKey(state: DiffState, key: string, ch: string): DiffState | null {
  if (key === 'C-c') return null
  if (ch === 'q') return state.help ? { ...state, help: false } : null
  if (ch === '?') return { ...state, help: !state.help }
  if (state.help) return key === 'escape' ? { ...state, help: false } : state
  if (ch === 'n') return nextDifference(state, 1)
  if (ch === 'N') return nextDifference(state, -1)
  if (ch === 'a') return toggleAll(state)
  if (key === 'tab' || key === 'S-tab' || ch === 't') return otherKind(state)
  if (key === 'enter' || key === 'right' || ch === 'l') return chosenPair(state) ? { ...state, pane: 'fields' } : state
  if (key === 'escape' || key === 'left' || ch === 'h') return { ...state, pane: 'list' }
  const by = distance(state, MOVES[ch] ?? MOVES[key])
  return by === 0 ? state : moved(state, by)
}

type Move = 'up' | 'down' | 'pageup' | 'pagedown' | 'home' | 'end'

const MOVES: Readonly<Record<string, Move | undefined>> = {
  ...{ up: 'up', k: 'up', down: 'down', j: 'down', home: 'home', end: 'end', G: 'end' },
  ...{ pageup: 'pageup', 'C-b': 'pageup', pagedown: 'pagedown', 'C-f': 'pagedown' },
}

function distance(state: DiffState, move: Move | undefined): number {
  if (!move) return 0
  const layout = layoutOf(state.size)
  const page = Math.max(1, (state.pane === 'list' ? layout.list : layout.fields) - 1)
  return { up: -1, down: 1, pageup: -page, pagedown: page, home: -1e9, end: 1e9 }[move]
}

const moved = (state: DiffState, by: number): DiffState =>
  state.pane === 'list' ? choose(state, state.chosen + by) : chooseField(state, state.field + by)

function chooseField(state: DiffState, at: number): DiffState {
  const last = (chosenFrames(state)?.rows.length ?? 0) - 1
  const field = Math.max(0, Math.min(last, at))
  return { ...state, field, atDifference: chosenFrames(state)?.rowOf[state.difference] === field }
}

/** Chooses a pair and shows its first difference. */
function choose(state: DiffState, at: number): DiffState {
  const chosen = Math.max(0, Math.min(listed(state).length - 1, at))
  const next: DiffState = { ...state, chosen, field: 0, fieldTop: 0, difference: -1, atDifference: false }
  const pair = chosenPair(next)
  if (!pair) return next
  if (pair.differences.length > 0) return gone(next, 0)
  return withFrames(next, state.kind)
}

/** The kind of frame that is wanted, or the other one where neither session has such. */
function withFrames(state: DiffState, kind: MessageKind): DiffState {
  const pair = chosenPair(state)
  const { a, b } = (pair && state.data.frames(pair, kind)) ?? { a: null, b: null }
  const other = kind === 'request' ? 'response' : 'request'
  return { ...state, kind: a || b ? kind : other }
}

function gone(state: DiffState, difference: number): DiffState {
  const told = chosenPair(state)!.differences[difference]!
  const next = withFrames({ ...state, difference, atDifference: true }, told.kind ?? state.kind)
  return { ...next, field: Math.max(0, chosenFrames(next)?.rowOf[difference] ?? 0) }
}

function nextDifference(state: DiffState, by: 1 | -1): DiffState {
  const pair = chosenPair(state)
  const next = state.difference + by
  if (pair && next >= 0 && next < pair.differences.length) return gone(state, next)
  const pairs = listed(state)
  for (let at = state.chosen + by; at >= 0 && at < pairs.length; at += by) {
    const { length } = pairs[at]!.differences
    if (length > 0) return gone({ ...choose(state, at), pane: state.pane }, by > 0 ? 0 : length - 1)
  }
  return { ...state, said: by > 0 ? 'this is the last difference' : 'this is the first difference' }
}

/** The chosen pair stays chosen where it still is in the list, else the one before it. */
function toggleAll(state: DiffState): DiffState {
  const pair = chosenPair(state)
  const next: DiffState = { ...state, all: !state.all, pane: 'list' }
  const at = pair ? listed(next).indexOf(pair) : -1
  if (at >= 0) return { ...next, chosen: at }
  if (!pair) return choose(next, 0)
  const before = state.data.pairs.slice(0, state.data.pairs.indexOf(pair))
  return choose(next, before.filter(({ differences }) => differences.length > 0).length - 1)
}

function otherKind(state: DiffState): DiffState {
  const kind = state.kind === 'request' ? 'response' : 'request'
  const next = { ...state, kind, field: 0, fieldTop: 0, atDifference: false } as const
  const pair = chosenPair(state)
  const first = pair?.differences.findIndex((told) => told.kind === kind) ?? -1
  return first < 0 ? next : gone(next, first)
}

function onMouse(state: DiffState, { action, y }: Extract<ScreenEvent, { type: 'mouse' }>): DiffState {
  if (state.help) return state
  if (action !== 'press') return moved(state, action === 'up' ? -1 : 1)
  const layout = layoutOf(state.size)
  const inList = y - layout.listAt
  if (inList >= 0 && inList < layout.list && state.listTop + inList < listed(state).length)
    return choose({ ...state, pane: 'list' }, state.listTop + inList)
  const inFields = y - layout.fieldsAt
  const rows = chosenFrames(state)?.rows.length ?? 0
  if (inFields >= 0 && inFields < layout.fields && state.fieldTop + inFields < rows)
    return chooseField({ ...state, pane: 'fields' }, state.fieldTop + inFields)
  return state
}

/** What is chosen is in sight. */
function inView(state: DiffState): DiffState {
  const layout = layoutOf(state.size)
  const rows = chosenFrames(state)?.rows.length ?? 0
  return {
    ...state,
    listTop: scroll(state.listTop, state.chosen, layout.list, listed(state).length),
    fieldTop: scroll(state.fieldTop, state.field, layout.fields, rows),
  }
}
