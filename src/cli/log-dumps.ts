/**
 * Finds the dumps of bytes in a log, line by line: rows of xxd and its like over several lines, and lists, strings, hex
 * and base64 within one. A log is full of numbers, so what is no dump by its looks alone must be called one by the word
 * before it, or begin with its own size as a frame does.
 */
import { LiteralError, listBytes, stringBytes } from '../bytes/byte-literals.ts'
import { DumpBlock, type DumpRow, dumpRow, lastOffset } from '../bytes/dump-rows.ts'
import { fromBase64, fromHex } from '../bytes/hex.ts'
import { i32 } from '../bytes/read.ts'
import { framesIn } from '../findings/guess.ts'

export interface Dump {
  /** The number of its first line, and how many it stands on. */
  readonly line: number
  readonly lines: number
  readonly notation: string
  readonly bytes: Uint8Array
  /** Words of its own line and of those before it. */
  readonly own: string
  readonly before: string
  /** The log says that there were more bytes, or rows of it are missing. */
  readonly incomplete: boolean
}

/** Lines that other threads may write between two rows of a dump. */
const MAX_BETWEEN = 3
/** Lines before a dump that may say what it is, and characters kept of each. */
const BEFORE = 3
const KEPT = 400
/** Rows of one dump. */
const MAX_ROWS = 200_000
/** Fewer bytes are no message. */
const MIN_BYTES = 4

interface Open {
  readonly block: DumpBlock
  readonly line: number
  last: number
  readonly own: string
  readonly before: string
}

export class DumpFinder {
  private open: Open | null = null
  private readonly previous: string[] = []

  /** The dumps that end with this line, or that it ended by not belonging to them. `number` counts from 1. */
  push(line: string, number: number): Dump[] {
    const row = dumpRow(line)
    const found = this.goOn(line, row, number)
    const before = this.previous.join('\n')
    if (row && this.open?.last !== number) {
      const block = DumpBlock.begin(row)
      if (block) {
        found.push(...this.close())
        this.open = { block, line: number, last: number, own: line.slice(0, row.at).slice(-KEPT), before }
      }
    }
    if (this.open?.last !== number) {
      const inLine = line.length < 2 * MIN_BYTES ? [] : dumpsIn(line)
      found.push(...inLine.map((one) => ({ ...one, line: number, lines: 1, before })))
    }
    this.previous.push(row ? '' : line.slice(0, KEPT))
    if (this.previous.length > BEFORE) this.previous.shift()
    return found
  }

  /** What is still open at the end of the log. */
  end(): Dump[] {
    return this.close()
  }

  private goOn(line: string, row: DumpRow | null, number: number): Dump[] {
    const { open } = this
    if (!open) return []
    const fits = row && open.block.rows.length < MAX_ROWS && open.block.add(row)
    if (fits) open.last = number
    else {
      const end = row ? null : lastOffset(line)
      if (end !== null && open.block.end(end)) {
        open.last = number
        return this.close()
      }
      if (number - open.last > MAX_BETWEEN) return this.close()
    }
    return []
  }

  private close(): Dump[] {
    const { open } = this
    this.open = null
    if (!open || open.block.length < MIN_BYTES) return []
    const { block, line, last, own, before } = open
    const notation = block.rows[0]!.form === 'bytes' ? 'dump' : `dump in ${block.rows[0]!.form}`
    return [{ line, lines: last - line + 1, notation, bytes: block.bytes, own, before, incomplete: false }]
  }
}

interface Found {
  readonly notation: string
  readonly bytes: Uint8Array
  readonly own: string
  readonly incomplete: boolean
}

/** How much a notation alone says: `certain` of bytes, or only where a word or a frame's size says so too. */
interface Notation {
  readonly name: string
  /** Text without which the pattern can't match. */
  readonly needs?: string
  readonly pattern: RegExp
  readonly certain: boolean
  readonly read: (match: RegExpExecArray) => Uint8Array | null
}

