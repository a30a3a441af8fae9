/**
 * Bytes as people paste them: hex digits with white space, `0x` in front, `00:03:00`, `00, 03`, `\x00\x03`, or a dump of
 * `xxd` or `hexdump -C` with its offsets and characters. What could be read in two ways is refused.
 */
import { Buffer } from 'node:buffer'
import { fromHex } from '../bytes/hex.ts'
import { InputError } from './messages.ts'

/** `00000010: 6d65 ffff  me..`, what follows two spaces is text. */
const XXD = /^([0-9a-f]{7,8}): ((?:[0-9a-f]{2})+(?: (?:[0-9a-f]{2})+)*)(?: {2}.*)?$/i
/** `00000010  6d 65 ff ff  ff ff  |me....|`; the last line is an offset alone. */
const HEXDUMP = /^([0-9a-f]{7,8}) {2}((?:[0-9a-f]{2} {1,2})+) *\|.*\|$/i
const LAST_OFFSET = /^[0-9a-f]{7,8}$/i

/** Throws InputError or fromHex's Error: what is no hex, and where. */
export function bytesOfText(text: string): Uint8Array {
  return isDump(text) ? bytesOfDump(text) : fromHex(plainDigits(text))
}

/** Whether the first line is one of a dump. */
export function isDump(text: string): boolean {
  const first = text.trimStart().split('\n', 1)[0]!.trimEnd()
  return XXD.test(first) || HEXDUMP.test(first)
}

/** Whether a file's bytes are such text, and not the bytes themselves. */
export function isHexText(text: string): boolean {
  if (text.trim() === '' || !/^[\x20-\x7e\s]*$/.test(text)) return false
  return isDump(text) || /^[0-9a-f\s]+$/i.test(plainDigits(text))
}

/** The digits without prefixes and separators. */
function plainDigits(text: string): string {
  const bare = text.replace(/(?<![0-9a-z])0x(?=[0-9a-f])/gi, ' ').replace(/\\x(?=[0-9a-f]{2})/gi, ' ')
  if (!/[,:]/.test(bare)) return bare
  const half = bare.split(/[\s,:]+/).find((part) => /^[0-9a-f]+$/i.test(part) && part.length % 2 === 1)
  if (half !== undefined) throw new InputError(`hex: "${half.slice(0, 20)}" between separators is half a byte too much`)
  return bare.replace(/[,:]/g, ' ')
}

/** Every line's offset must be what came before it: else bytes are missing. */
function bytesOfDump(text: string): Uint8Array {
  const pieces: Uint8Array[] = []
  let length = 0
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  lines.forEach((line, i) => {
    if (line === '*')
      throw new InputError(`dump: line ${i + 1} stands for lines that were left out (hexdump -v shows all)`)
    const match = XXD.exec(line) ?? HEXDUMP.exec(line)
    const offset = match?.[1] ?? (i > 0 && i === lines.length - 1 && LAST_OFFSET.test(line) ? line : undefined)
    if (offset === undefined) throw new InputError(`dump: line ${i + 1} is none of xxd or hexdump -C`)
    if (Number.parseInt(offset, 16) !== length) {
      throw new InputError(`dump: line ${i + 1} is at ${offset}, but ${length} bytes came before it`)
    }
    if (!match) return
    const bytes = fromHex(match[2]!)
    pieces.push(bytes)
    length += bytes.length
  })
  return Buffer.concat(pieces)
}
