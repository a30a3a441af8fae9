/** The two entropy codes of Zstandard, RFC 8878 section 4: FSE and Huffman. All functions throw `DecompressError`. */
import { corrupt } from './output.ts'

/** A decoding table for FSE. An entry: symbol in bits 0 to 7, bits to read in 8 to 15, base of the next state above. */
export interface FseTable {
  readonly log: number
  readonly entries: Int32Array
}

/** A decoding table for Huffman codes. An entry: symbol in bits 0 to 7, length of its code above. */
export interface HuffmanTable {
  readonly log: number
  readonly entries: Uint16Array
}

/** Position of the highest bit set; -1 for 0. */
export const highBit = (x: number): number => 31 - Math.clz32(x)

/** Bits, read from the end of a stretch of bytes to its start. Three bytes after the stretch must be readable. */
export class BackwardBits {
  #b: Uint8Array
  /** Bits left: a bit's number counts from `#base`. */
  left: number
  readonly #base: number

  /** The highest bit set of the last byte ends the stream. */
  constructor(b: Uint8Array, start: number, end: number) {
    if (end <= start || b[end - 1] === 0) corrupt('a zstd bit stream has no end mark')
    this.#b = b
    this.#base = start
    this.left = (end - start) * 8 - 8 + highBit(b[end - 1]!)
  }

  /** The next `n` bits, 25 at most. Past the start `left` turns negative, and zeros come. */
  read(n: number): number {
    const left = this.left - n
    this.left = left
    if (left < 0) return left <= -n ? 0 : (this.#word(0) << -left) & ((1 << n) - 1)
    return (this.#word(left >> 3) >>> (left & 7)) & ((1 << n) - 1)
  }

  #word(at: number): number {
    const b = this.#b
    const p = this.#base + at
    return b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)
  }
}

/** Where the last `readFse` or `readHuffman` call ended. */
export let entropyEnd = 0

/** An FSE table from its description in the bytes. `maxLog`, `maxSymbol`: the largest allowed. */
export function readFse(b: Uint8Array, start: number, end: number, maxLog: number, maxSymbol: number): FseTable {
  let bit = start * 8
  const peek = (n: number): number => {
    const p = bit >> 3
    // Bytes past the end count as zeros; `bit` tells.
    const at = (i: number): number => (p + i < end ? b[p + i]! : 0)
    return ((at(0) | (at(1) << 8) | (at(2) << 16)) >>> (bit & 7)) & ((1 << n) - 1)
  }
  const log = peek(4) + 5
  bit += 4
  if (log > maxLog) corrupt(`zstd FSE accuracy ${log}`)
  const shares: number[] = []
  let remaining = 1 << log
  while (remaining > 0) {
    if (shares.length > maxSymbol) corrupt('a zstd FSE table has too many symbols')
    const bits = highBit(remaining + 1) + 1
    const low = (1 << (bits - 1)) - 1
    const threshold = (1 << bits) - 2 - remaining
    let value = peek(bits)
    if ((value & low) < threshold) {
      value &= low
      bit += bits - 1
    } else {
      if (value > low) value -= threshold
      bit += bits
    }
    shares.push(value - 1)
    remaining -= value === 0 ? 1 : value - 1
    for (let repeat = value === 1 ? 3 : 0; repeat === 3; ) {
      repeat = peek(2)
      bit += 2
      for (let i = 0; i < repeat; i++) shares.push(0)
      if (shares.length > maxSymbol + 1) corrupt('a zstd FSE table has too many symbols')
    }
  }
  if (bit > end * 8) corrupt('a zstd FSE table is cut short')
  entropyEnd = (bit + 7) >> 3
  return buildFse(shares, log)
}

/** A decoding table from the symbols' shares of its 2^log states; -1 stands for "less than one". */
export function buildFse(shares: readonly number[], log: number): FseTable {
  const size = 1 << log
  const symbols = new Uint8Array(size)
  const next = Int32Array.from(shares, (share) => Math.abs(share))
  let high = size
  shares.forEach((share, symbol) => {
    if (share === -1) symbols[--high] = symbol
  })
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  shares.forEach((share, symbol) => {
    for (let i = 0; i < share; i++) {
      symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high && high > 0)
    }
  })
  if (at !== 0) corrupt('a zstd FSE table does not add up')
  const entries = new Int32Array(size)
  for (let i = 0; i < size; i++) {
    const symbol = symbols[i]!
    const state = next[symbol]!++
    const bits = log - highBit(state)
    entries[i] = symbol | (bits << 8) | (((state << bits) - size) << 16)
  }
  return { log, entries }
}

/** The table of a symbol that comes always. */
export function rleFse(symbol: number): FseTable {
  return { log: 0, entries: Int32Array.of(symbol) }
}

const MAX_HUFFMAN_LOG = 11

/** A Huffman table from its description in the bytes, which are followed by three readable ones. */
export function readHuffman(b: Uint8Array, start: number, end: number): HuffmanTable {
  if (start >= end) corrupt('a zstd Huffman table is cut short')
  const head = b[start]!
  const weights: number[] = []
  if (head >= 128) {
    const count = head - 127
    entropyEnd = start + 1 + ((count + 1) >> 1)
    if (entropyEnd > end) corrupt('a zstd Huffman table is cut short')
    for (let i = 0; i < count; i++) {
      const pair = b[start + 1 + (i >> 1)]!
      weights.push(i % 2 === 0 ? pair >> 4 : pair & 15)
    }
  } else {
    const tableEnd = start + 1 + head
    if (tableEnd > end) corrupt('a zstd Huffman table is cut short')
    readWeights(b, start + 1, tableEnd, weights)
    entropyEnd = tableEnd
  }
  return buildHuffman(weights)
}

/** Weights that are FSE coded by two states in turn, until the bits run out. */
function readWeights(b: Uint8Array, start: number, end: number, weights: number[]): void {
  const { log, entries } = readFse(b, start, end, 6, 255)
  const bits = new BackwardBits(b, entropyEnd, end)
  let mine = bits.read(log)
  let other = bits.read(log)
  if (bits.left < 0) corrupt('zstd Huffman weights are cut short')
  while (weights.length < 254) {
    const entry = entries[mine]!
    weights.push(entry & 0xff)
    const state = (entry >> 16) + bits.read((entry >> 8) & 0xff)
    if (bits.left < 0) {
      weights.push(entries[other]! & 0xff)
      return
    }
    mine = other
    other = state
  }
  corrupt('too many zstd Huffman weights')
}

function buildHuffman(weights: number[]): HuffmanTable {
  let sum = 0
  for (const weight of weights) {
    if (weight > MAX_HUFFMAN_LOG) corrupt(`a zstd Huffman weight of ${weight}`)
    if (weight > 0) sum += 1 << (weight - 1)
  }
  const log = highBit(sum) + 1
  if (log < 1 || log > MAX_HUFFMAN_LOG) corrupt('zstd Huffman weights do not add up')
  // The last weight is left out: it fills the sum up to a power of two.
  const rest = (1 << log) - sum
  if ((rest & (rest - 1)) !== 0) corrupt('zstd Huffman weights do not add up')
  weights.push(highBit(rest) + 1)
  const entries = new Uint16Array(1 << log)
  let at = 0
  for (let weight = 1; weight <= log; weight++) {
    for (let symbol = 0; symbol < weights.length; symbol++) {
      if (weights[symbol] !== weight) continue
      const next = at + (1 << (weight - 1))
      entries.fill(symbol | ((log + 1 - weight) << 8), at, next)
      at = next
    }
  }
  return { log, entries }
}
