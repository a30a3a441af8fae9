/**
 * An answer read as a client reads it: field after field in the order of the schema, with that client's own checks and
 * without those that it lacks, up to the place where it gives up. What it says of that is the client's own file's.
 */
import { i16, i32, u8, uvarint, varintEnd } from '../../bytes/read.ts'
import { text as utf8 } from '../../bytes/utf8.ts'
import { fixedWidth } from '../../codec/compile.ts'
import type { Field, Model } from '../../schema/model.ts'

/** What a client makes of lengths and counts. */
export interface Habits {
  /** Lengths below -1: taken for null, for an unsigned 64-bit number (C's size_t), or for a way back. */
  readonly negativeLength: 'null' | 'size_t' | 'back' | 'unknown'
  /** What is refused where null stands for what the version has no null of. */
  readonly refusesNull: 'all' | 'text' | 'nothing'
  /** Strings and bytes beyond the end go unnoticed, and the next field is looked for after it. */
  readonly overruns: boolean
  /** Counts above what is left are refused, one element having a byte at least. */
  readonly countsBytes: boolean
  /** Counts below -1 (null, where it is allowed): refused, or no elements. */
  readonly negativeCount: 'refused' | 'empty'
  /** Whether it reads versions with compact lengths; else nothing is known of it there. */
  readonly flexible: boolean
  /** Whether tagged fields that it knows are read, and not skipped by their size. */
  readonly readsTags: boolean
  /** Text longer than 32767 bytes is refused. */
  readonly shortText: boolean
  /** Whether it leaves off after an array's count, and reads neither its elements nor what follows. */
  leavesOff?(model: Model, field: Field, count: number, seen: Seen): boolean
  /** The largest count that it takes of that array; null where there is no limit. */
  largestCount?(model: Model, field: Field): number | null
}

/** The message's own numbers and strings that were read so far. */
export type Seen = ReadonlyMap<string, number | string | null>

/** Where a client gives up. `at` is how far it had read, from where it began; lengths in bytes. */
export interface GivesUp {
  readonly what: 'number' | 'varint' | 'long-varint' | 'text' | 'bytes' | 'count' | 'null' | 'long-text'
  readonly field: string
  readonly at: number
  /** Bytes wanted, or elements claimed, as the client has the number; a number below 0 where it is negative. */
  readonly wanted: number
  readonly left: number
}

/** What a reading may cost for each byte: elements without bytes are endless. */
const STEPS_A_BYTE = 4

/**
 * Where a client with these habits gives up on a body that begins at `start`; null where it reads it to its end, and
 * 'unknown' where that can't be said. `origin`: where its buffer begins; a header's tag buffer lies between.
 */
export function readAs(
  habits: Habits,
  model: Model,
  bytes: Uint8Array,
  origin: number,
  start: number,
): GivesUp | 'unknown' | null {
  if (model.flexible && !habits.flexible) return 'unknown'
  const reader = new Reader(habits, model, bytes, origin, start)
  try {
    reader.struct(model.fields, model.flexible, true)
    return null
  } catch (stopped) {
    if (stopped instanceof Stop) return stopped.why
    throw stopped
  }
}

/** Thrown and caught in this file alone. */
class Stop {
  readonly why: GivesUp | 'unknown' | null
  constructor(why: GivesUp | 'unknown' | null) {
    this.why = why
  }
}

class Reader {
  private p: number
  private steps: number
  private readonly seen = new Map<string, number | string | null>()
  private readonly habits: Habits
  private readonly model: Model
  private readonly bytes: Uint8Array
  private readonly origin: number

  constructor(habits: Habits, model: Model, bytes: Uint8Array, origin: number, start: number) {
    this.habits = habits
    this.model = model
    this.bytes = bytes
    this.origin = origin
    this.p = start
    this.steps = STEPS_A_BYTE * (bytes.length + 64)
  }

  /** `top`: the message itself, which the client may leave off reading. */
  struct(fields: readonly Field[], flexible: boolean, top = false): void {
    for (const field of fields) {
      if (field.tag >= 0) continue
      this.field(field, top)
    }
    if (flexible) this.tags(fields)
  }

  private get left(): number {
    return this.bytes.length - this.p
  }

