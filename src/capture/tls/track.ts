/**
 * One direction of a TLS connection: records in, what they hold out, keys changed where the records say so.
 *
 * After a gap the next record is searched for. A place is taken for a record only where its bytes decrypt: the tag of
 * 16 bytes proves place, key and number. Numbers are tried from the next one on, as many as the lost bytes can have
 * held; how often is bounded, and when that is used up the direction is given up.
 */

import type { Opened, RecordKey } from './opened.ts'
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
  /** The keys that are to come, in their order. */
  later: readonly RecordKey[] = []
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

  /** From now on records have the first of these keys; the others are to come. */
  use(keys: readonly RecordKey[], seq = 0): void {
    this.key = keys[0] ?? null
    this.later = keys.slice(1)
    this.seq = seq
  }

  /** The next key is there. */
  turn(): void {
    if (this.later.length > 0) this.use(this.later)
  }

  /** The sender has changed its key (KeyUpdate). */
  update(): void {
    const next = this.later.length === 0 ? this.key?.next() : null
    if (next) this.use([next])
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
    const keys = this.key ? [this.key, ...this.later] : this.later
    for (const [i, key] of keys.entries()) {
      const from = i === 0 && this.key ? this.seq : 0
      const opened = this.attemptKey(keys.slice(i), bytes, from, wide)
      if (opened) return opened
      if (this.tries <= 0) return null
      if (i < keys.length - 1) continue
      const next = this.later.length === 0 ? key.next() : null
      if (next) return this.attemptKey([next], bytes, 0, Math.min(wide, NEXT_KEY_WINDOW))
    }
    return null
  }

  private attemptKey(keys: readonly RecordKey[], bytes: Uint8Array, from: number, count: number): Opened | null {
    const [key] = keys
    for (let seq = from; seq < from + count && this.tries > 0; seq++) {
      this.tries--
      const opened = key!.open(bytes, seq)
      if (!opened) continue
      this.use(keys, seq + 1)
      return opened
    }
    return null
  }
}
