import { copyBytes } from '../bytes/output.ts'

/** Copies of payloads: the buffer that packets are read into is used again, and what is kept long should hold little. */
const SLAB = 16 * 1024
const SMALL = 4 * 1024

export class Slab {
  private slab = unfilled()
  private at = 0

  /** A copy of the bytes from `start` to `end`. */
  copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const size = end - start
    if (size > SMALL) return bytes.slice(start, end)
    if (this.at + size > SLAB) {
      this.slab = unfilled()
      this.at = 0
    }
    const { slab, at } = this
    copyBytes(bytes, start, slab, at, size)
    this.at += size
    return slab.subarray(at, at + size)
  }
}

/** Memory that holds anything: it is written to before it is shown. */
const unfilled = (): Uint8Array => new Uint8Array(Buffer.allocUnsafeSlow(SLAB).buffer)
