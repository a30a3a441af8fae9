/**
 * The bytes of one direction to frames. Pulled, not pushed: `take` a segment, then `next` until it is null, so that
 * whoever reads a frame may change how the next one is read.
 *
 * A frame that lies whole in a segment is a view of it, or a copy where that is borrowed; one that spans segments is put
 * together once. Sizes are checked before they are trusted: see `Assembly`. Where a direction does not begin like
 * Kafka, or a size can't be one, the first bytes are gathered as evidence and the rest of the direction is not read any
 * more (`Lost`). After a gap, frames are found again by `Resync`.
 */
import { i32 } from '../bytes/read.ts'
import { Assembly, type Budget, copyOf, HEAD } from './assembly.ts'
import { beginsForeign, evidenceSize } from './not-kafka.ts'
import { type Candidate, Resync } from './resync.ts'

/** Above this no size is believed. Kafka's own limits are ints, and 100 MB by default (`socket.request.max.bytes`). */
export const MAX_CLAIM = 2 ** 30

/** A frame, or what is left of one. */
export interface RawFrame {
  readonly type: 'frame'
  /** From the size field on. */
  readonly bytes: Uint8Array
  readonly size: number
  readonly kept: boolean
  /** It was all there but too large to keep. Otherwise a frame not kept fell into a gap. */
  readonly tooLarge: boolean
  readonly time: number
  readonly packet: number | null
}

/** Bytes that are no frame; the direction is not read from here on. */
export interface Lost {
  readonly type: 'lost'
  /** The first four bytes, read as a size. */
  readonly claimed: number
  readonly bytes: Uint8Array
  /** No frame came before. */
  readonly first: boolean
  readonly time: number
  readonly packet: number | null
}

/** A frame that ends with its direction: `had` of the `claimed` bytes after the size field came. */
export interface Cut {
  readonly type: 'cut'
  /** 4 where even the size field is cut; `bytes` is then shorter than that. */
  readonly claimed: number
  readonly had: number
  readonly bytes: Uint8Array
  readonly time: number
  readonly packet: number | null
}

/** Frames are found again after a gap, or the search is over. */
export interface Found {
  readonly type: 'found'
  readonly missing: number
  readonly skipped: number
  /** Of the frame that the gap fell into the size was known, so that no other frame is lost. */
  readonly exact: boolean
  readonly time: number
}

export type Framed = RawFrame | Lost | Cut | Found

interface Piece {
  readonly bytes: Uint8Array
  readonly borrowed?: boolean
  readonly time: number
  readonly packet: number | null
}

const NOTHING: Piece = { bytes: new Uint8Array(0), time: 0, packet: null }

export class Framing {
  /** Why bytes are only counted: the direction is lost. */
  lost = false
  /** Whether a whole frame came. */
  begun = false
  private input = NOTHING
  private at = 0
  /** Bytes that come before any that are still to be pushed; the next one last. */
  private waiting: Piece[] = []
  private partial: Assembly | null = null
  private evidence: Assembly | null = null
  private resync: Resync | null = null
  /** Bytes of a frame's end that follow a gap. */
  private skip = 0
  private readonly maxFrame: number
  private readonly budget: Budget
  private readonly candidate: Candidate

  constructor(maxFrame: number, budget: Budget, candidate: Candidate) {
    this.maxFrame = maxFrame
    this.budget = budget
    this.candidate = candidate
  }

  /** The stream is read from its middle: the first frame has to be found. */
  beginMidstream(time: number): void {
    this.resync = new Resync(this.candidate, time, 0, true)
  }

  take(bytes: Uint8Array, time: number, packet: number | null, borrowed = false): void {
    if (this.lost || bytes.length === 0) return
    this.input = { bytes, borrowed, time, packet }
    this.at = 0
  }

  next(): Framed | null {
    for (;;) {
      const framed = this.step()
      if (framed) return framed
      if (this.waiting.length === 0) break
      this.input = this.waiting.pop()!
      this.at = 0
    }
    // The segment's memory is not held by a direction that waits.
    this.input = NOTHING
    this.at = 0
    return null
  }

  private step(): Framed | null {
    const { bytes } = this.input
    if (this.lost || this.at === bytes.length) return null
    if (this.resync) return this.search(this.resync)
    if (this.skip > 0) {
      const skipped = Math.min(this.skip, bytes.length - this.at)
      this.skip -= skipped
      this.at += skipped
      if (this.at === bytes.length) return null
    }
    if (this.evidence) return this.gather(this.evidence)
    if (this.partial) return this.assemble(this.partial)
    const left = bytes.length - this.at
    if (left >= 4) {
      const claimed = i32(bytes, this.at)
      const size = claimed + 4
      if (size <= left && size <= this.maxFrame && claimed >= 0 && this.sane(bytes, this.at, claimed)) {
        const view = bytes.subarray(this.at, this.at + size)
        const { borrowed, time, packet } = this.input
        const frame = borrowed ? copyOf(view) : view
        this.at += size
        this.begun = true
        return { type: 'frame', bytes: frame, size, kept: true, tooLarge: false, time, packet }
      }
    }
    this.partial = new Assembly(this.input.time, this.input.packet, this.budget)
    return this.assemble(this.partial)
  }

