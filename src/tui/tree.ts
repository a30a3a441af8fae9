/**
 * The fields of one frame as the rows of a tree that folds. Rows are made from the span table, only for what is
 * unfolded, so a frame of a million fields costs as much as what is shown of it.
 */
import type { SpanTable } from '../bytes/spans.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import type { JsonValue } from '../codec/json-text.ts'
import { childPath, counts, kindName, openLength } from '../codec/paths.ts'
import type { Flaw } from '../codec/run.ts'
import { firstElement, scalarAt } from '../codec/value.ts'
import { isContainer, NodeKind, nodeOf, type SpanNode } from '../schema/node.ts'
import { jsonLines } from './expanded.ts'
import { arrayCount, fieldValue } from './field-value.ts'
import { preview } from './preview.ts'
import { safe } from './text.ts'

export interface FieldRow {
  /** Its path; a message's own row has `#body`. Unique in the frame, equal for equal fields of others. */
  readonly key: string
  readonly path: string
  readonly depth: number
  readonly name: string
  readonly type: string
  readonly value: string
  /** From the first byte of the frame; length 0 for what is not there. */
  readonly offset: number
  readonly length: number
  readonly fold: 'open' | 'shut' | null
  /** What it is besides a field: the place where reading stopped, fields not reached, a line of expanded contents. */
  readonly role: 'field' | 'stop' | 'unread' | 'missing' | 'more' | 'expanded'
}

/** What a bytes or records field holds: fields over the same bytes, and JSON of what has none: compressed, text, messages in records. */
export interface Inside {
  readonly title: string
  readonly table: SpanTable | null
  readonly json: JsonValue | null
}

export interface TreeOptions {
  /** Keys whose fold is the other way round than by default. */
  readonly flipped: ReadonlySet<string>
  /** Rows at most; then one row stands for the rest. */
  readonly limit: number
  /** The frame was too large to keep whole: where its bytes end is no fault of it. */
  readonly partial: boolean
  /** What the field at a line of the frame's table holds; null where that is not known. */
  readonly inside: (line: number) => Inside | null
}

/** Arrays longer than this are shut until somebody opens them. */
const OPEN_UP_TO = 200
/** Frames up to so many bytes show at once what their bytes hold. */
const SMALL_FRAME = 4096

/** The rows of a frame's tree, in the order of the bytes. */
export function treeRows(frame: DecodedFrame, options: TreeOptions): FieldRow[] {
  return new TreeBuilder(frame, options).build()
}

class TreeBuilder {
  private readonly rows: FieldRow[] = []
  private readonly frame: DecodedFrame
  private readonly options: TreeOptions
  private readonly bytes: Uint8Array
  private readonly stop: Flaw | null
  private stopped = false
  /** The table whose lines are being made into rows: the frame's, or that of a field's contents. */
  private table: SpanTable

  constructor(frame: DecodedFrame, options: TreeOptions) {
    this.frame = frame
    this.options = options
    this.bytes = frame.bytes
    this.table = frame.table
    this.stop = frame.stopped ? (frame.flaws.findLast((flaw) => flaw.fatal) ?? null) : null
  }

  build(): FieldRow[] {
    this.children(0, this.table.size, null, '', 0)
    // Where not one line was read, or only closed ones were.
    this.stopRow(null, '', 0, 0)
    return this.rows
  }

  private children(from: number, to: number, container: SpanNode | null, path: string, depth: number): number {
    let index = 0
    for (let line = from; line < to; line = this.table.next(line)) {
      if (this.full(line)) break
      const node = nodeOf(this.table.node(line))
      if (node.kind === NodeKind.unread) {
        if (container === null && this.table === this.frame.table) this.stopRow(null, '', 0, 0)
        this.unreadRow(line, path, depth)
        continue
      }
      const own = container
        ? childPath(container, path, node, index)
        : node.root
          ? path
          : path
            ? `${path}.${node.name}`
            : node.name
      const counted = container !== null && counts(container, node)
      const label = counted ? `[${index}]` : node.name
      if (counted) index++
      this.line(line, node, own, label, depth)
    }
    return index
  }

