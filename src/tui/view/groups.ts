/** The groups seen, and for the chosen one its members and what happened last. */
import type { Group } from '../groups.ts'
import type { State } from '../state.ts'
import { pad, safe, timeOfDay, width } from '../text.ts'
import { type Row, row, type Style, seg } from './row.ts'
import { groupLines, sortedGroups, tableWindow } from './tables.ts'

const STYLES: Record<Group['state'], Style> = {
  stable: 'good',
  joining: 'warning',
  syncing: 'warning',
  rebalancing: 'warning',
  empty: 'dim',
}

export function groupsView(state: State, count: number): Row[] {
  const groups = sortedGroups(state.data)
  const listed = groupLines(count)
  const { line, top } = tableWindow(state.line, groups.length, listed)
  const shown = groups.slice(Math.max(0, top), Math.max(0, top) + listed)
  const columns = groupColumns(shown, state.size.columns)
  const rows: Row[] = [
    row(
      seg(
        `  ${pad('group', columns)} ${pad('state', 11)} ${pad('gen', 5, 'right')} ${pad('members', 7, 'right')} ${pad('rebal.', 6, 'right')}  since     protocol`,
        'bar',
      ),
      seg('', 'bar'),
    ),
  ]
  if (groups.length === 0)
    rows.push(
      row(),
      row(seg('  No group yet: groups appear with their first JoinGroup or ConsumerGroupHeartbeat.', 'dim')),
    )
  for (const group of shown) rows.push(groupRow(group, group === groups[line], columns))
  const chosen = groups[line]
  if (chosen) rows.push(...groupRows(chosen, count - rows.length))
  return rows.slice(0, count)
}

/** Columns of the other things than a group's name and protocol. */
const FIXED_COLUMNS = 47

/** Columns of the names: what the protocols leave. */
function groupColumns(shown: readonly Group[], columns: number): number {
  const protocol = Math.max(8, ...shown.map((group) => Math.min(18, width(safe(group.protocol)))))
  return Math.max(10, Math.min(40, columns - FIXED_COLUMNS - protocol))
}

function groupRow(group: Group, chosen: boolean, columns: number): Row {
  return {
    ...row(
      seg(`${chosen ? '>' : ' '} ${pad(safe(group.id), columns)} `),
      seg(pad(group.state, 11), STYLES[group.state]),
      seg(` ${pad(String(group.generation), 5, 'right')} ${pad(String(group.members.size), 7, 'right')} `),
      seg(`${pad(String(group.rebalances), 6, 'right')}  ${timeOfDay(group.since, false)}  ${safe(group.protocol)}`),
    ),
    chosen,
  }
}

function groupRows(group: Group, count: number): Row[] {
  const rows: Row[] = [row(), row(seg(` members of ${safe(group.id)}`, 'bar'), seg('', 'bar'))]
  const members = [...group.members.values()]
  const shown = Math.max(2, Math.floor((count - 5) / 2))
  if (members.length === 0) rows.push(row(seg('   none', 'dim')))
  const said = Math.max(0, ...members.slice(0, shown).map((one) => Math.min(26, width(safe(one.said)))))
  for (const one of members.slice(0, shown)) {
    const lead = one.leads ? 'leader' : ''
    const facts = `${pad(safe(one.clientId), 14)} ${pad(one.connection > 0 ? `conn ${one.connection}` : '', 9)} ${pad(lead, 6)}`
    rows.push(
      row(
        seg(`   ${facts} ${timeOfDay(one.seen)}  `),
        seg(pad(safe(one.said), said), 'dim'),
        seg(` ${safe(one.id)}`, 'dim'),
      ),
    )
  }
  if (members.length > shown) rows.push(row(seg(`   and ${members.length - shown} more`, 'dim')))
  rows.push(row(), row(seg(' what happened', 'bar'), seg('', 'bar')))
  const room = Math.max(0, count - rows.length)
  const last = room > 0 ? group.history.slice(-room).reverse() : []
  for (const { time, text } of last) rows.push(row(seg(`   ${timeOfDay(time)}  `, 'dim'), seg(safe(text))))
  return rows
}
