/**
 * The answers of one connection: bytes pass as they come, but for frames that may carry addresses, which are held back
 * whole until they can be rewritten.
 *
 * What is held back, and why no more:
 * - Metadata, FindCoordinator, DescribeCluster: always, up to 16 MB.
 * - Produce v10+, Fetch v16+, ShareFetch, ShareAcknowledge: up to 1 MB. Their addresses come last, after the records,
 *   and replacing them changes the frame's size, which comes first; so a frame either waits as a whole or passes as it
 *   is. They are there only where a partition has moved, in answers that are mostly small; waiting for more than 1 MB
 *   would cost every consumer its pipelining. Larger ones pass, and addresses in them are hidden (`endpoint-scan.ts`).
 * - A frame's first eight bytes, where a segment ends among them and one of the above is awaited.
 *
 * All connections together hold back at most what `HoldBudget` allows, whatever sizes the broker claims.
 */
import { i32 } from '../bytes/read.ts'
import { Writer } from '../bytes/write.ts'
import { carrierModel, SELDOM } from './carriers.ts'
import { EndpointScan, HIDDEN_TAG } from './endpoint-scan.ts'
import type { PendingRequest, RequestTracker } from './requests.ts'

const HEAD = 8

/** Bytes held back by all connections of a relay. */
export class HoldBudget {
  used = 0
  readonly max: number

  constructor(max = 128 * 1024 * 1024) {
    this.max = max
  }
}

/** A frame that was held back, whole. */
export interface HeldFrame {
  readonly bytes: Uint8Array
  readonly request: PendingRequest
}

/** `hidden`: its addresses were hidden from the client; else they passed. */
export type TooLarge = (request: PendingRequest, size: number, hidden: boolean) => void

/** Passes bytes on; they must be passed on in this order. */
export type Pass = (bytes: Uint8Array) => void

export class ResponseStream {
  /** What `push` has not looked at: bytes after the held frame that it returned. */
  rest: Uint8Array | null = null
  private left = 0
  private held: { writer: Writer; request: PendingRequest } | null = null
  /** The first bytes of a frame that a segment cut. */
  private readonly head = new Uint8Array(HEAD)
  private headLength = 0
  /** Whether those were kept back, or passed on already. */
  private headKept = false
  private lost = false
  /** Of the frame that is passing, where it is too large to be held back. */
  private scanning: { scan: EndpointScan; request: PendingRequest; size: number } | null = null
  private readonly requests: RequestTracker
  private readonly budget: HoldBudget
  private readonly tooLarge: TooLarge

  /** `tooLarge` is told of a frame with addresses in it that passes because it is larger than is held back. */
  constructor(requests: RequestTracker, budget: HoldBudget, tooLarge: TooLarge = () => {}) {
    this.requests = requests
    this.budget = budget
    this.tooLarge = tooLarge
  }

