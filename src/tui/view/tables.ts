import type { ConnectionRow, Data } from '../data.ts'
import type { Group } from '../groups.ts'

/** Groups as the view lists them: by name. */
export const sortedGroups = (data: Data): Group[] =>
  [...data.groups.groups.values()].sort((a, b) => (a.id < b.id ? -1 : 1))

/** Connections as the view lists them: open ones first, then the newest. */
export function sortedConnections(data: Data): ConnectionRow[] {
  const closed = (row: ConnectionRow): number => (row.connection.closed === null ? 0 : 1)
  return [...data.connections.values()].sort((a, b) => closed(a) - closed(b) || b.connection.id - a.connection.id)
}
