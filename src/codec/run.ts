import { u8, uvarint, uvarintSize, varintEnd } from '../bytes/read.ts'
import { SpanTable, STRIDE } from '../bytes/spans.ts'
import type { SpanNode } from '../schema/node.ts'

/**
 * What a strict reader saw that does not fit. `stop`s end the reading (`fatal`); the others are noted and passed over,
 * since what follows is still readable.
 *
 * - `underflow`: a field wants more bytes than are left
 * - `length`, `count`: a length or count claims more than is left
 * - `negative`: a length or count below -1
 * - `null`: null where this version has none
 * - `boolean`: a byte that is neither 0 nor 1
 * - `utf8`, `string-size`: text that is no UTF-8, or longer than the 32767 bytes Kafka's readers take
 * - `varint`: longer than 5 bytes; `varint-size`: longer than its value needs
 * - `tag-order`, `tag-twice`, `tag-version`, `tag-size`: inside a tag buffer
 * - `trailing`: bytes after the end
 * - `limit`: more fields than this program keeps for one frame
 */
export type FlawCode =
  | 'underflow'
  | 'length'
  | 'count'
  | 'negative'
  | 'null'
  | 'boolean'
  | 'utf8'
  | 'string-size'
  | 'varint'
  | 'varint-size'
  | 'tag-order'
  | 'tag-twice'
  | 'tag-version'
  | 'tag-size'
  | 'trailing'
  | 'limit'

export interface Flaw {
  readonly code: FlawCode
  readonly fatal: boolean
  /** The first byte of what does not fit, from the start of the buffer. */
  readonly offset: number
  /** Bytes of it that are there. */
  readonly length: number
  /** The node of the field; its line in the table is `line`, or, for a stop, the line it would have had. */
  readonly node: number
  readonly line: number
  /** Bytes or elements claimed or needed, and what there is. */
  readonly wanted: number
  readonly had: number
}

/** Decodes the struct or field it was compiled for; returns the offset after it, or -1 where it stopped. */
export type DecodeFn = (b: Uint8Array, p: number, end: number, run: Run) => number

/** What a compiled struct knows of its tag buffer. */
export interface TagPlan {
  readonly buffer: SpanNode
  readonly header: SpanNode
  readonly unknown: SpanNode
  readonly known: ReadonlyMap<number, DecodeFn>
  /** Tags of other versions of this struct. */
  readonly other: ReadonlySet<number>
}

const MAX_FLAWS = 100
/** 64 MB of table. A sound frame of 100 MB of records has a few dozen lines. */
const MAX_INTS = 16 * 1024 * 1024

/** Of nearly all frames: an array of their own is made for those that have some. */
const NO_FLAWS: Flaw[] = []

/** How deep structs of a message may nest; Kafka's don't go beyond 5. */
export const MAX_DEPTH = 32

/**
 * One pass over one frame: the table being filled and the flaws seen. The methods are the slow paths of
 * `execute`; none throws.
 */
export class Run {
  readonly t: SpanTable
  /** Of the containers that are open, up to `depth`: three int32s a struct or array of structs. */
  readonly stack = new Int32Array(3 * (MAX_DEPTH + 1))
  depth = 0
  flaws: Flaw[] = NO_FLAWS
  /** Flaws beyond the first hundred, not kept. */
  dropped = 0
  stopped = false
  /** Where the last `uv` ended. */
  p = 0
  /** The offset after the last byte that was read; set where a body was read alone. */
  end = 0

  constructor(table = new SpanTable()) {
    this.t = table
  }

  reset(): void {
    this.t.clear()
    this.flaws = NO_FLAWS
    this.dropped = 0
    this.stopped = false
  }

  flaw(code: FlawCode, offset: number, length: number, node: number, wanted = 0, had = 0): void {
    this.note({ code, fatal: false, offset, length, node, line: this.t.used / STRIDE, wanted, had })
  }

  private note(flaw: Flaw): void {
    if (this.flaws === NO_FLAWS) this.flaws = [flaw]
    else if (this.flaws.length < MAX_FLAWS) this.flaws.push(flaw)
    else if (flaw.fatal) this.flaws[MAX_FLAWS - 1] = flaw
    else this.dropped++
  }

