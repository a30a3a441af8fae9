/** A frame as the page shows it: its bytes in hex, its fields as the lines of a tree, with what nested bytes hold. */
import { toHex } from '../../bytes/hex.ts'
import { safeShort } from '../../bytes/safe-text.ts'
import type { SpanTable } from '../../bytes/spans.ts'
import { type ExpandContext, nestedOf } from '../../codec/expand.ts'
import type { DecodedFrame } from '../../codec/frame.ts'
import { type JsonValue, printJson } from '../../codec/json-text.ts'
import { childPath, counts, kindName, openLength } from '../../codec/paths.ts'
import type { Flaw, Run } from '../../codec/run.ts'
import { firstElement, scalarAt } from '../../codec/value.ts'
import { isContainer, NodeKind, nodeOf, type SpanNode } from '../../schema/node.ts'
import type { Exchange, Frame } from '../../session/exchange.ts'
import { decodeShown, shownBytes } from '../contents.ts'
import { plural } from '../format.ts'
import { type PackedFields, type PageField, packFields, type Role } from './fields.ts'
import type { FrameShapes } from './frame-shapes.ts'
import { MAX_FRAME_BYTES, MAX_FRAME_FIELDS, MAX_VALUE } from './limits.ts'
import { valueText } from './value-text.ts'

export interface FrameLines<Fields = readonly PageField[]> {
  /** The frame's bytes from the size field on, as many as are kept. */
  readonly hex: string
  readonly fields: Fields
  /** Whether there are more fields than these. */
  readonly more: boolean
}

/** The detail of a frame. Never throws; secrets are masked unless `showSecrets`. */
export function frameDetail(
  frame: Frame,
  exchange: Exchange,
  showSecrets: boolean,
  run: Run,
  context: ExpandContext = {},
): FrameLines {
  return detailOf(frame, exchange, showSecrets, run, context, (make) => make())
}

/** As `frameDetail`, packed; `shapes` are those of frames before. */
export function packedDetail(
  frame: Frame,
  exchange: Exchange,
  showSecrets: boolean,
  run: Run,
  context: ExpandContext,
  shapes: FrameShapes,
): FrameLines<PackedFields> {
  return detailOf(frame, exchange, showSecrets, run, context, (make, decoded) =>
    decoded ? shapes.pack(decoded, () => packFields(make())) : packFields(make()),
  )
}

/** `take` is given what makes the lines, and the decoded frame; null for a raw SASL token. */
function detailOf<Fields>(
  frame: Frame,
  exchange: Exchange,
  showSecrets: boolean,
  run: Run,
  context: ExpandContext,
  take: (make: () => readonly PageField[], decoded: DecodedFrame | null) => Fields,
): FrameLines<Fields> {
  const bytes = shownBytes(frame, exchange, showSecrets)
  const hex = toHex(bytes, 0, Math.min(bytes.length, MAX_FRAME_BYTES))
  if (exchange.framing === 'sasl') return { hex, fields: take(() => tokenFields(bytes), null), more: false }
  const decoded = decodeShown(bytes, frame, run)
  const saslMechanism = exchange.connection.sasl?.mechanism
  const lines = new Lines(decoded, frame.kept, { ...context, saslMechanism, showSecrets })
  const fields = take(() => lines.fields(), decoded)
  return { hex, fields, more: lines.isFull }
}

/** A raw SASL token: a size, and bytes without a header. */
function tokenFields(bytes: Uint8Array): PageField[] {
  if (bytes.length < 4) return []
  const length = bytes.length - 4
  const size = { name: 'size', offset: 0, length: 4, type: 'int32', value: String(length), path: 'size' }
  const token = { name: 'token', offset: 4, length, type: 'bytes', value: plural(length, 'byte'), path: 'token' }
  return [size, token].map((field) => ({ ...field, depth: 0, role: '' }))
}

type Place = Pick<PageField, 'depth' | 'name' | 'offset' | 'length'>

class Lines {
  private readonly lines: PageField[] = []
  private readonly frame: DecodedFrame
  private readonly kept: boolean
  private readonly context: ExpandContext
  private readonly stop: Flaw | null
  private stopped = false

  constructor(frame: DecodedFrame, kept: boolean, context: ExpandContext) {
    this.frame = frame
    this.kept = kept
    this.context = context
    this.stop = frame.stopped ? (frame.flaws.findLast((flaw) => flaw.fatal) ?? null) : null
  }

  get isFull(): boolean {
    return this.lines.length >= MAX_FRAME_FIELDS
  }

  fields(): readonly PageField[] {
    const { table } = this.frame
    this.descend(table, 0, table.size, null, '', 0)
    this.stopLine(null, '', 0, 0)
    return this.lines
  }

  private push(place: Place, role: Role, type = '', value = '', path = ''): void {
    const { depth, name, offset, length } = place
    this.lines.push({
      depth,
      name: role === 'expanded' ? safeShort(name, 200) : name,
      offset,
      length,
      type,
      value,
      role,
      path,
    })
  }

