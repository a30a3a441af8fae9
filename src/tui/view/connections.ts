/** The connections, and for the chosen one which versions were offered and used. */
import { apiName } from '../../codec/messages.ts'
import type { ConnectionRow } from '../data.ts'
import type { State } from '../state.ts'
import { byteSize, pad, safe, wrap } from '../text.ts'
import { type Row, row, seg } from './row.ts'
import { connectionLines, sortedConnections, tableWindow } from './tables.ts'

export function connectionsView(state: State, count: number): Row[] {
  const all = sortedConnections(state.data)
  const wide = state.size.columns >= 110
  const head = `  ${pad('conn', 5, 'right')} ${pad('client', 21)} ${pad('client id', 14)} ${wide ? `${pad('software', 26)} ` : ''}`
  const rows: Row[] = [
    row(
      seg(`${head}${pad('reqs', 6, 'right')} ${pad('out', 6, 'right')} ${pad('in', 6, 'right')}  state`, 'bar'),
      seg('', 'bar'),
    ),
  ]
  if (all.length === 0) rows.push(row(), row(seg('  No connection yet.', 'dim')))
  const listed = connectionLines(count)
  const { line, top } = tableWindow(state.line, all.length, listed)
  for (let i = top; i < Math.min(all.length, top + listed); i++) rows.push(connectionRow(all[i]!, i === line, wide))
  const chosen = all[line]
  if (chosen) rows.push(...about(chosen, state.size.columns))
  return rows.slice(0, count)
}

const software = ({ connection }: ConnectionRow): string =>
  connection.clientSoftwareName ? `${connection.clientSoftwareName} ${connection.clientSoftwareVersion ?? ''}` : ''

function connectionRow(one: ConnectionRow, chosen: boolean, wide: boolean): Row {
  const { connection } = one
  const state = connection.opaque ? 'not read' : connection.closed === null ? 'open' : 'closed'
  const numbers = `${pad(String(connection.requests), 6, 'right')} ${pad(byteSize(connection.requestBytes), 6, 'right')} ${pad(byteSize(connection.responseBytes), 6, 'right')}`
  return {
    ...row(
      seg(`${chosen ? '>' : ' '} ${pad(String(connection.id), 5, 'right')} ${pad(safe(connection.client), 21)} `),
      seg(`${pad(safe(connection.clientId ?? ''), 14)} `, 'name'),
      seg(wide ? `${pad(safe(software(one)), 26)} ` : '', 'dim'),
      seg(`${numbers}  `),
      seg(state, state === 'open' ? 'good' : state === 'closed' ? 'dim' : 'warning'),
      seg(connection.sasl ? `  ${safe(connection.sasl.user ?? connection.sasl.mechanism)}` : '', 'string'),
    ),
    chosen,
  }
}

function about(one: ConnectionRow, columns: number): Row[] {
  const { connection, used } = one
  const rows: Row[] = [
    row(),
    row(
      seg(` connection ${connection.id}: ${safe(connection.client)} -> ${safe(connection.broker)}`, 'bar'),
      seg('', 'bar'),
    ),
  ]
  const say = (text: string): void => {
    for (const line of wrap(safe(text), columns - 4)) rows.push(row(seg(`   ${line}`)))
  }
  if (connection.opaque) say(`not read any more: ${connection.opaque}`)
  if (software(one)) say(`software: ${software(one)}`)
  const { sasl } = connection
  if (sasl) say(`SASL: ${sasl.mechanism}, user ${sasl.user ?? 'not seen'}, ${sasl.state}`)
  const versions = [...used]
    .sort((a, b) => a[0] - b[0])
    .map(([key, [low, high]]) => {
      const offered = connection.apiVersions?.get(key)
      const name = apiName(key) ?? (key < 0 ? 'SASL token' : `api ${key}`)
      return `${name} ${low === high ? low : `${low}-${high}`}${offered ? ` of ${offered[0]}-${offered[1]}` : ''}`
    })
  if (versions.length > 0)
    say(`versions used${connection.apiVersions ? ', of those the broker offers' : ''}: ${versions.join(', ')}`)
  return rows
}
