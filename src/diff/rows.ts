/** Two messages as rows: field beside field, matched as the comparison matches them. */
import { sameBytes } from '../bytes/match.ts'
import { isObject, type JsonObject, type JsonValue } from '../codec/json-text.ts'
import { fieldPath, parentOf } from '../codec/paths.ts'
import { elementPairs, segmentOf } from './elements.ts'
import { Extents } from './extents.ts'
import type { Side } from './model.ts'
import type { RuleNode } from './rules.ts'
import { isContainer } from './signature.ts'

/** A field as one side has it. */
export interface Cell {
  readonly path: string
  /** Undefined for what is no value: a count, a length, bytes that were not read. */
  readonly value: JsonValue | undefined
  readonly type: string
  /** From the frame's first byte; null where its bytes are not known (a log, what compressed bytes hold). */
  readonly offset: number | null
  readonly length: number
}

/** A field of both; null where a side lacks it. */
export interface FieldPair {
  readonly depth: number
  readonly name: string
  readonly a: Cell | null
  readonly b: Cell | null
  /** Both have it and say the same, or hold other fields. */
  readonly same: boolean
}

/** Rows of a pair of messages; what is behind them is left out. */
export const MAX_FIELD_PAIRS = 20_000

/** The rows of two messages in the order of A's fields, with B's own in between. `root`: the rules of the API. */
export function fieldPairs(a: Side | null, b: Side | null, root: RuleNode): FieldPair[] {
  const walk = new Walk({ a: new Extents(a), b: new Extents(b) })
  const [x, y] = [a?.json ?? {}, b?.json ?? {}]
  if (isObject(x.header) || isObject(y.header))
    walk.value(named(x, 'header'), named(y, 'header'), root.child('header'), { a: 'header', b: 'header' }, 'header', 0)
  const [bodyA, bodyB] = [named(x, 'body'), named(y, 'body')]
  if (isObject(bodyA) || isObject(bodyB)) walk.children(bodyA, bodyB, root, { a: '', b: '' }, 0)
  return a && b ? withExtras(walk.rows, a, b) : walk.rows
}

const named = (json: JsonObject, key: string): JsonValue | undefined => json[key] ?? undefined

/** Of a value whose bytes are not known. */
const NOWHERE = { offset: null, length: 0, type: '' } as const

type Paths = { readonly a: string; readonly b: string }

class Walk {
  readonly rows: FieldPair[] = []
  private readonly extents: { readonly a: Extents; readonly b: Extents }

  constructor(extents: { readonly a: Extents; readonly b: Extents }) {
    this.extents = extents
  }

  value(
    a: JsonValue | undefined,
    b: JsonValue | undefined,
    node: RuleNode,
    paths: Paths,
    name: string,
    depth: number,
  ): void {
    if (this.rows.length >= MAX_FIELD_PAIRS) return
    const cell = (side: 'a' | 'b', value: JsonValue | undefined): Cell | null =>
      value === undefined ? null : { path: paths[side], value, ...(this.extents[side].of(paths[side]) ?? NOWHERE) }
    const holds = isContainer(a) && isContainer(b)
    this.rows.push({ depth, name, a: cell('a', a), b: cell('b', b), same: holds || a === b })
    this.children(a, b, node, paths, depth + 1)
  }

  children(a: JsonValue | undefined, b: JsonValue | undefined, node: RuleNode, paths: Paths, depth: number): void {
    if (Array.isArray(a) || Array.isArray(b)) {
      this.elements(Array.isArray(a) ? a : [], Array.isArray(b) ? b : [], node, paths, depth)
      return
    }
    const [x, y] = [isObject(a) ? a : {}, isObject(b) ? b : {}]
    const field = (key: string): void => {
      const own = { a: fieldPath(paths.a, key), b: fieldPath(paths.b, key) }
      this.value(owned(x, key), owned(y, key), node.child(key), own, key, depth)
    }
    for (const key of Object.keys(x)) field(key)
    for (const key of Object.keys(y)) if (!Object.hasOwn(x, key)) field(key)
  }

  private elements(a: JsonValue[], b: JsonValue[], node: RuleNode, paths: Paths, depth: number): void {
    for (const { i, j } of elementPairs(a, b, node, false)) {
      if (this.rows.length >= MAX_FIELD_PAIRS) return
      const [x, y] = [i === null ? undefined : a[i], j === null ? undefined : b[j]]
      const names = { a: x === undefined ? '' : segmentOf(x, i!), b: y === undefined ? '' : segmentOf(y, j!) }
      this.value(x, y, node, { a: paths.a + names.a, b: paths.b + names.b }, names.a || names.b, depth)
    }
  }
}

/** Keys may be of the wire: no object has `constructor` for us. */
const owned = (json: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(json, key) ? json[key] : undefined

interface Extra {
  readonly cell: Cell
  readonly bytes: Uint8Array
  /** The row behind which it stands, -1 for the first. */
  readonly after: number
}

/** Bytes that are no value (sizes, tag buffers, what was not read) have rows where they differ. */
function withExtras(rows: readonly FieldPair[], a: Side, b: Side): FieldPair[] {
  const [left, right] = [extrasOf(a, rows, 'a'), extrasOf(b, rows, 'b')]
  const after = new Map<number, FieldPair[]>()
  const add = (at: number, x: Extra | undefined, y: Extra | undefined): void => {
    if (x && y && x.bytes.length === y.bytes.length && sameBytes(x.bytes, 0, y.bytes, 0, x.bytes.length)) return
    const { path } = (x ?? y)!.cell
    const depth = path.match(/[.[]/g)?.length ?? 0
    const name = path.slice(parentOf(path).length).replace(/^\./, '')
    const row = { depth, name, a: x?.cell ?? null, b: y?.cell ?? null, same: false }
    after.set(at, [...(after.get(at) ?? []), row])
  }
  for (const [path, extra] of left) add(extra.after, extra, right.get(path))
  for (const [path, extra] of right) if (!left.has(path)) add(extra.after, undefined, extra)
  return [...(after.get(-1) ?? []), ...rows.flatMap((row, i) => [row, ...(after.get(i) ?? [])])]
}

function extrasOf(side: Side, rows: readonly FieldPair[], of: 'a' | 'b'): Map<string, Extra> {
  const indexes = new Map<string, number>()
  rows.forEach((row, i) => {
    const path = row[of]?.path
    if (path !== undefined) indexes.set(path, i)
  })
  const extras = new Map<string, Extra>()
  const { shown } = side
  let last = -1
  for (const [path, offset, length, type] of side.leaves()) {
    const index = indexes.get(path)
    if (index !== undefined) last = index
    else if (shown && extras.size < MAX_EXTRAS && length > 0) {
      const cell = { path, value: undefined, type, offset, length }
      extras.set(path, { cell, bytes: shown.subarray(offset, offset + length), after: last })
    }
  }
  return extras
}

const MAX_EXTRAS = 5000
