/**
 * Reads a body under a twist, and says how far that goes and how plausible the values are. Unlike the codec's decoders it
 * interprets the plan, since each reading is made once; it makes no values, only a sum of bits.
 */
import { latin1 } from '../../bytes/latin1.ts'
import { sameBytes } from '../../bytes/match.ts'
import { f64, i8, i32, u8, uvarint, uvarintSize, varintEnd, varlong } from '../../bytes/read.ts'
import { validUtf8 } from '../../bytes/utf8.ts'
import { contentBits, partialBits } from './contents.ts'
import { countBits, fieldBits, integerBits, MOST_TEXT, strayBits, tagBits, textBits } from './cost.ts'
import { MAX_KEPT_TEXT } from './habits.ts'
import { Knowledge } from './knowledge.ts'
import { beginningBits, fits, integerAt, strangeBits } from './numbers.ts'
import { FAULT_BITS, type Fault, type Stop } from './outcome.ts'
import type { Pupil } from './past.ts'
import type { Plan, PlanField, PlanStruct } from './plan.ts'
import type { Trail } from './trail.ts'
import { type Act, AS_IS, Form, Target, type Twist } from './twist.ts'
import { type FieldLog, type LengthSites, Work } from './work.ts'

interface Place {
  readonly offset: number
  readonly path: string
  readonly evidence: Readonly<Record<string, number>>
}

const MAX_STRING = 32767
const NULL_BITS = 3
const NO_ID = '\0'.repeat(16)

const EMPTY_NOT_NULL = 2
const NOTHING_KNOWN = new Knowledge()

/** A tag that no version knows is rare, so that noise is not taken for one. */
const UNKNOWN_TAG = 12

type Kind = 'string' | 'bytes' | 'array'

/** The value of a varint that is none: more than any length or count can be. */
export const UNKNOWN = 2 ** 40

export class Reading {
  bits = 0
  pos = 0
  stop: Stop | null = null
  faults: Fault[] = []
  /** Where the twist applied first, and how often. */
  first: Place | null = null
  applied = 0
  /** How often the reading came by the twist's target. */
  visits = 0
  /** Where the last element but a first of an array of structs began. */
  elementAt = -1
  /** Where set before a reading: how often it comes by each place of the plan, and each length that it reads. */
  census: Int32Array | null = null
  known: Knowledge = NOTHING_KNOWN
  /** Is told of the values. */
  pupil: Pupil | null = null
  /** Where set: takes down the bits at each byte that a field of a struct begins with, and is not bound. */
  trail: Trail | null = null
  /** Where set: a reading that has become so much worse than this one at the same byte is given up. */
  ahead: Trail | null = null
  lengths: LengthSites | null = null
  /** Where set: takes down the fields, and ends the reading when it is full. */
  log: FieldLog | null = null
  /** What all readings may cost together: one that goes beyond stops. */
  work = new Work()
  private b: Uint8Array = new Uint8Array(0)
  private end = 0
  private twist: Twist = AS_IS
  private bound = 0
  private root: PlanStruct | null = null
  private readonly names: string[] = []
  private readonly indices: number[] = []

  /**
   * Reads bytes `start` to `end` as a body. Gives up where the bits exceed `bound`. Returns whether all bytes were
   * read; `faults` may still tell of something.
   */
  read(plan: Plan, b: Uint8Array, start: number, end: number, twist: Twist, bound = Number.POSITIVE_INFINITY): boolean {
    this.work.begin()
    this.bits = twist.bits
    this.pos = start
    this.stop = null
    this.faults = []
    this.first = null
    this.applied = 0
    this.visits = 0
    this.elementAt = -1
    this.b = b
    this.end = end
    this.twist = twist
    this.bound = bound
    this.root = plan.root
    this.known.turnTo(plan)
    this.names.length = 0
    this.indices.length = 0
    return this.struct(plan.root) && this.pos === end
  }

  private hit(): boolean {
    this.visits++
    if (this.twist.visit !== 0 && this.visits !== this.twist.visit) return false
    this.applied++
    return true
  }

  private mark(name: string, offset = this.pos, evidence: Readonly<Record<string, number>> = {}): void {
    this.first ??= { offset, path: this.path(name), evidence }
  }

