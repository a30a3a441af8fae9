/**
 * From what a pipeline observes to what a report's page holds. Memory is bounded: of what is over the limits only the
 * totals are kept, and the page says so.
 */
import { safe } from '../../bytes/safe-text.ts'
import type { ExpandContext } from '../../codec/expand.ts'
import { type JsonObject, printJson } from '../../codec/json-text.ts'
import { Run } from '../../codec/run.ts'
import type { Finding } from '../../findings/finding.ts'
import type { Group } from '../../findings/groups/group.ts'
import type { Observed } from '../../findings/pipeline.ts'
import type { Exchange, Frame } from '../../session/exchange.ts'
import { exchangeJson, latencyMs } from '../exchange-json.ts'
import { countText, plural } from '../format.ts'
import { errorOf } from '../lines.ts'
import { Chunks } from './chunks.ts'
import { entryOf } from './finding-docs.ts'
import { packedDetail } from './frame-detail.ts'
import { FrameShapes } from './frame-shapes.ts'
import { MAX_PAGE_GROUPS, pageGroup } from './groups.ts'
import { DEFAULT_LIMITS, MAX_ALL_FINDINGS, MAX_EVENTS, MAX_FINDINGS, MAX_JSON, type PageLimits } from './limits.ts'
import type { FindingKind, PageDetail, PageEvent, PageFrame, PageFrameDetail, PageIndex, PageRow } from './model.ts'
import { worst } from './page/text.ts'
import { Totals } from './totals.ts'

export interface CollectOptions {
  /** Exchanges that it refuses are left out, of the totals too. It sees JSON with nested bytes expanded. */
  readonly filter?: ((json: JsonObject) => boolean) | undefined
  readonly showSecrets?: boolean
  /** What the session has learned, for what bytes hold. */
  readonly context?: ExpandContext
  readonly limits?: Partial<PageLimits>
  /** `docs/FINDINGS.md`, whose entries explain the findings. */
  readonly findingDocs?: string
}

/** What only the caller knows of a report. */
export interface ReportFacts {
  readonly title: string
  readonly sources: readonly string[]
  /** Microseconds since 1970. */
  readonly made: number
  readonly version: string
  readonly filter: string | null
  /** Sentences about what the captures lack. */
  readonly notices?: readonly string[]
}

type ExchangeSeen = Extract<Observed, { type: 'exchange' | 'request' }>

export class ReportCollector {
  readonly chunks = new Chunks()
  private readonly totals = new Totals()
  private readonly rows: PageRow[] = []
  private readonly events: PageEvent[] = []
  private readonly groups: Group[] = []
  private readonly options: CollectOptions
  private readonly limits: PageLimits
  private readonly run = new Run()
  private readonly shapes = new FrameShapes()
  private unlisted = 0
  private leftOut = 0
  private unlistedEvents = 0
  private findingsKept = 0
  private unlistedFindings = 0

  constructor(options: CollectOptions = {}) {
    this.options = options
    this.limits = { ...DEFAULT_LIMITS, ...options.limits }
  }

  /** Takes what was observed. Never throws; the bytes may be anything. */
  add(observed: Observed): void {
    switch (observed.type) {
      case 'exchange':
        this.exchange(observed)
        break
      case 'finding': {
        const { connection, time, finding } = observed
        this.totals.finding(finding, connection, time)
        this.event({ type: 'finding', connection, time, finding: bounded(finding) })
        break
      }
      case 'gap': {
        const { connection, time, direction, bytes, skipped } = observed
        this.totals.connection(connection)
        this.event({ type: 'gap', connection: connection.id, time, direction, bytes, skipped })
        break
      }
      case 'group':
        this.groups.push(observed.group)
        break
      case 'connection':
        this.totals.opened(observed.connection)
        break
      default:
    }
  }

  /** Whether a finding of severity error was seen: then the exit status is 1. */
  get failed(): boolean {
    return this.totals.severities.error > 0
  }

  /** Ends the collecting: what the page shows, but for the contents in `chunks`. */
  index(facts: ReportFacts): PageIndex {
    this.chunks.close()
    const { totals } = this
    return {
      ...facts,
      from: totals.from,
      to: totals.to,
      exchanges: totals.exchanges,
      requestBytes: totals.requestBytes,
      responseBytes: totals.responseBytes,
      severities: totals.severities,
      apis: totals.apiRows(),
      clients: totals.clientRows(),
      connections: totals.connectionRows(),
      findings: this.kinds(),
      events: this.events,
      groups: this.groups.slice(0, MAX_PAGE_GROUPS).map(pageGroup),
      // Exchanges come when they are complete; the list is in the order of the requests.
      rows: this.rows.sort((a, b) => a.id - b.id),
      chunks: this.chunks.done.length,
      notices: [...(facts.notices ?? []), ...this.lacks()],
    }
  }