  private line(line: number, node: SpanNode, path: string, label: string, depth: number): void {
    const { table } = this
    const length = table.length(line) < 0 ? openLength(table, line) : table.length(line)
    const inside = this.inside(line, node)
    const holds = isContainer(node) && (table.next(line) > line + 1 || table.length(line) < 0)
    const foldable = holds || inside !== null || (node.kind === NodeKind.fixedArray && length > node.width)
    const key = this.keyOf(line, node, path)
    const isTitle = node.root || this.isHeader(line)
    const open = foldable && this.options.flipped.has(key) !== this.opensByDefault(line, node)
    this.rows.push({
      key,
      path,
      depth,
      name: safe(isTitle ? this.title(line, node) : label),
      type: isTitle ? '' : shortType(node),
      value: fieldValue(this.bytes, table, line, node, length),
      offset: table.offset(line),
      length,
      fold: foldable ? (open ? 'open' : 'shut') : null,
      role: 'field',
    })
    if (!open) return
    if (node.kind === NodeKind.fixedArray) this.elements(line, node, path, depth + 1, length)
    else if (inside) this.contents(inside, path, depth + 1, line, length)
    else {
      const index = this.children(line + 1, table.next(line), node, path, depth + 1)
      if (table.length(line) < 0 && table === this.frame.table) this.stopRow(node, path, depth + 1, index)
    }
  }

  private keyOf(line: number, node: SpanNode, path: string): string {
    if (!node.root) return path
    return this.table === this.frame.table ? '#body' : `${path}#${line}`
  }

  private isHeader(line: number): boolean {
    return line === this.frame.headerLine && this.table === this.frame.table
  }

  private title(line: number, node: SpanNode): string {
    if (this.table !== this.frame.table) return node.name
    return this.isHeader(line) ? `header v${this.frame.headerVersion}` : `${node.name} v${this.frame.apiVersion}`
  }

  private inside(line: number, node: SpanNode): Inside | null {
    if (node.kind !== NodeKind.bytes && node.kind !== NodeKind.records) return null
    return this.table === this.frame.table ? this.options.inside(line) : null
  }

  private opensByDefault(line: number, node: SpanNode): boolean {
    const { table } = this
    if (table.length(line) === -1) return true
    if (node.kind === NodeKind.fixedArray) return false
    if (node.kind === NodeKind.bytes || node.kind === NodeKind.records) return this.bytes.length <= SMALL_FRAME
    if (node.kind !== NodeKind.array || table.next(line) - line <= OPEN_UP_TO) return true
    return (arrayCount(this.bytes, table.offset(line), node) ?? 0) <= OPEN_UP_TO
  }

  /** The elements of an array of numbers, which have no lines of their own. */
  private elements(line: number, node: SpanNode, path: string, depth: number, length: number): void {
    const end = this.table.offset(line) + length
    let at = firstElement(this.bytes, this.table, line)
    for (let i = 0; at + node.width <= end; i++, at += node.width) {
      if (this.rows.length >= this.options.limit) {
        this.moreRow(at, end)
        return
      }
      const own = { key: `${path}[${i}]`, path: `${path}[${i}]`, name: `[${i}]`, type: kindName(node.element!) }
      const value = String(scalarAt(this.bytes, node.element!, at, end))
      this.rows.push({ ...own, depth, value, offset: at, length: node.width, fold: null, role: 'field' })
    }
  }

