/**
 * Bytes as source code, debuggers and logs write them: lists of numbers, strings with escapes. Places are characters from
 * the start of the text.
 */
import { Buffer } from 'node:buffer'

/** What can't be read, and where: a person sees `at`, so it counts from the text's first character. */
export class LiteralError extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** `0x1b`, `0b11`, `0o33`, `27`, `27u8`, `-1`, `(byte) 0x80`, `b'a'`, `'\n'`; what may stand around a number is taken off. */
const NUMBER =
  /^(?:\(\s*(?:signed |unsigned )?(?:byte|char|u?int8(?:_t)?)\s*\)\s*)?(-?)(?:0x([0-9a-f]{1,2})|0o([0-7]{1,3})|0b([01]{1,8})|(\d{1,3}))(?:_?[ui](?:8|16|32|64|size)|[ul])?$/i
const CHARACTER = /^b?'(\\?.|\\x[0-9a-f]{2})'$/is

/** More than this in one list is no message. */
const MAX_ITEMS = 128 * 1024 * 1024

interface Item {
  readonly text: string
  readonly at: number
}

/**
 * The bytes of a list's items, separated by commas, semicolons or white space. Digits without `0x` are decimal unless
 * all items are of two and one of them can't be (`[00 0c]`, Rust's `{:02x?}`), or one has letters (`{:x?}`). Throws
 * LiteralError.
 */
export function listBytes(text: string, from = 0, end = text.length): Uint8Array {
  const items = itemsOf(text, from, end)
  const repeat = /^\s*([^;,]+);\s*(\d{1,9})\s*$/.exec(text.slice(from, end))
  if (repeat && Number(repeat[2]) <= MAX_ITEMS) {
    return Buffer.alloc(Number(repeat[2]), byteOf({ text: repeat[1]!.trim(), at: from }, false))
  }
  const plain = items.filter((item) => !/[x'()_-]/i.test(item.text))
  const hex =
    plain.length > 0 &&
    plain.every((item) => /^[0-9a-f]{1,2}$/i.test(item.text)) &&
    plain.some((item) => /[a-f]|^0[0-9]$/i.test(item.text))
  return Buffer.from(items.map((item) => byteOf(item, hex)))
}

const ITEM = /(?:\([^()]{1,20}\)\s*)?(?:b?'(?:\\x[0-9a-f]{2}|\\?.)'|[^\s,;]+)/gi

const itemsOf = (text: string, from: number, end: number): Item[] =>
  Array.from(text.slice(from, end).matchAll(ITEM), (match) => ({ text: match[0], at: from + match.index }))

function byteOf({ text, at }: Item, hex: boolean): number {
  const character = CHARACTER.exec(text)
  if (character) return stringBytes(character[1]!)[0] ?? 0
  if (hex && /^[0-9a-f]{1,2}$/i.test(text)) return Number.parseInt(text, 16)
  const match = NUMBER.exec(text)
  if (!match) throw new LiteralError(at, `${quoted(text)} is no byte`)
  const [, sign, sixteen, eight, two, ten] = match
  const size = sixteen
    ? Number.parseInt(sixteen, 16)
    : eight
      ? Number.parseInt(eight, 8)
      : two
        ? Number.parseInt(two, 2)
        : Number(ten)
  const value = sign ? -size : size
  if (value < -128 || value > 255) throw new LiteralError(at, `${quoted(text)} is no byte: want -128 to 255`)
  return value & 0xff
}

const quoted = (text: string): string => JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}…` : text)

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  e: 27,
  '"': 34,
  "'": 39,
  '\\': 92,
  '`': 96,
}

/** Octal escapes are of three digits, or begin with another than 0: else `\0` is a zero and digits stand for themselves. */
const isOctal = (text: string): boolean =>
  /\\[1-7]/.test(text) || (/\\[0-7]/.test(text) && !/\\[0-7](?![0-7]{2})/.test(text))

/**
 * The bytes of a string's inside, with the escapes of C, Python, Rust, Go and Java; other characters are their UTF-8. `from`
 * is the place of `inside` in what the person gave. Throws LiteralError.
 */
export function stringBytes(inside: string, from = 0): Uint8Array {
  const octal = isOctal(inside)
  const pieces: (Uint8Array | number)[] = []
  const out: number[] = []
  const pattern =
    /\\(?:x([0-9a-f]{1,2})|u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|([0-7]{1,3})|(\r?\n[ \t]*)|([\s\S]?))|[^\\]/giu
  for (const match of inside.matchAll(pattern)) {
    const [whole, hex, braced, unicode, digits, lineEnd, simple] = match
    if (hex !== undefined) out.push(Number.parseInt(hex, 16))
    else if (braced !== undefined || unicode !== undefined) {
      const code = Number.parseInt(braced ?? unicode!, 16)
      if (code < 0x100) out.push(code)
      else if (code <= 0x10ffff) out.push(...Buffer.from(String.fromCodePoint(code)))
      else throw new LiteralError(from + match.index, `${quoted(whole)} is no character`)
    } else if (digits !== undefined) pushDigits(out, digits, octal)
    else if (lineEnd !== undefined) continue
    else if (simple !== undefined) {
      const value = SIMPLE[simple]
      if (value === undefined) throw new LiteralError(from + match.index, `${quoted(whole)} is no escape`)
      out.push(value)
    } else if (whole.charCodeAt(0) < 0x80) out.push(whole.charCodeAt(0))
    else out.push(...Buffer.from(whole))
    if (out.length >= 65_536) pieces.push(Buffer.from(out.splice(0)))
  }
  return Buffer.concat([...(pieces as Uint8Array[]), Buffer.from(out)])
}

function pushDigits(out: number[], digits: string, octal: boolean): void {
  if (octal) out.push(Number.parseInt(digits, 8) & 0xff)
  else out.push(0, ...[...digits.slice(1)].map((digit) => digit.charCodeAt(0)))
}

/** A quoted string: the places of its inside in the text, and what stands in front of the quote. */
export interface Quoted {
  readonly from: number
  readonly end: number
  readonly prefix: string
}

/** Every string in quotes, with its prefix (`b`, `rb`, `u8`). What is not closed is left out. */
export function quotedStrings(text: string): Quoted[] {
  const found: Quoted[] = []
  for (let at = nextQuote(text, 0); at >= 0; ) {
    const end = closing(text, at)
    if (end < 0) break
    found.push({ from: at + 1, end, prefix: /[A-Za-z]{0,2}\d?$/.exec(text.slice(Math.max(0, at - 3), at))![0] })
    at = nextQuote(text, end + 1)
  }
  return found
}

function nextQuote(text: string, from: number): number {
  const double = text.indexOf('"', from)
  const single = text.indexOf("'", from)
  return double < 0 || single < 0 ? Math.max(double, single) : Math.min(double, single)
}

function closing(text: string, at: number): number {
  const quote = text.charAt(at)
  for (let end = at + 1; end < text.length; end++) {
    const character = text.charAt(end)
    if (character === quote) return end
    if (character === '\\') end++
  }
  return -1
}
