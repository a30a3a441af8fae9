/**
 * One direction of a TLS connection: records in, what they hold out, keys changed where the records say so.
 *
 * After a gap the next record is searched for. A place is taken for a record only where its bytes decrypt: the tag of
 * 16 bytes proves place, key and number. Numbers are tried from the next one on, as many as the lost bytes can have
 * held; how often is bounded, and when that is used up the direction is given up.
 */

import type { Opened, RecordKey } from './record-key.ts'
import { Records, type TlsRecord } from './records.ts'

/** Tries of a connection's direction; some seconds where all are of the largest records. */
const MAX_TRIES = 100_000
/** Numbers tried for one record, and tried where nobody knows how much is missing. */
const MAX_WINDOW = 4096
const UNKNOWN_WINDOW = 512
/** Header, tag, one byte: fewer bytes hold no record. */
const SMALLEST_RECORD = 22
/** Records that a later key may have had before the one that is found. */
const NEXT_KEY_WINDOW = 64

export class Track {
  readonly records = new Records()
  /** Null while records are not encrypted. */
  key: RecordKey | null = null
  /** The number of the next record under the key. */
  seq = 0
  /** The key that is to come. */
  following: RecordKey | null = null
  lost = false
  /** Nothing more of this direction will be read. */
  dead = false
  /** Nothing more comes: what may be a record's beginning and is not whole is passed over. */
  last = false
  private window = 0
  private tries = MAX_TRIES

  /** Bytes are missing here; 0: nobody knows how many. */
  gap(bytes: number): void {
    this.search(bytes + this.records.length)
    if (bytes === 0) this.window += UNKNOWN_WINDOW
    this.records.clear()
  }

  /** So many bytes are passed over; the next record has to be searched for. */
  search(bytes: number): void {
    this.window += Math.ceil(bytes / SMALLEST_RECORD) + 2
    this.lost = true
  }

  /** The key that is to come is there. */
  turn(): void {
    if (!this.following) return
    this.key = this.following
    this.following = null
    this.seq = 0
  }

  /** What the record holds; null where it does not decrypt. */
  open(record: TlsRecord): Opened | null {
    const opened = this.key?.open(record.bytes, this.seq) ?? null
    if (opened) this.seq++
    return opened
  }

  /** Searches for the next record that decrypts; null where more has to come. */
  recover(): { record: TlsRecord; opened: Opened } | null {
    if (this.dead) this.records.clear()
    for (let record = this.find(); record; record = this.find()) {
      const opened = this.attempt(record)
      if (opened) {
        this.records.drop(record.bytes.length)
        this.lost = false
        this.window = 0
        return { record, opened }
      }
      if (this.tries <= 0) {
        this.dead = true
        this.records.clear()
        return null
      }
      this.window += 1 / SMALLEST_RECORD
      this.records.drop(1)
    }
    return null
  }

  private find(): TlsRecord | null {
    for (;;) {
      const record = this.records.find()
      if (record || !this.last || this.records.length < SMALLEST_RECORD) return record
      this.records.drop(1)
    }
  }

  private attempt({ bytes }: TlsRecord): Opened | null {
    const wide = Math.min(Math.ceil(this.window), MAX_WINDOW)
    const narrow = Math.min(wide, NEXT_KEY_WINDOW)
    if (this.key) {
      const found = this.attemptKey(this.key, bytes, this.seq, wide)
      if (found) return found
    }
    const next = this.following ?? this.key?.next() ?? null
    if (!next) return null
    const found = this.attemptKey(next, bytes, 0, this.following ? wide : narrow)
    if (found && next === this.following) this.following = null
    return found
  }

  private attemptKey(key: RecordKey, bytes: Uint8Array, from: number, count: number): Opened | null {
    for (let seq = from; seq < from + count && this.tries > 0; seq++) {
      this.tries--
      const opened = key.open(bytes, seq)
      if (!opened) continue
      this.key = key
      this.seq = seq + 1
      return opened
    }
    return null
  }
}
