/** What correlating needs of a frame, read at fixed offsets: no table, no objects a field. */
import { sameBytes } from '../bytes/match.ts'
import { i16, i32 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'

/** Size field, API key, API version, correlation id: what every request header begins with. */
export const REQUEST_HEADER = 4 + 2 + 2 + 4
/** Size field and correlation id. */
export const RESPONSE_HEADER = 4 + 4

export const apiKeyAt = (frame: Uint8Array, p = 0): number => i16(frame, p + 4)
export const apiVersionAt = (frame: Uint8Array, p = 0): number => i16(frame, p + 6)
export const requestCorrelationId = (frame: Uint8Array, p = 0): number => i32(frame, p + 8)
export const responseCorrelationId = (frame: Uint8Array, p = 0): number => i32(frame, p + 4)

/**
 * The client ids of a connection. The field is an int16 length and text in every header that has one, also in flexible
 * ones (KIP-482 left it as it was, so that brokers can read the header of a version they do not know).
 */
export class ClientIds {
  private bytes = new Uint8Array(0)
  private known: string | null = null

  /** The client id of a request, null where it is null or does not fit. The same bytes give the same string object. */
  read(frame: Uint8Array, headerVersion: number): string | null {
    const at = REQUEST_HEADER
    if (headerVersion < 1 || frame.length < at + 2) return null
    const length = i16(frame, at)
    if (length < 0 || at + 2 + length > frame.length) return null
    if (this.known === null || length !== this.bytes.length || !sameBytes(frame, at + 2, this.bytes, 0, length)) {
      this.bytes = frame.slice(at + 2, at + 2 + length)
      this.known = text(this.bytes, 0, length)
    }
    return this.known
  }
}
