import type { SessionEvent } from './exchange.ts'
import type { Segment } from './segment.ts'

/** Segments to exchanges. Being written. */
export class Session {
  push(_segment: Segment): SessionEvent[] {
    return []
  }

  end(_time: number): SessionEvent[] {
    return []
  }
}