  private giveUp(what: GivesUp['what'], field: string, wanted: number): never {
    throw new Stop({ what, field, at: this.p - this.origin, wanted, left: this.left })
  }

  private field(field: Field, top: boolean): void {
    if (--this.steps < 0) throw new Stop('unknown')
    if (field.type === 'array') this.array(field)
    else if (field.type === 'struct') {
      // A nullable struct's marker is read in ways of their own.
      if (field.nullable) throw new Stop('unknown')
      this.struct(field.fields, field.flexible)
    } else {
      const value = this.scalar(field, field.type)
      if (top) this.seen.set(field.name, value)
    }
  }

  private scalar(field: Field, type: string): number | string | null {
    const width = fixedWidth(type)
    if (width === 0) return this.text(field, type)
    if (this.left < width) this.giveUp('number', field.name, width)
    const at = this.p
    this.p += width
    if (at < 0) throw new Stop('unknown')
    return width === 2 ? i16(this.bytes, at) : width === 4 ? i32(this.bytes, at) : width === 1 ? u8(this.bytes, at) : 0
  }

  private varint(name: string): number {
    const value = uvarint(this.bytes, this.p, this.bytes.length)
    if (value === -1) this.giveUp('varint', name, 0)
    if (value === -2) this.giveUp('long-varint', name, 0)
    this.p = varintEnd
    return value
  }

  /** The length of a string or bytes, or a count; -1 for null. */
  private prefix(field: Field, width: 2 | 4): number {
    // As an int32: a varint of 32 bits can be one below 0.
    if (field.flexible) return (this.varint(field.name) - 1) | 0
    if (this.left < width) this.giveUp('number', field.name, width)
    const at = this.p
    if (at < 0) throw new Stop('unknown')
    this.p += width
    return width === 2 ? i16(this.bytes, at) : i32(this.bytes, at)
  }

  private text(field: Field, type: string): string | null {
    const { habits } = this
    const length = this.prefix(field, type === 'string' ? 2 : 4)
    if (length < 0) {
      const isNull = length === -1 || habits.negativeLength === 'null'
      if (isNull && habits.refusesNull !== 'nothing' && !field.nullable) this.giveUp('null', field.name, length)
      if (isNull) return null
      if (habits.negativeLength === 'unknown') throw new Stop('unknown')
      if (habits.negativeLength === 'size_t') this.giveUp('text', field.name, length)
      this.p += length
      return ''
    }
    if (habits.shortText && type === 'string' && length > 32767) this.giveUp('long-text', field.name, length)
    const at = this.p
    if (length > this.left && !habits.overruns) this.giveUp(type === 'string' ? 'text' : 'bytes', field.name, length)
    this.p += length
    return type === 'string' && length <= 1000 && this.p <= this.bytes.length ? utf8(this.bytes, at, this.p) : ''
  }

  private array(field: Field): void {
    const { habits } = this
    const count = this.prefix(field, 4)
    const limit = habits.largestCount?.(this.model, field) ?? null
    if (count < 0 && habits.refusesNull === 'all' && !field.nullable) this.giveUp('null', field.name, count)
    if (count < -1 && habits.negativeCount === 'refused') this.giveUp('count', field.name, count)
    if (count > this.left && habits.countsBytes) this.giveUp('count', field.name, count)
    if (limit !== null && (count < -1 || count > limit)) this.giveUp('count', field.name, count)
    if (habits.leavesOff?.(this.model, field, count, this.seen)) throw new Stop(null)
    for (let i = 0; i < count; i++) {
      if (--this.steps < 0) throw new Stop('unknown')
      if (field.element === 'struct') this.struct(field.fields, field.flexible)
      else this.scalar({ ...field, nullable: false }, field.element!)
    }
  }

  private tags(fields: readonly Field[]): void {
    const count = this.varint('_tags')
    for (let i = 0; i < count; i++) {
      if (--this.steps < 0) throw new Stop('unknown')
      const tag = this.varint('_tags')
      const size = this.varint('_tags')
      const known = this.habits.readsTags ? fields.find((field) => field.tag === tag) : undefined
      if (known) this.field(known, false)
      else if (size > this.left) this.giveUp('bytes', '_tags', size)
      else this.p += size
    }
  }
}
