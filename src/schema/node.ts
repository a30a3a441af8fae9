import type { Field } from './model.ts'

/**
 * What a line of a span table can be. Every decoder, compiled or hand-written, declares its lines here once (at
 * compile time, not per frame), so that a table is only numbers and whoever looks finds name and type by id.
 */
export const NodeKind = {
  /** A container whose children are fields: a message, header, struct, record batch, record. */
  struct: 0,
  /** A container whose children are its elements: lines of equal meaning, named by index. */
  array: 1,
  /** An array of fixed-width numbers: its elements have no lines of their own and are made when somebody looks. */
  fixedArray: 2,
  /** The tag buffer of a flexible struct; children are tag headers, known tagged fields and unknown tags. */
  tagBuffer: 3,
  /** A tag's number and size, in front of a tagged field that is known. */
  tagHeader: 4,
  /** A tag that this version does not know: number, size and contents. */
  unknownTag: 5,
  bool: 6,
  int8: 7,
  int16: 8,
  uint16: 9,
  int32: 10,
  uint32: 11,
  int64: 12,
  float64: 13,
  uuid: 14,
  /** Length and UTF-8 contents. */
  string: 15,
  /** Length and contents. */
  bytes: 16,
  /** Length and record batches (or message sets). */
  records: 17,
  /** Zigzag varints, as records use them. */
  varint: 18,
  varlong: 19,
  uvarint: 20,
  /** Bytes that nobody could read: after a stop, or after the end. */
  unread: 21,
} as const
export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind]

/** How the length or count in front of contents is written. `none`: contents only (a key whose length is elsewhere). */
export type LengthPrefix = 'none' | 'int16' | 'int32' | 'uvarint' | 'varint'

export interface SpanNode {
  readonly id: number
  readonly kind: NodeKind
  /** As in paths and JSON: `errorCode`, `_tags`; a message's own node has its name, `JoinGroupResponse`. */
  readonly name: string
  /** As shown to people and in `--fields`: `int32`, `compact_nullable_string`, `array`. */
  readonly type: string
  readonly prefix: LengthPrefix
  /** Bytes of one value (of one element for `fixedArray`); 0 where it varies. */
  readonly width: number
  /** The kind of a `fixedArray`'s elements. */
  readonly element?: NodeKind
  /** The schema's field, where it comes from a table. */
  readonly field?: Field
  /** Of a struct from a table: its fields in schema order, tagged ones too. */
  readonly fields?: readonly Field[]
  /** Of the same: whether it ends with a tag buffer. */
  readonly flexible?: boolean
  /** True for the topmost line of a message: it adds nothing to a path. */
  readonly root: boolean
  /** A nullable struct begins with a byte that says whether it is there: int8 (-1, 1), or a varint (0, 1) in a tag. */
  readonly marker?: 'int8' | 'uvarint'
}

const nodes: SpanNode[] = []

type NodeInit = Pick<SpanNode, 'kind' | 'name' | 'type'> & Partial<Omit<SpanNode, 'id'>>

/** Declares a kind of line. The id is only meaningful in this process. */
export function defineNode(init: NodeInit): SpanNode {
  const node: SpanNode = { prefix: 'none', width: 0, root: false, ...init, id: nodes.length }
  nodes.push(node)
  return node
}

/** The node of a span table's line. */
export function nodeOf(id: number): SpanNode {
  return nodes[id]!
}

/** What has lines inside it. */
export function isContainer(node: SpanNode): boolean {
  return node.kind === NodeKind.struct || node.kind === NodeKind.array || node.kind === NodeKind.tagBuffer
}
