/**
 * Plants bugs in the answers of one connection. Frames that some bug is meant for are kept until they are whole, all
 * other bytes come out as they went in; what comes out is what the client gets, and what is shown and recorded.
 */
import { Buffer } from 'node:buffer'
import { MAX_PLANTED } from '../bugs/bug.ts'
import { i32 } from '../bytes/read.ts'
import type { AnswerEdit } from './api-limits.ts'
import { type PendingRequest, RequestTracker } from './requests.ts'

/** Size and correlation id. */
const HEAD = 8

export class BugStream {
  private readonly planter: AnswerEdit
  private readonly requests = new RequestTracker()
  /** Bytes that are kept: the beginning of a frame. */
  private kept: Uint8Array[] = []
  private keptBytes = 0
  /** Bytes that the kept frame takes; 0 while its head is not there. */
  private wanted = 0
  private request: PendingRequest | null = null
  /** Bytes of the current frame that pass. */
  private passing = 0
  private lost = false
  /** A bug closes the connection: nothing comes out any more. */
  ended = false

  constructor(planter: AnswerEdit) {
    this.planter = planter
  }

  /** Looks at bytes from the client. */
  asked(chunk: Uint8Array): void {
    this.requests.scan(chunk)
  }

  /** Takes bytes from the broker; returns what the client gets now. */
  push(chunk: Uint8Array): Uint8Array {
    const out: Uint8Array[] = []
    for (let rest = chunk; rest.length > 0 && !this.ended; ) {
      if (this.lost || this.passing > 0) {
        const taken = this.lost ? rest.length : Math.min(this.passing, rest.length)
        this.passing -= taken
        out.push(rest.subarray(0, taken))
        rest = rest.subarray(taken)
        continue
      }
      const taken = Math.min((this.wanted || HEAD) - this.keptBytes, rest.length)
      this.keep(rest.subarray(0, taken))
      rest = rest.subarray(taken)
      const frame = this.whole()
      if (!frame) continue
      const { request } = this
      this.request = null
      if (!request) {
        out.push(frame)
        continue
      }
      const planted = this.planter.plant(frame, request.apiKey, request.apiVersion)
      if (planted === 'close') this.ended = true
      else if (planted !== 'nothing') out.push(planted)
    }
    return out.length === 1 ? out[0]! : Buffer.concat(out)
  }

  /** What was kept: the broker has ended. */
  flush(): Uint8Array {
    return this.take()
  }

  private keep(bytes: Uint8Array): void {
    // The socket's buffer is not ours past this call.
    this.kept.push(Uint8Array.from(bytes))
    this.keptBytes += bytes.length
  }

  private take(): Uint8Array {
    const all = this.kept.length === 1 ? this.kept[0]! : Buffer.concat(this.kept)
    this.kept = []
    this.keptBytes = 0
    this.wanted = 0
    return all
  }

  /** What need not be kept any longer: a whole frame that `request` is answered by, or bytes that just pass. */
  private whole(): Uint8Array | null {
    if (this.wanted === 0) {
      if (this.keptBytes < HEAD) return null
      const head = this.take()
      const size = i32(head, 0)
      const request = size < 4 ? null : this.requests.answered(i32(head, 4))
      const planted = request && size + 4 <= MAX_PLANTED && this.planter.wants(request.apiKey, request.apiVersion)
      if (!planted) {
        // What is no answer of Kafka's (a raw SASL token, say) may be shorter than a head: its frames are not followed.
        if (size < 4) this.lost = true
        else this.passing = size + 4 - HEAD
        return head
      }
      this.keep(head)
      this.wanted = size + 4
      this.request = request
    }
    return this.keptBytes < this.wanted ? null : this.take()
  }
}