const ESCAPES = /\\(?:x[0-9a-f]{2}|0|u00[0-9a-f]{2})/gi
const escapesIn = (text: string): number => text.match(ESCAPES)?.length ?? 0
const hexOf = (text: string): Uint8Array => fromHex(text.replace(/0x|[\s:,]/gi, ''))

const NOTATIONS: readonly Notation[] = [
  {
    name: 'Buffer',
    needs: '<Buffer',
    pattern: /<Buffer((?: [0-9a-f]{2})+)(?: \.\.\. \d+ more bytes?)?>/gi,
    certain: true,
    read: (match) => hexOf(match[1]!),
  },
  {
    name: 'escaped string',
    needs: '\\x',
    pattern: /(?<!\S)(?:\\x[0-9a-f]{2}[^\s\\"']*){4,}/gi,
    certain: true,
    read: (match) => stringBytes(match[0]),
  },
  {
    name: 'list',
    pattern: /([[{])([\s,;x0-9a-f-]{7,})(?:(?:\.\.\.|…)[^\]}]{0,30})?[\]}]/gi,
    certain: false,
    read: (match) => listBytes(match[2]!),
  },
  {
    name: 'hex',
    pattern: /(?<![\w/+.-])(?:0x)?((?:[0-9a-f]{2}){4,})(?![\w/+=-])/gi,
    certain: false,
    read: (match) => fromHex(match[1]!),
  },
  {
    name: 'hex',
    pattern: /(?<![\w:.-])(?:0x)?[0-9a-f]{2}(?:(?:, ?|[ :])(?:0x)?[0-9a-f]{2}){3,}(?![\w:-])/gi,
    certain: false,
    read: (match) => hexOf(match[0]),
  },
  {
    name: 'hex',
    pattern: /(?<![\w:.-])[0-9a-f]{4}(?: [0-9a-f]{4}){2,}(?: [0-9a-f]{2})?(?![\w:-])/gi,
    certain: false,
    read: (match) => hexOf(match[0]),
  },
  {
    name: 'base64',
    pattern: /(?<![\w.+/-])[A-Za-z0-9+/_-]{12,}={0,2}(?![\w.+/=-])/g,
    certain: false,
    read: (match) => (match[0].replace(/=+$/, '').length % 4 === 1 ? null : fromBase64(match[0])),
  },
]