  private path(name: string): string {
    let path = ''
    for (let i = 0; i < this.names.length; i++) {
      const index = this.indices[i]!
      path += `${path ? '.' : ''}${this.names[i]}${index < 0 ? '' : `[${index}]`}`
    }
    return name ? `${path}${path ? '.' : ''}${name}` : path
  }

  private halt(why: Stop['why'], name: string, offset: number, need: number): false {
    const have = Math.max(0, this.end - offset)
    this.stop = { why, offset, path: this.path(name), need, have }
    // Bytes that no value accounts for; those of contents that are cut have been counted.
    if (why === 'underflow') this.bits += beginningBits(this.b, offset, this.end)
    return false
  }

  private fault(cause: string, name: string, offset: number, evidence?: Readonly<Record<string, number>>): void {
    this.bits += FAULT_BITS[cause] ?? 12
    if (this.faults.length < 8)
      this.faults.push({ cause, offset, path: this.path(name), ...(evidence ? { evidence } : {}) })
  }

  private hopeless(): boolean {
    const { bits, pos } = this
    if (this.trail) this.trail.note(pos, bits)
    return this.isBeyond() || this.log?.isFull === true || this.ahead?.isBehind(pos, bits) === true
  }

  private isBeyond(): boolean {
    this.work.used++
    return this.bits > this.bound || this.work.isDone
  }

  private struct(s: PlanStruct): boolean {
    const { fields } = s
    for (let i = 0; i < fields.length; i++) {
      const f = fields[i]!
      if (this.hopeless()) return this.halt('bound', f.name, this.pos, 0)
      if (this.twist.target === f.ix) {
        const done = this.reordered(f, fields[i + 1])
        if (done === null) return false
        i += done
        if (done > 0 || this.skipped) continue
      }
      if (!this.value(f)) return false
    }
    if (this.twist.act === 'extra' && this.twist.target === s.ix && this.hit()) {
      this.mark('', this.pos, { size: this.twist.n })
      if (this.pos + this.twist.n > this.end) return this.halt('underflow', '', this.pos, this.twist.n)
      this.bits += strayBits(this.b.subarray(this.pos, this.pos + this.twist.n))
      this.pos += this.twist.n
    }
    return !this.hasTags(s) || this.tags(s)
  }

  /** Set where `reordered` stood in for the field's own reading. */
  private skipped = false

  /** A field left out, written twice, or after its neighbour: how many more fields were read; null where it stopped. */
  private reordered(f: PlanField, next: PlanField | undefined): number | null {
    this.skipped = false
    const { act } = this.twist
    if ((act !== 'omit' && act !== 'double' && act !== 'swap') || (act === 'swap' && !next) || !this.hit()) return 0
    this.mark(f.name)
    if (act === 'omit') this.skipped = true
    else if (act === 'double') return this.twice(f)
    else if (next) return this.value(next) && this.value(f) ? 1 : null
    return 0
  }

  /** A field and, right after it, the same bytes again. */
  private twice(f: PlanField): number | null {
    const start = this.pos
    if (!this.value(f)) return null
    const size = this.pos - start
    if (this.pos + size > this.end || !sameBytes(this.b, start, this.b, this.pos, size)) {
      this.halt('underflow', f.name, this.pos, size)
      return null
    }
    this.pos += size
    this.skipped = true
    return 0
  }

  private hasTags(s: PlanStruct): boolean {
    const { act, target } = this.twist
    if (this.census) this.census[s.ix]!++
    if (act !== 'notags' && act !== 'tags') return s.flexible
    const here = target === s.ix || target === Target.structs || (target === Target.nested && s !== this.root)
    if (s.flexible !== (act === 'notags') || !here || !this.hit()) return s.flexible
    this.mark('_tags')
    return !s.flexible
  }

  private value(f: PlanField): boolean {
    const { type } = f.field
    if (this.census) this.census[f.ix]!++
    if (this.log) this.log.note(f, this.path(f.name), this.pos)
    if (type === 'array') return this.array(f)
    if (f.struct) return this.structField(f)
    if (f.width > 0) return this.number(f)
    return this.blob(f, type === 'string' ? 'string' : 'bytes', f.field.nullable)
  }

