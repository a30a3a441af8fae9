import { Budget } from './assembly.ts'
import { Conversation } from './conversation.ts'
import type { SessionEvent } from './exchange.ts'
import type { Shared } from './exchanges.ts'
import { Peek } from './peek.ts'
import type { Segment } from './segment.ts'
import { SessionState } from './state.ts'

export interface SessionOptions {
  /** Frames larger than this many bytes are counted and paired, but only their first 64 KB are kept. */
  readonly maxFrame?: number
  /** Bytes that unfinished frames of all connections together may hold; beyond, a frame is treated as too large. */
  readonly maxUnfinished?: number
  /** Requests of one connection that may wait; beyond, the oldest is ended as `not captured`. */
  readonly maxPending?: number
}

const MB = 1024 * 1024

/**
 * Segments to frames to exchanges. No I/O, no clock, no timers: what comes out depends on what was pushed, and not on
 * how a stream was cut into segments (but for the frames' times and packets, which are their first byte's). Nothing
 * from the wire makes it throw, and its memory is bounded by the options and by the number of open connections.
 *
 * Frames' bytes are views of the segments they came in, unless those are borrowed: whoever keeps a small frame for long
 * should copy it, or a segment of 64 KB stays with it. The session itself keeps requests until they are answered.
 */
export class Session {
  /** What was learned that no single exchange tells: topic names, producers, fetch sessions. */
  readonly state: SessionState
  private readonly conversations = new Map<number, Conversation>()
  private readonly shared: Shared
  private readonly budget: Budget
  private readonly maxFrame: number

  constructor(options: SessionOptions = {}) {
    const peek = new Peek()
    this.state = new SessionState(peek)
    this.maxFrame = options.maxFrame ?? 64 * MB
    this.budget = new Budget(options.maxUnfinished ?? 256 * MB)
    this.shared = { state: this.state, peek, maxPending: options.maxPending ?? 10_000, lastId: 0 }
  }

  /** Takes a segment and returns what it completed, in order. Segments of connections that are not open are ignored. */
  push(segment: Segment): SessionEvent[] {
    const events: SessionEvent[] = []
    if (segment.type === 'open') {
      this.open(segment, events)
      return events
    }
    const conversation = this.conversations.get(segment.connection)
    if (!conversation) return events
    if (segment.type === 'data') conversation.data(segment, events)
    else if (segment.type === 'gap') conversation.gap(segment.direction, segment.bytes, segment.time, events)
    else if (conversation.close(segment.direction, segment.time, events)) this.conversations.delete(segment.connection)
    return events
  }

  private open({ connection, time }: Extract<Segment, { type: 'open' }>, events: SessionEvent[]): void {
    this.conversations.get(connection.id)?.close(undefined, time, events)
    const conversation = new Conversation(connection, time, this.maxFrame, this.budget, this.shared)
    this.conversations.set(connection.id, conversation)
    events.push({ type: 'connection', connection: conversation.connection })
  }

  /** Ends the session: what is still awaited on open connections is `pending`. Nothing may be pushed after. */
  end(_time: number): SessionEvent[] {
    const events: SessionEvent[] = []
    for (const conversation of this.conversations.values()) conversation.end(events)
    this.conversations.clear()
    return events
  }
}
