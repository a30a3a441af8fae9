/**
 * What a report's page is made of, as JSON: shared by what writes it and by the page's own script. Times are in
 * microseconds since 1970, sizes in bytes, latencies in milliseconds.
 */
import type { Finding, Severity } from '../../findings/finding.ts'
import type { Phase } from '../../findings/groups/group.ts'
import type { NoResponse } from '../../session/exchange.ts'
import type { Direction } from '../../session/segment.ts'
import type { PackedFields } from './fields.ts'

/** A frame in the list: what it needs without its contents. */
export interface PageFrame {
  readonly time: number
  readonly size: number
  readonly packet: number | null
}

export interface PageRow {
  readonly id: number
  readonly connection: number
  readonly clientId: string | null
  readonly apiKey: number
  readonly api: string
  readonly version: number
  /** Null where frames have none (raw SASL tokens). */
  readonly correlation: number | null
  readonly request: PageFrame | null
  readonly response: PageFrame | null
  readonly latencyMs: number | null
  /** The answer's error by name. */
  readonly error: string | null
  readonly noResponse: NoResponse | null
  readonly findings: readonly Finding[]
  /** Where its contents are: number of the chunk and of the line in it; -1 where they were left out. */
  readonly chunk: number
  readonly line: number
}

export interface ApiTotals {
  readonly api: string
  readonly version: number
  readonly count: number
  readonly errors: number
  readonly findings: number
  readonly bytes: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface ClientTotals {
  readonly clientId: string | null
  readonly software: string | null
  readonly connections: number
  readonly count: number
  readonly errors: number
  readonly bytes: number
  readonly p50: number | null
  readonly p99: number | null
}

export interface PageConnection {
  readonly id: number
  readonly client: string
  readonly broker: string
  readonly clientId: string | null
  readonly software: string | null
  readonly sasl: string | null
  readonly opened: number
  readonly closed: number | null
  readonly exchanges: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly findings: number
  /** Why its frames are not decoded (any more). */
  readonly opaque: string | null
}

export interface FindingKind {
  readonly code: string
  readonly severity: Severity
  readonly count: number
  /** Its entry in FINDINGS.md without the heading; paragraphs are parted by blank lines. Null where it has none. */
  readonly entry: string | null
}

/** What was seen on a connection besides exchanges: findings of their own, and bytes that are missing. */
export type PageEvent =
  | { readonly type: 'finding'; readonly connection: number | null; readonly time: number; readonly finding: Finding }
  | {
      readonly type: 'gap'
      readonly connection: number
      readonly time: number
      readonly direction: Direction
      readonly bytes: number
      readonly skipped: number
    }

export interface PageGroupSpan {
  readonly phase: Phase
  readonly time: number
  readonly end: number
  readonly generation: number
  readonly members: number
  /** The exchange that began it. */
  readonly exchange: number
}

export interface PageGroupMember {
  readonly id: string
  readonly clientId: string | null
  readonly client: string
  /** 0 where it never spoke. */
  readonly connection: number
  readonly leader: boolean
  readonly assigned: string
  readonly said: string
}

/** A group and its life, in the order of appearance. */
export interface PageGroup {
  readonly id: string
  readonly broker: string
  /** `stable at generation 2 with 3 members, range`. */
  readonly state: string
  readonly classic: boolean
  readonly rebalances: number
  readonly spans: readonly PageGroupSpan[]
  /** Phases before these. */
  readonly forgotten: number
  readonly members: readonly PageGroupMember[]
  readonly moreMembers: boolean
  readonly events: readonly { readonly time: number; readonly exchange: number; readonly text: string }[]
}

export interface PageIndex {
  readonly title: string
  readonly sources: readonly string[]
  /** When the report was made. */
  readonly made: number
  readonly version: string
  readonly filter: string | null
  /** First and last time seen; null in an empty session. */
  readonly from: number | null
  readonly to: number | null
  readonly exchanges: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly severities: Readonly<Record<Severity, number>>
  readonly apis: readonly ApiTotals[]
  readonly clients: readonly ClientTotals[]
  readonly connections: readonly PageConnection[]
  readonly findings: readonly FindingKind[]
  readonly events: readonly PageEvent[]
  readonly groups: readonly PageGroup[]
  readonly rows: readonly PageRow[]
  readonly chunks: number
  /** What the page lacks: sentences, shown at the top of it. */
  readonly notices: readonly string[]
}

export interface PageFrameDetail {
  /** The frame's bytes from the size field on, as many as are kept here. */
  readonly hex: string
  readonly fields: PackedFields
  /** Whether there are more fields than are here. */
  readonly more: boolean
}

export interface PageDetail {
  readonly request: PageFrameDetail | null
  readonly response: PageFrameDetail | null
}
