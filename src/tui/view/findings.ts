/** What is wrong with the chosen exchange, why, and what a client will say of it. */
import type { Finding } from '../../findings/finding.ts'
import { findingsOf } from '../look.ts'
import type { Entry } from '../store.ts'
import { safe, timeOfDay, width, wrap } from '../text.ts'
import { MARKS } from './marks.ts'
import { type Row, row, type Segment, type Style, seg } from './row.ts'

/** The gravest finding in at most so many rows: what, the likeliest causes, a client's words. */
export function stripView(entry: Entry, rows: number, columns: number): Row[] {
  const all = findingsOf(entry)
  const finding = all[0]
  if (!finding || rows <= 0) return []
  const more = all.length > 1 ? `  (+${all.length - 1} more: 3)` : ''
  const head = `${MARKS[finding.severity]} ${finding.code}  ${safe(finding.message)}${more}`
  const parts: Row[][] = [paragraph([seg(' ', 'plain')], head, finding.severity, columns, 3)]
  for (const { score, message } of finding.causes.slice(0, 3)) {
    parts.push(paragraph([seg(` ${score.toFixed(2)} `, 'bold')], safe(message), 'plain', columns, 6))
  }
  const client = Object.entries(finding.clients ?? {})[0]
  if (client)
    parts.push(paragraph([seg(` ${safe(client[0])} will say: `, 'dim')], safe(client[1]), 'string', columns, 6))
  return squeeze(parts, rows)
}

/** A text that begins after a label and goes on indented in the next rows. */
function paragraph(label: readonly Segment[], text: string, style: Style, columns: number, indent: number): Row[] {
  const used = label.reduce((sum, segment) => sum + width(segment.text), 0)
  const first = wrap(text, Math.max(8, columns - used - 1))[0]!
  const rest = text.slice(first.length).trimStart()
  const lines = rest ? wrap(rest, Math.max(8, columns - indent - 1)) : []
  return [row(...label, seg(first, style)), ...lines.map((line) => row(seg(' '.repeat(indent)), seg(line, style)))]
}

/** As many rows as there are: the last parts lose their later rows first, then the first one its own. */
function squeeze(parts: readonly Row[][], rows: number): Row[] {
  const kept = parts.map((part) => part.length)
  const total = (): number => kept.reduce((sum, count) => sum + count, 0)
  for (let i = parts.length - 1; i >= 0; i--) while (total() > rows && kept[i]! > 1) kept[i]!--
  return parts.flatMap((part, i) => cut(part, kept[i]!)).slice(0, rows)
}

function cut(part: readonly Row[], count: number): Row[] {
  if (part.length <= count) return [...part]
  const last = part[count - 1]!
  const { style } = last.segments.at(-1)!
  return [
    ...part.slice(0, count - 1),
    { segments: [...last.segments.slice(0, -1), seg(`${last.segments.at(-1)!.text} …`, style)] },
  ]
}

/** Everything about every finding of an entry. */
export function findingRows(entry: Entry, columns: number): Row[] {
  const rows: Row[] = []
  if (!entry.exchange) rows.push(row(seg(` ${timeOfDay(entry.time)}  ${safe(entry.text)}`)), row())
  for (const finding of findingsOf(entry)) rows.push(...whole(finding, columns), row())
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
    const place = `${cause.cause} at ${cause.path || 'byte'} (${cause.offset})`
    rows.push(row(seg(safe(`         ${[place, ...facts].join(', ')}`), 'dim')))
  }
  for (const [client, words] of Object.entries(finding.clients ?? {})) {
    const lines = wrap(safe(words), columns - 6)
    rows.push(row(seg(`   ${safe(client)} will say:`, 'dim')))
    for (const text of lines) rows.push(row(seg(`     ${text}`, 'string')))
  }
  return rows
}
