/** All session rules of one session at work. */
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
}

/** What was found: `own` belongs to the exchange being watched, `alone` to none that is still to be shown. */
export interface Watched {
  readonly own: Finding[]
  readonly alone: Finding[]
}

const NONE: readonly Watching[] = []

export class Watches {
  private readonly watching: readonly Watching[]
  private readonly all: readonly Watching[]
  private readonly finding: readonly Watching[]
  private readonly byApi = new Map<number, Watching[]>()
  private readonly models: Models

  constructor(models: Models) {
    this.models = models
    this.watching = sessionRules.map((rule) => ({ rule, watch: rule.watch(models) }))
    this.all = this.watching.filter(({ rule }) => rule.apis === null)
    this.finding = this.watching.filter(({ watch }) => watch.found)
    const keys = new Set(sessionRules.flatMap(({ apis }) => apis ?? []))
    for (const key of keys)
      this.byApi.set(
        key,
        this.watching.filter(({ rule: { apis } }) => !apis || apis.includes(key)),
      )
  }

  /** True where some rule wants to see exchanges of that API. */
  wants(apiKey: number): boolean {
    return this.of(apiKey).length > 0
  }

  request(seen: Seen): Watched {
    const watched: Watched = { own: [], alone: [] }
    this.models.request(seen)
    for (const one of this.of(seen.exchange.apiKey)) one.watch.request?.(seen, tell(one, watched, seen.exchange))
    return watched
  }

  exchange(seen: Seen): Watched {
    const watched: Watched = { own: [], alone: [] }
    this.models.exchange(seen)
    for (const one of this.of(seen.exchange.apiKey)) one.watch.exchange?.(seen, tell(one, watched, seen.exchange))
    this.models.after(seen)
    return watched
  }

  /** What was found in an exchange, all told. */
  found(exchange: Exchange, findings: readonly Finding[]): readonly Finding[] {
    const watched: Watched = { own: [], alone: [] }
    for (const one of this.finding) one.watch.found!(exchange, findings, tell(one, watched, null))
    return watched.alone
  }

  gap(connection: Connection): void {
    this.models.gap(connection)
    for (const { watch } of this.watching) watch.gap?.(connection)
  }

  closed(connection: Connection, time: number): Finding[] {
    const watched: Watched = { own: [], alone: [] }
    this.models.closed(connection)
    for (const one of this.watching) one.watch.closed?.(connection, time, tell(one, watched, null))
    return watched.alone
  }

  end(time: number): Finding[] {
    const watched: Watched = { own: [], alone: [] }
    for (const one of this.watching) one.watch.end?.(time, tell(one, watched, null))
    return watched.alone
  }

  private of(apiKey: number): readonly Watching[] {
    return this.byApi.get(apiKey) ?? (this.all.length > 0 ? this.all : NONE)
  }
}

const tell =
  ({ rule }: Watching, { own, alone }: Watched, current: Exchange | null): Tell =>
  ({ exchange, severity, causes, ...told }) => {
    const finding: Finding = { code: rule.code, severity: severity ?? rule.severity, ...told, causes: causes ?? [] }
    if (exchange !== null && exchange === current) own.push(finding)
    else alone.push(finding)
  }
