/** Results of `kafkascope conform` as text, JSON, JUnit's XML, a table. Text from the wire is escaped here. */
import { safe } from '../bytes/safe-text.ts'
import { THEME_TITLES, THEMES } from '../conform/check.ts'
import type { CheckDifference } from '../conform/compare.ts'
import type { Outcome, Result, RunResult } from '../conform/run.ts'

type Counts = Readonly<Record<Outcome, number>>

/** How many passed, failed, were skipped. */
export function countsOf(results: readonly Result[]): Counts {
  const counts = { pass: 0, fail: 0, skip: 0 }
  for (const { outcome } of results) counts[outcome]++
  return counts
}

interface ThemeRow extends Counts {
  readonly theme: string
  readonly title: string
}

const rows = (results: readonly Result[]): ThemeRow[] =>
  THEMES.map((theme) => ({
    theme,
    title: THEME_TITLES[theme],
    ...countsOf(results.filter(({ check }) => check.theme === theme)),
  })).filter(({ pass, fail, skip }) => pass + fail + skip > 0)

/** A line for each check that failed, each difference, each reason to skip, then each theme. */
export function textLines(
  { results, left }: RunResult,
  differences: readonly CheckDifference[] | null,
  skipped: boolean,
): string[] {
  const failing = results
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ check, message }) => `FAIL ${check.id}: ${check.title}: ${safe(message)} [${check.source}]`)
  const skips = skipped
    ? results
        .filter(({ outcome }) => outcome === 'skip')
        .map(({ check, message }) => `SKIP ${check.id}: ${safe(message)}`)
    : []
  const others = (differences ?? []).map(({ id, message }) => `DIFF ${id}: ${safe(message)}`)
  const remains = left.map((text) => `LEFT ${safe(text)}`)
  const table = rows(results).map(
    ({ theme, title, pass, fail, skip }) =>
      `${theme.padEnd(8)} ${`${pass}`.padStart(4)} pass ${`${fail}`.padStart(4)} fail ${`${skip}`.padStart(4)} skipped  ${title}`,
  )
  const { pass, fail, skip } = countsOf(results)
  const differing = differences === null ? '' : `, ${differences.length} differences from the reference`
  return [
    ...failing,
    ...skips,
    ...others,
    ...remains,
    ...table,
    `${results.length} checks: ${pass} pass, ${fail} fail, ${skip} skipped${differing}`,
  ]
}

/** One JSON object a check, then one for the run. */
export function jsonLines(
  { results, left, prefix, gone }: RunResult,
  differences: readonly CheckDifference[] | null,
): string[] {
  const checks = results.map(({ check, outcome, message, findings, causes, ms }) => {
    const { id, theme, title, source } = check
    const differs = differences?.filter((each) => each.id === id).map((each) => each.message)
    return JSON.stringify({
      type: 'check',
      id,
      theme,
      title,
      source,
      outcome,
      message,
      findings,
      causes,
      ms,
      differences: differs,
    })
  })
  const summary = {
    type: 'summary',
    ...countsOf(results),
    differences: differences?.length ?? null,
    left,
    prefix,
    gone,
  }
  return [...checks, JSON.stringify(summary)]
}

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Escaped as text first: XML 1.0 has no place for control characters, nor for these two that are none (section 2.2). */
const xml = (text: string): string =>
  safe(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => XML[character]!)

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/** A `testsuite` for each theme, with the attributes that Jenkins' xUnit schema and GitLab read. */
export function junit({ results }: RunResult): string {
  const suites = THEMES.map((theme) => {
    const own = results.filter(({ check }) => check.theme === theme)
    if (own.length === 0) return ''
    return `  <testsuite name="${theme}" ${countsText(own, true)}>\n${own.map(testcase).join('')}  </testsuite>\n`
  })
  const head = `<testsuites name="kafkascope conform" ${countsText(results, false)}>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join('')}</testsuites>\n`
}

/** A `testsuites` has no count of what was skipped. */
function countsText(results: readonly Result[], skipped: boolean): string {
  const { fail, skip } = countsOf(results)
  const time = seconds(results.reduce((sum, { ms }) => sum + ms, 0))
  return `tests="${results.length}" failures="${fail}" errors="0"${skipped ? ` skipped="${skip}"` : ''} time="${time}"`
}

function testcase({ check, outcome, message, causes, ms }: Result): string {
  const { id, theme, title, source } = check
  const head = `    <testcase classname="conform.${theme}" name="${xml(id)}" time="${seconds(ms)}"`
  if (outcome === 'pass') return `${head}/>\n`
  if (outcome === 'skip') return `${head}><skipped message="${xml(message)}"/></testcase>\n`
  const type = xml(causes[0] ?? 'failure')
  const text = xml(`${title}: ${message} [${source}]`)
  return `${head}><failure message="${xml(message)}" type="${type}">${text}</failure></testcase>\n`
}

/** A table for a README. */
export function markdown({ results }: RunResult): string[] {
  const line = ({ title, pass, fail, skip }: Omit<ThemeRow, 'theme'>): string =>
    `| ${title} | ${pass} | ${fail} | ${skip} |`
  return [
    '| checks | pass | fail | skipped |',
    '|---|---:|---:|---:|',
    ...rows(results).map(line),
    line({ title: '**all**', ...countsOf(results) }),
  ]
}
