/** What is wrong with the chosen exchange, why, and what a client will say of it. */
import type { Finding } from '../../findings/finding.ts'
import { findingsOf } from '../look.ts'
import type { Entry } from '../store.ts'
import { safe, timeOfDay, wrap } from '../text.ts'
import { MARKS } from './marks.ts'
import { type Row, row, seg } from './row.ts'

/** Everything about every finding of an entry. */
export function findingRows(entry: Entry, columns: number): Row[] {
  const rows: Row[] = []
  if (!entry.exchange) rows.push(row(seg(` ${timeOfDay(entry.time)}  ${safe(entry.text)}`)), row())
  for (const finding of findingsOf(entry)) rows.push(...whole(finding, columns), row())
  if (rows.length === 0) rows.push(row(), row(seg('  no finding: nothing wrong was seen in this exchange', 'dim')))
  return rows
}

function whole(finding: Finding, columns: number): Row[] {
  const where = `${safe(finding.path) || 'the frame'}, byte ${finding.offset}${finding.length > 0 ? `, ${finding.length} long` : ''}`
  const rows = [
    row(seg(` ${MARKS[finding.severity]} ${finding.code}`, finding.severity), seg(`   ${where}`, 'dim')),
    ...wrap(safe(finding.message), columns - 4).map((text) => row(seg(`   ${text}`))),
  ]
  for (const cause of finding.causes) {
    const lines = wrap(safe(cause.message), columns - 12)
    rows.push(row(seg(`   ${cause.score.toFixed(2)}  `, 'bold'), seg(lines[0] ?? '')))
    for (const text of lines.slice(1)) rows.push(row(seg(`         ${text}`)))
    const facts = Object.entries(cause.evidence ?? {}).map(([name, value]) => `${name} ${value}`)
    if (cause.occurrences) facts.push(`at ${cause.occurrences} places`)
    const place = cause.path ? `${cause.path}, byte ${cause.offset}` : `byte ${cause.offset}`
    const about = safe([`${cause.cause} at ${place}`, ...facts].join(', '))
    for (const text of wrap(about, columns - 12)) rows.push(row(seg(`         ${text}`, 'dim')))
  }
  for (const [client, words] of Object.entries(finding.clients ?? {})) {
    const lines = wrap(safe(words), columns - 6)
    rows.push(row(seg(`   ${safe(client)} will say:`, 'dim')))
    for (const text of lines) rows.push(row(seg(`     ${text}`, 'string')))
  }
  return rows
}
