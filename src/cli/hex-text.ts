/**
 * Bytes as people paste them: hex digits however they are grouped, dumps, escaped strings, lists and literals of source
 * code, base64. What could be read in two ways, or leaves bytes out, is refused with its place.
 */
import { Buffer } from 'node:buffer'
import { LiteralError, listBytes, quotedStrings, stringBytes } from '../bytes/byte-literals.ts'
import { DumpBlock, dumpRow, lastOffset } from '../bytes/dump-rows.ts'
import { fromBase64, fromHex } from '../bytes/hex.ts'
import { InputError } from './messages.ts'

/** One way to write bytes down. Given a text, what reads it, or null where it is not written so. */
type Dress = (text: string) => (() => Uint8Array) | null

/** The certain ones first. Plain hex is what is left. */
const DRESSES: readonly Dress[] = [nodeBuffer, dump, dataUrl, call, brackets, quoted, escaped, bareList, base64]

/** Throws InputError or fromHex's Error: what is no hex, and where. */
export function bytesOfText(text: string): Uint8Array {
  try {
    for (const dress of DRESSES) {
      const read = dress(text)
      if (read) return read()
    }
    return fromHex(plainDigits(text))
  } catch (error) {
    if (error instanceof LiteralError) throw new InputError(`bytes: ${placeIn(text, error.at)}: ${error.message}`)
    throw error
  }
}

/** Whether a file's bytes are such text, and not the bytes themselves. */
export function isHexText(text: string): boolean {
  if (text.trim() === '' || !/^[\x20-\x7e\s]*$/.test(text)) return false
  return DRESSES.some((dress) => dress(text) !== null) || /^[0-9a-f\s]+$/i.test(plainDigits(text))
}

