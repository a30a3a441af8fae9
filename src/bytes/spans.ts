/**
 * The flat table that one pass over a frame leaves: a line per field, array, struct and tag buffer, in the order of the
 * bytes, a container before what it holds. A line is four int32: the node (what it is: an id of `schema/node.ts`), the
 * offset of its first byte, its length in bytes, and, for containers, the line after the last one inside.
 *
 * Tables are reused: `clear` keeps the memory. Decoders write `data` directly, so it is public.
 */
export const STRIDE = 4

export class SpanTable {
  data: Int32Array
  /** Int32s in use: STRIDE times the number of lines. */
  used = 0

  constructor(lines = 256) {
    this.data = new Int32Array(lines * STRIDE)
  }

  get size(): number {
    return this.used / STRIDE
  }

  clear(): void {
    this.used = 0
  }

  /** Makes room for `ints` more int32s and returns the (perhaps new) data. */
  grow(ints: number): Int32Array {
    if (this.used + ints > this.data.length) {
      const bigger = new Int32Array(Math.max(this.data.length * 2, this.used + ints))
      bigger.set(this.data)
      this.data = bigger
    }
    return this.data
  }

  /** Appends a line and returns its number. `next` of a leaf is the line after it. */
  add(node: number, offset: number, length: number): number {
    const data = this.grow(STRIDE)
    const at = this.used
    data[at] = node
    data[at + 1] = offset
    data[at + 2] = length
    data[at + 3] = at / STRIDE + 1
    this.used = at + STRIDE
    return at / STRIDE
  }

  /** Ends a container that was added with length -1: it reaches to `end`, and holds all lines added since. */
  close(line: number, end: number): void {
    const at = line * STRIDE
    this.data[at + 2] = end - this.data[at + 1]!
    this.data[at + 3] = this.size
  }

  node(line: number): number {
    return this.data[line * STRIDE]!
  }

  offset(line: number): number {
    return this.data[line * STRIDE + 1]!
  }

  /** Bytes; -1 while a container is open (the decoder stopped inside it). */
  length(line: number): number {
    return this.data[line * STRIDE + 2]!
  }

  /** The line after this one and all it holds. An open container holds all that follows. */
  next(line: number): number {
    const at = line * STRIDE
    return this.data[at + 2] === -1 ? this.size : this.data[at + 3]!
  }

  /** A copy that holds exactly what is in use, for keeping. */
  snapshot(): SpanTable {
    const copy = new SpanTable(0)
    copy.data = this.data.slice(0, this.used)
    copy.used = this.used
    return copy
  }
}
