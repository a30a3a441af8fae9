/**
 * Compiles a message's model to a program (`program.ts`). Fields are known at compile time, so nothing is looked up per
 * field and nothing is allocated per frame. Rare paths are calls into `Run`.
 */
import type { Field, Model, ScalarType } from '../schema/model.ts'
import { defineNode, type LengthPrefix, NodeKind, type SpanNode } from '../schema/node.ts'
import { COMPACT, execute, OP, type Program } from './program.ts'
import { type DecodeFn, MAX_DEPTH, type TagPlan } from './run.ts'

export interface CompiledMessage {
  readonly model: Model
  readonly decode: DecodeFn
  readonly root: SpanNode
  /** Whether a field of it holds record batches. */
  readonly hasRecords: boolean
}

const FIXED: Partial<Record<ScalarType, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
}

/** Bytes of a scalar that always takes as many; 0 for the others. */
export const fixedWidth = (type: string): number => FIXED[type as ScalarType] ?? 0

/**
 * Compiles one message at one version. With `inFrame`, its fields' paths begin with that name (`header.clientId`);
 * without, they begin at the message's own fields.
 */
export function compileMessage(model: Model, inFrame?: string): CompiledMessage {
  if (nesting(model.fields) > MAX_DEPTH) throw new Error(`${model.name}: nested more than ${MAX_DEPTH} deep`)
  const compiler = new Compiler()
  const root = defineNode({
    kind: NodeKind.struct,
    name: inFrame ?? model.name,
    type: 'struct',
    root: inFrame === undefined,
    fields: model.fields,
    flexible: model.flexible,
  })
  compiler.struct(root, model)
  return { model, decode: compiler.finish(root), root, hasRecords: holdsRecords(model.fields) }
}

/** Structs within structs, the deepest. */
const nesting = (fields: readonly Field[]): number =>
  fields.reduce((most, field) => Math.max(most, 1 + nesting(field.fields)), 0)

const holdsRecords = (fields: readonly Field[]): boolean =>
  fields.some((field) => field.type === 'records' || holdsRecords(field.fields))

/** Writes the program of a message: that of its struct first, those of tagged fields after it. */
class Compiler {
  private code: number[] = []
  private plans: { plan: Omit<TagPlan, 'known'>; fields: readonly Field[] }[] = []

  finish(root: SpanNode): DecodeFn {
    this.code.push(OP.end, root.id)
    const known: [number, number][][] = []
    // Tagged fields may have structs with tags in turn, so the list grows meanwhile.
    for (let i = 0; i < this.plans.length; i++) {
      known.push(this.plans[i]!.fields.map((field): [number, number] => [field.tag, this.taggedField(field)]))
    }
    const plans: TagPlan[] = []
    const program: Program = { code: Int32Array.from(this.code), plans }
    const from =
      (pc: number): DecodeFn =>
      (b, p, e, run) =>
        execute(program, pc, b, p, e, run)
    this.plans.forEach(({ plan }, i) => {
      plans.push({ ...plan, known: new Map(known[i]!.map(([tag, pc]) => [tag, from(pc)])) })
    })
    return from(0)
  }

  /** A struct with a marker of so many bytes in front. */
  struct(
    node: SpanNode,
    { fields, flexible, otherTags }: Pick<Field, 'fields' | 'flexible' | 'otherTags'>,
    marker = 0,
  ): void {
    this.code.push(OP.open, node.id)
    for (const field of fields) if (field.tag < 0) this.field(field)
    if (!flexible) {
      this.code.push(OP.close, node.id, marker)
      return
    }
    const buffer = defineNode({ kind: NodeKind.tagBuffer, name: '_tags', type: 'tag_buffer' })
    const plan = {
      buffer,
      header: defineNode({ kind: NodeKind.tagHeader, name: '_tags', type: 'tag' }),
      unknown: defineNode({ kind: NodeKind.unknownTag, name: '_tags', type: 'unknown_tag' }),
      other: otherTags,
    }
    this.code.push(OP.tagsClose, buffer.id, this.plans.length, marker)
    this.plans.push({ plan, fields: fields.filter((field) => field.tag >= 0) })
  }

