/**
 * One direction of a connection: bytes read from one socket and written to the other. It stops reading while anybody
 * wants it to: the socket written to is full, an answer waits to be rewritten, or the observer can't follow (`strict`).
 */
import type { Socket } from 'node:net'
import type { Intake } from './intake.ts'

export const Reason = { full: 1, rewriting: 2, observer: 4 } as const
export type Reason = (typeof Reason)[keyof typeof Reason]

export class Flow {
  private stopped = 0
  readonly from: Socket
  readonly to: Socket
  private readonly intake: Intake | null

  /**
   * `take` is given what was read, to `write` it or not. Read by an `intake` the bytes are good until it returns, or
   * until the flow goes on where it has stopped by then.
   */
  constructor(from: Socket, to: Socket, intake: Intake | null, take: (bytes: Uint8Array) => void) {
    this.from = from
    this.to = to
    this.intake = intake
    if (intake === null) {
      from.on('data', take)
      return
    }
    intake.take = (bytes) => {
      take(bytes)
      // A pause before the connection was there has not kept it from being read.
      if (this.stopped !== 0) from.pause()
    }
    from.once('close', () => intake.release())
    from.resume()
  }

  /** Passes bytes on. Where they can't go at once they are the socket's until it has written them. */
  write(bytes: Uint8Array): void {
    const { to } = this
    if (!to.writable) return
    const more = to.write(bytes, this.written)
    // Mostly the system takes them at once, and nobody waits however many they were.
    if (to.writableLength === 0 || (more && this.intake === null)) return
    this.pause(Reason.full)
  }

  private readonly written = (): void => {
    if (this.to.writableLength === 0) this.resume(Reason.full)
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
