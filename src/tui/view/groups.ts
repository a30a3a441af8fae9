/** The groups seen, and for the chosen one its members and what happened last. */
import type { Group } from '../groups.ts'
import type { State } from '../state.ts'
import { pad, safe, timeOfDay } from '../text.ts'
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
  const rows: Row[] = [
    row(
      seg(
        `  ${pad('group', 24)} ${pad('state', 12)} ${pad('gen', 5, 'right')} ${pad('members', 7, 'right')} ${pad('rebalances', 10, 'right')}  since     protocol`,
        'bar',
      ),
    ),
  ]
  if (groups.length === 0)
    rows.push(
      row(),
      row(seg('  No group yet: groups appear with their first JoinGroup or ConsumerGroupHeartbeat.', 'dim')),
    )
  const listed = groupLines(count)
  const { line, top } = tableWindow(state.line, groups.length, listed)
  for (let i = top; i < Math.min(groups.length, top + listed); i++) rows.push(groupRow(groups[i]!, i === line))
  const chosen = groups[line]
  if (chosen) rows.push(...groupRows(chosen, count - rows.length))
  return rows.slice(0, count)
}

function groupRow(group: Group, chosen: boolean): Row {
  return {
    ...row(
      seg(`${chosen ? '>' : ' '} ${pad(safe(group.id), 24)} `),
      seg(pad(group.state, 12), STYLES[group.state]),
      seg(` ${pad(String(group.generation), 5, 'right')} ${pad(String(group.members.size), 7, 'right')} `),
      seg(`${pad(String(group.rebalances), 10, 'right')}  ${timeOfDay(group.since, false)}  ${safe(group.protocol)}`),
    ),
    chosen,
  }
}

function groupRows(group: Group, count: number): Row[] {
  const rows: Row[] = [row(), row(seg(` members of ${safe(group.id)}`, 'bar'), seg('', 'bar'))]
  const members = [...group.members.values()]
  const shown = Math.max(2, Math.floor((count - 5) / 2))
  for (const one of members.slice(0, shown)) {
    const lead = one.leads ? 'leader' : ''
    const facts = `${pad(safe(one.clientId), 14)} ${pad(one.connection > 0 ? `conn ${one.connection}` : '', 9)} ${pad(lead, 6)}`
    rows.push(
      row(
        seg(`   ${facts} ${timeOfDay(one.seen)}  `),
        seg(pad(safe(one.said), 26), 'dim'),
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