  private number(f: PlanField): boolean {
    const { act, target, n } = this.twist
    const twisted = target === f.ix && (act === 'width' || act === 'little') && this.hit()
    if (twisted) this.mark(f.name)
    const width = twisted && act === 'width' ? n : f.width
    if (this.pos + width > this.end) return this.halt('underflow', f.name, this.pos, width)
    if (f.field.type === 'bool') {
      const byte = u8(this.b, this.pos)
      if (byte > 1) this.fault('bad-boolean', f.name, this.pos)
      this.bits += this.known.usual(f, byte, 1)
      this.pupil?.learn(f, byte)
    } else if (f.field.type === 'uuid') this.bits += this.uuidBits(f)
    else if (f.field.type === 'float64') this.bits += f64(this.b, this.pos) === 0 ? 2 : 64
    else {
      const value = integerAt(this.b, this.pos, width, f.field.type, twisted && act === 'little')
      // What was written too wide has room in what it should have had.
      const wide = width > f.width
      const room = wide && fits(value, f.width)
      this.bits += this.numberBits(f, value, room ? f.width : width) + (wide && !room ? MISFIT : 0)
    }
    this.pos += width
    return true
  }

  private numberBits(f: PlanField, value: number | bigint, width: number): number {
    this.pupil?.learn(f, value)
    return this.known.number(f, value, fieldBits(value, width, f.field.type, f.name))
  }

  private uuidBits(f: PlanField): number {
    const { b, pos } = this
    this.pupil?.learn(f, latin1(b, pos, pos + 16))
    for (let i = pos; i < pos + 16; i += 4) if (i32(b, i) !== 0) return this.known.id(f, b, pos)
    return this.known.usual(f, NO_ID, 2)
  }

  private structField(f: PlanField): boolean {
    const { nullable, tag } = f.field
    if (nullable) {
      if (this.pos >= this.end) return this.halt('underflow', f.name, this.pos, 1)
      const marker = tag >= 0 ? u8(this.b, this.pos) - 1 : i8(this.b, this.pos)
      this.pos++
      this.bits += marker === -1 ? 1 : marker === 1 || (tag >= 0 && marker === 0) ? 2 : 12
      if (marker < 0) return true
    }
    return this.inside(f.name, -1, f.struct!)
  }

  private inside(name: string, index: number, s: PlanStruct): boolean {
    if (index > 0) this.elementAt = this.pos
    this.names.push(name)
    this.indices.push(index)
    if (!this.struct(s)) return false
    this.names.pop()
    this.indices.pop()
    return true
  }

  /** A length or count: -1 for null; null where the reading stopped. */
  private length(f: PlanField, kind: Kind, nullable: boolean, flexible: boolean, name = f.name): number | null {
    const { act, target, n } = this.twist
    const at = this.pos
    let form: Form = flexible ? Form.compact : Form.classic
    let twisted = false
    if ((act === 'form' && form !== n) || (act === 'little' && form === Form.classic)) {
      twisted = (target === f.ix || target === ALL[kind] || target === Target.lengths) && this.hit()
      if (twisted && act === 'form') form = n as Form
    }
    const little = twisted && act === 'little'
    const raw = form === Form.classic ? this.classic(name, kind, little) : this.compact(name, form)
    if (raw === null) return null
    if (this.lengths && this.census) {
      const [visit, left] = [this.census[f.ix]!, this.end - this.pos]
      this.lengths.add({ ix: f.ix, visit, isCount: kind === 'array', claimed: raw, at: this.pos, left })
    }
    let value = raw
    if (act === 'length' && target === f.ix && this.hit()) {
      this.mark(name, at, { claimed: raw, actual: n })
      value = n
    } else if (twisted)
      this.mark(name, at, act === 'little' ? { actual: raw } : { claimed: claimedAs(form, raw), actual: raw })
    if (value < -1) {
      this.fault('negative-length', name, at, { claimed: value })
      return -1
    }
    if (value === -1 && !nullable) this.fault('null-not-allowed', name, at)
    return value
  }

