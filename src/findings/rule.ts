/**
 * What a rule is. One file a rule in `rules/`; `rules/index.ts` lists them; each has an entry in `docs/FINDINGS.md` and
 * an example that breaks that way, and a test holds the three together.
 */

import type { RecordsProblemCode } from '../../dissectors/records/problem.ts'
import type { NestedFlaw } from '../codec/expand.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import type { Flaw, FlawCode } from '../codec/run.ts'
import type { SpanNode } from '../schema/node.ts'
import type { Exchange, SessionEvent } from '../session/exchange.ts'
import type { Cause, Finding, Severity } from './finding.ts'
import type { Models, Watch } from './watch.ts'

/** A message that breaks a rule, for the docs and the tests: a body of `name` at `version`. */
export interface BodyExample {
  readonly name: string
  readonly version: number
  readonly hex: string
}

interface RuleBase {
  /** As in CONTRACT.md; rules over headers and bodies alike leave the room out: `underflow`. */
  readonly code: string
  readonly severity: Severity
}

/** A flaw with what a sentence about it needs. */
export interface FlawView {
  readonly flaw: Flaw
  readonly node: SpanNode
  readonly path: string
  /** `JoinGroupResponse v5`, `request header v2`. */
  readonly message: string
  /** `request`, `answer`, `header` or `message`. */
  readonly noun: string
  /** Where its body (or header) begins. */
  readonly start: number
}

/** What a flaw of the codec means. `cause` is given where the bytes alone name the bug. */
export interface FlawRule extends RuleBase {
  readonly kind: 'flaw'
  readonly flaw: FlawCode
  describe(view: FlawView): string
  readonly cause?: {
    readonly name: string
    evidence?(flaw: Flaw): Record<string, number>
    describe(view: FlawView): string
  }
  readonly example: BodyExample
}

/**
 * What a problem inside a records field means. The problem says where, what and how bad (`severity` is the worst it can
 * be); `cause` is the bug, where the bytes alone name it.
 */
export interface RecordsRule extends RuleBase {
  readonly kind: 'records'
  readonly problem: RecordsProblemCode
  readonly cause?: string
}

/** What it means that a bytes field does not hold the message that it must. */
export interface NestedRule extends RuleBase {
  readonly kind: 'nested'
  describe(flaw: NestedFlaw): string
}

/** What it means that a body reads well, and another reading of its bytes is by far the likelier. */
export interface DoubtRule extends RuleBase {
  readonly kind: 'doubt'
  describe(best: Cause, message: string): string
}

/** A rule over a frame as a whole: one that no table can read, say. */
export interface FrameRule extends RuleBase {
  readonly kind: 'frame'
  check(frame: DecodedFrame): Omit<Finding, 'code' | 'severity'> | null
}

/** A rule over a whole exchange, once its answer is there or will never come. */
export interface ExchangeRule extends RuleBase {
  readonly kind: 'exchange'
  check(exchange: Exchange): Omit<Finding, 'code' | 'severity' | 'causes'> | null
}

type AnomalyEvent = Extract<SessionEvent, { type: 'anomaly' }>

/** A rule over what a session saw that is no exchange. */
export interface AnomalyRule extends RuleBase {
  readonly kind: 'anomaly'
  readonly anomaly: AnomalyEvent['anomaly']['kind']
  check(event: AnomalyEvent): Omit<Finding, 'code' | 'severity'>
}

/** A rule over what several exchanges show together. */
export interface SessionRule extends RuleBase {
  readonly kind: 'session'
  /** Keys of the APIs whose requests and exchanges it wants to see; null for all. */
  readonly apis: readonly number[] | null
  watch(models: Models): Watch
}

export type Rule =
  | FlawRule
  | RecordsRule
  | NestedRule
  | DoubtRule
  | FrameRule
  | ExchangeRule
  | AnomalyRule
  | SessionRule

export { bytesOf } from '../../dissectors/records/problem.ts'
