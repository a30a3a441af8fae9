/** All session rules of one session at work. Little is made per exchange: nearly none has anything to tell. */
import type { Connection } from '../session/connection.ts'
import type { Exchange } from '../session/exchange.ts'
import type { Finding } from './finding.ts'
import type { SessionRule } from './rule.ts'
import { RULES } from './rules/index.ts'
import type { Seen } from './seen.ts'
import type { Models, Tell, Watch } from './watch.ts'

const sessionRules = RULES.filter((rule): rule is SessionRule => rule.kind === 'session')

interface Watching {
  readonly rule: SessionRule
  readonly watch: Watch
  readonly tell: Tell
}

/** Watches by what they want to be told of. */
interface Listeners {
  readonly request: readonly Watching[]
  readonly exchange: readonly Watching[]
}

/** What was found: `own` belongs to the exchange being watched, `alone` to none that is still to be shown. */
export interface Watched {
  readonly own: readonly Finding[]
  readonly alone: readonly Finding[]
}

const NOTHING: Watched = { own: [], alone: [] }

export class Watches {
  private readonly watching: readonly Watching[]
  private readonly all: Listeners
  private readonly finding: readonly Watching[]
  private readonly gaps: readonly Watching[]
  private readonly closing: readonly Watching[]
  private readonly byApi = new Map<number, Listeners>()
  private readonly models: Models
  /** What is told of now, and what was said so far. */
  private current: Exchange | null = null
  private own: Finding[] = []
  private alone: Finding[] = []

  constructor(models: Models) {
    this.models = models
    this.watching = sessionRules.map((rule) => ({ rule, watch: rule.watch(models), tell: this.tellOf(rule) }))
    this.all = this.listeners(null)
    this.finding = this.watching.filter(({ watch }) => watch.found)
    this.gaps = this.watching.filter(({ watch }) => watch.gap)
    this.closing = this.watching.filter(({ watch }) => watch.closed)
    for (const key of new Set(sessionRules.flatMap(({ apis }) => apis ?? []))) this.byApi.set(key, this.listeners(key))
  }

  private listeners(apiKey: number | null): Listeners {
    const those = this.watching.filter(({ rule: { apis } }) => !apis || (apiKey !== null && apis.includes(apiKey)))
    return {
      request: those.filter(({ watch }) => watch.request),
      exchange: those.filter(({ watch }) => watch.exchange),
    }
  }

  private tellOf(rule: SessionRule): Tell {
    return ({ exchange, severity, causes, ...told }) => {
      const finding: Finding = { code: rule.code, severity: severity ?? rule.severity, ...told, causes: causes ?? [] }
      const own = exchange !== null && exchange === this.current
      if (own) this.own.push(finding)
      else this.alone.push(finding)
    }
  }

  /** Takes what was said since the last time. */
  private said(): Watched {
    this.current = null
    if (this.own.length === 0 && this.alone.length === 0) return NOTHING
    const { own, alone } = this
    this.own = []
    this.alone = []
    return { own, alone }
  }

  request(seen: Seen): Watched {
    this.current = seen.exchange
    this.models.request(seen)
    for (const { watch, tell } of (this.byApi.get(seen.exchange.apiKey) ?? this.all).request) watch.request!(seen, tell)
    return this.said()
  }

  exchange(seen: Seen): Watched {
    this.current = seen.exchange
    this.models.exchange(seen)
    for (const { watch, tell } of (this.byApi.get(seen.exchange.apiKey) ?? this.all).exchange) {
      watch.exchange!(seen, tell)
    }
    this.models.after(seen)
    return this.said()
  }

  /** What was found in an exchange, all told. */
  found(exchange: Exchange, findings: readonly Finding[]): readonly Finding[] {
    for (const { watch, tell } of this.finding) watch.found!(exchange, findings, tell)
    return this.said().alone
  }

  /** Bytes are missing; `gap` says so again, when it is known where frames go on. */
  lost(): void {
    this.models.lost()
  }

  gap(connection: Connection): void {
    this.models.gap(connection)
    for (const { watch } of this.gaps) watch.gap!(connection)
  }

  closed(connection: Connection, time: number): readonly Finding[] {
    this.models.closed(connection)
    for (const { watch, tell } of this.closing) watch.closed!(connection, time, tell)
    return this.said().alone
  }

  end(time: number): readonly Finding[] {
    for (const { watch, tell } of this.watching) watch.end?.(time, tell)
    return this.said().alone
  }
}