  private exchange({ exchange, findings, error: known }: ExchangeSeen): void {
    const { filter } = this.options
    const listed = this.rows.length < this.limits.exchanges
    const room = this.limits.contents - (findings.some(isGrave) ? 0 : this.limits.reserve)
    const wanted = listed && this.chunks.size < room
    const json = filter || wanted ? this.json(exchange, findings) : null
    if (filter && json && !filter(json)) return
    const error = known === undefined ? errorOf(exchange) : known
    this.totals.exchange(exchange, findings, error)
    if (!listed) {
      this.unlisted++
      return
    }
    if (!wanted) this.leftOut++
    const at = wanted && json ? this.chunks.add(textOf(json), this.details(exchange)) : { chunk: -1, line: 0 }
    this.rows.push({ ...rowOf(exchange, this.kept(findings), error), ...at })
  }

  /** The findings that a row keeps. */
  private kept(findings: readonly Finding[]): readonly Finding[] {
    const gravest = worst(findings)
    if (!gravest) return NONE
    const most = this.findingsKept < MAX_ALL_FINDINGS ? MAX_FINDINGS : 1
    const kept = most === 1 || findings.length === 1 ? [gravest] : findings.slice(0, most)
    this.findingsKept += kept.length
    this.unlistedFindings += findings.length - kept.length
    return kept.map(bounded)
  }

  private json(exchange: Exchange, findings: readonly Finding[]): JsonObject {
    const { showSecrets = false, context = {} } = this.options
    return exchangeJson(exchange, findings, { expand: true, showSecrets, context })
  }

  private details(exchange: Exchange): PageDetail {
    const detail = (frame: Frame | null): PageFrameDetail | null => {
      if (!frame) return null
      const { showSecrets = false, context = {} } = this.options
      return packedDetail(frame, exchange, showSecrets, this.run, context, this.shapes)
    }
    return { request: detail(exchange.request), response: detail(exchange.response) }
  }

  private event(event: PageEvent): void {
    if (this.events.length < MAX_EVENTS) this.events.push(event)
    else this.unlistedEvents++
  }

  private kinds(): FindingKind[] {
    const { findingDocs = '' } = this.options
    return this.totals.findingRows().map((kind) => ({ ...kind, entry: entryOf(findingDocs, kind.code) }))
  }

  private lacks(): string[] {
    const { unlisted, leftOut, unlistedEvents, unlistedFindings, totals } = this
    const notices: string[] = []
    if (unlisted > 0) {
      const shown = countText(this.rows.length)
      notices.push(`The list holds the first ${shown} exchanges; ${countText(unlisted)} more are in the totals only.`)
    }
    if (leftOut > 0) {
      const which = plural(leftOut, 'exchange')
      notices.push(`Fields and bytes of ${which} were left out to keep the page small; filters do not see them.`)
    }
    if (unlistedEvents > 0) notices.push(`${plural(unlistedEvents, 'finding')} and gaps more are counted only.`)
    if (unlistedFindings > 0) {
      notices.push(`${plural(unlistedFindings, 'finding')} beside others of the same exchange are counted only.`)
    }
    if (this.groups.length > MAX_PAGE_GROUPS) {
      notices.push(`${plural(this.groups.length - MAX_PAGE_GROUPS, 'group')} more are not listed.`)
    }
    if (totals.unlistedConnections > 0) {
      notices.push(`${plural(totals.unlistedConnections, 'connection')} more have no row of their own.`)
    }
    return notices
  }
}

const NONE: readonly Finding[] = []

const isGrave = ({ severity }: Finding): boolean => severity !== 'note'

/** The JSON as text; without bodies where it is too long for a page. */
function textOf(json: JsonObject): string {
  let text: string
  try {
    text = printJson(json)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    text = ''
  }
  if (text !== '' && text.length <= MAX_JSON) return text
  const bare = (frame: JsonObject[string] | undefined): JsonObject | null => {
    if (!frame) return null
    const { time = null, packet, size = null, header = null } = frame as JsonObject
    const kept = printJson(header).length <= MAX_JSON ? header : null
    const place = packet === undefined ? {} : { packet }
    return { time, ...place, size, header: kept, body: null, notDecoded: 'too long for a page' }
  }
  const findings = Array.isArray(json.findings) ? json.findings.slice(0, MAX_FINDINGS) : []
  return printJson({ ...json, findings, request: bare(json.request), response: bare(json.response) })
}

const MAX_TEXT = 2000

/** A finding whose sentences are no longer than a page can show. */
function bounded(finding: Finding): Finding {
  const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
  const causes = finding.causes.slice(0, 10).map((cause) => ({ ...cause, message: cut(cause.message) }))
  return { ...finding, message: cut(finding.message), path: cut(finding.path), causes }
}

const placeOf = ({ time, size, packet }: Frame): PageFrame => ({ time, size, packet })

const MAX_NAME = 300

function rowOf(
  exchange: Exchange,
  findings: readonly Finding[],
  error: string | null,
): Omit<PageRow, 'chunk' | 'line'> {
  const { id, connection, clientId, apiKey, api, apiVersion, correlationId, request, response, noResponse } = exchange
  return {
    id,
    connection: connection.id,
    clientId: clientId === null ? null : clientId.slice(0, MAX_NAME),
    apiKey,
    api: safe(api),
    version: apiVersion,
    correlation: exchange.framing === 'sasl' ? null : correlationId,
    request: request && placeOf(request),
    response: response && placeOf(response),
    latencyMs: latencyMs(exchange),
    error,
    noResponse,
    findings,
  }
}
