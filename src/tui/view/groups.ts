/** The groups seen, and for the chosen one its time line, its members and what happened last. */
import type { Group, Member } from '../../findings/groups/group.ts'
import { bar, KINDS, LEGEND, lifeText, membersOf, stateText } from '../../findings/groups/timeline.ts'
import type { State } from '../state.ts'
import { pad, safe, timeOfDay, width, wrap } from '../text.ts'
import { type Row, row, type Style, seg } from './row.ts'
import { groupLines, sortedGroups, tableWindow } from './tables.ts'

const STYLES: Record<Group['phase'], Style> = {
  stable: 'good',
  joining: 'warning',
  syncing: 'warning',
  empty: 'dim',
  dead: 'dim',
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
        `  ${pad('group', columns)} ${pad('state', 8)} ${pad('gen', 5, 'right')} ${pad('members', 7, 'right')} ${pad('rebal.', 6, 'right')}  since     protocol`,
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
  if (chosen) rows.push(...groupRows(chosen, count - rows.length, state.size.columns))
  return rows.slice(0, count)
}

/** Columns of the other things than a group's name and protocol. */
const FIXED_COLUMNS = 44

const protocolOf = ({ kind, protocolType, protocol }: Group): string =>
  kind === 'classic' ? `${protocolType} ${protocol}`.trim() : KINDS[kind]

/** Columns of the names: what the protocols leave. */
function groupColumns(shown: readonly Group[], columns: number): number {
  const protocol = Math.max(8, ...shown.map((group) => Math.min(18, width(safe(protocolOf(group))))))
  return Math.max(10, Math.min(40, columns - FIXED_COLUMNS - protocol))
}

function groupRow(group: Group, chosen: boolean, columns: number): Row {
  const generation = group.generation < 0 ? '-' : String(group.generation)
  return {
    ...row(
      seg(`${chosen ? '>' : ' '} ${pad(safe(group.id), columns)} `),
      seg(pad(group.phase, 8), STYLES[group.phase]),
      seg(` ${pad(generation, 5, 'right')} ${pad(String(group.members.size), 7, 'right')} `),
      seg(`${pad(String(group.rebalances), 6, 'right')}  ${timeOfDay(group.since, false)}  ${safe(protocolOf(group))}`),
    ),
    chosen,
  }
}

const heading = (text: string): Row => row(seg(` ${text}`, 'bar'), seg('', 'bar'))

function groupRows(group: Group, count: number, columns: number): Row[] {
  const rows = [row(), ...lifeRows(group, columns), row()]
  const left = count - rows.length
  rows.push(heading(`members of ${safe(group.id)}`))
  const members = membersOf(group)
  const shown = Math.max(2, Math.floor((left - 4) / 2))
  if (members.length === 0) rows.push(row(seg('   none', 'dim')))
  rows.push(...memberRows(members.slice(0, shown), group.leader))
  if (members.length > shown) rows.push(row(seg(`   and ${members.length - shown} more`, 'dim')))
  rows.push(row(), heading('what happened'))
  const room = Math.max(0, count - rows.length)
  const last = room > 0 ? group.history.slice(-room).reverse() : []
  for (const { time, text, exchange } of last)
    rows.push(row(seg(`   ${timeOfDay(time)}  ${pad(`#${exchange}`, 7)} `, 'dim'), seg(safe(text))))
  return rows
}

/** The life as a bar from its beginning to now, and its last stretches in words. */
function lifeRows(group: Group, columns: number): Row[] {
  const from = group.life[0]?.time
  const rows = [heading(`time line of ${safe(group.id)} on ${safe(group.broker)}`)]
  if (from === undefined) return rows
  const room = Math.max(10, Math.min(80, columns - 28))
  rows.push(
    row(
      seg(`   ${timeOfDay(from, false)} `, 'dim'),
      seg(bar(group, room), STYLES[group.phase]),
      seg(` ${timeOfDay(group.seen, false)}`, 'dim'),
    ),
  )
  const words = wrap(safe(lifeText(group, 5)), columns - 4).slice(0, 2)
  for (const line of words) rows.push(row(seg(`   ${line}`)))
  rows.push(row(seg(`   ${safe(stateText(group))}; ${LEGEND}`, 'dim')))
  return rows
}

function memberRows(members: readonly Member[], leader: string): Row[] {
  const said = Math.max(0, ...members.map((one) => Math.min(26, width(safe(one.said)))))
  const assigned = Math.max(0, ...members.map((one) => Math.min(30, width(safe(one.assigned)))))
  return members.map((one) => {
    const lead = one.id === leader ? 'leader' : ''
    const facts = `${pad(safe(one.clientId ?? ''), 14)} ${pad(one.connection > 0 ? `conn ${one.connection}` : '', 9)} ${pad(lead, 6)}`
    return row(
      seg(`   ${facts} ${timeOfDay(one.seen)}  `),
      seg(pad(safe(one.said), said), 'dim'),
      seg(assigned > 0 ? ` ${pad(safe(one.assigned), assigned)}` : '', 'string'),
      seg(` ${safe(one.id)}`, 'dim'),
    )
  })
}
