/** How the bits of a good reading grew along the bytes: a reading that falls far behind it need not go on. */

/** Bits that a reading may be behind and still make up for: the good one may owe its lead to a lucky misreading. */
const SLACK = 80
const MOST = 64 * 1024

export class Trail {
  /** Bits by byte, or by so many of a long body that it makes `MOST` of them; 0 where the reading came by none. */
  private readonly bits: Float64Array
  private readonly start: number
  private readonly shift: number

  /** For a body from `start` to `end`. */
  constructor(start: number, end: number) {
    this.start = start
    this.shift = Math.max(0, Math.ceil(Math.log2((end - start + 1) / MOST)))
    this.bits = new Float64Array(((end - start) >> this.shift) + 1)
  }

  /** Takes down the bits at a byte. */
  note(at: number, bits: number): void {
    this.bits[(at - this.start) >> this.shift] = bits
  }

  /** Fills the bytes between with what was needed at the next one noted; beyond the last, anything goes. */
  finish(): this {
    let next = Number.POSITIVE_INFINITY
    for (let i = this.bits.length - 1; i >= 0; i--) {
      if (this.bits[i]! > 0) next = this.bits[i]!
      else this.bits[i] = next
    }
    return this
  }

  isBehind(at: number, bits: number): boolean {
    return bits > this.bits[(at - this.start) >> this.shift]! + SLACK
  }
}
