/** What of a file is in memory: bytes that were read and not yet used, in one buffer that is used again and again. */
const FIRST = 1024 * 1024

export class Window {
  bytes = new Uint8Array(FIRST)
  /** The next byte to use, and the end of what there is; indexes of `bytes`. */
  at = 0
  end = 0
  /** The offset in the file of `bytes`' first. */
  private base = 0

  get left(): number {
    return this.end - this.at
  }

  /** The offset in the file of the next byte. */
  get offset(): number {
    return this.base + this.at
  }

  /** Where at least `size` bytes can be read to; what was used is forgotten, so indexes from before are void. */
  room(size: number): Uint8Array {
    if (this.bytes.length - this.end < size || this.at === this.end) {
      const left = this.left
      const target = left + size > this.bytes.length ? new Uint8Array((left + size) * 2) : this.bytes
      target.set(this.bytes.subarray(this.at, this.end))
      this.bytes = target
      this.base += this.at
      this.at = 0
      this.end = left
    }
    return this.bytes.subarray(this.end)
  }

  /** So many bytes were put where `room` said. */
  filled(size: number): void {
    this.end += size
  }

  append(chunk: Uint8Array): void {
    this.room(chunk.length).set(chunk)
    this.end += chunk.length
  }
}
