/** Statistics of a session: by API and version, by client, by connection. Peers choose names, so tables are bounded. */
import { safeShort } from '../bytes/safe-text.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Connection } from '../session/connection.ts'
import type { Exchange } from '../session/exchange.ts'
import { latencyMs } from './exchange-json.ts'
import { countText, msText, sizeText } from './format.ts'
import { Latencies } from './latencies.ts'
import { errorOf } from './lines.ts'

const MAX_ROWS = 1000
const SHOWN_ROWS = 50
/** Beyond this a response's error codes are not looked for. */
const MAX_LOOK = 1024 * 1024

class Row {
  readonly latencies = new Latencies()
  requestBytes = 0
  responseBytes = 0
  /** Answers that carry an error code, and exchanges with a finding of severity error. */
  errors = 0
  findings = 0

  add(ms: number | null, [request, response]: readonly [number, number], failed: boolean, bad: boolean): void {
    this.latencies.add(ms)
    this.requestBytes += request
    this.responseBytes += response
    if (failed) this.errors++
    if (bad) this.findings++
  }

  json(): JsonObject {
    const { latencies } = this
    return {
      count: latencies.count,
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
      errors: this.errors,
      findings: this.findings,
      p50Ms: latencies.quantile(0.5),
      p90Ms: latencies.quantile(0.9),
      p99Ms: latencies.quantile(0.99),
      maxMs: latencies.quantile(1),
    }
  }

  line(name: string): string {
    const ms = (fraction: number): string => {
      const value = this.latencies.quantile(fraction)
      return value === null ? '-' : msText(value)
    }
    const { latencies, errors, findings, requestBytes, responseBytes } = this
    const cells = [countText(latencies.count), sizeText(requestBytes), sizeText(responseBytes)]
    return columns(name, [...cells, ms(0.5), ms(0.9), ms(0.99), ms(1), countText(errors), countText(findings)])
  }
}

const HEADINGS = ['count', 'requests', 'answers', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'errors', 'findings']

const columns = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(44)}${cells.map((cell) => cell.padStart(10)).join('')}`

export class Stats {
  private readonly apis = new Map<string, Row>()
  private readonly versions = new Map<string, Map<number, Row>>()
  private readonly clients = new Map<string, Row>()
  private readonly connections = new Map<string, Row>()
  /** Of connections that have a row of their own. */
  private readonly known = new Map<number, Row>()

  add(observed: Observed): void {
    if (observed.type !== 'exchange') return
    const { exchange, findings } = observed
    const { connection } = exchange
    const { request, response } = exchange
    const looked = request && response?.kept && response.size <= MAX_LOOK
    const failed = looked === true && (observed.error === undefined ? errorOf(exchange) : observed.error) !== null
    const bad = findings.length > 0 && findings.some(({ severity }) => severity === 'error')
    const ms = latencyMs(exchange)
    const bytes = [request?.size ?? 0, response?.size ?? 0] as const
    this.versionOf(exchange).add(ms, bytes, failed, bad)
    const client = exchange.clientId ?? connection.clientId ?? '(no client id)'
    row(this.clients, client).add(ms, bytes, failed, bad)
    this.rowOf(connection).add(ms, bytes, failed, bad)
  }

  private versionOf({ api, apiVersion }: Exchange): Row {
    const known = this.versions.get(api)?.get(apiVersion)
    if (known) return known
    const made = row(this.apis, `${api} v${apiVersion}`)
    if (this.apis.size <= MAX_ROWS) {
      const versions = this.versions.get(api) ?? new Map<number, Row>()
      this.versions.set(api, versions.set(apiVersion, made))
    }
    return made
  }

  private rowOf({ id, client, broker }: Connection): Row {
    const known = this.known.get(id)
    if (known) return known
    if (this.connections.size >= MAX_ROWS) return row(this.connections, 'others')
    const made = row(this.connections, `${id} ${client} -> ${broker}`)
    this.known.set(id, made)
    return made
  }

  /** For the summary line of `--json`. */
  json(): JsonObject {
    const of = (rows: ReadonlyMap<string, Row>): JsonObject =>
      Object.fromEntries([...rows].map(([name, each]) => [name, each.json()]))
    return { apis: of(this.apis), clients: of(this.clients), byConnection: of(this.connections) }
  }

  /** Tables for people, the most used first. */
  lines(): string[] {
    return [
      ...table('API and version', this.apis),
      ...table('client', this.clients),
      ...table('connection', this.connections),
    ]
  }
}

function row(rows: Map<string, Row>, name: string): Row {
  const there = rows.get(name)
  if (there) return there
  const key = rows.size < MAX_ROWS ? name : 'others'
  const known = rows.get(key) ?? new Row()
  rows.set(key, known)
  return known
}

function table(name: string, rows: ReadonlyMap<string, Row>): string[] {
  if (rows.size === 0) return []
  const sorted = [...rows].sort((a, b) => b[1].latencies.count - a[1].latencies.count)
  const lines = sorted.slice(0, SHOWN_ROWS).map(([key, each]) => each.line(safeShort(key, 42)))
  if (sorted.length > SHOWN_ROWS) lines.push(`  ... and ${countText(sorted.length - SHOWN_ROWS)} more`)
  return [columns(name, HEADINGS).slice(2), ...lines, '']
}
