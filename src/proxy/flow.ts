/**
 * One direction of a connection: bytes read from one socket and written to the other. It stops reading while anybody
 * wants it to: the socket written to is full, an answer waits to be rewritten, or the observer can't follow (`strict`).
 */
import type { Socket } from 'node:net'

export const Reason = { full: 1, rewriting: 2, observer: 4 } as const
export type Reason = (typeof Reason)[keyof typeof Reason]

export class Flow {
  private stopped = 0
  readonly from: Socket
  readonly to: Socket

  constructor(from: Socket, to: Socket) {
    this.from = from
    this.to = to
    to.on('drain', () => this.resume(Reason.full))
  }

  /** Passes bytes on; they are the socket's from now on. */
  write(bytes: Uint8Array): void {
    if (this.to.writable && !this.to.write(bytes)) this.pause(Reason.full)
  }

  /** Whether all that was written is out of this process's hands: its memory may be given away. */
  get isFlushed(): boolean {
    return this.to.writableLength === 0
  }

  pause(reason: Reason): void {
    if (this.stopped === 0) this.from.pause()
    this.stopped |= reason
  }

  resume(reason: Reason): void {
    if (this.stopped === 0) return
    this.stopped &= ~reason
    if (this.stopped === 0) this.from.resume()
  }
}
