/** Small explanations beside values. */
import { errorName } from '../../dissectors/errors.ts'
import { toHex } from '../bytes/hex.ts'
import { u8 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'
import type { JsonValue } from '../codec/json-text.ts'
import { apiName } from '../codec/messages.ts'
import { safe } from './text.ts'

const PREVIEW_BYTES = 24

/** The first bytes of a range: as text where they are printable ASCII, else as hex. */
export function preview(bytes: Uint8Array, from: number, end: number): string {
  const to = Math.min(end, from + PREVIEW_BYTES)
  if (to <= from) return ''
  let printable = true
  for (let at = from; at < to; at++) if (u8(bytes, at) < 0x20 || u8(bytes, at) > 0x7e) printable = false
  const shown = printable ? `"${safe(text(bytes, from, to))}"` : toHex(bytes, from, to)
  return to < end ? `${shown}…` : shown
}

/** ` Fetch` for 1 as `apiKey`, ` NONE` for 0 as `errorCode`, by the names that such fields have; else nothing. */
export function codeNote(name: string, code: number): string {
  if (/errorCode$/i.test(name)) return ` ${errorName(code)}`
  const api = /apiKey$/i.test(name) ? apiName(code) : null
  return api ? ` ${api}` : ''
}

/** The date of a value that is milliseconds since 1970, by the names that such fields have; else nothing. */
export function timeNote(name: string, value: JsonValue): string {
  if (typeof value !== 'number' || value < 1e12 || value > 4e12) return ''
  if (!/timestamp|TimeMs$/i.test(name)) return ''
  return `  ${new Date(value).toISOString().replace('T', ' ').replace('Z', '')}`
}
