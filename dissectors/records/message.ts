/**
 * Messages of magic 0 and 1 (LegacyRecord of kafka-clients): one after another in a message set; a compressed one
 * holds a message set in its value. Like `RecordCursor` it makes nothing per message.
 */
import { crc32 } from 'node:zlib'
import { i8, i32, i64, u32 } from '../../src/bytes/read.ts'
import * as F from './format.ts'

/** Why a message could not be read. */
export interface MessageFault {
  readonly field: 'messageSize' | 'magic' | 'key' | 'value'
  readonly at: number
  readonly claimed: number
  /** What it should be or could be at most; -1 where that is not known. */
  readonly actual: number
}

export class MessageCursor {
  readonly #b: Uint8Array
  readonly #end: number
  #p: number

  index = -1
  /** Offset of the message's offset field. */
  at = 0
  end = 0
  magic = 0
  attributes = 0
  offset: number | bigint = 0
  /** ms; -1 in magic 0. */
  timestamp: number | bigint = -1
  /** Where the key's int32 length is, its contents are, and how many bytes it has; -1 for null. */
  keyAt = 0
  keyFrom = 0
  keyLength = 0
  valueAt = 0
  valueFrom = 0
  valueLength = 0
  fault: MessageFault | null = null
  /** Bytes of the current message after its value, which no field explains. */
  trailing = 0

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#b = bytes
    this.#p = start
    this.#end = end
  }

  /** Goes to the next message; false at the end and at a fault. */
  next(): boolean {
    if (this.fault !== null || this.#p >= this.#end) return false
    const b = this.#b
    const at = this.#p
    const left = this.#end - at
    this.at = at
    this.index++
    if (left < F.PREFIX) return this.#fail('messageSize', at, left, -1)
    const size = i32(b, at + F.SIZE_AT)
    if (size < F.LEGACY_MIN_SIZE || size > left - F.PREFIX) {
      return this.#fail('messageSize', at + F.SIZE_AT, size, left - F.PREFIX)
    }
    this.end = at + F.PREFIX + size
    this.magic = i8(b, at + F.MAGIC_AT)
    if (this.magic !== 0 && this.magic !== 1) return this.#fail('magic', at + F.MAGIC_AT, this.magic, -1)
    if (this.magic === 1 && size < F.LEGACY_MIN_SIZE + 8) {
      return this.#fail('messageSize', at + F.SIZE_AT, size, left - F.PREFIX)
    }
    this.attributes = i8(b, at + F.LEGACY_ATTRIBUTES_AT)
    this.offset = i64(b, at)
    this.timestamp = this.magic === 0 ? -1 : i64(b, at + F.LEGACY_TIMESTAMP_AT)
    this.keyAt = at + F.legacyKeyAt(this.magic)
    this.keyFrom = this.keyAt + 4
    this.keyLength = i32(b, this.keyAt)
    // Four bytes of the value's length come after the key.
    const keyRoom = this.end - this.keyFrom - 4
    if (this.keyLength < -1 || this.keyLength > keyRoom) return this.#fail('key', this.keyAt, this.keyLength, keyRoom)
    this.valueAt = this.keyFrom + Math.max(0, this.keyLength)
    this.valueFrom = this.valueAt + 4
    this.valueLength = i32(b, this.valueAt)
    const valueRoom = this.end - this.valueFrom
    if (this.valueLength < -1 || this.valueLength > valueRoom) {
      return this.#fail('value', this.valueAt, this.valueLength, valueRoom)
    }
    this.trailing = valueRoom - Math.max(0, this.valueLength)
    this.#p = this.end
    return true
  }

  #fail(field: MessageFault['field'], at: number, claimed: number, actual: number): false {
    this.fault = { field, at, claimed, actual }
    return false
  }
}

/** The CRC-32 (zlib's) that the message at `at` should have: of all from its magic to its end. */
export const messageCrc = (bytes: Uint8Array, at: number, end: number): number =>
  crc32(bytes.subarray(at + F.MAGIC_AT, end))

/** Whether the CRC that the message carries is right. */
export const messageCrcMatches = (bytes: Uint8Array, at: number, end: number): boolean =>
  messageCrc(bytes, at, end) === u32(bytes, at + F.LEGACY_CRC_AT)

/**
 * The offset to add to those in a wrapped message set. In magic 1 they count from 0 and the wrapper has the last one's
 * absolute offset (KIP-32); in magic 0 they are absolute.
 */
export function wrappedBase(bytes: Uint8Array, wrapperMagic: number, wrapperOffset: number | bigint): number | bigint {
  if (wrapperMagic === 0) return 0
  const messages = new MessageCursor(bytes, 0, bytes.length)
  let last: number | bigint = 0
  while (messages.next()) last = messages.offset
  return F.addInt64(wrapperOffset, -last)
}
