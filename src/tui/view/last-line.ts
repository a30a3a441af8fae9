import type { State } from '../state.ts'
import { helpRows } from './help.ts'
import { logRows } from './log.ts'

/** How far a page that is no list of exchanges can be moved: to its last line, or until its last row is in sight. */
export function lastLine({ data, screen, size, log }: State): number {
  const room = Math.max(1, size.rows - 3)
  if (screen === 'groups') return Math.max(0, data.groups.length - 1)
  if (screen === 'connections') return Math.max(0, data.connections.size - 1)
  const rows = screen === 'log' ? logRows(log, size.columns) : helpRows(size.columns)
  return Math.max(0, rows.length - room)
}
