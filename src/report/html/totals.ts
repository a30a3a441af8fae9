/** Totals per API and version, client, connection and kind of finding, in bounded memory. */
import type { Finding, Severity } from '../../findings/finding.ts'
import type { Connection } from '../../session/connection.ts'
import type { Exchange } from '../../session/exchange.ts'
import { latencyMs } from '../exchange-json.ts'
import { Latencies } from '../latencies.ts'
import { MAX_CONNECTIONS, MAX_GROUPS } from './limits.ts'
import type { ApiTotals, ClientTotals, FindingKind, PageConnection } from './model.ts'

class Group {
  errors = 0
  findings = 0
  bytes = 0
  readonly latencies = new Latencies()
  readonly connections = new Set<number>()
  software: string | null = null
}

interface ConnectionCounts {
  readonly connection: Connection
  exchanges: number
  requestBytes: number
  responseBytes: number
  findings: number
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

export class Totals {
  exchanges = 0
  requestBytes = 0
  responseBytes = 0
  from: number | null = null
  to: number | null = null
  unlistedConnections = 0
  readonly severities: Record<Severity, number> = { error: 0, warning: 0, note: 0 }
  private readonly apis = new Map<string, { api: string; version: number; group: Group }>()
  private readonly clients = new Map<string | null, Group>()
  private readonly connections = new Map<number, ConnectionCounts>()
  private readonly kinds = new Map<string, { code: string; severity: Severity; count: number }>()

  /** Makes sure that a connection has its row; undefined where there are too many. */
  connection(connection: Connection): ConnectionCounts | undefined {
    const known = this.connections.get(connection.id)
    if (known) return known
    this.seen(connection.opened)
    if (this.connections.size >= MAX_CONNECTIONS) return undefined
    const counts = { connection, exchanges: 0, requestBytes: 0, responseBytes: 0, findings: 0 }
    this.connections.set(connection.id, counts)
    return counts
  }

  /** Counts a connection. */
  opened(connection: Connection): void {
    if (!this.connection(connection)) this.unlistedConnections++
  }

  exchange(exchange: Exchange, findings: readonly Finding[], error: string | null): void {
    const { request, response, connection } = exchange
    const requestBytes = request?.size ?? 0
    const responseBytes = response?.size ?? 0
    this.exchanges++
    this.requestBytes += requestBytes
    this.responseBytes += responseBytes
    for (const frame of [request, response]) if (frame) this.seen(frame.time)
    const own = this.connection(connection)
    if (own) {
      own.exchanges++
      own.requestBytes += requestBytes
      own.responseBytes += responseBytes
      own.findings += findings.length
    }
    for (const group of [this.apiGroup(exchange), this.clientGroup(exchange)]) {
      group.latencies.add(latencyMs(exchange))
      group.bytes += requestBytes + responseBytes
      group.findings += findings.length
      if (error !== null) group.errors++
    }
    for (const finding of findings) this.count(finding)
  }

  /** Counts a finding that belongs to no exchange. */
  finding(finding: Finding, connection: number | null, time: number): void {
    this.seen(time)
    const own = connection === null ? undefined : this.connections.get(connection)
    if (own) own.findings++
    this.count(finding)
  }

  private count({ code, severity }: Finding): void {
    this.severities[severity]++
    const known = this.kinds.get(code)
    if (!known) this.kinds.set(code, { code, severity, count: 1 })
    else {
      known.count++
      if (RANK[severity] < RANK[known.severity]) known.severity = severity
    }
  }

  private seen(time: number): void {
    if (this.from === null || time < this.from) this.from = time
    if (this.to === null || time > this.to) this.to = time
  }

  private apiGroup({ api, apiVersion }: Exchange): Group {
    const key = `${api} ${apiVersion}`
    let entry = this.apis.get(key)
    if (!entry && this.apis.size >= MAX_GROUPS) entry = this.apis.get(OTHERS)
    if (!entry) {
      const isOther = this.apis.size >= MAX_GROUPS
      entry = { api: isOther ? OTHERS : api, version: isOther ? -1 : apiVersion, group: new Group() }
      this.apis.set(isOther ? OTHERS : key, entry)
    }
    return entry.group
  }

  private clientGroup({ clientId, connection }: Exchange): Group {
    const key = this.clients.has(clientId) || this.clients.size < MAX_GROUPS ? clientId : OTHERS
    let group = this.clients.get(key)
    if (!group) {
      group = new Group()
      this.clients.set(key, group)
    }
    if (group.connections.size < MAX_CONNECTIONS) group.connections.add(connection.id)
    group.software ??= softwareOf(connection)
    return group
  }

  /** Most first. */
  apiRows(): ApiTotals[] {
    const rows = [...this.apis.values()].map(({ api, version, group }) => ({
      api,
      version,
      count: group.latencies.count,
      errors: group.errors,
      findings: group.findings,
      bytes: group.bytes,
      ...quantiles(group.latencies),
    }))
    return rows.sort((a, b) => b.count - a.count || (a.api < b.api ? -1 : a.api > b.api ? 1 : a.version - b.version))
  }

  /** Most first. */
  clientRows(): ClientTotals[] {
    const rows = [...this.clients].map(([clientId, group]) => {
      const { p50, p99 } = quantiles(group.latencies)
      const { errors, bytes, software } = group
      const count = group.latencies.count
      return { clientId, software, connections: group.connections.size, count, errors, bytes, p50, p99 }
    })
    return rows.sort((a, b) => b.count - a.count)
  }

  connectionRows(): PageConnection[] {
    return [...this.connections.values()].map(({ connection, ...counts }) => ({
      id: connection.id,
      client: connection.client,
      broker: connection.broker,
      clientId: connection.clientId,
      software: softwareOf(connection),
      sasl: connection.sasl ? saslText(connection.sasl) : null,
      opened: connection.opened,
      closed: connection.closed,
      ...counts,
      opaque: connection.opaque,
    }))
  }

  /** The gravest first, then the most frequent. */
  findingRows(): Omit<FindingKind, 'entry'>[] {
    return [...this.kinds.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count)
  }
}

const OTHERS = 'others'

const saslText = ({ mechanism, user, state }: NonNullable<Connection['sasl']>): string =>
  [mechanism, user, state === 'failed' ? 'failed' : null].filter((part) => part !== null).join(' ')

const softwareOf = ({ clientSoftwareName, clientSoftwareVersion }: Connection): string | null =>
  clientSoftwareName === null ? null : `${clientSoftwareName} ${clientSoftwareVersion ?? ''}`.trim()

function quantiles(latencies: Latencies): Pick<ApiTotals, 'p50' | 'p90' | 'p99' | 'max'> {
  const at = (fraction: number): number | null => latencies.quantile(fraction)
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}
