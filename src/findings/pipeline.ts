import { decodeFrame } from '../codec/frame.ts'
import { Run } from '../codec/run.ts'
import type { Exchange, Frame, SessionEvent } from '../session/exchange.ts'
import type { Segment } from '../session/segment.ts'
import { Session } from '../session/session.ts'
import type { Finding } from './finding.ts'
import { inspectFrame } from './inspect.ts'
import type { AnomalyRule, ExchangeRule } from './rule.ts'
import { RULES } from './rules/index.ts'

/** What views are given: the session's events, with what was found in them. */
export type Observed =
  | { readonly type: 'exchange' | 'request'; readonly exchange: Exchange; readonly findings: readonly Finding[] }
  /** A finding that belongs to no single exchange. */
  | { readonly type: 'finding'; readonly finding: Finding; readonly connection: number | null; readonly time: number }
  | Extract<SessionEvent, { type: 'connection' | 'gap' | 'closed' }>

type AnomalyEvent = Extract<SessionEvent, { type: 'anomaly' }>

const exchangeRules = RULES.filter((rule): rule is ExchangeRule => rule.kind === 'exchange')
const anomalyRules = new Map<string, AnomalyRule>()
for (const rule of RULES) if (rule.kind === 'anomaly') anomalyRules.set(rule.anomaly, rule)

const NONE: readonly Finding[] = []

/**
 * The whole pipeline: segments in, what views show out. Pure: no I/O, no clock; the same segments give the same
 * events. Every frame is decoded once here, for its findings; the spans are not kept, views make them again for what
 * they show.
 */
export class Pipeline {
  readonly session = new Session()
  private readonly run = new Run()
  /** What was found in requests whose answers are awaited, and in anomalies of exchanges not yet complete. */
  private readonly early = new WeakMap<Exchange, readonly Finding[]>()

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
      switch (event.type) {
        case 'request': {
          const told = this.early.get(event.exchange) ?? NONE
          const findings = [...told, ...this.inspect(event.exchange, event.exchange.request)]
          if (findings.length > 0) this.early.set(event.exchange, findings)
          observed.push({ type: 'request', exchange: event.exchange, findings })
          break
        }
        case 'exchange':
          observed.push({ type: 'exchange', exchange: event.exchange, findings: this.judge(event.exchange) })
          break
        case 'anomaly':
          this.anomaly(event, observed)
          break
        default:
          observed.push(event)
      }
    }
    return observed
  }

  private judge(exchange: Exchange): readonly Finding[] {
    const told = this.early.get(exchange) ?? NONE
    // A request that is not to be answered has no event of its own before this one.
    const early = exchange.noResponse === 'acks=0' ? [...told, ...this.inspect(exchange, exchange.request)] : told
    const late = this.inspect(exchange, exchange.response)
    const ruled: Finding[] = []
    for (const rule of exchangeRules) {
      const found = rule.check(exchange)
      if (found) ruled.push({ code: rule.code, severity: rule.severity, ...found, causes: [] })
    }
    if (early.length + late.length + ruled.length === 0) return NONE
    return [...early, ...late, ...ruled]
  }

  private inspect(exchange: Exchange, frame: Frame | null): readonly Finding[] {
    if (!frame?.kept || exchange.framing !== 'kafka') return NONE
    return inspectFrame(decodeFrame(frame.bytes, frame, this.run, frame.headerVersion))
  }

  /** An anomaly of an exchange not yet told of joins that exchange's findings; any other stands alone. */
  private anomaly(event: AnomalyEvent, observed: Observed[]): void {
    const rule = anomalyRules.get(event.anomaly.kind)
    if (!rule) return
    const finding: Finding = { code: rule.code, severity: rule.severity, ...rule.check(event) }
    if (event.exchange) {
      this.early.set(event.exchange, [...(this.early.get(event.exchange) ?? NONE), finding])
      return
    }
    observed.push({ type: 'finding', finding, connection: event.connection.id, time: event.time })
  }
}
