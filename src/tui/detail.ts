/** One frame of one entry, read because somebody looks at it. */
import { SpanTable } from '../bytes/spans.ts'
import { type DecodedFrame, decodeFrame } from '../codec/frame.ts'
import { type Finding, severityRank } from '../findings/finding.ts'
import { defineNode, NodeKind } from '../schema/node.ts'
import type { Frame } from '../session/exchange.ts'
import type { Entry, Store } from './store.ts'
import type { Tools } from './tools.ts'
import { type FieldRow, type Inside, treeRows } from './tree.ts'

export type Side = 'request' | 'response'

export interface Detail {
  readonly seq: number
  readonly side: Side
  readonly frame: DecodedFrame
  /** On the wire; more than `frame.bytes` where the frame is too large to keep. */
  readonly size: number
  readonly findings: readonly Finding[]
  /** What the bytes or records field at a line holds. */
  readonly inside: (line: number) => Inside | null
}

/** Which frame a finding speaks of. */
export function sideOf(finding: Finding, entry: Entry): Side {
  if (finding.kind === 'request' || finding.kind === 'response') return finding.kind
  return entry.exchange?.response ? 'response' : 'request'
}

/** Reads a frame. Null where there is none, or its bytes are gone. */
export function readDetail(store: Store, tools: Tools, entry: Entry, side: Side): Detail | null {
  const exchange = store.exchange(entry)
  const frame = exchange?.[side]
  if (!exchange || !frame) return null
  const bytes = tools.mask(frame, exchange)
  const decoded =
    exchange.framing === 'sasl' ? tokenFrame(bytes, frame) : decodeFrame(bytes, frame, undefined, frame.headerVersion)
  const findings = entry.findings.filter((finding) => sideOf(finding, entry) === side)
  const known = new Map<number, Inside | null>()
  const inside = (line: number): Inside | null => {
    let found = known.get(line)
    if (found === undefined) {
      found = tools.inside(decoded, line, exchange)
      known.set(line, found)
    }
    return found
  }
  return { seq: entry.seq, side, frame: decoded, size: frame.size, findings, inside }
}

const SIZE = defineNode({ kind: NodeKind.int32, name: 'size', type: 'int32', width: 4 })
const TOKEN = defineNode({ kind: NodeKind.bytes, name: 'token', type: 'bytes' })

/** A raw SASL token (after SaslHandshake v0): a size, and bytes without a header. */
function tokenFrame(bytes: Uint8Array, frame: Frame): DecodedFrame {
  const table = new SpanTable(2)
  if (bytes.length >= 4) table.add(SIZE.id, 0, 4)
  if (bytes.length > 4) table.add(TOKEN.id, 4, bytes.length - 4)
  const { kind, apiKey, apiVersion, headerVersion } = frame
  const nothing = { flaws: [], droppedFlaws: 0, message: null, headerLine: -1, bodyLine: -1, stopped: false }
  return { kind, apiKey, apiVersion, headerVersion, bytes, table, end: bytes.length, ...nothing }
}

/** A frame's rows, with the finding that each stands under (by row number). */
export interface Tree {
  readonly rows: readonly FieldRow[]
  readonly marks: ReadonlyMap<number, Finding>
}

/** The rows of a frame whose folds are `flipped`. */
export function readTree(detail: Detail, flipped: ReadonlySet<string>, limit: number): Tree {
  const rows = treeRows(detail.frame, {
    flipped,
    limit,
    partial: detail.size > detail.frame.bytes.length,
    inside: detail.inside,
  })
  const marks = new Map<number, Finding>()
  for (const finding of detail.findings) {
    const at = rowOf(rows, finding.path, finding.offset)
    if (at < 0) continue
    const before = marks.get(at)
    if (!before || severityRank(finding.severity) > severityRank(before.severity)) marks.set(at, finding)
  }
  return { rows, marks }
}

/** The row of a path; where that is folded away or has no row, the innermost row that holds the byte. */
export function rowOf(rows: readonly FieldRow[], path: string, offset: number): number {
  if (path) {
    const exact = rows.findIndex((row) => row.path === path && row.role === 'stop')
    if (exact >= 0) return exact
    const named = rows.findIndex((row) => row.path === path)
    if (named >= 0) return named
  }
  return rowAt(rows, offset)
}

/** The innermost row that holds a byte; -1 where none does. */
export function rowAt(rows: readonly FieldRow[], offset: number): number {
  let found = -1
  for (const [i, row] of rows.entries()) {
    if (row.role === 'expanded' || offset < row.offset || offset >= row.offset + row.length) continue
    // Where reading stopped within bytes, those are unread too; the field that wanted them says more.
    if (row.role === 'unread' && found >= 0 && rows[found]!.role === 'stop') continue
    found = i
  }
  return found
}
