/** Texts made of bytes, remembered. */
import { sameBytes } from './match.ts'

/** A power of two. */
const PLACES = 2048
/** Longer ones are rarely names. */
const MAX_LENGTH = 96

interface Known {
  readonly bytes: Uint8Array
  readonly text: string
}

/**
 * Texts by their bytes: names of topics, groups, clients and members come again in nearly every frame, and finding one
 * takes less than making it. Each place remembers one text; of what came once only it keeps no more than a number.
 */
export class KnownTexts {
  private readonly hashes = new Int32Array(PLACES)
  private readonly known: (Known | null)[] = Array.from({ length: PLACES }, () => null)
  private readonly make: (b: Uint8Array, p: number, end: number) => string

  /** `make` gives the same text for the same bytes, whatever stands around them. */
  constructor(make: (b: Uint8Array, p: number, end: number) => string) {
    this.make = make
  }

  /** What is made of bytes `p` to `end`. */
  text(b: Uint8Array, p: number, end: number): string {
    const length = end - p
    if (length > MAX_LENGTH) return this.make(b, p, end)
    const hash = hashOf(b, p, end)
    const place = hash & (PLACES - 1)
    if (this.hashes[place] !== hash) {
      this.hashes[place] = hash
      this.known[place] = null
      return this.make(b, p, end)
    }
    const entry = this.known[place]
    if (entry && entry.bytes.length === length && sameBytes(b, p, entry.bytes, 0, length)) return entry.text
    const text = this.make(b, p, end)
    // A Buffer's own slice would be a view of what may be used again, or be megabytes.
    this.known[place] = { bytes: new Uint8Array(b.subarray(p, end)), text }
    return text
  }
}

/** FNV-1a; its upper half is folded in, as the lower bits choose the place. */
function hashOf(b: Uint8Array, p: number, end: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = p; i < end; i++) hash = Math.imul(hash ^ b[i]!, 0x01000193)
  return hash ^ (hash >>> 15)
}
