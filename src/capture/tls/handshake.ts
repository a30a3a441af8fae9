/** Handshake messages out of the records that carry them, cut anywhere. */
import { Buffer } from 'node:buffer'
import { u8, u16 } from '../../bytes/read.ts'

export const CLIENT_HELLO = 1
export const SERVER_HELLO = 2
export const NEW_SESSION_TICKET = 4
export const END_OF_EARLY_DATA = 5
export const ENCRYPTED_EXTENSIONS = 8
export const FINISHED = 20
export const KEY_UPDATE = 24

/** Type and a length of three bytes. */
const HEADER = 4
/** No message that is read here is longer; others (certificates) pass without their contents. */
const MAX_KEPT = 32_768

export interface Message {
  readonly type: number
  /** Empty where it was too long to keep. */
  readonly body: Uint8Array
}

export class HandshakeReader {
  private parts: Uint8Array[] = []
  /** Bytes that wait for the rest of their message. */
  had = 0
  /** Bytes of a long message that are still to be passed over. */
  private skip = 0

  /** Takes what a record holds; returns the messages that are whole now. */
  push(bytes: Uint8Array): Message[] {
    const skipped = Math.min(this.skip, bytes.length)
    this.skip -= skipped
    this.parts.push(bytes.subarray(skipped))
    this.had += bytes.length - skipped
    const messages: Message[] = []
    while (this.had >= HEADER) {
      const head = this.front(HEADER)
      const size = u8(head, 1) * 65_536 + u16(head, 2)
      const type = u8(head, 0)
      if (size > MAX_KEPT) {
        messages.push({ type, body: new Uint8Array(0) })
        const here = Math.min(this.had - HEADER, size)
        this.drop(HEADER + here)
        this.skip = size - here
      } else {
        if (this.had < HEADER + size) break
        messages.push({ type, body: this.front(HEADER + size).subarray(HEADER, HEADER + size) })
        this.drop(HEADER + size)
      }
    }
    return messages
  }

  /** Forgets what was begun. */
  reset(): void {
    this.parts = []
    this.had = 0
    this.skip = 0
  }

  private front(size: number): Uint8Array {
    if (this.parts[0]!.length < size) this.parts = [Buffer.concat(this.parts)]
    return this.parts[0]!
  }

  private drop(size: number): void {
    const rest = this.front(size).subarray(size)
    this.parts[0] = rest
    this.had -= size
  }
}
