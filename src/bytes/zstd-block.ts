/** Compressed blocks of Zstandard, RFC 8878 section 3.1.1.3: literals, then sequences of literals and a match. */
import { copyBack, copyBytes, corrupt, DecompressError, type Output } from './output.ts'
import {
  BackwardBits,
  buildFse,
  entropyEnd,
  type FseTable,
  type HuffmanTable,
  readFse,
  readHuffman,
  rleFse,
} from './zstd-entropy.ts'

/** Bytes that a block gives at most. */
export const MAX_BLOCK = 128 * 1024
/** Bit streams are read in words of four bytes. */
const PADDING = 4

const LITERAL_BITS = [...Array<number>(16).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const MATCH_BITS = [
  ...Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
]
const literalBits = Uint8Array.from(LITERAL_BITS)
const matchBits = Uint8Array.from(MATCH_BITS)
const literalBases = bases(LITERAL_BITS, 0)
const matchBases = bases(MATCH_BITS, 3)

function bases(bits: readonly number[], first: number): Int32Array {
  let base = first
  return Int32Array.from(bits, (n) => {
    const mine = base
    base += 1 << n
    return mine
  })
}

/** Section 3.1.1.3.2.2: the distributions that a block may use without describing them. */
const DEFAULT_LITERALS = buildFse(
  [4, 3, ...Array(11).fill(2), 1, 1, 1, ...Array(9).fill(2), 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
  6,
)
const DEFAULT_OFFSETS = buildFse([...Array(6).fill(1), 2, 2, 2, ...Array(15).fill(1), ...Array(5).fill(-1)], 5)
const DEFAULT_MATCHES = buildFse([1, 4, 3, ...Array(6).fill(2), ...Array(37).fill(1), ...Array(7).fill(-1)], 6)

/** The largest offset code whose offsets a buffer of ours can hold. */
const MAX_OFFSET_CODE = 30

// Read one at a time, so one set of buffers serves all.
const input = new Uint8Array(MAX_BLOCK + PADDING)
const literals = new Uint8Array(MAX_BLOCK)

/** Reads the compressed blocks of one frame: tables and recent offsets carry over from block to block. */
export class BlockReader {
  readonly #out: Output
  readonly #frameStart: number
  readonly #maxBlock: number
  #huffman: HuffmanTable | null = null
  #literalTable: FseTable | null = null
  #offsetTable: FseTable | null = null
  #matchTable: FseTable | null = null
  #offset1 = 1
  #offset2 = 4
  #offset3 = 8
  #literalCount = 0

  constructor(out: Output, maxBlock: number) {
    this.#out = out
    this.#frameStart = out.used
    this.#maxBlock = maxBlock
  }

  /** Appends what the block from `start` to `end` (128 KiB at most) holds. Throws a `DecompressError`. */
  read(b: Uint8Array, start: number, end: number): void {
    const size = end - start
    input.set(b.subarray(start, end))
    input.fill(0, size, size + PADDING)
    let p = this.#readLiterals(size)
    if (p >= size) corrupt('a zstd block lacks its sequences')
    let count = input[p++]!
    if (count >= 128) {
      if (size - p < 2) corrupt('a zstd block is cut short')
      if (count < 255) count = ((count - 128) << 8) | input[p++]!
      else {
        count = (input[p]! | (input[p + 1]! << 8)) + 0x7f00
        p += 2
      }
    }
    if (count === 0) {
      if (p !== size) corrupt('a zstd block has bytes after its literals')
      this.#out.append(literals, 0, this.#literalCount)
      return
    }
    if (p >= size) corrupt('a zstd block is cut short')
    const modes = input[p++]!
    if (modes & 3) corrupt('reserved bits of a zstd block are set')
    this.#literalTable = table(modes >> 6, p, size, DEFAULT_LITERALS, this.#literalTable, 9, 35)
    this.#offsetTable = table((modes >> 4) & 3, tableEnd, size, DEFAULT_OFFSETS, this.#offsetTable, 8, 31)
    this.#matchTable = table((modes >> 2) & 3, tableEnd, size, DEFAULT_MATCHES, this.#matchTable, 9, 52)
    this.#sequences(
      count,
      new BackwardBits(input, tableEnd, size),
      this.#literalTable,
      this.#offsetTable,
      this.#matchTable,
    )
  }

  /** Fills `literals`; returns where the sequences begin. */
  #readLiterals(size: number): number {
    const head = input[0]!
    const type = head & 3
    const format = (head >> 2) & 3
    const word = (input[0]! | (input[1]! << 8) | (input[2]! << 16) | (input[3]! << 24)) >>> 0
    if (type < 2) {
      const headSize = format === 1 ? 2 : format === 3 ? 3 : 1
      const count = format === 1 ? (word >>> 4) & 0xfff : format === 3 ? (word >>> 4) & 0xfffff : head >> 3
      const stored = type === 0 ? count : 1
      if (count > this.#maxBlock || headSize + stored > size) corrupt('zstd literals reach over their block')
      if (type === 0) literals.set(input.subarray(headSize, headSize + count))
      else literals.fill(input[headSize]!, 0, count)
      this.#literalCount = count
      return headSize + stored
    }
    const headSize = format < 2 ? 3 : format + 2
    const bits = format < 2 ? 10 : format === 2 ? 14 : 18
    const count = (word >>> 4) & ((1 << bits) - 1)
    const stored =
      format < 2 ? (word >>> 14) & 0x3ff : format === 2 ? word >>> 18 : ((word >>> 22) | (input[4]! << 10)) & 0x3ffff
    const end = headSize + stored
    if (count > this.#maxBlock || end > size) corrupt('zstd literals reach over their block')
    let p = headSize
    if (type === 2) {
      this.#huffman = readHuffman(input, p, end)
      p = entropyEnd
    }
    if (this.#huffman === null) corrupt('zstd literals without a Huffman table')
    if (format === 0) readStream(this.#huffman, p, end, 0, count)
    else readFourStreams(this.#huffman, p, end, count)
    this.#literalCount = count
    return end
  }

  #sequences(count: number, bits: BackwardBits, lit: FseTable, off: FseTable, mat: FseTable): void {
    const out = this.#out
    const room = out.roomUpTo(this.#maxBlock)
    const o = out.data
    let q = out.used
    let from = 0
    let litState = bits.read(lit.log)
    let offState = bits.read(off.log)
    let matState = bits.read(mat.log)
    for (let i = 1; ; i++) {
      const litEntry = lit.entries[litState]!
      const offEntry = off.entries[offState]!
      const matEntry = mat.entries[matState]!
      const offCode = offEntry & 0xff
      if (offCode > MAX_OFFSET_CODE) corrupt('a zstd match reaches too far back')
      // More than 25 bits do not fit one read.
      const offValue =
        offCode > 16
          ? (1 << offCode) + bits.read(offCode - 16) * 0x10000 + bits.read(16)
          : (1 << offCode) + bits.read(offCode)
      const length = matchBases[matEntry & 0xff]! + bits.read(matchBits[matEntry & 0xff]!)
      const run = literalBases[litEntry & 0xff]! + bits.read(literalBits[litEntry & 0xff]!)
      const distance = this.#distance(offValue, run)
      if (run > this.#literalCount - from) corrupt('a zstd sequence wants more literals than there are')
      if (run + length > room - q) this.#overflow()
      copyBytes(literals, from, o, q, run)
      from += run
      q += run
      if (distance <= 0 || distance > q - this.#frameStart) corrupt(`a zstd match reaches ${distance} bytes back`)
      copyBack(o, q, distance, length)
      q += length
      if (i === count) break
      litState = (litEntry >> 16) + bits.read((litEntry >> 8) & 0xff)
      matState = (matEntry >> 16) + bits.read((matEntry >> 8) & 0xff)
      offState = (offEntry >> 16) + bits.read((offEntry >> 8) & 0xff)
      if (bits.left < 0) break
    }
    if (bits.left !== 0) corrupt('a zstd bit stream does not end where it should')
    const rest = this.#literalCount - from
    if (rest > room - q) this.#overflow()
    copyBytes(literals, from, o, q, rest)
    out.used = q + rest
  }

  /** Section 3.1.1.5: the values 1 to 3 stand for recent offsets. */
  #distance(value: number, run: number): number {
    const index = value > 3 ? 3 : run === 0 ? value : value - 1
    if (index === 0) return this.#offset1
    const distance =
      value > 3 ? value - 3 : index === 1 ? this.#offset2 : index === 2 ? this.#offset3 : this.#offset1 - 1
    if (index > 1) this.#offset3 = this.#offset2
    this.#offset2 = this.#offset1
    this.#offset1 = distance
    return distance
  }

  #overflow(): never {
    const out = this.#out
    if (out.used + this.#maxBlock <= out.limit) corrupt('a zstd block holds more than its frame allows')
    throw new DecompressError('too-large', `more than ${out.limit} bytes come out`)
  }
}

let tableEnd = 0

/** The table for one of the three codes; `tableEnd` is then where its description ends. */
function table(
  mode: number,
  p: number,
  end: number,
  standard: FseTable,
  previous: FseTable | null,
  maxLog: number,
  maxSymbol: number,
): FseTable {
  tableEnd = p
  if (mode === 0) return standard
  if (mode === 1) {
    if (p >= end || input[p]! > maxSymbol) corrupt('a zstd table of one symbol is bad')
    tableEnd = p + 1
    return rleFse(input[p]!)
  }
  if (mode === 3) return previous ?? corrupt('a zstd block repeats a table that was never there')
  const made = readFse(input, p, end, maxLog, maxSymbol)
  tableEnd = entropyEnd
  return made
}

function readFourStreams(huffman: HuffmanTable, start: number, end: number, count: number): void {
  const first = start + 6
  if (first > end) corrupt('zstd literals are cut short')
  const quarter = (count + 3) >> 2
  if (quarter * 3 > count) corrupt('too few zstd literals for four streams')
  let p = first
  for (let i = 0; i < 4; i++) {
    const next = i === 3 ? end : p + (input[start + i * 2]! | (input[start + i * 2 + 1]! << 8))
    if (next > end) corrupt('zstd literals are cut short')
    readStream(huffman, p, next, quarter * i, i === 3 ? count : quarter * (i + 1))
    p = next
  }
}

/** Fills `literals` from `q` to `room` out of one Huffman bit stream. */
function readStream(huffman: HuffmanTable, start: number, end: number, q: number, room: number): void {
  const { entries, log } = huffman
  const mask = (1 << log) - 1
  const base = start * 8
  let bit = base + new BackwardBits(input, start, end).left
  // Two codes fit the 25 bits that a word of four bytes is sure to give.
  while (q + 1 < room && bit - 2 * log >= base) {
    const at = bit - 2 * log
    const p = at >> 3
    const word = (input[p]! | (input[p + 1]! << 8) | (input[p + 2]! << 16) | (input[p + 3]! << 24)) >>> (at & 7)
    const first = entries[(word >>> log) & mask]!
    const second = entries[(word >>> (log - (first >> 8))) & mask]!
    literals[q] = first & 0xff
    literals[q + 1] = second & 0xff
    q += 2
    bit -= (first >> 8) + (second >> 8)
  }
  while (q < room) {
    const at = bit - log
    if (at < base) break
    const p = at >> 3
    const entry = entries[((input[p]! | (input[p + 1]! << 8) | (input[p + 2]! << 16)) >>> (at & 7)) & mask]!
    literals[q++] = entry & 0xff
    bit -= entry >> 8
  }
  // Fewer bits left than the longest code has: the missing ones count as zeros.
  while (q < room && bit > base) {
    const have = bit - base
    const word = input[start]! | (input[start + 1]! << 8)
    const entry = entries[((word & ((1 << have) - 1)) << (log - have)) & mask]!
    literals[q++] = entry & 0xff
    bit -= entry >> 8
  }
  if (q < room || bit !== base) corrupt('a zstd Huffman stream does not end where it should')
}