  stop(code: FlawCode, node: number, offset: number, length: number, wanted: number, had: number): -1 {
    this.stopped = true
    this.note({ code, fatal: true, offset, length, node, line: this.t.used / STRIDE, wanted, had })
    return -1
  }

  underflow(node: number, p: number, wanted: number, end: number): -1 {
    return this.stop('underflow', node, p, Math.max(0, end - p), wanted, Math.max(0, end - p))
  }

  /** Room in the table; null where the frame has more fields than are kept. */
  room(ints: number, node: number, p: number): Int32Array | null {
    if (this.t.used + ints > MAX_INTS) {
      this.stop('limit', node, p, 0, MAX_INTS / STRIDE, MAX_INTS / STRIDE)
      return null
    }
    return this.t.grow(ints)
  }

  /** An unsigned varint; -1 where it stopped. `p` is the offset after it. */
  uv(b: Uint8Array, p: number, end: number, node: number): number {
    if (p < end) {
      const byte = u8(b, p)
      if (byte < 0x80) {
        this.p = p + 1
        return byte
      }
    }
    const value = uvarint(b, p, end)
    this.p = varintEnd
    if (value === -1) return this.stop('underflow', node, p, end - p, end - p + 1, end - p)
    if (value === -2) return this.stop('varint', node, p, varintEnd - p, 5, varintEnd - p)
    if (varintEnd - p !== uvarintSize(value)) {
      this.flaw('varint-size', p, varintEnd - p, node, uvarintSize(value), varintEnd - p)
    }
    return value
  }

  /**
   * The tag buffer of a struct: varint count, then number, size and contents of each. `depth` is how much of the stack is
   * in use.
   */
  tags(b: Uint8Array, start: number, end: number, plan: TagPlan, depth: number): number {
    const before = this.depth
    this.depth = depth
    const p = start < end ? this.tagBuffer(b, start, end, plan) : this.underflow(plan.buffer.id, start, 1, end)
    this.depth = before
    return p
  }

  private tagBuffer(b: Uint8Array, start: number, end: number, plan: TagPlan): number {
    const t = this.t
    const line = t.add(plan.buffer.id, start, -1)
    const count = this.uv(b, start, end, plan.buffer.id)
    if (count < 0) return -1
    let p = this.p
    // A tag takes two bytes at least.
    if (count * 2 > end - p) return this.stop('count', plan.buffer.id, start, p - start, count, end - p)
    let last = -1
    for (let i = 0; i < count; i++) {
      const at = p
      const tag = this.uv(b, at, end, plan.header.id)
      if (tag < 0) return -1
      const sizeAt = this.p
      const size = this.uv(b, sizeAt, end, plan.header.id)
      if (size < 0) return -1
      p = this.p
      if (tag === last) this.flaw('tag-twice', at, p - at, plan.header.id, tag, last)
      else if (tag < last) this.flaw('tag-order', at, p - at, plan.header.id, tag, last)
      last = Math.max(tag, last)
      p = this.tag(b, at, sizeAt, p, end, tag, size, plan)
      if (p < 0) return -1
    }
    t.close(line, p)
    return p
  }

  /** One tag: its number is at `at`, its size at `sizeAt`, its contents at `p`. */
  private tag(
    b: Uint8Array,
    at: number,
    sizeAt: number,
    p: number,
    end: number,
    tag: number,
    size: number,
    plan: TagPlan,
  ): number {
    const decode = plan.known.get(tag)
    if (!decode) {
      if (plan.other.has(tag)) this.flaw('tag-version', at, p - at, plan.unknown.id, tag, tag)
      if (size > end - p) return this.stop('length', plan.unknown.id, at, p - at, size, end - p)
      if (this.room(STRIDE, plan.unknown.id, at) === null) return -1
      this.t.add(plan.unknown.id, at, p + size - at)
      return p + size
    }
    const line = this.t.add(plan.header.id, at, p - at)
    const after = decode(b, p, end, this)
    if (after >= 0 && after - p !== size) {
      const node = plan.header.id
      const [offset, length, had] = [sizeAt, p - sizeAt, after - p]
      this.note({ code: 'tag-size', fatal: false, offset, length, node, line, wanted: size, had })
    }
    // Kafka's readers take what the field took, whatever its size says; so what follows stays readable.
    return after
  }
}
