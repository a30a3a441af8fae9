/** A direction's bytes to TLS records, each with the time and packet of its first byte. */
import { Buffer } from 'node:buffer'
import { u8, u16 } from '../../bytes/read.ts'
import { HEADER } from './opened.ts'

export const CHANGE_CIPHER_SPEC = 20
export const ALERT = 21
export const HANDSHAKE = 22
export const APPLICATION_DATA = 23

/** 2^14 and what encryption may add (RFC 5246, 6.2.3). */
export const MAX_CONTENT = 16_384 + 2048

export interface TlsRecord {
  /** With its header. */
  readonly bytes: Uint8Array
  readonly time: number
  readonly packet: number | undefined
}

interface Part {
  bytes: Uint8Array
  readonly time: number
  readonly packet: number | undefined
}

/** Whether these five bytes can begin a record. An empty one may hold application data, nothing else. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  const type = u8(bytes, at)
  const size = u16(bytes, at + 3)
  if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA || u8(bytes, at + 1) !== 3) return false
  return u8(bytes, at + 2) <= 4 && size <= MAX_CONTENT && (size > 0 || type === APPLICATION_DATA)
}

export class Records {
  /** Bytes that wait. */
  length = 0
  private parts: Part[] = []
  /** How many bytes have to be there before it is worth looking again. */
  private wanted = 0

  push(bytes: Uint8Array, time: number, packet: number | undefined): void {
    if (bytes.length === 0) return
    this.parts.push({ bytes, time, packet })
    this.length += bytes.length
  }

  /** The content type of what comes next; -1 where nothing does. */
  get type(): number {
    return this.length === 0 ? -1 : u8(this.parts[0]!.bytes, 0)
  }

  /** The next record; null where more has to come; `bad` where no record begins. */
  next(): TlsRecord | 'bad' | null {
    if (this.length < HEADER) return null
    const head = this.front(HEADER)
    if (!isRecordHeader(head, 0)) return 'bad'
    const size = HEADER + u16(head, 3)
    if (this.length < size) return null
    return this.take(size)
  }

  /**
   * Looks for a record anywhere. Passes over what can't begin one; returns the next that is whole and can, which stays
   * in front: `take` it, or `drop` a byte and go on. Null where more has to come.
   */
  find(): TlsRecord | null {
    while (this.length >= Math.max(HEADER, this.wanted)) {
      this.wanted = 0
      const all = this.front(Math.min(this.length, HEADER + MAX_CONTENT))
      let at = 0
      while (at + HEADER <= all.length && !isRecordHeader(all, at)) at++
      this.drop(at)
      if (at + HEADER > all.length) continue
      const size = HEADER + u16(all, at + 3)
      if (this.length >= size) {
        const { time, packet } = this.parts[0]!
        return { bytes: this.front(size).subarray(0, size), time, packet }
      }
      this.wanted = size
    }
    return null
  }

  take(size: number): TlsRecord {
    const { time, packet } = this.parts[0]!
    const bytes = this.front(size).subarray(0, size)
    this.drop(size)
    return { bytes, time, packet }
  }

  drop(size: number): void {
    this.wanted = 0
    this.length -= size
    let left = size
    let whole = 0
    while (left > 0 && left >= this.parts[whole]!.bytes.length) left -= this.parts[whole++]!.bytes.length
    if (whole > 0) this.parts.splice(0, whole)
    if (left > 0) this.parts[0]!.bytes = this.parts[0]!.bytes.subarray(left)
  }

  clear(): void {
    this.wanted = 0
    this.parts = []
    this.length = 0
  }

  /** Bytes from the first on, `size` of them at least, which must be there; what lies in one piece is not copied. */
  private front(size: number): Uint8Array {
    if (this.parts[0]!.bytes.length >= size) return this.parts[0]!.bytes
    const pieces: Uint8Array[] = []
    for (let had = 0, i = 0; had < size; i++) {
      pieces.push(this.parts[i]!.bytes)
      had += this.parts[i]!.bytes.length
    }
    return Buffer.concat(pieces)
  }
}
