/**
 * Names for lines of a span table: `topics[0].partitions[2].errorCode`, `members[1]._tags`, `_tags[0]`,
 * `records[batch 0].crc`. A known tagged field has the path of a field of its struct.
 */
import type { SpanTable } from '../bytes/spans.ts'
import { isContainer, NodeKind, nodeOf, type SpanNode } from '../schema/node.ts'
import { firstElement } from './value.ts'

/** `[path, offset, length, type]`. */
export type FieldLine = [path: string, offset: number, length: number, type: string]

/** The path of a child of a container: the container's own path, and the child's index in it. */
export function childPath(container: SpanNode, path: string, child: SpanNode, index: number): string {
  if (container.kind === NodeKind.array) return `${path}[${child.name === 'batch' ? `batch ${index}` : index}]`
  if (container.kind === NodeKind.tagBuffer) {
    if (child.kind === NodeKind.tagHeader || child.kind === NodeKind.unknownTag) return `${path}[${index}]`
    return path.replace(/_tags$/, child.name)
  }
  if (child.root) return path
  return fieldPath(path, child.name)
}

/** The path of a field of the struct at `path`, which is empty for a message. */
export const fieldPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** Counts what an index in a path counts: elements of an array, tags of a buffer (a header and its field are one). */
export const counts = (container: SpanNode, child: SpanNode): boolean =>
  container.kind === NodeKind.array || child.kind === NodeKind.tagHeader || child.kind === NodeKind.unknownTag

export interface Visit {
  line: number
  node: SpanNode
  path: string
  depth: number
}

/** Visits every line that is not a message's own, in the order of the bytes, until `visit` returns false. */
export function walk(table: SpanTable, visit: (visit: Visit) => unknown): void {
  let going = true
  const descend = (from: number, to: number, container: SpanNode | null, path: string, depth: number): void => {
    let index = 0
    for (let line = from; line < to && going; line = table.next(line)) {
      const node = nodeOf(table.node(line))
      const own = container ? childPath(container, path, node, index) : node.root ? '' : node.name
      if (container && counts(container, node)) index++
      if (!node.root) going = visit({ line, node, path: own, depth }) !== false
      if (isContainer(node) && going) descend(line + 1, table.next(line), node, own, node.root ? depth : depth + 1)
    }
  }
  descend(0, table.size, null, '', 0)
}

/**
 * Every field with its place, in the order of the bytes; elements of number arrays included. At most `limit` of them:
 * a hostile frame has as many as bytes.
 */
export function fieldLines(
  bytes: Uint8Array,
  table: SpanTable,
  base = 0,
  limit = Number.POSITIVE_INFINITY,
): FieldLine[] {
  const lines: FieldLine[] = []
  walk(table, ({ line, node, path }) => {
    if (lines.length >= limit) return false
    const at = table.offset(line)
    const length = table.length(line) < 0 ? openLength(table, line) : table.length(line)
    lines.push([path, at + base, length, node.type])
    if (node.kind !== NodeKind.fixedArray) return true
    const type = kindName(node.element!)
    let element = firstElement(bytes, table, line)
    for (let i = 0; element + node.width <= at + length && lines.length < limit; i++, element += node.width) {
      lines.push([`${path}[${i}]`, element + base, node.width, type])
    }
    return true
  })
  return lines
}

/** How far a container reaches that the decoder stopped in: to the end of what was read in it. */
export function openLength(table: SpanTable, line: number): number {
  let end = table.offset(line)
  for (let inner = line + 1; inner < table.next(line); inner++) {
    if (nodeOf(table.node(inner)).kind === NodeKind.unread) continue
    end = Math.max(end, table.offset(inner) + Math.max(0, table.length(inner)))
  }
  return end - table.offset(line)
}

const names = new Map(Object.entries(NodeKind).map(([name, kind]) => [kind as NodeKind, name]))

export const kindName = (kind: NodeKind): string => names.get(kind)!

/**
 * The path of a line; or of the line that a decoder would have added next (`line` is then past the end), where `node`
 * says what it would have been.
 */
export function pathOf(table: SpanTable, target: number, node?: SpanNode): string {
  let path = ''
  let container: SpanNode | null = null
  let from = 0
  let to = table.size
  for (;;) {
    let index = 0
    let line = from
    for (; line < to; line = table.next(line)) {
      const inner = nodeOf(table.node(line))
      const unread = inner.kind === NodeKind.unread
      if (line === target && !unread) return container ? childPath(container, path, inner, index) : inner.name
      if (target < table.next(line) && !unread) break
      if (isOpen(table, line, inner)) break
      if (container && counts(container, inner) && !unread) index++
    }
    if (line >= to) {
      if (!container) return node && !node.root ? node.name : ''
      return node && node !== container ? childPath(container, path, node, index) : path
    }
    const inner = nodeOf(table.node(line))
    path = container ? childPath(container, path, inner, index) : inner.root ? '' : inner.name
    container = inner
    from = line + 1
    to = table.next(line)
  }
}

const isOpen = (table: SpanTable, line: number, node: SpanNode): boolean =>
  isContainer(node) && table.length(line) === -1

/** The line whose bytes hold an offset: the innermost one; -1 where none does. */
export function lineAt(table: SpanTable, offset: number): number {
  let found = -1
  for (let line = 0; line < table.size; line++) {
    const at = table.offset(line)
    const length = table.length(line) < 0 ? openLength(table, line) : table.length(line)
    if (offset >= at && offset < at + length) found = line
    else if (at > offset) break
  }
  return found
}

/** `members[2].metadata` as `members.metadata`: the field whatever its place. */
export const withoutIndexes = (path: string): string => path.replace(/\[[^\]]*\]/g, '')

/** Without its last name or index; empty where there is one alone. */
export const parentOf = (path: string): string =>
  path.slice(0, Math.max(0, path.lastIndexOf('.'), path.lastIndexOf('[')))