  private taggedField(field: Field): number {
    const pc = this.code.length
    const node = this.code.length + 1
    this.field(field)
    this.code.push(OP.end, this.code[node]!)
    return pc
  }

  private field(field: Field): void {
    const width = fixedWidth(field.type)
    if (field.type === 'bool') this.code.push(OP.bool, leafNode(field).id)
    else if (width > 0) this.code.push(OP.fixed, leafNode(field).id, width)
    else if (field.type === 'struct') this.structField(field)
    else if (field.type === 'array') this.array(field)
    else this.sized(leafNode(field), field.nullable, 1)
  }

  private sized(node: SpanNode, nullable: boolean, unit: number): void {
    const isText = node.kind === NodeKind.string
    this.code.push(OP.sized, node.id, LENGTH_WIDTHS[node.prefix], Number(nullable), unit, Number(isText))
  }

  private array(field: Field): void {
    const width = fixedWidth(field.element!)
    const node = arrayNode(field, width)
    if (width > 0) {
      this.sized(node, field.nullable, width)
      return
    }
    const whenEmpty = this.code.push(OP.array, node.id, LENGTH_WIDTHS[node.prefix], Number(field.nullable), 0) - 1
    const element = this.code.length
    if (field.element === 'struct') this.struct(elementNode(field), field)
    else this.sized(elementNode(field), false, 1)
    this.code[whenEmpty] = this.code.push(OP.again, node.id, element)
  }

  /** A struct in a field of its own; a nullable one has a marker in front. */
  private structField(field: Field): void {
    const marker = !field.nullable ? undefined : field.tag >= 0 ? 'uvarint' : 'int8'
    const node = defineNode({
      kind: NodeKind.struct,
      name: field.name,
      type: field.nullable ? 'nullable_struct' : 'struct',
      field,
      fields: field.fields,
      flexible: field.flexible,
      ...(marker ? { marker } : {}),
    })
    if (!marker) {
      this.struct(node, field)
      return
    }
    const whenAbsent = this.code.push(OP.optional, node.id, LENGTH_WIDTHS[marker], 0) - 1
    this.struct(node, field, 1)
    this.code[whenAbsent] = this.code.length
  }
}

/** Operands of the instructions that read a length, a count or a marker. */
const LENGTH_WIDTHS: Readonly<Record<LengthPrefix | 'int8', number>> = {
  int8: 1,
  int16: 2,
  int32: 4,
  uvarint: COMPACT,
  varint: COMPACT,
  none: COMPACT,
}

function typeName(type: string, flexible: boolean, nullable: boolean): string {
  return `${flexible ? 'compact_' : ''}${nullable ? 'nullable_' : ''}${type}`
}

function leafNode(field: Field): SpanNode {
  const type = field.type as ScalarType
  const width = fixedWidth(type)
  if (width > 0) return defineNode({ kind: NodeKind[type], name: field.name, type, width, field })
  return defineNode({
    kind: NodeKind[type],
    name: field.name,
    type: typeName(type, field.flexible, field.nullable),
    prefix: field.flexible ? 'uvarint' : type === 'string' ? 'int16' : 'int32',
    field,
  })
}

function arrayNode(field: Field, width: number): SpanNode {
  return defineNode({
    kind: width > 0 ? NodeKind.fixedArray : NodeKind.array,
    name: field.name,
    type: typeName('array', field.flexible, field.nullable),
    prefix: field.flexible ? 'uvarint' : 'int32',
    width,
    element: NodeKind[field.element as ScalarType | 'struct'],
    field,
  })
}

/** The line of an array's element; array elements are never null. */
function elementNode(field: Field): SpanNode {
  const type = field.element as ScalarType | 'struct'
  if (type === 'struct') {
    const { fields, flexible } = field
    return defineNode({ kind: NodeKind.struct, name: field.name, type: 'struct', field, fields, flexible })
  }
  return defineNode({
    kind: NodeKind[type],
    name: field.name,
    type: typeName(type, field.flexible, false),
    prefix: field.flexible ? 'uvarint' : type === 'string' ? 'int16' : 'int32',
    field,
  })
}
