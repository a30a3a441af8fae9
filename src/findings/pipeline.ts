import { errorIn } from '../codec/errors-in.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import type { Exchange, Frame, SessionEvent } from '../session/exchange.ts'
import type { Segment } from '../session/segment.ts'
import { Session } from '../session/session.ts'
import { Decoder } from './decoder.ts'
import { isSound, Past } from './diagnosis/past.ts'
import type { Finding } from './finding.ts'
import type { Group } from './groups/group.ts'
import { inspectFrame } from './inspect.ts'
import { Models } from './models.ts'
import type { AnomalyRule, ExchangeRule } from './rule.ts'
import { RULES } from './rules/index.ts'
import { readable, Seen } from './seen.ts'
import { type Watched, Watches } from './watches.ts'

/** What views are given: the session's events, with what was found in them. */
export type Observed =
  | {
      readonly type: 'exchange' | 'request'
      readonly exchange: Exchange
      readonly findings: readonly Finding[]
      /** The answer's error by name, null where it has none: as `errorIn` gives it. Only where an answer was decoded. */
      readonly error?: string | null
    }
  /** A finding that belongs to no single exchange. */
  | { readonly type: 'finding'; readonly finding: Finding; readonly connection: number | null; readonly time: number }
  /** A group appears. As a connection, it goes on changing: views look at it when they show it. */
  | { readonly type: 'group'; readonly group: Group }
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
  private readonly models = new Models(this.session.state)
  /** The groups of the session, for views. */
  readonly groups = this.models.groups
  private readonly watches = new Watches(this.models)
  /** What was sound, to judge by it what is not. */
  private readonly past = new Past()
  /** One a side, so that an exchange's request and answer can be looked at together. */
  private readonly decoders = { request: new Decoder(), response: new Decoder() }
  /** What was found in requests whose answers are awaited, and in anomalies of exchanges not yet complete. */
  private readonly early = new Map<Exchange, readonly Finding[]>()

  /** Takes a segment and returns what it completed, in order. */
  push(segment: Segment): Observed[] {
    if (segment.type === 'gap') this.watches.lost()
    return this.observe(this.session.push(segment))
  }

  /** Ends the session: what is still awaited will not come. */
  end(time: number): Observed[] {
    const observed = this.observe(this.session.end(time))
    for (const finding of this.watches.end(time)) observed.push({ type: 'finding', finding, connection: null, time })
    return observed
  }

  private observe(events: readonly SessionEvent[]): Observed[] {
    const observed: Observed[] = []
    for (const event of events) {
      switch (event.type) {
        case 'request':
          this.request(event.exchange, observed)
          break
        case 'exchange':
          this.exchange(event.exchange, observed)
          break
        case 'anomaly':
          this.anomaly(event, observed)
          break
        case 'closed': {
          observed.push(event)
          const { connection, time } = event
          for (const finding of this.watches.closed(connection, time))
            observed.push({ type: 'finding', finding, connection: connection.id, time })
          break
        }
        case 'gap':
          this.watches.gap(event.connection)
          observed.push(event)
          break
        default:
          observed.push(event)
      }
    }
    return observed
  }

  private request(exchange: Exchange, observed: Observed[]): void {
    const decoded = this.decode(exchange, exchange.request)
    const findings = [...this.told(exchange)]
    if (decoded) for (const finding of this.inspect(decoded, exchange.request)) findings.push(finding)
    const seen = new Seen(exchange, this.decoders)
    this.watched(this.watches.request(seen), exchange, findings, observed)
    if (findings.length > 0) this.early.set(exchange, findings)
    observed.push({ type: 'request', exchange, findings })
  }

  private exchange(exchange: Exchange, observed: Observed[]): void {
    const findings = [...this.told(exchange)]
    if (this.early.size > 0) this.early.delete(exchange)
    // A request that is not to be answered has no event of its own before this one.
    const request = exchange.noResponse === 'acks=0' ? this.decode(exchange, exchange.request) : null
    if (request) for (const finding of this.inspect(request, exchange.request)) findings.push(finding)
    const response = this.decode(exchange, exchange.response)
    const seen = new Seen(exchange, this.decoders)
    if (response) {
      const asked = () => seen.frame('request')
      for (const finding of this.inspect(response, exchange.response, asked)) findings.push(finding)
    }
    for (const rule of exchangeRules) {
      const found = rule.check(exchange)
      if (found) findings.push({ code: rule.code, severity: rule.severity, ...found, causes: [] })
    }
    this.watched(this.watches.exchange(seen), exchange, findings, observed)
    observed.push(
      response
        ? { type: 'exchange', exchange, findings, error: errorIn(response) }
        : { type: 'exchange', exchange, findings },
    )
    if (findings.length === 0) return
    for (const finding of this.watches.found(exchange, findings)) observed.push(standing(finding, exchange))
  }

  /** What is wrong in a frame; what is sound is learned from. */
  private inspect(
    decoded: DecodedFrame,
    frame: Frame | null,
    request: (() => DecodedFrame | null) | null = null,
  ): readonly Finding[] {
    const { past } = this
    const findings = inspectFrame(decoded, { request, past })
    if (frame && isSound(decoded)) past.learn(frame, decoded.bytes, decoded.table.offset(decoded.bodyLine))
    return findings
  }

  /** What the session's rules said of an exchange, and groups that it was the first to name. */
  private watched({ own, alone }: Watched, exchange: Exchange, findings: Finding[], observed: Observed[]): void {
    for (const finding of own) findings.push(finding)
    for (const finding of alone) observed.push(standing(finding, exchange))
    if (this.groups.fresh.length === 0) return
    for (const group of this.groups.fresh.splice(0)) observed.push({ type: 'group', group })
  }

  /** What was found in an exchange before it was complete. */
  private told(exchange: Exchange): readonly Finding[] {
    return (this.early.size > 0 ? this.early.get(exchange) : undefined) ?? NONE
  }

  private decode(exchange: Exchange, frame: Frame | null): DecodedFrame | null {
    return frame && readable(exchange, frame) ? this.decoders[frame.kind].decode(frame) : null
  }

  /** An anomaly of an exchange not yet told of joins that exchange's findings; any other stands alone. */
  private anomaly(event: AnomalyEvent, observed: Observed[]): void {
    const rule = anomalyRules.get(event.anomaly.kind)
    if (!rule) return
    const finding: Finding = { code: rule.code, severity: rule.severity, ...rule.check(event) }
    if (event.exchange) {
      this.early.set(event.exchange, [...this.told(event.exchange), finding])
      return
    }
    observed.push({ type: 'finding', finding, connection: event.connection.id, time: event.time })
  }
}

/** A finding of an exchange that has been shown already. */
const standing = (finding: Finding, { connection, request, response }: Exchange): Observed => ({
  type: 'finding',
  finding,
  connection: connection.id,
  time: response?.time ?? request?.time ?? 0,
})
