/** Cuts what a socket gives into frames: an int32 size, and as many bytes. */
import { Buffer } from 'node:buffer'
import { i32 } from './read.ts'

export class FrameSplitter {
  private readonly maxBytes: number
  private chunks: Uint8Array[] = []
  private length = 0
  /** Bytes that the next frame takes, its size field included; 0 while its size is not known. */
  private wanted = 0

  /** `maxBytes`: the largest size a frame may claim. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /**
   * Adds bytes; returns the frames that are whole now, size fields included. Throws where a size is negative or over
   * the limit: nothing that follows can be understood. Memory grows with what came, never with what was claimed.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = []
    this.chunks.push(bytes)
    this.length += bytes.length
    for (;;) {
      if (this.wanted === 0) {
        if (this.length < 4) return frames
        const size = i32(this.joined(), 0)
        if (size < 0 || size > this.maxBytes) throw new Error(`a frame of ${size} bytes, ${this.maxBytes} are allowed`)
        this.wanted = size + 4
      }
      if (this.length < this.wanted) return frames
      const all = this.joined()
      frames.push(all.subarray(0, this.wanted))
      this.chunks = [all.subarray(this.wanted)]
      this.length -= this.wanted
      this.wanted = 0
    }
  }

  private joined(): Uint8Array {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)]
    return this.chunks[0]!
  }
}
