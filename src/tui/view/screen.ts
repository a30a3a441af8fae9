/** The whole screen: exactly as many rows and columns as there are. */
import { chosenDetail, chosenEntry, fieldIndex, litRange, treeOf } from '../look.ts'
import type { State } from '../state.ts'
import { grouped, safe, width } from '../text.ts'
import { connectionsView } from './connections.ts'
import { fieldsView } from './fields.ts'
import { findingRows } from './findings.ts'
import { footView } from './foot.ts'
import { groupsView } from './groups.ts'
import { helpRows } from './help.ts'
import { hexView } from './hex.ts'
import { type Layout, layoutOf } from './layout.ts'
import { listHead, listView } from './list.ts'
import { logRows } from './log.ts'
import { fitRow, type Row, row, type Segment, seg, spread } from './row.ts'
import { stripView } from './strip.ts'
import { tabsView } from './tabs.ts'

export function view(state: State): Row[] {
  const { columns, rows } = state.size
  const middle = Math.max(0, rows - 2)
  const body = state.screen === 'exchanges' ? exchangesView(state) : otherView(state, middle)
  while (body.length < middle) body.push(row())
  // What is too long for the foot stands over the last rows of the body for the while.
  const foot = footView(state).slice(-Math.max(1, rows - 1))
  const all = [headView(state), ...body.slice(0, middle + 1 - foot.length), ...foot].slice(0, rows)
  return all.map((one) => fitRow(one, columns))
}

function otherView(state: State, rows: number): Row[] {
  if (state.screen === 'groups') return groupsView(state, rows)
  if (state.screen === 'connections') return connectionsView(state, rows)
  if (state.screen === 'log') return logRows(state.log, state.size.columns).slice(state.line, state.line + rows)
  return helpRows(state.size.columns).slice(state.line, state.line + rows)
}

function exchangesView(state: State): Row[] {
  const layout = layoutOf(state)
  const rows: Row[] = []
  if (layout.list.rows > 0) rows.push(listHead(state), ...listView(state, layout.list))
  const entry = chosenEntry(state)
  if (!entry) return rows
  if (layout.tabs.rows > 0) rows.push(tabsView(state))
  const body = frameView(state, layout)
  const bodyRows = Math.max(layout.fields.rows, layout.hex.rows)
  while (body.length < bodyRows) body.push(row())
  rows.push(...body.slice(0, bodyRows))
  const strip = stripView(state, entry, layout.strip.rows)
  while (strip.length < layout.strip.rows) strip.push(row())
  return [...rows, ...strip]
}

function frameView(state: State, layout: Layout): Row[] {
  const entry = chosenEntry(state)!
  if (state.tab === 'finding') {
    const all = findingRows(entry, state.size.columns)
    const top = Math.max(0, Math.min(state.findingTop, all.length - layout.fields.rows))
    return all.slice(top, top + Math.max(layout.fields.rows, layout.hex.rows))
  }
  const detail = chosenDetail(state)
  if (!detail) return [row(), row(seg(`  ${absent(state)}`, 'dim'))]
  const tree = treeOf(state, detail)
  const fields = fieldsView(state, tree, fieldIndex(state, tree.rows), layout.fields)
  const hex = layout.hex.rows > 0 ? hexView(state, detail, litRange(state, tree.rows), layout) : []
  if (layout.hex.rows === 0) return fields
  if (layout.fields.rows === 0) return hex
  return hex.map((bytes, i) => besideRow(fields[i] ?? row(), bytes, layout))
}

/** The chosen field's ground ends where the bytes begin. */
function besideRow(field: Row, bytes: Row, { fields, hex }: Layout): Row {
  const left = fitRow(field, fields.columns).segments
  const segments = field.chosen ? left.map(({ text, style }) => seg(text, style === 'plain' ? 'bold' : style)) : left
  return row(...segments, seg(' '), ...fitRow(bytes, hex.columns).segments)
}

function absent(state: State): string {
  const { exchange } = chosenEntry(state)!
  if (!exchange) return ''
  if (state.tab === 'request') return exchange.request ? 'its bytes are no longer kept' : 'the request was not captured'
  if (exchange.response) return 'its bytes are no longer kept'
  const why = {
    'acks=0': 'no answer: acks=0 asks for none',
    pending: 'no answer yet',
    'connection closed': 'no answer: the connection was closed',
    'not captured': 'the answer was not captured',
  }
  return why[exchange.noResponse ?? 'pending']
}

function headView(state: State): Row {
  const { data, size } = state
  const { waiting } = data.visible
  const mode = state.paused ? `PAUSED${waiting > 0 ? ` +${grouped(waiting)}` : ''}` : state.follow ? 'FOLLOW' : ''
  const right = [seg(mode ? ` ${mode} ` : ' ', 'active')]
  const many = (count: number, one: string): string => `${grouped(count)} ${one}${count === 1 ? '' : 's'}`
  const parts: { segment: Segment; rank: number }[] = [
    { segment: seg(` ${safe(state.title)} `, 'title'), rank: 3 },
    { segment: seg(` ${safe(state.subtitle)} `, 'bar'), rank: 7 },
    { segment: seg(data.brokers.length > 1 ? ` ${many(data.brokers.length, 'broker')} ` : '', 'bar'), rank: 9 },
    { segment: seg(` ${many(data.open, 'connection')} `, 'bar'), rank: 8 },
    { segment: seg(` ${many(data.exchanges, 'exchange')} `, 'bar'), rank: 4 },
    { segment: seg(` ${grouped(data.rate)}/s `, 'bar'), rank: 5 },
    { segment: seg(data.errors > 0 ? ` ${many(data.errors, 'error')} ` : '', 'error'), rank: 1 },
    { segment: seg(data.warnings > 0 ? ` ${many(data.warnings, 'warning')} ` : '', 'warning'), rank: 2 },
    { segment: seg(data.store.first > 0 ? ` oldest ${grouped(data.store.first)} forgotten ` : '', 'bar'), rank: 10 },
    { segment: seg(data.store.lost > 0 ? ` ${many(data.store.lost, 'frame')} lost ` : '', 'warning'), rank: 6 },
  ]
  let left = size.columns - width(right[0]!.text)
  const fits = new Set<Segment>()
  for (const { segment } of [...parts].sort((a, b) => a.rank - b.rank)) {
    if (width(segment.text) > left) continue
    fits.add(segment)
    left -= width(segment.text)
  }
  const shown = parts.map(({ segment }) => segment).filter((segment) => fits.has(segment) && segment.text)
  return spread([...shown, seg('', 'bar')], right, size.columns)
}
