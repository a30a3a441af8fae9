// How well and how fast broken messages are explained, by the label of their fault: the table of docs/DIAGNOSIS.md.
// node bench/diagnosis.js [FILE.jsonl.gz] [--misses]
// A line of the file is what `decode --jsonl` takes, with `label`, `scope`, `offset` and `cause` of its fault.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { answerLine } from '../dist/src/cli/decode-lines.js'

const here = dirname(fileURLToPath(import.meta.url))
const misses = process.argv.includes('--misses')
const file =
  process.argv.slice(2).find((arg) => !arg.startsWith('-')) ?? join(here, '../captures/vectors/broken.jsonl.gz')

/** Bytes from which nobody can tell: counted apart. */
const UNPROVABLE = new Set(['wrong-endian', 'encoder-little-endian'])

/** The line as somebody would send it who does not know the fault. */
function question({ scope, name, version, kind, hex, frame, apiKey, expectedCorrelationId, request }) {
  if (scope === 'body') return { name, version, kind, hex }
  if (kind === 'request') return { frame, kind }
  const correlation = expectedCorrelationId === undefined ? {} : { correlationId: expectedCorrelationId }
  return { frame, kind, apiKey, version, ...correlation, ...(request ? { request } : {}) }
}

/** What is said of a line: the causes of its findings, the first finding's first, and the places named. */
function judge(line) {
  const text = JSON.stringify(question(line))
  const start = performance.now()
  const answer = answerLine(text, { expand: true })
  const ms = performance.now() - start
  const findings = JSON.parse(answer.text).findings
  const causes = findings.flatMap((finding) => finding.causes)
  const named = causes.map(({ cause }) => cause)
  return {
    ms,
    seen: findings.length > 0,
    place: [...findings, ...causes].some(({ offset }) => offset === line.offset),
    first: named[0] === line.cause,
    three: named.slice(0, 3).includes(line.cause),
    causes,
  }
}

const rows = new Map()
const times = []
const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
for (const text of lines) {
  const line = JSON.parse(text)
  const result = judge(line)
  times.push(result.ms)
  const row = rows.get(line.label) ?? { n: 0, seen: 0, place: 0, first: 0, three: 0 }
  rows.set(line.label, row)
  row.n++
  for (const key of ['seen', 'place', 'first', 'three']) row[key] += result[key] ? 1 : 0
  if (misses && !(result.place && result.first)) {
    const said = result.causes.slice(0, 4).map((c) => `${c.cause}@${c.offset} ${c.path} ${c.score}`)
    console.log(`${line.label} ${line.id} want ${line.cause}@${line.offset}: ${said.join(', ')}`)
  }
}

const percent = (count, n) => ((100 * count) / n).toFixed(1)
const print = (label, { n, seen, place, first, three }) =>
  console.log(`| ${[label, n, ...[seen, place, first, three].map((count) => percent(count, n))].join(' | ')} |`)
const sum = (labels) => {
  const total = { n: 0, seen: 0, place: 0, first: 0, three: 0 }
  for (const label of labels) for (const key of Object.keys(total)) total[key] += rows.get(label)[key]
  return total
}

console.log('| label | n | seen % | place % | first % | among three % |\n|---|---|---|---|---|---|')
for (const [label, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) print(label, row)
print('**all but the unprovable**', sum([...rows.keys()].filter((label) => !UNPROVABLE.has(label))))
times.sort((a, b) => a - b)
const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1)
console.log(`\nms a line: median ${at(0.5)}, 99th percentile ${at(0.99)}, longest ${at(1)}`)
