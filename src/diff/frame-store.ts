/** Frames that are kept for long, side by side in large blocks: a small one would hold on to the segment it came in. */
import type { Exchange, Frame } from '../session/exchange.ts'

const BLOCK = 1024 * 1024

export class FrameStore {
  /** Bytes kept so far. */
  bytes = 0
  private block = new Uint8Array(0)
  private used = 0

  /** A copy of the exchange that holds on to nothing but its own bytes. */
  keep(exchange: Exchange): Exchange {
    return { ...exchange, request: this.frame(exchange.request), response: this.frame(exchange.response) }
  }

  private frame(frame: Frame | null): Frame | null {
    if (!frame) return null
    const { length } = frame.bytes
    this.bytes += length
    if (length > BLOCK / 8) return { ...frame, bytes: frame.bytes.slice() }
    if (this.used + length > this.block.length) {
      this.block = new Uint8Array(BLOCK)
      this.used = 0
    }
    const kept = this.block.subarray(this.used, this.used + length)
    kept.set(frame.bytes)
    this.used += length
    return { ...frame, bytes: kept }
  }
}
