/**
 * The requests of one connection, as far as the relay must know them: which answer is to be looked into. Only the
 * first twelve bytes of a frame are looked at (size, API key, version, correlation id), wherever they are cut.
 *
 * Bytes that are no frames (TLS, HTTP, raw SASL tokens) do no harm: what looks like a size is skipped over, what looks
 * like a correlation id is never answered, and everything was passed on before it was looked at.
 */
import { i16, i32 } from '../bytes/read.ts'
import { holdLimit } from './carriers.ts'

/** Requests that may await an answer at a time; beyond, the oldest are forgotten, and their answers not rewritten. */
const MAX_PENDING = 4096
const HEAD = 12

export interface PendingRequest {
  readonly correlationId: number
  readonly apiKey: number
  readonly apiVersion: number
  /** How large an answer is held back; 0 where it carries no addresses. */
  readonly hold: number
}

export class RequestTracker {
  /** In the order sent, which is the order in which brokers answer. Produce with acks 0 stays until it is pushed out. */
  private pending: PendingRequest[] = []
  /** How many of them have answers that carry addresses. */
  carriers = 0
  /** Bytes of the current frame that are still to come. */
  private left = 0
  private readonly head = new Uint8Array(HEAD)
  private headLength = 0
  private lost = false

  /** Looks at bytes from the client that have been passed on. */
  scan(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && !this.lost) {
      if (this.left > 0) {
        const skipped = Math.min(this.left, chunk.length - at)
        this.left -= skipped
        at += skipped
        continue
      }
      if (this.headLength === 0 && chunk.length - at >= HEAD) {
        at += this.begin(chunk, at)
        continue
      }
      const wanted = this.headLength < 4 ? 4 : HEAD
      const taken = Math.min(wanted - this.headLength, chunk.length - at)
      this.head.set(chunk.subarray(at, at + taken), this.headLength)
      this.headLength += taken
      at += taken
      if (this.headLength === HEAD || (this.headLength === 4 && i32(this.head, 0) < HEAD - 4)) {
        const used = this.begin(this.head, 0)
        this.left -= this.headLength - used
        this.headLength = 0
      }
    }
  }

  /** A frame begins at `at`; returns how many bytes of it were looked at, and sets how many are left. */
  private begin(bytes: Uint8Array, at: number): number {
    const size = i32(bytes, at)
    if (size < 0) this.lost = true
    if (size < HEAD - 4) {
      this.left = Math.max(0, size)
      return 4
    }
    this.left = size + 4 - HEAD
    const apiKey = i16(bytes, at + 4)
    const apiVersion = i16(bytes, at + 6)
    const hold = holdLimit(apiKey, apiVersion)
    if (this.pending.length >= MAX_PENDING) this.remove(0)
    this.pending.push({ correlationId: i32(bytes, at + 8), apiKey, apiVersion, hold })
    if (hold > 0) this.carriers++
    return HEAD
  }

  /** The request that an answer belongs to, no longer pending; null where there is none. */
  answered(correlationId: number): PendingRequest | null {
    const at = this.pending.findIndex((request) => request.correlationId === correlationId)
    return at < 0 ? null : this.remove(at)
  }

  private remove(at: number): PendingRequest {
    const [request] = at === 0 ? [this.pending.shift()!] : this.pending.splice(at, 1)
    if (request!.hold > 0) this.carriers--
    return request!
  }
}
