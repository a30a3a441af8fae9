/** What stands at the end of a session's lines: how much of what, how fast, and what was found. */
import { safeShort } from '../bytes/safe-text.ts'
import type { Observed } from '../findings/pipeline.ts'
import { latencyMs } from './exchange-json.ts'
import { countText, msText, plural, sizeText } from './format.ts'
import { SeenGroups } from './groups.ts'
import { Latencies } from './latencies.ts'
import { Tally } from './tally.ts'

/** APIs that have a line of their own; peers choose API keys. */
const MAX_APIS = 200

export class TextSummary {
  private readonly tally = new Tally()
  private readonly groups = new SeenGroups()
  private readonly apis = new Map<string, Latencies>()

  add(observed: Observed): void {
    this.tally.add(observed)
    this.groups.add(observed)
    if (observed.type !== 'exchange') return
    const { exchange } = observed
    this.latenciesOf(exchange.api).add(latencyMs(exchange))
  }

  private latenciesOf(name: string): Latencies {
    const known = this.apis.get(name)
    if (known) return known
    const api = this.apis.size < MAX_APIS ? name : 'others'
    const latencies = this.apis.get(api) ?? new Latencies()
    this.apis.set(api, latencies)
    return latencies
  }

  /** Whether a finding of severity error was seen: then the exit status is 1. */
  get failed(): boolean {
    return this.tally.severities.error > 0
  }

  /** The lines. `more` adds what only the caller knows. */
  lines(more: readonly string[] = []): string[] {
    const { tally } = this
    const bytes = `${sizeText(tally.bytes.request)} of requests, ${sizeText(tally.bytes.response)} of answers`
    const lines = [`${plural(tally.exchanges, 'exchange')} on ${plural(tally.connections, 'connection')}, ${bytes}`]
    lines.push(...this.apiLines(), ...this.groups.lines(), ...this.findingLines())
    const { count, bytes: lost, skipped } = tally.gaps
    if (count > 0)
      lines.push(
        `${plural(count, 'gap')}: ${plural(lost, 'byte')} missing, ${countText(skipped)} passed over after them`,
      )
    for (const [reason, connections] of tally.opaqueConnections().sorted()) {
      lines.push(`${plural(connections, 'connection')} not decoded: ${safeShort(reason, 200)}`)
    }
    return [...lines, ...more]
  }

  private apiLines(): string[] {
    if (this.apis.size === 0) return []
    const rows = [...this.apis].sort((a, b) => b[1].count - a[1].count || (a[0] < b[0] ? -1 : 1))
    const lines = [apiRow('api', 'count', 'p50 ms', 'p99 ms', 'max ms')]
    for (const [api, latencies] of rows) {
      const ms = (fraction: number): string => {
        const value = latencies.quantile(fraction)
        return value === null ? '-' : msText(value)
      }
      lines.push(apiRow(safeShort(api, 32), countText(latencies.count), ms(0.5), ms(0.99), ms(1)))
    }
    return lines
  }

  private findingLines(): string[] {
    const { error, warning, note } = this.tally.severities
    if (error + warning + note === 0) return ['no findings']
    const lines = [`${plural(error, 'error')}, ${plural(warning, 'warning')}, ${plural(note, 'note')}`]
    for (const [code, count] of this.tally.findings.sorted()) lines.push(`  ${countText(count).padStart(7)}  ${code}`)
    return lines
  }
}

const apiRow = (api: string, count: string, ...ms: readonly string[]): string =>
  `  ${api.padEnd(32)}  ${count.padStart(9)}${ms.map((value) => value.padStart(9)).join('')}`
