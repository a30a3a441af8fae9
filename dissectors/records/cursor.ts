/**
 * Walks records of magic 2 one after another without making anything per record: fields of the cursor say where the
 * current record's parts are. Layout: DefaultRecord of kafka-clients; all lengths and counts are zigzag varints.
 */
import { u8, varint, varintEnd, varlong } from '../../src/bytes/read.ts'

export type FaultKind =
  /** A length that does not fit what follows, or what it counts. */
  | 'length'
  /** A varint that is cut short or too long. */
  | 'varint'
  /** A negative count or header key length. */
  | 'negative'

/** Why a record could not be read as it stands. */
export interface RecordFault {
  readonly kind: FaultKind
  /** The field's name within the record: `length`, `key`, `headers`, `headers[1].value`. */
  readonly field: string
  readonly at: number
  readonly length: number
  readonly claimed: number
  readonly actual: number
}

/** Attributes, two deltas, null key, null value, no headers. */
const MIN_BODY = 6

export class RecordCursor {
  readonly #b: Uint8Array
  readonly #end: number
  #p: number

  /** Index of the current record; -1 before the first. */
  index = -1
  /** Offset of the record's length field. */
  at = 0
  /** Where its attributes are: right after its length. */
  bodyAt = 0
  /** Where its contents end. */
  recordEnd = 0
  timestampAt = 0
  timestampDelta: number | bigint = 0
  offsetAt = 0
  offsetDelta = 0
  /** Where the key's length is, its contents are, and how many bytes it has: -1 for null (as any negative number). */
  keyAt = 0
  keyFrom = 0
  keyLength = 0
  valueAt = 0
  valueFrom = 0
  valueLength = 0
  /** Where the headers' count is, the first header is, and how many there are. */
  headersAt = 0
  headersFrom = 0
  headerCount = 0
  /** What stopped `next`; null at a sound end. */
  fault: RecordFault | null = null
  /** The length field of the current record does not match its contents; reading goes on behind them. */
  mismatch: RecordFault | null = null
  /** Varints longer than need be and lengths below -1, so far. */
  oddities = 0
  /** Offset of the first of those; -1 while there is none. */
  firstOddity = -1

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#b = bytes
    this.#p = start
    this.#end = end
  }

  /** Where the next record begins. */
  get position(): number {
    return this.#p
  }

  /** Goes to the next record; false at the end and at a fault. */
  next(): boolean {
    if (this.fault !== null || this.#p >= this.#end) return false
    const at = this.#p
    this.at = at
    this.index++
    this.mismatch = null
    const length = this.#varint('length')
    this.bodyAt = this.#p
    if (this.fault !== null) return false
    if (!this.#body()) {
      // The record's length may be right where something in it is not; it is the better news to give.
      if (length < MIN_BODY || length > this.#end - this.bodyAt) this.#lengthFault(at, length, -1)
      return false
    }
    this.recordEnd = this.#p
    const actual = this.recordEnd - this.bodyAt
    if (actual !== length) {
      this.mismatch = { kind: 'length', field: 'length', at, length: this.bodyAt - at, claimed: length, actual }
    }
    return true
  }

  /** Calls back for every header of the current record: where its lengths and contents are (value length -1: null). */
  eachHeader(
    visit: (
      at: number,
      keyFrom: number,
      keyLength: number,
      valueAt: number,
      valueFrom: number,
      valueLength: number,
    ) => void,
  ): void {
    let p = this.headersFrom
    for (let i = 0; i < this.headerCount; i++) {
      const keyLength = varint(this.#b, p, this.#end)
      const keyFrom = varintEnd
      const valueAt = keyFrom + keyLength
      const valueLength = Math.max(-1, varint(this.#b, valueAt, this.#end))
      const valueFrom = varintEnd
      visit(p, keyFrom, keyLength, valueAt, valueFrom, valueLength)
      p = valueFrom + Math.max(0, valueLength)
    }
  }

  /** Reads from the attributes to the last header, in the room up to the payload's end. */
  #body(): boolean {
    this.timestampAt = this.#p + 1
    this.#p++
    if (this.#p > this.#end) return this.#fail('varint', 'attributes', this.#p - 1, -1, -1)
    this.timestampDelta = this.#varlong()
    this.offsetAt = this.#p
    this.offsetDelta = this.#varint('offsetDelta')
    this.keyAt = this.#p
    this.keyLength = this.#size('key')
    this.keyFrom = this.#p - Math.max(0, this.keyLength)
    this.valueAt = this.#p
    this.valueLength = this.#size('value')
    this.valueFrom = this.#p - Math.max(0, this.valueLength)
    this.headersAt = this.#p
    const count = this.#varint('headers')
    this.headersFrom = this.#p
    this.headerCount = count
    if (this.fault !== null) return false
    if (count < 0) return this.#fail('negative', 'headers', this.headersAt, count, -1)
    // A header takes two bytes at least.
    if (count > (this.#end - this.#p) / 2) return this.#fail('length', 'headers', this.headersAt, count, -1)
    for (let i = 0; i < count; i++) if (!this.#header(i)) return false
    return true
  }

  #header(index: number): boolean {
    const at = this.#p
    const length = this.#varint('headers')
    if (this.fault === null && length < 0) return this.#fail('negative', `headers[${index}].key`, at, length, -1)
    if (this.fault === null && length > this.#end - this.#p) {
      return this.#fail('length', `headers[${index}].key`, at, length, this.#end - this.#p)
    }
    this.#p += length
    this.#size('headers')
    if (this.fault === null) return true
    this.fault = { ...this.fault, field: `headers[${index}].${this.fault.at === at ? 'key' : 'value'}` }
    return false
  }

  /** A length and as many bytes, which are passed over; -1 for a negative length. */
  #size(field: string): number {
    const at = this.#p
    const length = this.#varint(field)
    if (this.fault !== null) return -1
    if (length < 0) {
      if (length < -1) this.#odd(at)
      return -1
    }
    if (length > this.#end - this.#p) {
      this.#fail('length', field, at, length, this.#end - this.#p)
      return -1
    }
    this.#p += length
    return length
  }

  #varint(field: string): number {
    if (this.fault !== null) return 0
    const quick = this.#quick()
    if (quick >= 0) return (quick >>> 1) ^ -(quick & 1)
    const p = this.#p
    const value = varint(this.#b, p, this.#end)
    this.#p = varintEnd
    if (Number.isNaN(value)) this.#fail('varint', field, p, -1, -1)
    else if (varintEnd - p > 1 && u8(this.#b, varintEnd - 1) === 0) this.#odd(p)
    return value
  }

  #varlong(): number | bigint {
    if (this.fault !== null) return 0
    const quick = this.#quick()
    if (quick >= 0) return (quick >>> 1) ^ -(quick & 1)
    const p = this.#p
    const value = varlong(this.#b, p, this.#end)
    this.#p = varintEnd
    if (value === null) {
      this.#fail('varint', 'timestampDelta', p, -1, -1)
      return 0
    }
    if (varintEnd - p > 1 && u8(this.#b, varintEnd - 1) === 0) this.#odd(p)
    return value
  }

  /**
   * An unsigned varint of up to four bytes in its shortest form, which nearly all are; -1 for any other, or near the
   * end, and then nothing is read.
   */
  #quick(): number {
    const b = this.#b
    const p = this.#p
    if (p + 4 > this.#end) return -1
    const first = u8(b, p)
    if (first < 0x80) {
      this.#p = p + 1
      return first
    }
    const second = u8(b, p + 1)
    if (second < 0x80) {
      if (second === 0) return -1
      this.#p = p + 2
      return (first & 0x7f) | (second << 7)
    }
    const third = u8(b, p + 2)
    if (third < 0x80) {
      if (third === 0) return -1
      this.#p = p + 3
      return (first & 0x7f) | ((second & 0x7f) << 7) | (third << 14)
    }
    const fourth = u8(b, p + 3)
    if (fourth >= 0x80 || fourth === 0) return -1
    this.#p = p + 4
    return (first & 0x7f) | ((second & 0x7f) << 7) | ((third & 0x7f) << 14) | (fourth << 21)
  }

  #odd(at: number): void {
    if (this.oddities++ === 0) this.firstOddity = at
  }

  #fail(kind: FaultKind, field: string, at: number, claimed: number, actual: number): false {
    this.fault ??= { kind, field, at, length: Math.max(0, Math.min(this.#p, this.#end) - at), claimed, actual }
    return false
  }

  #lengthFault(at: number, claimed: number, actual: number): void {
    this.fault = { kind: 'length', field: 'length', at, length: this.bodyAt - at, claimed, actual }
  }
}
