/**
 * Text from the wire made safe to show. What a terminal may act on is written out: C0 and C1 controls, DEL, the
 * bidirectional overrides and isolates of Unicode (which reorder what stands around them), line separators, the byte
 * order mark, zero-width and tag characters (which hide text), and lone surrogates.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A character written out: `\n`, `\x1b`, `\u202e`, `\u{e0041}`. */
export function escapeCharacter(character: string): string {
  const named = NAMED[character]
  if (named) return named
  const code = character.codePointAt(0)!
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The text with everything written out that a terminal could act on or that hides text. Printable text stays. */
export const safe = (text: string): string => writeOut(text, escapeCharacter)

/** The same characters, written out in another way. */
export const writeOut = (text: string, how: (character: string) => string): string =>
  PLAIN.test(text) ? text : text.replace(UNSAFE, how)

const PLAIN = /^[\x20-\x7e]*$/

/** As `safe`, at most `max` characters, the last of them an ellipsis where some are missing. */
export function safeShort(text: string, max: number): string {
  if (max <= 0) return ''
  // Escapes only lengthen a text, so no more than `max` characters of it can be shown.
  const shown = safe(text.length > max ? text.slice(0, max + 1) : text)
  return shown.length <= max ? shown : `${shown.slice(0, max - 1)}…`
}
