/** What is being looked at, found from a state: the chosen entry, its frame, its rows. Nothing here changes anything. */
import { type Finding, severityRank, worst } from '../findings/finding.ts'
import { type Detail, rowAt, type Side, sideOf, type Tree } from './detail.ts'
import type { State } from './state.ts'
import type { Entry } from './store.ts'
import type { FieldRow } from './tree.ts'

export const chosenEntry = (state: State): Entry | null =>
  state.chosen < 0 ? null : state.data.store.get(state.chosen)

/** The side whose frame is shown; the finding tab keeps the side of its gravest finding. */
export function shownSide(state: State, entry: Entry): Side {
  if (state.tab !== 'finding') return state.tab
  const finding = worst(entry.findings)
  return finding ? sideOf(finding, entry) : 'response'
}

export function chosenDetail(state: State): Detail | null {
  const entry = chosenEntry(state)
  return entry && state.data.detail(entry, shownSide(state, entry))
}

export const treeOf = (state: State, detail: Detail): Tree => state.data.tree(detail, state.flipped, state.limit)

/** The chosen row of the tree: the one of the chosen key, or what holds it, or the first. -1 for a tree without rows. */
export function fieldIndex(state: State, rows: readonly FieldRow[]): number {
  if (rows.length === 0) return -1
  for (let key = state.field; key; key = parentKey(key)) {
    const at = rows.findIndex((row) => row.key === key)
    if (at >= 0) return at
  }
  const body = rows.findIndex((row) => row.key === '#body')
  return Math.max(0, body)
}

/** `topics[0].name` → `topics[0]` → `topics`. */
function parentKey(key: string): string {
  const cut = Math.max(key.lastIndexOf('.'), key.lastIndexOf('['), key.lastIndexOf('#'))
  return cut <= 0 ? '' : key.slice(0, cut)
}

/** Bytes of the chosen field: [first, end). */
export function litRange(state: State, rows: readonly FieldRow[]): readonly [number, number] {
  const row = rows[fieldIndex(state, rows)]
  return row ? [row.offset, row.offset + row.length] : [0, 0]
}

/** What the screen says of the chosen entry's findings: gravest first. */
export function findingsOf(entry: Entry): readonly Finding[] {
  return [...entry.findings].sort((a, b) => severityRank(b.severity) - severityRank(a.severity))
}

export { rowAt }