  /** What a bytes field holds: its fields over the same bytes, then, for what is no field there, lines of JSON. */
  private contents({ title, table, json }: Inside, path: string, depth: number, line: number, length: number): void {
    const outer = this.table
    const offset = outer.offset(line)
    if (table) {
      this.table = table
      // The list of batches has the field's own name and bytes: it needs no row of its own.
      const bare = table.size > 0 && nodeOf(table.node(0)).kind === NodeKind.array
      if (bare) this.children(1, table.next(0), nodeOf(table.node(0)), path, depth)
      this.children(bare ? table.next(0) : 0, table.size, null, path, depth)
      this.table = outer
    }
    if (json === null) return
    const lines = jsonLines(json)
    const say = (key: string, name: string, more: number): void => {
      const row = { key: `${path}#${key}`, path: '', depth: depth + more, name: safe(name, 300), type: '', value: '' }
      this.rows.push({ ...row, offset, length, fold: null, role: 'expanded' })
    }
    say('title', title, 0)
    for (const [i, text] of lines.entries()) say(String(i), text, 1)
  }

  /** The field at which reading stopped, and the names of those that were not reached. */
  private stopRow(container: SpanNode | null, path: string, depth: number, index: number): void {
    const { stop } = this
    if (!stop || this.stopped) return
    this.stopped = true
    const node = nodeOf(stop.node)
    const same = container !== null && node.id === container.id
    const own = container && !same ? childPath(container, path, node, index) : path || node.name
    const label = container?.kind === NodeKind.array && !same ? `[${index}]` : node.name
    const needs = `wants ${stop.wanted} B, has ${stop.had}`
    const { partial } = this.options
    const value = partial ? 'from here on not kept' : stop.code === 'underflow' ? needs : stopText(stop)
    const row = { key: `${own}#stop`, path: own, depth, name: safe(label), type: shortType(node), value }
    const role = partial ? 'missing' : 'stop'
    this.rows.push({ ...row, offset: stop.offset, length: stop.length, fold: null, role })
    const fields = container?.fields?.filter((field) => field.tag < 0) ?? []
    const at = fields.findIndex((field) => field.name === node.name)
    const after = at < 0 ? [] : fields.slice(at + 1).map((field) => field.name)
    if (after.length === 0) return
    const name = `not reached: ${after.join(', ')}`
    const missing = { key: `${own}#missing`, path: '', depth, name, type: '', value: '' }
    this.rows.push({ ...missing, offset: stop.offset, length: 0, fold: null, role: 'missing' })
  }

  private unreadRow(line: number, path: string, depth: number): void {
    const offset = this.table.offset(line)
    const length = this.table.length(line)
    const name = this.frame.stopped || this.table !== this.frame.table ? 'unread' : 'left over'
    const value = `${length} B  ${preview(this.bytes, offset, offset + length)}`
    const row = { key: `${path}#unread${offset}`, path: '', depth, name, type: '', value, offset, length }
    this.rows.push({ ...row, fold: null, role: 'unread' })
  }

  private full(line: number): boolean {
    if (this.rows.length < this.options.limit) return false
    this.moreRow(this.table.offset(line), this.bytes.length)
    return true
  }

  private moreRow(from: number, end: number): void {
    if (this.rows.at(-1)?.role === 'more') return
    const row = { key: '#more', path: '', depth: 0, name: 'more fields', type: '', value: 'enter shows them' }
    this.rows.push({ ...row, offset: from, length: end - from, fold: 'shut', role: 'more' })
  }
}

/** Why reading stopped, in a few words; the finding says it at length. */
function stopText({ code, wanted, had }: Flaw): string {
  if (code === 'length' || code === 'count') return `claims ${wanted}, ${had} B left`
  return { negative: `is ${wanted}`, null: 'may not be null', varint: 'too long a varint' }[code as string] ?? code
}

const SHORT: Readonly<Record<string, string>> = {
  tag_buffer: 'tags',
  unknown_tag: 'tag',
  record_batch_v2: 'batch v2',
  record_header: 'header',
}

/** `compact_nullable_string` is too long for a column; the encoding is told where a field is chosen. */
const shortType = ({ type }: SpanNode): string => SHORT[type] ?? type.replace(/^(compact_|varint_)?(nullable_)?/, '')
