/** The moves that keys and mouse share: choosing an entry, a field, a byte. */

import { worst } from '../findings/finding.ts'
import { rowOf, sideOf } from './detail.ts'
import { chosenDetail, chosenEntry, fieldIndex, rowAt, treeOf } from './look.ts'
import { FIRST_LIMIT, type State } from './state.ts'
import type { FieldRow } from './tree.ts'

const NOTHING: ReadonlySet<string> = new Set()

/** Chooses an entry: its frame is shown at its gravest finding, or, without one, where the last was looked at. */
export function chooseEntry(state: State, seq: number, byHand = true): State {
  if (seq < 0) return state
  const entry = state.data.store.get(seq)
  if (!entry) return state
  let next: State = { ...state, chosen: seq, awaits: !entry.complete, limit: FIRST_LIMIT, findingTop: 0 }
  if (byHand) next = { ...next, follow: false }
  if (!entry.exchange) return { ...next, tab: 'finding' }
  const finding = worst(entry.findings)
  if (!finding) {
    if (next.tab === 'finding') next = { ...next, tab: 'response', pane: next.pane === 'finding' ? 'list' : next.pane }
    if (next.tab === 'response' && !entry.exchange?.response && entry.exchange?.request)
      next = { ...next, tab: 'request' }
    else if (next.tab === 'request' && state.field === '' && entry.exchange?.response)
      next = { ...next, tab: 'response' }
    return next
  }
  if (next.tab !== 'finding') next = { ...next, tab: sideOf(finding, entry) }
  next = { ...next, flipped: NOTHING }
  const detail = chosenDetail(next)
  const rows = detail ? treeOf(next, detail).rows : []
  const row = rows[rowOf(rows, finding.path, finding.offset)]
  return row ? { ...next, field: row.key, byte: finding.offset } : next
}

/** Chooses the entry so many rows away. */
export function moveEntry(state: State, by: number): State {
  const { visible } = state.data
  const at = visible.near(state.chosen)
  const to = Math.max(0, Math.min(visible.length - 1, at + by))
  return chooseEntry(state, visible.at(to))
}

/** Chooses a field; its first byte becomes the chosen one. */
export function chooseRow(state: State, row: FieldRow): State {
  return { ...state, field: row.key, byte: row.offset }
}

export function moveField(state: State, by: number): State {
  const detail = chosenDetail(state)
  if (!detail) return state
  const { rows } = treeOf(state, detail)
  const row = rows[Math.max(0, Math.min(rows.length - 1, fieldIndex(state, rows) + by))]
  return row ? chooseRow(state, row) : state
}

/** Chooses a byte, and the innermost field that holds it; what is folded over it unfolds. */
export function chooseByte(state: State, byte: number): State {
  const detail = chosenDetail(state)
  if (!detail) return state
  const at = Math.max(0, Math.min(detail.frame.bytes.length - 1, byte))
  let next = state
  // Each round unfolds one level; schemas are not deeper.
  for (let level = 0; level < 16; level++) {
    const { rows } = treeOf(next, detail)
    const row = rows[rowAt(rows, at)]
    if (!row) return { ...next, byte: at }
    next = { ...next, field: row.key, byte: at }
    if (row.fold !== 'shut' || !holdsFields(next, row)) return next
    next = row.role === 'more' ? { ...next, limit: next.limit * 4 } : flip(next, row.key)
  }
  return next
}

/** Whether unfolding a row shows fields of their own bytes; expanded contents have none. */
function holdsFields(state: State, row: FieldRow): boolean {
  if (row.role === 'more') return true
  const opened = flip(state, row.key)
  const detail = chosenDetail(opened)
  if (!detail) return false
  const { rows } = treeOf(opened, detail)
  return rows[rows.findIndex((one) => one.key === row.key) + 1]?.role !== 'expanded'
}

/** Folds what is unfolded and the other way round. */
export function flip(state: State, key: string): State {
  const flipped = new Set(state.flipped)
  if (!flipped.delete(key)) flipped.add(key)
  return { ...state, flipped }
}

export function moveByte(state: State, by: number): State {
  return chooseByte(state, state.byte + by)
}

/** Goes to the next entry (or the one before) with an error or warning; with a note where there is neither. */
export function moveFinding(state: State, by: 1 | -1): State {
  const { visible, store } = state.data
  const count = visible.length
  const from = visible.near(state.chosen)
  let note = -1
  for (let step = 1; step <= count; step++) {
    const seq = visible.at((((from + by * step) % count) + count) % count)
    const finding = worst(store.get(seq)?.findings ?? [])
    if (!finding) continue
    if (finding.severity !== 'note') return chooseEntry(state, seq)
    if (note < 0) note = seq
  }
  if (note >= 0) return chooseEntry(state, note)
  return { ...state, message: { text: 'no findings here', wrong: false, over: 0 } }
}

/** Shows the request, the answer or the finding of the chosen entry. */
export function chooseTab(state: State, tab: State['tab']): State {
  const entry = chosenEntry(state)
  if (!entry) return state
  const pane = tab === 'finding' ? 'finding' : state.pane === 'finding' ? 'fields' : state.pane
  return {
    ...state,
    tab,
    pane,
    awaits: false,
    fieldTop: 0,
    hexTop: 0,
    findingTop: 0,
    flipped: NOTHING,
    limit: FIRST_LIMIT,
  }
}
