/** Counts for the end of a session, shared by the JSON summary and the text one. */
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Finding, Severity } from '../findings/finding.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Connection } from '../session/connection.ts'

/** How many different keys a count keeps: peers choose API keys, and with them names. */
const MAX_KEYS = 1000

/** Counts by name; beyond a thousand names the rest are one. */
export class Counts {
  readonly byName = new Map<string, number>()

  add(name: string, by = 1): void {
    const key = this.byName.has(name) || this.byName.size < MAX_KEYS ? name : 'others'
    this.byName.set(key, (this.byName.get(key) ?? 0) + by)
  }

  /** Most first, names in order where counts are equal. */
  sorted(): [string, number][] {
    return [...this.byName].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  }

  json(): JsonObject {
    return Object.fromEntries(this.sorted())
  }
}

export class Tally {
  exchanges = 0
  connections = 0
  readonly frames = { request: 0, response: 0 }
  readonly bytes = { request: 0, response: 0 }
  readonly gaps = { count: 0, bytes: 0, skipped: 0 }
  readonly findings = new Counts()
  readonly severities: Record<Severity, number> = { error: 0, warning: 0, note: 0 }
  private readonly undecoded = new Counts()
  private readonly opaque = new Counts()
  private readonly open = new Set<Connection>()
  private readonly explained = new Set<string>()

  add(observed: Observed): void {
    switch (observed.type) {
      case 'connection':
        this.connections++
        this.open.add(observed.connection)
        break
      case 'closed':
        this.open.delete(observed.connection)
        if (observed.connection.opaque !== null) this.opaque.add(observed.connection.opaque)
        break
      case 'exchange':
        this.exchange(observed)
        break
      case 'finding':
        this.finding(observed.finding)
        break
      case 'gap':
        this.gaps.count++
        this.gaps.bytes += observed.bytes
        this.gaps.skipped += observed.skipped
        break
      default:
    }
  }

  /** Counts a frame that was not decoded whole; `why` is its JSON's `notDecoded`. */
  notDecoded(why: JsonValue | undefined): void {
    if (typeof why === 'string') this.undecoded.add(why)
  }

  private exchange({ exchange, findings }: Extract<Observed, { type: 'exchange' | 'request' }>): void {
    this.exchanges++
    const { request, response } = exchange
    if (request) {
      this.frames.request++
      this.bytes.request += request.size
    }
    if (response) {
      this.frames.response++
      this.bytes.response += response.size
    }
    for (const finding of findings) this.finding(finding)
  }

  private finding(finding: Finding): void {
    if (finding.explains !== undefined && this.toldBefore(finding)) return
    this.findings.add(finding.code)
    this.severities[finding.severity]++
  }

  /** One cause behind many frames is told again when the session ends, with the whole number: it counts once. */
  private toldBefore({ code, api, apiVersion, kind, path, causes }: Finding): boolean {
    const key = [code, api, apiVersion, kind, path, causes[0]?.cause].join(' ')
    if (this.explained.has(key)) return true
    if (this.explained.size < MAX_KEYS) this.explained.add(key)
    return false
  }

  /** Connections of which frames are not decoded (any more), by reason. */
  opaqueConnections(): Counts {
    const all = new Counts()
    for (const [reason, count] of this.opaque.byName) all.add(reason, count)
    for (const { opaque } of this.open) if (opaque !== null) all.add(opaque)
    return all
  }

  json(): JsonObject {
    return {
      connections: this.connections,
      exchanges: this.exchanges,
      frames: this.frames.request + this.frames.response,
      requests: this.frames.request,
      responses: this.frames.response,
      bytes: this.bytes.request + this.bytes.response,
      requestBytes: this.bytes.request,
      responseBytes: this.bytes.response,
      gaps: { ...this.gaps },
      findings: this.findings.json(),
      severities: { ...this.severities },
      notDecoded: this.undecoded.json(),
      opaqueConnections: this.opaqueConnections().json(),
    }
  }
}
