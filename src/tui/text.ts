/**
 * Text from the wire, made harmless and of a known width.
 *
 * A screen is only as sound as its column count: a character whose width terminals disagree about (emoji, combining
 * marks, conjoining jamo) would push the rest of its row aside, so it is escaped like a control character is.
 */
import { escapeCharacter } from '../bytes/safe-text.ts'

/** Letters, digits, punctuation of the basic plane and the simple symbols below U+2300 (arrows, currency, maths). */
const SAFE = /^[\p{L}\p{N}\p{P}\p{Sc}\p{Sk}\p{Sm}\p{So}]$/u

/** East Asian wide: two columns. The blocks that xterm, tmux and blessed agree on. */
const isWide = (code: number): boolean =>
  code >= 0x1100 &&
  (code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4c6) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff01 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6))

/** Jamo vowels and finals, which join what stands before them. */
const joins = (code: number): boolean => (code >= 0x1160 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7ff)

/** Symbols from U+2300 on are drawn one or two columns wide, as the font likes; letters there are not. */
const isShaky = (code: number, c: string): boolean => code >= 0x2300 && (joins(code) || !/[\p{L}\p{N}\p{P}]/u.test(c))

/**
 * The text with everything escaped that a terminal may act on or that has no certain width: control characters,
 * bidirectional overrides, marks, emoji, lone surrogates. At most `limit` characters of it are looked at.
 */
export function safe(text: string, limit = 4096): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text
  if (/^[\x20-\x7e]*$/.test(cut)) return cut
  let out = ''
  for (const c of cut) {
    const code = c.codePointAt(0)!
    const fine = (code >= 0x20 && code < 0x7f) || (code < 0x10000 && SAFE.test(c) && !isShaky(code, c))
    out += fine ? c : escapeCharacter(c)
  }
  return out
}

/** Columns that safe text takes. */
export function width(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const c of text) columns += isWide(c.codePointAt(0)!) ? 2 : 1
  return columns
}

/** Safe text cut to at most so many columns, `…` where something is missing. */
export function clip(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (width(text) <= columns) return text
  let out = ''
  let used = 0
  for (const c of text) {
    const wide = isWide(c.codePointAt(0)!) ? 2 : 1
    if (used + wide > columns - 1) break
    out += c
    used += wide
  }
  return `${out}…`
}

/** Safe text in exactly so many columns. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const cut = clip(text, columns)
  const blank = ' '.repeat(Math.max(0, columns - width(cut)))
  return align === 'left' ? cut + blank : blank + cut
}

/** Safe text broken at spaces into lines of at most so many columns; words that are longer are cut. */
export function wrap(text: string, columns: number): string[] {
  const room = Math.max(1, columns)
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line && width(line) + 1 + width(word) <= room) {
      line += ` ${word}`
      continue
    }
    if (line) lines.push(line)
    for (; width(word) > room; word = word.slice(chunk(word, room).length)) lines.push(chunk(word, room))
    line = word
  }
  if (line || lines.length === 0) lines.push(line)
  return lines
}

/** As many characters from the start as fit, at least one. */
function chunk(word: string, columns: number): string {
  let out = ''
  for (const c of word) {
    if (out && width(out + c) > columns) break
    out += c
  }
  return out
}

/** `1,204`. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Bytes for people, at most six columns: `67 B`, `1.2 kB`, `812 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1000
    if (value < 9.95) return `${value.toFixed(1)} ${unit}`
    if (value < 999.5) return `${Math.round(value)} ${unit}`
  }
  return `${Math.round(value / 1000)} PB`
}

/** Microseconds since 1970 as local time of day: `12:01:07.413`; without the fraction, 8 columns. */
export function timeOfDay(time: number, fraction = true): string {
  const date = new Date(time / 1000)
  if (Number.isNaN(date.getTime())) return '?'
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return fraction ? `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}` : clock
}

/** Microseconds as milliseconds, at most seven columns. */
export function milliseconds(micros: number): string {
  const ms = micros / 1000
  if (Math.abs(ms) < 100) return ms.toFixed(2)
  return Math.abs(ms) < 100_000 ? ms.toFixed(0) : `${(ms / 1000).toFixed(0)}s`
}
