/**
 * A frame that spans segments, being put together. Memory follows the bytes that came, never the size that was claimed.
 */

/** What unfinished frames of all connections together may hold. Shared by a session. */
export class Budget {
  private used = 0
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /** Reserves bytes, or returns false and reserves nothing. */
  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false
    this.used += bytes
    return true
  }

  free(bytes: number): void {
    this.used -= bytes
  }
}

/** What is kept of a frame that is too large to keep. */
export const HEAD = 64 * 1024

const FIRST = 512

/** From this size on a piece is kept as it came, if it is most of the memory that it holds on to. */
const PIECE = 16 * 1024

const EMPTY = new Uint8Array(0)

/** Memory that holds anything: all of it is written to before it is shown. */
const unfilled = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)

/** A copy that holds on to nothing else. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4096) return new Uint8Array(bytes)
  const copy = unfilled(bytes.length)
  copy.set(bytes)
  return copy
}

export class Assembly {
  readonly time: number
  readonly packet: number | null
  /** The value of the size field; -1 before it is read. */
  claimed = -1
  /** Bytes that came, the size field's included. */
  had = 0
  /** Whether all of them are kept. */
  kept = true
  /** Large pieces, not copied until all are there; what came after them is in `bytes`. */
  private pieces: Uint8Array[] = []
  private pieced = 0
  private bytes: Uint8Array = new Uint8Array(FIRST)
  /** Bytes kept, pieces included. */
  private stored = 0
  private reserved = 0
  private readonly budget: Budget

  constructor(time: number, packet: number | null, budget: Budget) {
    this.time = time
    this.packet = packet
    this.budget = budget
  }

  /** From here on only the first 64 KB are kept. */
  dropTail(): void {
    this.kept = false
    if (this.stored > HEAD) {
      this.bytes = this.view().slice(0, HEAD)
      this.stored = HEAD
    }
    this.release()
  }

  /** Adds bytes `from` to `to` of a segment; borrowed ones are copied. */
  append(segment: Uint8Array, from: number, to: number, borrowed = false): void {
    this.had += to - from
    let end = to
    if (this.kept && this.stored + to - from > HEAD && !this.reserve(to - from)) this.dropTail()
    if (!this.kept) end = Math.min(to, from + HEAD - this.stored)
    if (end <= from) return
    const piece = segment.subarray(from, end)
    const mayKeep = this.kept && !borrowed && piece.length >= PIECE
    if (mayKeep && piece.length * 2 >= segment.buffer.byteLength) this.keep(piece)
    else this.copy(piece)
    this.stored += piece.length
  }

  private keep(piece: Uint8Array): void {
    if (this.stored > this.pieced) this.pieces.push(this.bytes.subarray(0, this.stored - this.pieced))
    this.pieces.push(piece)
    this.pieced = this.stored + piece.length
    this.bytes = EMPTY
  }

  private copy(piece: Uint8Array): void {
    const at = this.stored - this.pieced
    if (at + piece.length > this.bytes.length) this.grow(at, at + piece.length)
    this.bytes.set(piece, at)
  }

  private reserve(bytes: number): boolean {
    if (!this.budget.take(bytes)) return false
    this.reserved += bytes
    return true
  }

  /** To twice of what came: copies at most as much again, however small the segments. */
  private grow(used: number, needed: number): void {
    let capacity = Math.max(FIRST, needed * 2)
    // The claim is an upper bound only; it saves the last doubling.
    if (this.claimed >= 0) capacity = Math.max(needed, Math.min(capacity, this.claimed + 4 - this.pieced))
    const bigger = unfilled(capacity)
    bigger.set(this.bytes.subarray(0, used))
    this.bytes = bigger
  }

  /** What is kept of the bytes; pieces are joined once. */
  view(): Uint8Array {
    if (this.pieces.length > 0) {
      const rest = this.bytes.subarray(0, this.stored - this.pieced)
      this.bytes = Buffer.concat([...this.pieces, rest], this.stored)
      this.pieces = []
      this.pieced = 0
    }
    return this.bytes.subarray(0, this.stored)
  }

  /** Gives back what was reserved; the bytes stay readable. */
  release(): void {
    this.budget.free(this.reserved)
    this.reserved = 0
  }
}
