import { severityRank, worst } from '../findings/finding.ts'
import type { SortColumn } from './state.ts'
import type { Entry } from './store.ts'
import type { Sorting } from './visible.ts'

const KEYS: Record<Exclude<SortColumn, 'time'>, (entry: Entry) => number | string> = {
  connection: ({ connection }) => connection?.id ?? 0,
  client: ({ exchange }) => exchange?.clientId ?? '',
  api: ({ exchange }) => exchange?.api ?? '',
  // The largest, the slowest and the gravest first: that is what one sorts for.
  request: ({ exchange }) => -(exchange?.request?.size ?? 0),
  response: ({ exchange }) => -(exchange?.response?.size ?? 0),
  ms: ({ exchange }) => {
    const { request, response } = exchange ?? { request: null, response: null }
    return request && response ? request.time - response.time : 1
  },
  finding: ({ findings }) => {
    const finding = worst(findings)
    return finding ? -severityRank(finding.severity) : 0
  },
}

/** How to sort by a column; null where the order of arrival does it. */
export function sortingBy(column: SortColumn, reverse: boolean): Sorting | null {
  if (column !== 'time') return { key: KEYS[column], reverse }
  return reverse ? { key: ({ seq }) => -seq, reverse: false } : null
}