  /**
   * Takes bytes from the broker. Returns a frame that may be rewritten, or null where all bytes were passed or kept.
   * After a frame, `rest` is what is to be pushed next (null where nothing is left).
   */
  push(chunk: Uint8Array, pass: Pass): HeldFrame | null {
    this.rest = null
    let at = 0
    // The first byte that was neither passed nor kept.
    let from = 0
    const passUpTo = (end: number): void => {
      if (end > from) pass(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end))
      from = end
    }
    while (at < chunk.length && !this.lost) {
      if (this.left > 0) {
        const taken = Math.min(this.left, chunk.length - at)
        if (this.held) from = at + taken
        else if (this.scanning) {
          const tag = this.look(chunk, at, at + taken)
          if (tag >= 0) {
            passUpTo(tag)
            pass(Uint8Array.of(HIDDEN_TAG))
            from = tag + 1
          }
        }
        const frame = this.held && this.keep(chunk.subarray(at, at + taken), pass)
        this.left -= taken
        at += taken
        if (!frame || this.left > 0) continue
        if (at < chunk.length) this.rest = chunk.subarray(at)
        return this.release()
      }
      if (this.headLength === 0 && chunk.length - at >= HEAD) {
        const request = this.begin(chunk, at)
        const end = at + 4 + i32(chunk, at)
        if (request && end <= chunk.length) {
          // The common case: all of it is here, and nothing need be copied.
          passUpTo(at)
          this.left = 0
          if (end < chunk.length) this.rest = chunk.subarray(end)
          return { bytes: chunk.subarray(at, end), request }
        }
        if (request) {
          passUpTo(at)
          this.hold(request, chunk.subarray(at, at + HEAD))
          from = at + HEAD
        }
        at += i32(chunk, at) < 4 ? 4 : HEAD
        continue
      }
      const cut = this.cutHead(chunk, at)
      if (this.headKept) {
        passUpTo(at)
        from = at + cut
      }
      at += cut
      this.finishHead(pass)
    }
    passUpTo(chunk.length)
    return null
  }

  /** Passes on what was kept back: the broker has ended. */
  flush(pass: Pass): void {
    if (this.headKept && this.headLength > 0) pass(this.head.slice(0, this.headLength))
    this.headLength = 0
    if (this.held) pass(this.release().bytes)
  }

  /** A frame begins; returns the request it answers where it is to be held back. Sets `left`. */
  private begin(bytes: Uint8Array, at: number): PendingRequest | null {
    const size = i32(bytes, at)
    if (size < 0) this.lost = true
    if (size < 4) {
      // No answer of Kafka's is that short, but a raw SASL token may be.
      this.left = Math.max(0, size)
      return null
    }
    this.left = size - 4
    const request = this.requests.answered(i32(bytes, at + 4))
    if (!request || request.hold === 0) return null
    if (size + 4 <= request.hold && this.budget.used + size <= this.budget.max) return request
    this.scanning = null
    const model = request.hold === SELDOM ? carrierModel(request.apiKey, request.apiVersion) : null
    if (model) this.scanning = { scan: new EndpointScan(model), request, size }
    else this.tooLarge(request, size, false)
    return null
  }

  /** Looks for addresses in a frame that is passing; returns where a byte is to be changed to hide them, or -1. */
  private look(chunk: Uint8Array, at: number, end: number): number {
    const { scan, request, size } = this.scanning!
    const tag = scan.scan(chunk, at, end)
    if (tag >= 0 || scan.seen) {
      this.tooLarge(request, size, tag >= 0)
      this.scanning = null
    } else if (end - at === this.left) this.scanning = null
    return tag
  }

  /** Takes bytes of a head that is not all in one segment; returns how many. */
  private cutHead(chunk: Uint8Array, at: number): number {
    if (this.headLength === 0) this.headKept = this.requests.carriers > 0
    const wanted = this.headLength < 4 ? 4 : HEAD
    const taken = Math.min(wanted - this.headLength, chunk.length - at)
    this.head.set(chunk.subarray(at, at + taken), this.headLength)
    this.headLength += taken
    return taken
  }

  /** Where the head is whole, decides what becomes of the frame. */
  private finishHead(pass: Pass): void {
    const short = this.headLength === 4 && i32(this.head, 0) < 4
    if (this.headLength < HEAD && !short) return
    const request = this.begin(this.head, 0)
    const bytes = this.head.slice(0, this.headLength)
    this.headLength = 0
    if (!this.headKept) return
    // A frame that is only a head carries nothing.
    if (request && this.left > 0) this.hold(request, bytes)
    else pass(bytes)
  }

  private hold(request: PendingRequest, head: Uint8Array): void {
    const writer = new Writer(Math.min(this.left + HEAD, 64 * 1024))
    writer.raw(head)
    this.budget.used += HEAD
    this.held = { writer, request }
  }

  /** Keeps bytes of the held frame; false where the budget is used up: then all of it has been passed on. */
  private keep(bytes: Uint8Array, pass: Pass): boolean {
    const { writer, request } = this.held!
    writer.raw(bytes)
    this.budget.used += bytes.length
    if (this.budget.used <= this.budget.max) return true
    this.tooLarge(request, writer.length, false)
    pass(this.release().bytes)
    return false
  }

  private release(): HeldFrame {
    const { writer, request } = this.held!
    this.held = null
    this.budget.used -= writer.length
    return { bytes: writer.view(), request }
  }
}