  private classic(name: string, kind: Kind, little: boolean): number | null {
    const width = kind === 'string' ? 2 : 4
    if (this.pos + width > this.end) {
      this.halt('underflow', name, this.pos, width)
      return null
    }
    const raw = integerAt(this.b, this.pos, width, width === 2 ? 'int16' : 'int32', little)
    this.pos += width
    return Number(raw)
  }

  private compact(name: string, form: Form): number | null {
    const at = this.pos
    const raw = uvarint(this.b, at, this.end)
    if (raw === -2) return this.longVarint(name)
    if (raw === -1) {
      this.halt('underflow', name, at, this.end - at + 1)
      return null
    }
    this.pos = varintEnd
    if (varintEnd - at !== uvarintSize(raw)) this.fault('varint-not-minimal', name, at, { actual: varintEnd - at })
    return form === Form.compact ? raw - 1 : raw
  }

  /** Bytes that are no varint of 32 bits: what they should have said is not known. */
  private longVarint(name: string): number | null {
    const at = this.pos
    varlong(this.b, at, this.end)
    if (varintEnd <= at) {
      this.halt('varint', name, at, 5)
      return null
    }
    this.pos = varintEnd
    this.bits += strangeBits(this.b, at + 1, varintEnd - 1)
    this.fault('varint-too-long', name, at)
    return UNKNOWN
  }

  private blob(f: PlanField, kind: 'string' | 'bytes', nullable: boolean, name = f.name): boolean {
    const length = this.length(f, kind, nullable, f.field.flexible, name)
    if (length === null) return false
    if (length < 0) {
      this.bits += this.known.usual(f, length, NULL_BITS)
      this.pupil?.learn(f, length)
      return true
    }
    const start = this.pos
    if (length > this.end - start) {
      this.bits += this.partBits(kind, start, f) + Math.log2(length)
      return this.halt('length', name, start, length)
    }
    this.pos += length
    this.work.contents(f.field.type, length)
    if (kind === 'string') {
      const valid = validUtf8(this.b, start, this.pos)
      if (!valid) this.fault('bad-utf8', name, start)
      this.bits += this.stringBits(f, start, this.pos, valid)
    } else this.bits += contentBits(this.b, start, length, f)
    // Who has nothing to say says null where that is allowed.
    if (length === 0 && nullable) this.bits += EMPTY_NOT_NULL
    return true
  }

  private stringBits(f: PlanField, start: number, end: number, valid: boolean): number {
    const { b } = this
    if (this.pupil && end - start <= MAX_KEPT_TEXT) this.pupil.learn(f, latin1(b, start, end))
    const plain = (): number => textBits(b.subarray(start, end), valid) + (end - start > MAX_STRING ? 20 : 0)
    return this.known.text(f, b, start, end, plain)
  }

  /** What is there of contents that the end cuts: it has to be plausible too. */
  private partBits(kind: 'string' | 'bytes', start: number, f: PlanField): number {
    if (kind === 'bytes') return partialBits(this.b, start, this.end, f)
    const end = Math.min(this.end, start + MOST_TEXT)
    const part = this.b.subarray(start, end)
    // The cut may be within a character.
    const valid = [0, 1, 2, 3].some((back) => validUtf8(this.b, start, Math.max(start, end - back)))
    return textBits(part, valid) * Math.max(1, (this.end - start) / MOST_TEXT)
  }

  private array(f: PlanField): boolean {
    const count = this.length(f, 'array', f.field.nullable, f.field.flexible)
    if (count === null) return false
    this.bits += this.known.count(f, count)
    this.pupil?.learn(f, count)
    const left = this.end - this.pos
    const least = Math.max(1, f.width)
    if (this.twist.act !== 'cut' && count * least > left) {
      return count > left
        ? this.halt('count', f.name, this.pos, count)
        : this.halt('underflow', f.name, this.pos, count * least)
    }
    for (let i = 0; i < count; i++) {
      if (this.isBeyond()) return this.halt('bound', f.name, this.pos, 0)
      if (f.struct) {
        if (!this.inside(f.name, i, f.struct)) return false
      } else if (f.width > 0) {
        if (this.pos + f.width > this.end) return this.halt('underflow', `${f.name}[${i}]`, this.pos, f.width)
        this.bits += this.elementBits(f)
        this.pos += f.width
      } else if (!this.element(f.element!, `${f.name}[${i}]`)) return false
    }
    return true
  }

