/** What a field held before in the same session: values that come again are likely, others less so than they were. */

/** Values of one field that are remembered; texts longer than this are not. */
const MAX_VALUES = 24
export const MAX_KEPT_TEXT = 128
/** So many values say what a field holds: more make nothing surer, since sessions change. */
const ENOUGH = 12
/** Bits of a number near the last one, beside those of its distance. */
const NEAR = 5

/** What a field may hold, to be told apart cheaply: numbers as they are, texts and ids as strings of bytes. */
export type Held = number | bigint | string

export class Habit {
  private readonly counts = new Map<Held, number>()
  private total = 0
  private last = 0

  learn(value: Held): void {
    if (typeof value !== 'string') this.last = Number(value)
    this.total++
    const count = this.counts.get(value)
    if (count !== undefined) this.counts.set(value, count + 1)
    else if (this.counts.size < MAX_VALUES) this.counts.set(value, 1)
    if (this.total > 4 * ENOUGH) this.fade()
  }

  /** What was long ago counts less. */
  private fade(): void {
    this.total = 0
    for (const [value, count] of this.counts) {
      const less = count >> 1
      if (less === 0) this.counts.delete(value)
      else this.counts.set(value, less)
      this.total += less
    }
  }

  has(value: Held): boolean {
    return this.counts.has(value)
  }

  /** Bits of a value that would cost `bits` if nothing were known. */
  bits(value: Held, bits: number): number {
    const seen = this.total
    if (seen === 0) return bits
    const kinds = this.counts.size
    const count = this.counts.get(value)
    if (count !== undefined) return Math.min(bits, Math.log2((seen + kinds) / count) + 0.1)
    const other = Math.log2((Math.min(seen, ENOUGH) + kinds) / Math.max(1, kinds))
    if (typeof value === 'string') return bits + other
    const near = NEAR + 1.2 * Math.log2(Math.abs(Number(value) - this.last) + 1)
    return Math.min(bits, near) + other
  }
}
