/** The rows below a frame: its finding in short, and what a person must know to read it right. */
import { findingsOf } from '../look.ts'
import type { State } from '../state.ts'
import type { Entry } from '../store.ts'
import { safe, width, wrap } from '../text.ts'
import { MARKS } from './marks.ts'
import { type Row, row, type Segment, type Style, seg } from './row.ts'

/** The answers that are about addresses of brokers; others carry some in rare cases. */
const OF_ADDRESSES: ReadonlySet<string | null> = new Set(['Metadata', 'FindCoordinator', 'DescribeCluster'])

/** At most so many rows; none where there is nothing to say. */
export function stripView(state: State, entry: Entry, rows: number): Row[] {
  const { columns } = state.size
  const note = rows > (entry.findings.length > 0 ? 2 : 0) ? rewrittenRows(state, entry, columns) : []
  return [...note, ...findingStrip(entry, rows - note.length, columns)]
}

/** What is shown is what the broker sent: clients get it with this proxy's addresses in it. */
function rewrittenRows({ data, tab }: State, entry: Entry, columns: number): Row[] {
  const { exchange } = entry
  if (!data.rewritten || tab !== 'response' || !exchange?.response || !OF_ADDRESSES.has(exchange.api)) return []
  const text = "as the broker sent it: clients are told this proxy's addresses"
  return [row(seg(` ${width(text) < columns ? text : "clients are told this proxy's"}`, 'note'))]
}

/** The gravest finding in at most so many rows: what, the likeliest causes, a client's words. */
function findingStrip(entry: Entry, rows: number, columns: number): Row[] {
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