  private element(f: PlanField, name: string): boolean {
    if (this.census) this.census[f.ix]!++
    return this.blob(f, f.field.type === 'string' ? 'string' : 'bytes', false, name)
  }

  private elementBits(f: PlanField): number {
    if (f.width === 16) return this.uuidBits(f)
    const value = integerAt(this.b, this.pos, f.width, f.field.element!, false)
    return this.known.element(f, value, integerBits(value, f.width, false))
  }

  private tags(s: PlanStruct): boolean {
    const at = this.pos
    let count = this.compact('_tags', Form.compactWithoutPlusOne)
    if (count === null) return false
    // Of a count that cannot be read, none is the likeliest.
    if (count === UNKNOWN) count = 0
    this.bits += count === 0 ? 0.5 : 8 + countBits(count)
    if (this.twist.act !== 'cut' && count * 2 > this.end - this.pos) return this.halt('count', '_tags', at, count)
    let last = -1
    for (let i = 0; i < count; i++) {
      if (this.isBeyond()) return this.halt('bound', '_tags', this.pos, 0)
      const name = `_tags[${i}]`
      const tagAt = this.pos
      const tag = this.compact(name, Form.compactWithoutPlusOne)
      if (tag === null) return false
      if (tag === last) this.fault('duplicate-tag', name, tagAt, { tag })
      else if (tag < last) this.fault('tag-order', name, tagAt, { tag })
      last = Math.max(last, tag)
      if (!this.tag(s, tag, name, tagAt)) return false
    }
    return true
  }

  private taggedField(field: PlanField, size: number, name: string, sizeAt: number, tag: number): boolean {
    const start = this.pos
    const depth = this.names.length
    const { bits, first, applied, visits, twist } = this
    const faults = this.faults.length
    const read = this.value(field)
    this.bits += 4
    if (read && this.pos - start === size) return true
    if (EVERYWHERE.has(twist.act) && twist.target < Target.nothing && this.applied > applied) {
      // The code that writes what is in a tag may be other code, that has not the bug: its size says so.
      Object.assign(this, { bits: bits + 5, first, applied, visits, pos: start, stop: null, twist: AS_IS })
      this.faults.length = faults
      this.names.length = depth
      this.indices.length = depth
      const sound = this.value(field)
      this.twist = twist
      if (!sound) return false
    } else if (!read) return false
    const actual = this.pos - start
    if (actual !== size && size !== UNKNOWN) this.fault('tag-size', name, sizeAt, { tag, claimed: size, actual })
    return true
  }

  private tag(s: PlanStruct, tag: number, name: string, tagAt: number): boolean {
    const { act, target, n } = this.twist
    const sizeAt = this.pos
    let size = this.compact(name, Form.compactWithoutPlusOne)
    if (size === null) return false
    const field = s.tagged.get(tag)
    if (field) return this.taggedField(field, size, name, sizeAt, tag)
    if (act === 'tagsize' && target === s.ix && this.hit()) {
      this.mark(name, sizeAt, { tag, claimed: size, actual: size + n })
      size += n
    }
    const known = s.otherTags.has(tag)
    if (known) this.fault('tag-version', '_tags', tagAt, { tag })
    if (size < 0 || size > this.end - this.pos) {
      this.bits += UNKNOWN_TAG + tagBits(tag) + 8 * (this.end - this.pos) + Math.log2(Math.max(1, size))
      return this.halt('length', name, this.pos, size)
    }
    this.bits += known ? 6 + 4 * size : UNKNOWN_TAG + tagBits(tag) + 8 * size + 1.5 * Math.log2(size + 1)
    this.pos += size
    return true
  }
}

/** Acts whose twist may be of all fields of a kind. */
const EVERYWHERE = new Set<Act>(['form', 'notags'])

const ALL: Readonly<Record<Kind, number>> = { string: Target.strings, bytes: Target.bytes, array: Target.arrays }

/** A number written too wide that has no room in what it should have had. */
const MISFIT = 24

/** What a length that lacks its plus one says to who expects it. */
const claimedAs = (form: Form, raw: number): number => (form === Form.compactWithoutPlusOne ? raw - 1 : raw)
