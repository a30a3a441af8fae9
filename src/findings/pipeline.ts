import type { Exchange, SessionEvent } from '../session/exchange.ts'
import type { Segment } from '../session/segment.ts'
import { Session } from '../session/session.ts'
import type { Finding } from './finding.ts'

/** What views are given: the session's events, with what was found in them. */
export type Observed =
  | { readonly type: 'exchange' | 'request'; readonly exchange: Exchange; readonly findings: readonly Finding[] }
  /** A finding that belongs to no single exchange. */
  | { readonly type: 'finding'; readonly finding: Finding; readonly connection: number | null; readonly time: number }
  | Extract<SessionEvent, { type: 'connection' | 'gap' | 'closed' }>

/**
 * The whole pipeline: segments in, what views show out. Pure: no I/O, no clock; the same segments give the same
 * events.
 */
export class Pipeline {
  readonly session = new Session()

  /** Takes a segment and returns what it completed, in order. */
  push(segment: Segment): Observed[] {
    return this.observe(this.session.push(segment))
  }

  /** Ends the session: what is still awaited will not come. */
  end(time: number): Observed[] {
    return this.observe(this.session.end(time))
  }

  private observe(events: readonly SessionEvent[]): Observed[] {
    const observed: Observed[] = []
    for (const event of events) {
      if (event.type === 'exchange' || event.type === 'request') {
        observed.push({ type: event.type, exchange: event.exchange, findings: [] })
      } else if (event.type !== 'anomaly') observed.push(event)
    }
    return observed
  }
}
