/** Why compressed bytes could not be taken apart. */
export type DecompressReason = 'corrupt' | 'too-large' | 'unsupported'

/** What the decompressors throw on bad bytes, and the only thing: the facade in dissectors/records catches it. */
export class DecompressError extends Error {
  readonly reason: DecompressReason

  constructor(reason: DecompressReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Throws a `DecompressError`: the bytes break the format. */
export function corrupt(message: string): never {
  throw new DecompressError('corrupt', message)
}

let latest: Output | null = null

/** Bytes that the latest decompression made before it failed, or made in all; forgets it. gzip's are not counted. */
export function takeProduced(): number {
  const produced = latest?.used ?? 0
  latest = null
  return produced
}

/**
 * What a decompressor writes into: grows by doubling, up to a limit. Decompressors write `data` directly, so it is
 * public; they call `room` first.
 */
export class Output {
  data: Uint8Array
  used = 0
  readonly limit: number

  /** `limit`: bytes that may come out at most; `guess`: bytes that probably will. */
  constructor(limit: number, guess: number) {
    this.limit = limit
    this.data = new Uint8Array(Math.min(limit, guess))
    latest = this
  }

  /**
   * Makes room for `bytes` more. Throws a `DecompressError` (too-large) where the limit does not allow it: ask for
   * what is sure to come out.
   */
  room(bytes: number): void {
    const wanted = this.used + bytes
    if (wanted > this.limit) throw new DecompressError('too-large', `more than ${this.limit} bytes come out`)
    if (wanted > this.data.length) this.#grow(wanted)
  }

  /** Makes room for `bytes` more or for as much as the limit allows; returns where the room ends. */
  roomUpTo(bytes: number): number {
    const wanted = Math.min(this.used + bytes, this.limit)
    if (wanted > this.data.length) this.#grow(wanted)
    return wanted
  }

  /** Appends bytes of another buffer. */
  append(b: Uint8Array, start: number, end: number): void {
    this.room(end - start)
    this.data.set(b.subarray(start, end), this.used)
    this.used += end - start
  }

  /** What was written. A view, unless much of the memory would lie idle. */
  bytes(): Uint8Array {
    return this.used > this.data.length / 2 ? this.data.subarray(0, this.used) : this.data.slice(0, this.used)
  }

  #grow(wanted: number): void {
    const bigger = new Uint8Array(Math.min(this.limit, Math.max(wanted, this.data.length * 2)))
    bigger.set(this.data.subarray(0, this.used))
    this.data = bigger
  }
}

/**
 * Copies `length` bytes from `distance` bytes back to `to`, byte after byte, so that a distance below the length
 * repeats what was just written (LZ77). The caller has checked all bounds.
 */
export function copyBack(out: Uint8Array, to: number, distance: number, length: number): void {
  if (distance >= length && length > 32) {
    out.copyWithin(to, to - distance, to - distance + length)
  } else if (distance === 1 && length > 32) {
    out.fill(out[to - 1]!, to, to + length)
  } else {
    for (let from = to - distance, end = to + length; to < end; ) out[to++] = out[from++]!
  }
}

/** Copies bytes between buffers; for short pieces faster than `set` with a view. */
export function copyBytes(from: Uint8Array, at: number, out: Uint8Array, to: number, length: number): void {
  if (length > 48) out.set(from.subarray(at, at + length), to)
  else for (const end = at + length; at < end; ) out[to++] = from[at++]!
}
