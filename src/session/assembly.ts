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

export class Assembly {
  readonly time: number
  readonly packet: number | null
  /** The value of the size field; -1 before it is read. */
  claimed = -1
  /** Bytes that came, the size field's included. */
  had = 0
  /** Whether all of them are kept. */
  kept = true
  private bytes = new Uint8Array(FIRST)
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
      this.bytes = this.bytes.slice(0, HEAD)
      this.stored = HEAD
    }
    this.release()
  }

  /** Adds bytes `from` to `to` of a segment. */
  append(segment: Uint8Array, from: number, to: number): void {
    this.had += to - from
    let end = to
    if (this.kept && this.stored + to - from > HEAD && !this.reserve(to - from)) this.dropTail()
    if (!this.kept) end = Math.min(to, from + HEAD - this.stored)
    if (end <= from) return
    const needed = this.stored + end - from
    if (needed > this.bytes.length) this.grow(needed)
    this.bytes.set(segment.subarray(from, end), this.stored)
    this.stored = needed
  }

  private reserve(bytes: number): boolean {
    if (!this.budget.take(bytes)) return false
    this.reserved += bytes
    return true
  }

  /** Doubles: copies at most as much again as came, however small the segments. */
  private grow(needed: number): void {
    let capacity = Math.max(needed, this.bytes.length * 2)
    // The claim is an upper bound only; it saves the last doubling.
    if (this.claimed >= 0) capacity = Math.max(needed, Math.min(capacity, this.claimed + 4))
    const bigger = new Uint8Array(capacity)
    bigger.set(this.bytes.subarray(0, this.stored))
    this.bytes = bigger
  }

  /** What is kept of the bytes, without a copy. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.stored)
  }

  /** Gives back what was reserved; the bytes stay readable. */
  release(): void {
    this.budget.free(this.reserved)
    this.reserved = 0
  }
}