  private sane(bytes: Uint8Array, at: number, claimed: number): boolean {
    return claimed >= 0 && claimed <= MAX_CLAIM && (this.begun || !beginsForeign(bytes, at))
  }

  private feed(assembly: Assembly, upTo: number): void {
    const end = Math.min(this.input.bytes.length, this.at + upTo - assembly.had)
    assembly.append(this.input.bytes, this.at, end, this.input.borrowed)
    this.at = end
  }

  private assemble(frame: Assembly): Framed | null {
    if (frame.claimed < 0) {
      this.feed(frame, 4)
      if (frame.had < 4) return null
      const claimed = i32(frame.view(), 0)
      if (!this.sane(frame.view(), 0, claimed)) return this.lose(frame, claimed)
      frame.claimed = claimed
      if (claimed + 4 > this.maxFrame) frame.dropTail()
    }
    this.feed(frame, frame.claimed + 4)
    if (frame.had < frame.claimed + 4) return null
    this.partial = null
    this.begun = true
    return this.whole(frame, frame.kept, !frame.kept)
  }

  private whole(frame: Assembly, kept: boolean, tooLarge: boolean): RawFrame {
    const { claimed, time, packet } = frame
    frame.release()
    return { type: 'frame', bytes: frame.view(), size: claimed + 4, kept, tooLarge, time, packet }
  }

  /** A size that can't be one. Where the framing itself was a guess it is guessed anew. */
  private lose(frame: Assembly, claimed: number): Framed | null {
    this.partial = null
    if (this.candidate.guessed) {
      this.candidate.guessed = false
      this.resync = new Resync(this.candidate, frame.time, 0, false)
      this.resync.append(new Uint8Array(frame.view()), frame.time, frame.packet)
      return this.at < this.input.bytes.length ? this.search(this.resync) : null
    }
    frame.claimed = claimed
    this.evidence = frame
    return this.gather(frame)
  }

  private gather(evidence: Assembly): Framed | null {
    for (;;) {
      const wanted = evidenceSize(evidence.view())
      if (evidence.had >= wanted) return this.flush()
      const before = evidence.had
      // A line's end is seen only when it is there: byte after byte, or the evidence would hold what came with it.
      this.feed(evidence, Math.min(wanted, lineEnd(this.input.bytes, this.at, evidence)))
      if (evidence.had === before) return null
    }
  }

  /** Decides with the evidence there is: the other side has answered, or nothing more comes. */
  flush(): Lost | null {
    const { evidence } = this
    if (!evidence) return null
    this.evidence = null
    this.lost = true
    this.waiting = []
    evidence.release()
    const { claimed, time, packet } = evidence
    return { type: 'lost', claimed, bytes: evidence.view(), first: !this.begun, time, packet }
  }

  private search(resync: Resync): Framed | null {
    const rest = this.at === 0 ? this.input.bytes : this.input.bytes.subarray(this.at)
    resync.append(rest, this.input.time, this.input.packet)
    this.at = this.input.bytes.length
    const verdict = resync.scan()
    if (verdict === null) return null
    this.resync = null
    this.waiting = this.waiting.concat(resync.rest().reverse())
    this.begun = verdict === 'frame'
    return this.begun ? resync.result() : null
  }

  /** Bytes are missing (0: nobody knows how many). What is left of a frame they fell into comes first. */
  gap(missing: number, time: number): Framed[] {
    if (this.lost) return [{ type: 'found', missing, skipped: 0, exact: false, time }]
    if (this.evidence) return [this.flush()!, { type: 'found', missing, skipped: 0, exact: false, time }]
    if (this.resync) {
      this.resync.gap(missing)
      return []
    }
    const { partial } = this
    const framed: Framed[] = []
    let left = this.skip
    if (partial && partial.claimed >= 0) {
      left = partial.claimed + 4 - partial.had
      framed.push(this.whole(partial, false, false))
    }
    partial?.release()
    this.partial = null
    if (missing > 0 && missing <= left) {
      this.skip = left - missing
      this.begun = true
      framed.push({ type: 'found', missing, skipped: partial ? this.skip : 0, exact: true, time })
    } else {
      this.skip = 0
      this.resync = new Resync(this.candidate, time, missing, false)
    }
    return framed
  }

  /** Nothing more comes in this direction. `cutShort`: because the connection ended, not the session. */
  finish(cutShort: boolean): Framed | null {
    const { partial, resync } = this
    this.partial = null
    this.resync = null
    partial?.release()
    const lost = this.flush()
    this.lost = true
    if (lost || resync) return lost ?? resync!.result()
    if (!partial || !cutShort) return null
    const { claimed, had, time, packet } = partial
    const bytes = partial.view().slice(0, HEAD)
    if (claimed < 0) return { type: 'cut', claimed: 4, had, bytes, time, packet }
    return { type: 'cut', claimed, had: had - 4, bytes, time, packet }
  }
}

/** How long the evidence may get from this input before it has to be looked at again. */
function lineEnd(input: Uint8Array, at: number, evidence: Assembly): number {
  const line = input.indexOf(0x0a, at)
  return line < 0 ? Number.POSITIVE_INFINITY : evidence.had + line + 1 - at
}
