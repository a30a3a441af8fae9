/** What a column sorts by, and which way round it is first wanted. */
import { severityRank, worst } from '../findings/finding.ts'
import type { SortColumn } from './state.ts'
import type { Entry } from './store.ts'
import type { Sorting } from './visible.ts'

/** Null: the entry has no such value. */
const KEYS: Record<Exclude<SortColumn, 'time'>, (entry: Entry) => number | string | null> = {
  connection: ({ connection }) => connection?.id ?? null,
  client: ({ exchange }) => exchange?.clientId ?? null,
  api: ({ exchange }) => exchange?.api ?? null,
  request: ({ exchange }) => exchange?.request?.size ?? null,
  response: ({ exchange }) => exchange?.response?.size ?? null,
  ms: ({ exchange }) => {
    const { request, response } = exchange ?? { request: null, response: null }
    return request && response ? response.time - request.time : null
  },
  finding: ({ findings }) => {
    const finding = worst(findings)
    return finding ? severityRank(finding.severity) : null
  },
}

/** The largest, the slowest and the gravest first: that is what one sorts by these for. */
const LARGEST_FIRST: ReadonlySet<SortColumn> = new Set(['request', 'response', 'ms', 'finding'])

export const descendsFirst = (column: SortColumn): boolean => LARGEST_FIRST.has(column)

/** How to sort by a column; null where the order of arrival does it. Entries without a value come last both ways. */
export function sortingBy(column: SortColumn, descending: boolean): Sorting | null {
  if (column !== 'time') return { key: KEYS[column], descending }
  return descending ? { key: ({ seq }) => seq, descending } : null
}
