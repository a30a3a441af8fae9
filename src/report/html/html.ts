/**
 * The page: style, data and script in one file that asks nothing of any network. Its content security policy allows
 * this one script and this one style sheet, by their hashes, and nothing else: no markup from the wire could act, and
 * there is none, since data is base64 and becomes text nodes.
 */
import { createHash } from 'node:crypto'
import { safe } from '../../bytes/safe-text.ts'
import { printJson } from '../../codec/json-text.ts'
import { type Chunk, packText } from './chunks.ts'
import type { PageIndex } from './model.ts'
import { STYLE } from './style.ts'

/** Of a script or a style sheet, as a content security policy names it. */
export const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in markup. */
export const escaped = (text: string): string => safe(text).replace(/[&<>"']/g, (character) => ESCAPES[character]!)

/** The pieces of the page, in order; together they may be large. `script` is that of `pageScript`. */
export function* pageHtml(index: PageIndex, chunks: readonly Chunk[], script: string): Generator<string> {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  yield `<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(index.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<div id="page"><noscript>This report needs JavaScript; it asks nothing of any network.</noscript></div>
<svg id="svg" width="0" height="0" hidden></svg>
`
  yield data('index', packText(printJson(index)))
  for (const [i, { json, details }] of chunks.entries()) {
    yield data(`json-${i}`, json)
    yield data(`details-${i}`, details)
  }
  yield `<script>${script}</script>\n</body>\n</html>\n`
}

/** A block of data: browsers run scripts of known types only. */
const data = (id: string, base64: string): string => `<script type="application/gzip" id="${id}">${base64}</script>\n`
