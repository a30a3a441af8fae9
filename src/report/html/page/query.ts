/** Which rows a filter and a search leave. The filter is the program's own, compiled into this page. */
import type { JsonObject } from '../../../codec/json-text.ts'
import { parseJson } from '../../../codec/json-text.ts'
import { compileFilter, needsFrames } from '../../../filter/filter.ts'
import { requiredTexts } from '../../../filter/required.ts'
import type { PageIndex, PageRow } from '../model.ts'
import { jsonLines, prefetch, slimJson } from './data.ts'

export interface Query {
  readonly filter: string
  /** Text anywhere in an exchange, in any case of letters. */
  readonly search: string
  readonly onlyFindings: boolean
}

export interface Progress {
  /** Whether the query still is the one that is asked for. */
  readonly isCurrent: () => boolean
  /** Tells how much was looked through, 0 to 1. */
  readonly tell: (part: number) => void
}

/** Pieces that are opened while one is looked through. */
const AHEAD = 6

type Test = (row: PageRow, line: string | null) => boolean

/** The rows that match; null where another query came meanwhile. Throws FilterError. */
export async function select(index: PageIndex, query: Query, progress: Progress): Promise<readonly PageRow[] | null> {
  const test = testOf(index, query)
  const candidates = query.onlyFindings ? index.rows.filter(({ findings }) => findings.length > 0) : index.rows
  if (!test) return candidates
  if (!test.needsContents) return candidates.filter((row) => test.holds(row, null))
  const found: PageRow[] = []
  let chunk = -1
  let lines: readonly string[] = []
  for (const [i, row] of candidates.entries()) {
    if (row.chunk >= 0 && row.chunk !== chunk) {
      chunk = row.chunk
      prefetch(chunk + 1, Math.min(index.chunks, chunk + 1 + AHEAD))
      lines = await jsonLines(chunk)
      if (!progress.isCurrent()) return null
      progress.tell(i / candidates.length)
    }
    if (test.holds(row, row.chunk < 0 ? null : (lines[row.line] ?? null))) found.push(row)
  }
  return progress.isCurrent() ? found : null
}

function testOf(index: PageIndex, { filter, search }: Query): { holds: Test; needsContents: boolean } | null {
  const tests: Test[] = []
  let needsContents = false
  if (filter.trim() !== '') {
    const holds = compileFilter(filter)
    const whole = needsFrames(filter)
    needsContents ||= whole
    // Most of the time goes into reading JSON: what lacks a text that the filter wants need not be read.
    const wanted = whole ? requiredTexts(filter) : []
    if (wanted.length > 0) tests.push((_row, line) => line === null || wanted.every((text) => line.includes(text)))
    tests.push((row, line) => holds(whole && line !== null ? (parseJson(line) as JsonObject) : slimJson(row, index)))
  }
  const wanted = search.trim().toLowerCase()
  if (wanted !== '') {
    needsContents = true
    tests.push((row, line) => rowText(row).includes(wanted) || (line?.toLowerCase().includes(wanted) ?? false))
  }
  if (tests.length === 0) return null
  return { holds: (row, line) => tests.every((test) => test(row, line)), needsContents }
}

function rowText(row: PageRow): string {
  const { api, version, clientId, error, noResponse, findings } = row
  const told = findings.map(({ code, message }) => `${code} ${message}`).join(' ')
  return `${row.id} ${api} v${version} ${clientId ?? ''} ${error ?? ''} ${noResponse ?? ''} ${told}`.toLowerCase()
}