/** `character 7`, or, of several lines, `line 2, column 7`. */
function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n')
  if (!text.trimEnd().includes('\n')) return `character ${at + 1}`
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`
}

/** The digits without prefixes and separators. */
function plainDigits(text: string): string {
  const bare = text.replace(/(?<![0-9a-z])0x(?=[0-9a-f])/gi, ' ').replace(/\\x(?=[0-9a-f]{2})/gi, ' ')
  if (!/[,:;]/.test(bare)) return bare
  const half = bare.split(/[\s,:;]+/).find((part) => /^[0-9a-f]+$/i.test(part) && part.length % 2 === 1)
  if (half !== undefined) throw new InputError(`hex: "${half.slice(0, 20)}" between separators is half a byte too much`)
  return bare.replace(/[,:;]/g, ' ')
}

/** `<Buffer 00 1b ... 12 more bytes>` of node. */
function nodeBuffer(text: string): (() => Uint8Array) | null {
  const match = /<Buffer((?: [0-9a-f]{2})*)( \.\.\. \d+ more bytes?)?>/i.exec(text)
  if (!match) return null
  return () => {
    if (match[2])
      throw new InputError(`bytes: the Buffer leaves out${match[2].slice(4)} (print it with toString("hex"))`)
    return fromHex(match[1]!)
  }
}

/** Titles and the frames of netty's boxes, before the first row of a dump. */
const MAX_TITLES = 4
const BOX = /^[\s|+-]*(?:0 +1 +2 +3 +4 .*)?[\s|+-]*$/i

/** xxd, hexdump, od, Wireshark's hex dump, and what looks like them. */
function dump(text: string): (() => Uint8Array) | null {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const first = lines.slice(0, MAX_TITLES + 1).findIndex((line) => dumpRow(line) !== null)
  if (first < 0 || !lines.slice(0, first).every((line) => BOX.test(line) || /[g-z]{2}/i.test(line))) return null
  const row = dumpRow(lines[first]!)!
  const block = DumpBlock.begin(row)
  // Six digits and one space may be hex in groups: then more rows must follow.
  const alone = /^[0-9a-f]{6} [0-9a-f]/i.test(lines[first]!.trim()) && !dumpRow(lines[first + 1] ?? '')
  if (!block || alone) return null
  return () => {
    const rest = lines.slice(first + 1)
    rest.forEach((line, i) => {
      if (line !== '' && !BOX.test(line)) addLine(block, line, first + 2 + i)
    })
    return block.bytes
  }
}

function addLine(block: DumpBlock, line: string, number: number): void {
  if (line.trim() === '*')
    throw new InputError(`dump: line ${number} stands for lines that were left out (hexdump -v shows all)`)
  const end = lastOffset(line)
  const row = end === null ? dumpRow(line) : null
  if (end === null && !row) throw new InputError(`dump: line ${number} is no row of a dump`)
  if (row ? block.add(row) : block.end(end!)) return
  throw new InputError(`dump: line ${number} is at ${end ?? row!.offset}, but ${block.length} bytes came before it`)
}

/** Wireshark's "as MIME Data", and any data URL in base64. */
function dataUrl(text: string): (() => Uint8Array) | null {
  const match = /^\s*data:[\w/+.-]*;base64,([\w+/=\s-]+)$/.exec(text)
  return match && (() => strictBase64(match[1]!))
}

function strictBase64(text: string): Uint8Array {
  const joined = text.replace(/\s+/g, '')
  const bytes = joined.replace(/=+$/, '').length % 4 === 1 ? null : fromBase64(joined)
  if (!bytes) throw new InputError('bytes: this is no base64')
  return bytes
}

const CALL =
  /(?:\b(?:fromhex|unhexlify|hex|DecodeString|parseHex|ofHex|b64decode|decode|from|decodeBase64)|hex!)\s*\(\s*(["'])([\w+/=\s-]*)\1\s*(?:,\s*["'](hex|base64)["'])?\s*\)/i

/** `bytes.fromhex("00 1b")`, `hex!("001b")`, `Buffer.from("AAA=", "base64")`. */
function call(text: string): (() => Uint8Array) | null {
  const match = CALL.exec(text)
  if (!match) return null
  const hex = match[3] === 'hex' || (match[3] !== 'base64' && /^[0-9a-f\s]*$/i.test(match[2]!))
  return () => (hex ? fromHex(match[2]!) : strictBase64(match[2]!))
}

/** Comments as spaces, so that places stay. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))

/** `[0, 1]`, `vec![0x00]`, `[]byte{0}`, `new byte[] {(byte) 0x80, -1}`, `pkt[2] = { 0x00 }`, `bytes([0])`. */
function brackets(given: string): (() => Uint8Array) | null {
  if (!/[[{]/.test(given)) return null
  const text = withoutComments(given)
  const strings = quotedStrings(text).filter(({ from, end }) => end - from > 4)
  const groups = [...text.matchAll(/[[{]([^[\]{}]*)[\]}]/g)]
    .map((match) => ({ inside: match[1]!, at: match.index + 1 }))
    .filter(({ inside, at }) => /\d|'/.test(inside) && !strings.some(({ from, end }) => at > from && at <= end))
    // The length of an array is no list: `pkt[2] = {...}`, `[u8; 4]`.
    .filter(({ inside }) => !/^\s*[ui](?:8|int8)\s*;/.test(inside))
  if (groups.length === 0) return null
  const list = groups.reduce((one, other) => (other.inside.length > one.inside.length ? other : one))
  return () => {
    const hole = list.inside.search(/\.\.\.|…/)
    if (hole >= 0) throw new LiteralError(list.at + hole, 'the list leaves bytes out')
    return listBytes(text, list.at, list.at + list.inside.length)
  }
}

/** String literals, one or several in a row: of bytes with escapes, or of hex or base64. */
function quoted(text: string): (() => Uint8Array) | null {
  const strings = quotedStrings(text)
  if (strings.length === 0) return null
  const insides = strings.map(({ from, end }) => text.slice(from, end))
  const ofBytes = strings.some(({ prefix }) => /b/i.test(prefix)) || insides.some((inside) => inside.includes('\\'))
  const whole = insides.join('')
  if (!ofBytes) return whole.trim() === '' || /["']/.test(whole) ? null : () => bytesOfText(whole)
  return () => Buffer.concat(strings.map(({ from }, i) => stringBytes(insides[i]!, from)))
}

/** Escapes without quotes. Between nothing but `\xHH` white space and commas do not count. */
function escaped(text: string): (() => Uint8Array) | null {
  if (!/\\(?:x[0-9a-f]{2}|[0-7nrt])/i.test(text)) return null
  if (/^(?:\\x[0-9a-f]{2}[\s,;:]*)+$/i.test(text.trim())) return null
  const start = text.length - text.trimStart().length
  return () => stringBytes(text.trim(), start)
}

/** Numbers with commas or white space between them that are no pairs of hex digits: `0x0, 0x1b`, `0, 0, 27`, `0 0 -1`. */
function bareList(text: string): (() => Uint8Array) | null {
  const items = text.split(/[\s,;]+/).filter(Boolean)
  if (items.length < 2) return null
  const prefixed = items.every((item) => /^0x[0-9a-f]{1,2}$/i.test(item))
  const decimal = items.every((item) => /^-?\d{1,3}$/.test(item)) && items.some((item) => !/^\d\d$/.test(item))
  return prefixed || decimal ? () => listBytes(text) : null
}

const MIN_BASE64 = 8

/** Base64 in either alphabet, in lines perhaps. One wrong letter in hex does not make it base64. */
function base64(text: string): (() => Uint8Array) | null {
  const joined = text.trim().replace(/\r?\n/g, '')
  if (joined.length < MIN_BASE64 || !/^[\w+/-]+={0,2}$/.test(joined) || /^[0-9a-f]+$/i.test(joined)) return null
  const whole = joined.length % 4 === 0 || (!joined.endsWith('=') && joined.length % 4 !== 1)
  const mixed = /[a-z]/.test(joined) && /[A-Z]/.test(joined)
  const others = joined.replace(/[0-9a-f]/gi, '').length
  if (!whole || !(joined.startsWith('AA') || (mixed && others >= 2))) return null
  const bytes = fromBase64(joined)
  return bytes && (() => bytes)
}
