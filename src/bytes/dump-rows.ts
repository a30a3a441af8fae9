/**
 * Rows of dumps: an offset, bytes in some notation, perhaps their characters. One expression finds a row anywhere in a line,
 * since logs put times and levels in front.
 */
import { Buffer } from 'node:buffer'

/** How a row's bytes are written. Words of two bytes are little-endian, as hexdump and od print them. */
export type RowForm = 'bytes' | 'hex words' | 'octal words' | 'octal bytes'

export interface DumpRow {
  /** The offset's digits; in octal they are those of od, in hex those of the others. */
  readonly offset: string
  readonly form: RowForm
  readonly bytes: Uint8Array
  /** Where in the line the row begins: what stands before is a log's own. */
  readonly at: number
}

/** `00000010: 6d65 ffff  me..`: groups of any size; what follows two spaces is text. */
const XXD = /(?<![\w.])([0-9a-f]{4,8}): {1,3}((?:[0-9a-f]{2}){1,8}(?: (?:[0-9a-f]{2}){1,8}){0,31}) ?(?= {1,}|$)/i
/** `00000010  6d 65 ff ff  ff ff  |me....|`, Wireshark's `0010   6d 65 ff`, netty's `|00000010| 6d 65 |..|`. */
const BYTES =
  /(?<![\w.])(\|?)([0-9a-f]{4,8})(?:\| |:? {1,3})((?:[0-9a-f]{2} {1,2}){0,31}[0-9a-f]{2})(?= *(?: |\||>|$))/i
/** `0000010 656d ffff` of hexdump and od -x; od's octal words and bytes. */
const HEX_WORDS = /(?<![\w.:])([0-9a-f]{7})((?: +[0-9a-f]{4}){1,8})\s*$/i
const OCTAL_WORDS = /(?<![\w.:])([0-7]{7})((?: +[0-7]{6}){1,8})\s*$/
const OCTAL_BYTES = /(?<![\w.:])([0-7]{7})((?: +[0-7]{3}){1,16})\s*$/

/** What all of them have: cheap, since every line of a log is asked. */
const LIKELY = /(?:^|[^\w.])[0-9a-f]{4,8}(?:\| |:? {1,3})[0-9a-f]{2}/i

/** The row in a line; null where there is none. Lines of more than a thousand characters hold none. */
export function dumpRow(line: string): DumpRow | null {
  if (line.length > 1000 || !LIKELY.test(line)) return null
  const xxd = XXD.exec(line)
  if (xxd) return row(xxd, xxd[1]!, 'bytes', Buffer.from(xxd[2]!.replace(/ /g, ''), 'hex'))
  const words = HEX_WORDS.exec(line)
  if (words) return row(words, words[1]!, 'hex words', littleEndian(words[2]!, 16))
  const octal = OCTAL_WORDS.exec(line)
  if (octal) return row(octal, octal[1]!, 'octal words', littleEndian(octal[2]!, 8))
  const single = OCTAL_BYTES.exec(line)
  if (single) {
    const values = single[2]!.trim().split(/ +/)
    return row(single, single[1]!, 'octal bytes', Buffer.from(values.map((digits) => Number.parseInt(digits, 8))))
  }
  const bytes = BYTES.exec(line)
  if (!bytes) return null
  // One space behind an offset: od's of six or seven digits, or a box. Else it is hex in groups.
  const [whole, pipe, offset] = bytes
  const spaces = whole.slice(pipe!.length + offset!.length).search(/[0-9a-f]/i)
  if (pipe === '' && spaces < 2 && offset!.length !== 6 && offset!.length !== 7) return null
  return row(bytes, bytes[2]!, 'bytes', Buffer.from(bytes[3]!.replace(/ /g, ''), 'hex'))
}

const row = (match: RegExpExecArray, offset: string, form: RowForm, bytes: Uint8Array): DumpRow => ({
  offset,
  form,
  bytes,
  at: match.index,
})

/** A last word of an odd number of bytes has a zero too many: the offset after it says so. */
function littleEndian(words: string, base: number): Uint8Array {
  const bytes: number[] = []
  for (const word of words.trim().split(/ +/)) {
    const value = Number.parseInt(word, base)
    bytes.push(value & 0xff, (value >> 8) & 0xff)
  }
  return Buffer.from(bytes)
}

/** The last line of hexdump and od: an offset alone, which says how many bytes there are. */
export const lastOffset = (line: string): string | null => /^\s*([0-9a-f]{6,8})\s*$/i.exec(line)?.[1] ?? null

/** Rows that follow each other, until one does not fit. */
export class DumpBlock {
  readonly rows: DumpRow[] = []
  length = 0
  /** Bases of the offsets that have fitted so far: hex, od's octal, od -A d. */
  private bases: readonly number[] = [16, 8, 10]

  /** The first row: its offset must be 0. Null where it is not. */
  static begin(first: DumpRow): DumpBlock | null {
    if (Number.parseInt(first.offset, 16) !== 0) return null
    const block = new DumpBlock()
    block.rows.push(first)
    block.length = first.bytes.length
    return block
  }

  /** Whether the row goes on where the last one ended; then it is taken. */
  add(next: DumpRow): boolean {
    if (next.form !== this.rows[0]!.form || !this.fits(next.offset, this.length)) return false
    this.rows.push(next)
    this.length += next.bytes.length
    return true
  }

  /** An offset alone ends the dump: one byte less where the last word was filled up. Whether it fits. */
  end(offset: string): boolean {
    if (this.fits(offset, this.length)) return true
    if (!this.rows[0]!.form.endsWith('words') || !this.fits(offset, this.length - 1)) return false
    this.length--
    return true
  }

  private fits(offset: string, length: number): boolean {
    const fitting = this.bases.filter((base) => isIn(offset, base) && Number.parseInt(offset, base) === length)
    if (fitting.length === 0) return false
    this.bases = fitting
    return true
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.rows.map((r) => r.bytes)).subarray(0, this.length)
  }
}

const isIn = (digits: string, base: number): boolean =>
  base === 16 || (base === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(digits)
