/** Copies of payloads: the buffer that packets are read into is used again, and what is kept long should hold little. */
const SLAB = 16 * 1024
const SMALL = 4 * 1024

export class Slab {
  private slab = new Uint8Array(SLAB)
  private at = 0

  /** A copy of the bytes from `start` to `end`. */
  copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const size = end - start
    if (size > SMALL) return bytes.slice(start, end)
    if (this.at + size > SLAB) {
      this.slab = new Uint8Array(SLAB)
      this.at = 0
    }
    const copy = this.slab.subarray(this.at, this.at + size)
    copy.set(bytes.subarray(start, end))
    this.at += size
    return copy
  }
}
