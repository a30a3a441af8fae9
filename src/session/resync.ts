/**
 * Finding the next frame in a stream that is entered somewhere: after bytes were lost, or in a capture that began in
 * the middle. Every offset whose bytes could be a header is a candidate, and is believed or dropped when its last byte
 * is there. Bytes of other frames look like headers of large ones now and then, so later offsets are not kept waiting:
 * the candidate that is whole first wins. That depends on the bytes alone, not on how they were cut into segments.
 */
import type { Found } from './framing.ts'

/** What a frame of one direction looks like. */
export interface Candidate {
  /**
   * How many bytes from `p` on it takes to tell whether a frame begins there; 0: it can't; -1: not even that can be told
   * from the bytes up to `end`. `start`: `p` is the first byte of a capture of this direction.
   */
  header(bytes: Uint8Array, p: number, end: number, start: boolean): number
  /** Whether these bytes, as many as `header` said, are a frame's, or the first of one that is too large to wait for. */
  confirm(bytes: Uint8Array, start: boolean): boolean
  /** The last frame was taken on a guess, which a size that makes no sense would disprove. */
  guessed: boolean
  /** Whether the first five bytes of a capture are surely no Kafka. */
  foreign(bytes: Uint8Array, p: number): boolean
}

/** Frames up to this size are decoded whole before they are believed. */
export const MAX_WINDOW = 1024 * 1024

/** Candidates that wait at once. */
const MAX_WAITING = 1000

/** Bytes that may be decoded in vain for each byte that passes, and at all: hostile bytes can look like many frames. */
const WORK_PER_BYTE = 64
const FREE_WORK = 16 * MAX_WINDOW

interface Mark {
  readonly at: number
  readonly time: number
  readonly packet: number | null
}

interface Waiting {
  readonly at: number
  readonly decided: number
}

/** Offsets count from the first byte that came after the gap. */
export class Resync {
  private bytes = new Uint8Array(4096)
  /** The offset of the first byte kept, and of the one after the last. */
  private kept = 0
  private end = 0
  /** Offsets before this one were looked at. */
  private looked = 0
  /** Offsets with too few bytes behind them to tell whether they are candidates. */
  private undecided: number[] = []
  /** In the order in which they can be decided. */
  private waiting: Waiting[] = []
  private marks: Mark[] = []
  private found = -1
  private missing: number
  private work = 0
  /** Too much was decoded in vain: nothing is looked for any more. */
  private hopeless = false
  private atStart: boolean
  private readonly time: number
  private readonly candidate: Candidate

  /** `missing` bytes are lost; 0 where nobody knows. `atStart`: none are, this is where the capture begins. */
  constructor(candidate: Candidate, time: number, missing: number, atStart: boolean) {
    this.candidate = candidate
    this.time = time
    this.missing = missing
    this.atStart = atStart
  }

  append(segment: Uint8Array, time: number, packet: number | null): void {
    this.room(segment.length)
    const last = this.marks.at(-1)
    if (!last || last.time !== time || last.packet !== packet) this.marks.push({ at: this.end, time, packet })
    this.bytes.set(segment, this.end - this.kept)
    this.end += segment.length
  }

  private room(size: number): void {
    const needed = this.end - this.kept + size
    if (needed <= this.bytes.length) return
    const from = this.oldest()
    const left = this.bytes.subarray(from - this.kept, this.end - this.kept)
    // Half of it free after each move, so that a byte is moved a bounded number of times.
    const target = (left.length + size) * 2 > this.bytes.length ? new Uint8Array((left.length + size) * 2) : this.bytes
    target.set(left)
    this.bytes = target
    this.kept = from
    this.trimMarks()
  }

  /** The first offset that may still turn out to begin a frame. */
  private oldest(): number {
    let from = this.looked
    for (const { at } of this.waiting) from = Math.min(from, at)
    return this.undecided.length > 0 ? Math.min(from, this.undecided[0]!) : from
  }

  /** Forgets marks of segments of which nothing is kept. */
  private trimMarks(): void {
    let gone = 0
    while (gone + 1 < this.marks.length && this.marks[gone + 1]!.at <= this.kept) gone++
    if (gone > 0) this.marks.splice(0, gone)
  }

  /** Looks on; `rest` then begins with the frame, or with the foreign bytes. */
  scan(): 'frame' | 'foreign' | null {
    if (this.atStart && this.end < 5) return null
    if (this.atStart && this.looked === 0 && this.candidate.foreign(this.bytes, 0)) {
      this.found = 0
      return 'foreign'
    }
    this.undecided = this.undecided.filter((at) => !this.look(at))
    for (; this.looked < this.end && this.found < 0 && !this.hopeless; this.looked++) {
      this.decide(this.looked)
      if (!this.look(this.looked)) this.undecided.push(this.looked)
    }
    this.decide(this.end)
    if (this.hopeless) this.forget()
    return this.found >= 0 ? 'frame' : null
  }

  private forget(): void {
    this.looked = this.end
    this.undecided = []
    this.waiting = []
  }

  private isStart(at: number): boolean {
    return this.atStart && at === 0
  }

  /** Whether it could be told if this offset is a candidate. */
  private look(at: number): boolean {
    const size = this.candidate.header(this.bytes, at - this.kept, this.end - this.kept, this.isStart(at))
    if (size > 0 && this.waiting.length < MAX_WAITING) {
      const entry = { at, decided: at + size }
      let place = this.waiting.length
      while (place > 0 && this.waiting[place - 1]!.decided > entry.decided) place--
      this.waiting.splice(place, 0, entry)
    }
    return size >= 0
  }

  /** Decides candidates that need no bytes after `upTo`. */
  private decide(upTo: number): void {
    while (this.found < 0 && this.waiting.length > 0 && this.waiting[0]!.decided <= upTo) {
      const { at, decided } = this.waiting.shift()!
      this.work += decided - at
      this.hopeless = this.work > FREE_WORK + WORK_PER_BYTE * decided
      if (this.hopeless) return
      const bytes = this.bytes.subarray(at - this.kept, decided - this.kept)
      if (this.candidate.confirm(bytes, this.isStart(at))) this.found = at
    }
  }

  /** What is not skipped, cut as it came. */
  rest(): { bytes: Uint8Array; time: number; packet: number | null }[] {
    const pieces = this.marks.map(({ at, time, packet }, i) => {
      const to = i + 1 < this.marks.length ? this.marks[i + 1]!.at : this.end
      const from = Math.min(to, Math.max(at, this.found))
      return { bytes: this.bytes.subarray(from - this.kept, to - this.kept), time, packet }
    })
    return pieces.filter(({ bytes }) => bytes.length > 0)
  }

  /** More bytes are missing; those seen since the last gap were no frame. */
  gap(missing: number): void {
    this.forget()
    this.kept = this.end
    this.marks = []
    this.atStart = false
    this.missing += missing
  }

  /** What to say of it: how much was missing, how much was skipped. */
  result(): Found {
    const skipped = this.found >= 0 ? this.found : this.end
    return { type: 'found', missing: this.missing, skipped, exact: false, time: this.time }
  }
}
