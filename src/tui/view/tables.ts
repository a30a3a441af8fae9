import type { Group } from '../../findings/groups/group.ts'
import type { ConnectionRow, Data } from '../data.ts'

/** Groups as the view lists them: by name and broker. */
export const sortedGroups = (data: Data): Group[] =>
  [...data.groups].sort((a, b) => (a.id === b.id ? (a.broker < b.broker ? -1 : 1) : a.id < b.id ? -1 : 1))

/** Connections as the view lists them: open ones first, then the newest. */
export function sortedConnections(data: Data): ConnectionRow[] {
  const closed = (row: ConnectionRow): number => (row.connection.closed === null ? 0 : 1)
  return [...data.connections.values()].sort((a, b) => closed(a) - closed(b) || b.connection.id - a.connection.id)
}

/** Rows of the screen given to a table's lines, of `rows` between head and foot. */
export const groupLines = (rows: number): number => Math.max(3, Math.floor((rows - 2) * 0.4))
export const connectionLines = (rows: number): number => Math.max(3, Math.floor((rows - 2) * 0.55))

/** The chosen line of a table, and the first that is shown so that it is in sight. */
export function tableWindow(chosen: number, count: number, shown: number): { line: number; top: number } {
  const line = Math.min(chosen, count - 1)
  return { line, top: Math.max(0, Math.min(line - shown + 1, count - shown)) }
}
