/** What a rule over a session is made of: one watch a rule and session, told of everything in the order of its events. */
import type { Connection } from '../session/connection.ts'
import type { Exchange } from '../session/exchange.ts'
import type { Cause, Finding, Severity } from './finding.ts'
import type { Seen } from './seen.ts'

export type { Models } from './models.ts'

/** A finding over a session, without its rule's code and (where it is the rule's own) severity. */
export interface Told extends Omit<Finding, 'code' | 'severity' | 'causes'> {
  readonly severity?: Severity
  readonly causes?: readonly Cause[]
  /**
   * The exchange that it belongs to. The one being watched gets it among its own findings; any other has been shown
   * already, so the finding stands alone and should name that exchange's id in `exchanges`.
   */
  readonly exchange: Exchange | null
}

export type Tell = (told: Told) => void

/** State of its own, bounded whatever passes; capture gaps and sessions seen from the middle must not make it lie. */
export interface Watch {
  /** A request whose answer is awaited. Not called for those that are never answered (acks=0): see `exchange`. */
  request?(seen: Seen, tell: Tell): void
  /** An exchange with its answer, or with the certainty that there is none (`noResponse`). */
  exchange?(seen: Seen, tell: Tell): void
  /** An exchange in which something was found, with all of it; whatever its API. */
  found?(exchange: Exchange, findings: readonly Finding[], tell: Tell): void
  /** Bytes of a connection are missing: what it asked or was told meanwhile is unknown. */
  gap?(connection: Connection): void
  closed?(connection: Connection, time: number, tell: Tell): void
  /** The session is over. */
  end?(time: number, tell: Tell): void
}