/** Words that call what follows bytes, and those that do so only of what looks like a message. */
const BYTES_WORD =
  /(?:^|[^A-Za-z])(?:bytes?|payload|buf(?:fer)?|raw|hex(?:dump)?|frame|body|dump|packet|pkt|vec!|\[\]u?int8|\[\]byte)(?:\s*\(\s*(?:len(?:gth)?[ =:]*)?\d+[^)]{0,12}\))?["']?\s*(?:[=:]|->|=>)?\s*[&("']{0,2}$/i
const MESSAGE_WORD =
  /(?:^|[^A-Za-z])(?:\w*(?:request|response)|data|message|msg|reply|answer|req|resp?|sen[dt]|sending|recv|received|read|wrote|written|write|contents?|rest|remaining)(?:\s*\(\s*[^)]{0,60}\))?["']?\s*(?:[=:]|->|=>)?\s*[&("']{0,2}$/i
/** Names of numbers that are no messages, however long. */
const OTHER_WORD =
  /(?:hash|sha\d*|md5|crc\w*|digest|checksum|trace|span|uuid|guid|\bid|_id|Id|token|jwt|bearer|cookie|session|key|secret|password|signature|sig|salt|nonce|fingerprint|cert(?:ificate)?|serial|etag|commit|revision|address|addr|mac|ptr)["']?\s*(?:[=:#]|->|=>)?\s*["']?(?:0x)?$/i
const HASH_SIZES = new Set([16, 20, 28, 32, 48, 64])

/** The dumps within a line. */
function dumpsIn(given: string): Found[] {
  // Logs in JSON have every backslash and quote escaped.
  const line = given.startsWith('{') && given.includes('\\') ? given.replace(/\\(["\\])/g, '$1') : given
  const found: { readonly from: number; readonly end: number; readonly dump: Found }[] = []
  for (const { from, end, isBytes } of line.includes('\\') ? stringsIn(line) : []) {
    const bytes = stringAt(line, from, end, isBytes)
    if (!bytes || bytes.length < MIN_BYTES) continue
    const notation = isBytes ? 'byte string' : 'escaped string'
    found.push({ from, end, dump: { notation, bytes, own: around(line, from, end), incomplete: false } })
  }
  for (const notation of NOTATIONS) {
    if (notation.needs !== undefined && !line.includes(notation.needs)) continue
    for (const match of matches(notation.pattern, line)) {
      const from = match.index
      const end = from + match[0].length
      if (found.some((other) => from < other.end && end > other.from)) continue
      const bytes = readSafely(notation, match)
      if (!bytes || bytes.length < MIN_BYTES || !isDump(notation, bytes, line, from)) continue
      const incomplete = /\.\.\.|…/.test(match[0]) && (notation.name === 'list' || notation.name === 'Buffer')
      const own = around(line, from, end)
      found.push({ from, end, dump: { notation: notation.name, bytes, own, incomplete } })
    }
  }
  return found.sort((a, b) => a.from - b.from).map(({ dump }) => dump)
}

const around = (line: string, from: number, end: number): string =>
  `${line.slice(Math.max(0, from - 2 * KEPT), from)} ${line.slice(end, end + KEPT)}`

/** Strings in quotes, in one pass for each kind of quote. An apostrophe within a word begins none. */
function stringsIn(line: string): { from: number; end: number; isBytes: boolean }[] {
  const found: { from: number; end: number; isBytes: boolean }[] = []
  for (const quote of ['"', "'", '`']) {
    for (let at = line.indexOf(quote); at >= 0; ) {
      const before = line.slice(Math.max(0, at - 2), at)
      const isBytes = /(?:^|[^A-Za-z0-9])b$/.test(before)
      let end = quote === "'" && !isBytes && /\w$/.test(before) ? at : at + 1
      while (end < line.length && end > at && line.charAt(end) !== quote) end += line.charAt(end) === '\\' ? 2 : 1
      if (end >= line.length) break
      if (end > at) found.push({ from: at + 1, end, isBytes })
      at = line.indexOf(quote, end + 1)
    }
  }
  return found
}

/** The bytes of a string with enough escapes to be no text; null of any other. */
function stringAt(line: string, from: number, end: number, isBytes: boolean): Uint8Array | null {
  const inside = line.slice(from, end)
  if (escapesIn(inside) < (isBytes ? 2 : 4)) return null
  try {
    return stringBytes(inside)
  } catch (error) {
    if (error instanceof LiteralError) return null
    throw error
  }
}

/** Very long lines can be too much for a regular expression: then nothing is found by it. */
function matches(pattern: RegExp, line: string): RegExpExecArray[] {
  try {
    return [...line.matchAll(pattern)]
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

function readSafely(notation: Notation, match: RegExpExecArray): Uint8Array | null {
  try {
    return notation.read(match)
  } catch (error) {
    if (error instanceof LiteralError || error instanceof Error) return null
    throw error
  }
}

const isFrame = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && (i32(bytes, 0) === bytes.length - 4 || framesIn(bytes) !== null)

function isDump(notation: Notation, bytes: Uint8Array, line: string, from: number): boolean {
  if (notation.certain || isFrame(bytes)) return true
  const before = line.slice(Math.max(0, from - 100), from)
  if (OTHER_WORD.test(before)) return false
  if (BYTES_WORD.test(before)) return notation.name !== 'base64' || bytes.length >= 12
  const size = bytes.length
  const hash = notation.name === 'hex' && HASH_SIZES.has(size)
  // A message begins with a size, a correlation id, an API key or a throttle time: with a zero.
  return MESSAGE_WORD.test(before) && size >= 8 && !hash && notation.name !== 'base64' && bytes.at(0) === 0
}
