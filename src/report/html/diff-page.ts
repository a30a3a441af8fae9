/**
 * Differences between two sessions as one page: no script at all, the report's own style, and nothing that asks any
 * network. Text from the wire is escaped.
 */
import { toHex } from '../../bytes/hex.ts'
import type { AlignedField, Piece } from '../../diff/bytes.ts'
import { escaped, hashOf } from './html.ts'
import { STYLE } from './style.ts'

export interface PageDifference {
  /** `response errorCode  error code  0 NONE -> 25 UNKNOWN_MEMBER_ID` */
  readonly text: string
  readonly fields: readonly AlignedField[]
}

export interface PagePair {
  readonly title: string
  readonly differences: readonly PageDifference[]
}

const OWN = `
.diff { max-width: 1280px; margin: 0 auto; padding: 16px 18px 48px; display: grid; gap: 14px; overflow: auto; }
.diff li { list-style: none; margin-top: 8px; overflow-wrap: anywhere; } .diff td { font: 12.5px/1.4 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; }
.diff tr.other td { background: var(--error-bg); }`

const POLICY = ["default-src 'none'", `style-src ${hashOf(STYLE + OWN)}`, "base-uri 'none'", "form-action 'none'"]

/** Bytes of a field that are shown. */
const MAX_BYTES = 64

/** The pieces of the page. `notes`: what is said above, a line each. */
export function* diffPage(title: string, notes: readonly string[], pairs: Iterable<PagePair>): Generator<string> {
  yield `<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}${OWN}</style>
</head>
<body>
<main class="view"><div class="diff">
<h1>${escaped(title)}</h1>
<ul class="panel">${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>
`
  for (const { title: name, differences } of pairs) {
    yield `<section class="panel"><h2>${escaped(name)}</h2><ul>\n`
    for (const { text, fields } of differences) yield `<li>${escaped(text)}${tableOf(fields)}</li>\n`
    yield '</ul></section>\n'
  }
  yield '</div></main>\n</body>\n</html>\n'
}

function tableOf(fields: readonly AlignedField[]): string {
  if (fields.length === 0) return ''
  const rows = fields.map(
    ({ path, type, a, b, same }) =>
      `<tr${same ? '' : ' class="other"'}><td>${pieceText(a)}</td><td>${pieceText(b)}</td><td>${escaped(`${path}  ${type}`)}</td></tr>`,
  )
  return `<table><thead><tr><th>A</th><th>B</th><th>field</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function pieceText(piece: Piece | null): string {
  if (!piece) return ''
  const shown = toHex(piece.bytes, 0, Math.min(piece.bytes.length, MAX_BYTES)).replace(/..(?!$)/g, '$& ')
  return `${piece.offset.toString(16).padStart(4, '0')}  ${shown}${piece.bytes.length > MAX_BYTES ? ' …' : ''}`
}