  private descend(
    table: SpanTable,
    from: number,
    to: number,
    container: SpanNode | null,
    path: string,
    depth: number,
  ): number {
    let index = 0
    for (let line = from; line < to && !this.isFull; line = table.next(line)) {
      const node = nodeOf(table.node(line))
      if (node.kind === NodeKind.unread) {
        if (container === null && table === this.frame.table) this.stopLine(null, '', 0, 0)
        const place = { depth, name: 'not read', offset: table.offset(line), length: table.length(line) }
        this.push(place, 'unread', '', plural(Math.max(0, table.length(line)), 'byte'))
        continue
      }
      const own = ownPath(container, path, node, index)
      const counted = container !== null && counts(container, node)
      const label = counted ? (/\[[^\]]*\]$/.exec(own)?.[0] ?? node.name) : node.name
      if (counted) index++
      this.add(table, line, node, own, label, depth)
    }
    return index
  }

  private add(table: SpanTable, line: number, node: SpanNode, path: string, label: string, depth: number): void {
    const offset = table.offset(line)
    const length = table.length(line) < 0 ? openLength(table, line) : table.length(line)
    const title = this.titleOf(table, line, node)
    if (title !== null) {
      const own = title.startsWith('header v') && depth === 0 ? path : ''
      this.push({ depth, name: title, offset, length }, 'title', '', '', own)
    } else {
      const value = valueText(this.frame.bytes, table, line, node)
      this.push({ depth, name: label, offset, length }, '', node.type, value, path)
    }
    if (node.kind === NodeKind.fixedArray) this.elements(table, line, node, path, depth + 1, offset + length)
    else if (isContainer(node)) {
      const index = this.descend(table, line + 1, table.next(line), node, path, depth + 1)
      if (table.length(line) < 0 && table === this.frame.table) this.stopLine(node, path, depth + 1, index)
    } else if (table === this.frame.table) this.nested(line, node, path, depth + 1)
  }

  /** Header and body are headed by what they are, and so is a message in bytes. */
  private titleOf(table: SpanTable, line: number, node: SpanNode): string | null {
    const { frame } = this
    if (table !== frame.table) return node.root ? node.name : null
    if (line === frame.headerLine) return `header v${frame.headerVersion}`
    return node.root ? `${node.name} v${frame.apiVersion}` : null
  }

  private elements(table: SpanTable, line: number, node: SpanNode, path: string, depth: number, end: number): void {
    const { bytes } = this.frame
    let at = firstElement(bytes, table, line)
    for (let i = 0; at + node.width <= end && !this.isFull; i++, at += node.width) {
      const value = String(scalarAt(bytes, node.element!, at, end))
      const place = { depth, name: `[${i}]`, offset: at, length: node.width }
      this.push(place, '', kindName(node.element!), value, `${path}[${i}]`)
    }
  }

  /** The field at which reading stopped, and the names of those after it in the same container. */
  private stopLine(container: SpanNode | null, path: string, depth: number, index: number): void {
    const { stop } = this
    if (!stop || this.stopped) return
    this.stopped = true
    const node = nodeOf(stop.node)
    const same = container !== null && node.id === container.id
    const own = container && !same ? childPath(container, path, node, index) : path || node.name
    const label = container?.kind === NodeKind.array && !same ? `[${index}]` : node.name
    const why = this.kept ? stopText(stop) : 'from here on not kept'
    this.push({ depth, name: label, offset: stop.offset, length: stop.length }, 'stop', node.type, why, own)
    const fields = container?.fields?.filter((field) => field.tag < 0) ?? []
    const at = fields.findIndex((field) => field.name === node.name)
    if (at < 0 || at === fields.length - 1) return
    const after = fields.slice(at + 1).map((field) => field.name)
    this.push({ depth, name: after.join(', '), offset: stop.offset, length: 0 }, 'missing', '', 'not reached')
  }

  /** What a bytes or records field holds: fields over the frame's own bytes, or else what its JSON says. */
  private nested(line: number, node: SpanNode, path: string, depth: number): void {
    if (node.kind !== NodeKind.bytes && node.kind !== NodeKind.records) return
    const inner = nestedOf(this.frame, line, this.context)
    if (!inner) return
    const { table } = inner
    if (table && table.size > 0) {
      // The list of batches has the field's own name and bytes: it needs no line of its own.
      const first = nodeOf(table.node(0))
      const bare = first.kind === NodeKind.array
      if (bare) this.descend(table, 1, table.next(0), first, path, depth)
      this.descend(table, bare ? table.next(0) : 0, table.size, null, path, depth)
      if (node.kind !== NodeKind.records || !isCompressed(inner.json)) return
    }
    const offset = this.frame.table.offset(line)
    const title = table ? `${inner.title}, decompressed` : inner.title
    this.push({ depth, name: title, offset, length: 0 }, 'expanded')
    this.json('', inner.json, depth + 1, offset)
  }

  private json(name: string, value: JsonValue, depth: number, offset: number): void {
    if (this.isFull || depth > 60) return
    const isNested = value !== null && typeof value === 'object' && Object.keys(value).length > 0
    if (name !== '' || !isNested) {
      const text = isNested ? '' : safeShort(printJson(value), MAX_VALUE)
      this.push({ depth, name, offset, length: 0 }, 'expanded', '', text)
    }
    if (!isNested) return
    const isArray = Array.isArray(value)
    for (const [key, child] of Object.entries(value)) {
      this.json(isArray ? `[${key}]` : key, child as JsonValue, name === '' ? depth : depth + 1, offset)
    }
  }
}

function ownPath(container: SpanNode | null, path: string, node: SpanNode, index: number): string {
  if (container) return childPath(container, path, node, index)
  if (node.root) return path
  return path ? `${path}.${node.name}` : node.name
}

/** Why reading stopped, in a few words; the finding says it at length. */
function stopText({ code, wanted, had }: Flaw): string {
  if (code === 'underflow') return `wants ${plural(wanted, 'byte')}, ${had} left`
  return code === 'length' || code === 'count' ? `claims ${wanted}, ${plural(had, 'byte')} left` : code
}

/** Whether records are told of that have no bytes of their own in the frame. */
function isCompressed(json: JsonValue): boolean {
  if (!Array.isArray(json)) return false
  return json.some((batch) => {
    if (batch === null || typeof batch !== 'object' || Array.isArray(batch)) return false
    return typeof batch.compression === 'string' && batch.compression !== 'none'
  })
}
