/**
 * Compiles a message's model to JavaScript: a function per struct, fixed-width fields checked for room in one go,
 * lines written straight into the table. Fields are known at compile time, so nothing is looked up per field and
 * nothing is allocated per frame. The rare paths are calls into `Run`.
 *
 * The names in the generated code: b bytes, p position, e end, c the Run, t its table, d the table's data, n int32s
 * used, q position after a length, l a length or count.
 */
import { validUtf8 } from '../bytes/utf8.ts'
import type { Field, Model, ScalarType } from '../schema/model.ts'
import { defineNode, NodeKind, type SpanNode } from '../schema/node.ts'
import type { DecodeFn, TagPlan } from './run.ts'

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

/** Strings and bytes longer than this are refused by Kafka's readers (short lengths). */
const MAX_STRING = 32767

/**
 * Compiles one message at one version. With `inFrame`, its fields' paths begin with that name (`header.clientId`);
 * without, they begin at the message's own fields.
 */
export function compileMessage(model: Model, inFrame?: string): CompiledMessage {
  const compiler = new Compiler()
  const root = defineNode({
    kind: NodeKind.struct,
    name: inFrame ?? model.name,
    type: 'struct',
    root: inFrame === undefined,
    fields: model.fields,
    flexible: model.flexible,
  })
  const name = compiler.structFunction(root, model.fields, model.flexible, model.otherTags)
  return { model, decode: compiler.finish(name), root, hasRecords: holdsRecords(model.fields) }
}

const holdsRecords = (fields: readonly Field[]): boolean =>
  fields.some((field) => field.type === 'records' || holdsRecords(field.fields))

class Compiler {
  private functions: string[] = []
  private plans: { plan: Omit<TagPlan, 'known'>; known: [number, string][] }[] = []
  private fresh = 0

  finish(main: string): DecodeFn {
    const plans: (TagPlan | null)[] = this.plans.map(() => null)
    const source = `'use strict'\n${this.functions.join('\n')}\nreturn { main: ${main}, tagged: { ${this.plans
      .flatMap(({ known }) => known.map(([, name]) => name))
      .join(', ')} } }`
    const built = new Function('validUtf8', 'plans', source)(validUtf8, plans) as {
      main: DecodeFn
      tagged: Record<string, DecodeFn>
    }
    this.plans.forEach(({ plan, known }, i) => {
      plans[i] = { ...plan, known: new Map(known.map(([tag, name]) => [tag, built.tagged[name]!])) }
    })
    return built.main
  }

  /** Emits a function for a struct and returns its name. */
  structFunction(node: SpanNode, fields: readonly Field[], flexible: boolean, otherTags: ReadonlySet<number>): string {
    const name = `s${this.fresh++}`
    const plain = fields.filter((field) => field.tag < 0)
    const body: string[] = [
      `let t = c.t, d = t.data, n = t.used, q = 0, l = 0`,
      this.roomFor(4 * (plain.length + 3), node.id),
      `const at = n, start = p; d[n] = ${node.id}; d[n + 1] = p; d[n + 2] = -1; n += 4`,
    ]
    for (let i = 0; i < plain.length; ) {
      const run = this.fixedRun(plain, i)
      if (run.length > 0) body.push(this.emitRun(run))
      else body.push(this.emitField(plain[i]!))
      i += Math.max(run.length, 1)
    }
    if (flexible) body.push(this.emitTags(fields, otherTags))
    body.push('d[at + 2] = p - start; d[at + 3] = n >> 2; t.used = n; return p')
    this.functions.push(`function ${name}(b, p, e, c) {\n${body.join('\n')}\n}`)
    return name
  }

  private fixedRun(fields: readonly Field[], from: number): Field[] {
    const run: Field[] = []
    for (let i = from; i < fields.length && fixedWidth(fields[i]!.type) > 0; i++) run.push(fields[i]!)
    return run
  }

  private emitRun(run: readonly Field[]): string {
    const nodes = run.map((field) => leafNode(field))
    const widths = run.map((field) => fixedWidth(field.type))
    const total = widths.reduce((sum, width) => sum + width, 0)
    const lines = [
      `if (p + ${total} > e) { t.used = n; return c.shortRun(p, e, [${nodes.map((n) => n.id)}], [${widths}]) }`,
    ]
    let ahead = 0
    run.forEach((field, i) => {
      const at = ahead === 0 ? 'p' : `p + ${ahead}`
      const line = i === 0 ? 'n' : `n + ${4 * i}`
      lines.push(
        `d[${line}] = ${nodes[i]!.id}; d[${line} + 1] = ${at}; d[${line} + 2] = ${widths[i]}; d[${line} + 3] = (n >> 2) + ${i + 1}`,
      )
      if (field.type === 'bool') {
        lines.push(`if (b[${at}] > 1) { t.used = ${line}; c.flaw('boolean', ${at}, 1, ${nodes[i]!.id}) }`)
      }
      ahead += widths[i]!
    })
    lines.push(`p += ${total}; n += ${4 * run.length}`)
    return lines.join('\n')
  }

  private emitField(field: Field): string {
    if (fixedWidth(field.type) > 0) return this.emitRun([field])
    if (field.type === 'struct') return this.emitStruct(field)
    if (field.type === 'array') return this.emitArray(field)
    return this.emitVariable(leafNode(field), field, field.type)
  }

  /** A string, bytes or records: its length, its contents, one line. */
  private emitVariable(node: SpanNode, field: Field, type: string): string {
    const checks =
      type === 'string'
        ? `if (l > ${MAX_STRING}) { t.used = n; c.flaw('string-size', p, q - p, ${node.id}, l, ${MAX_STRING}) }
if (!validUtf8(b, q, q + l)) { t.used = n; c.flaw('utf8', q, l, ${node.id}) }`
        : ''
    return `${this.emitLength(node)}
if (l < 0) { ${nullCheck(node, field.nullable)} }
else {
if (l > e - q) { t.used = n; return c.stop('length', ${node.id}, p, q - p, l, e - q) }
${checks}
q += l
}
d[n] = ${node.id}; d[n + 1] = p; d[n + 2] = q - p; d[n + 3] = (n >> 2) + 1; n += 4; p = q`
  }

  /** Reads a length or count into l (-1 for null) and sets q after it. */
  private emitLength(node: SpanNode): string {
    const stop = (call: string): string => `{ t.used = n; return ${call} }`
    if (node.prefix === 'uvarint') {
      return `if (p >= e) ${stop(`c.underflow(${node.id}, p, 1, e)`)}
l = b[p]; q = p + 1
if (l > 127) { t.used = n; l = c.uv(b, p, e, ${node.id}); if (l < 0) return -1; q = c.p }
l--`
    }
    const width = node.prefix === 'int16' ? 2 : 4
    const read =
      width === 2 ? '((b[p] << 24) >> 16) | b[p + 1]' : '(b[p] << 24) | (b[p + 1] << 16) | (b[p + 2] << 8) | b[p + 3]'
    return `if (p + ${width} > e) ${stop(`c.underflow(${node.id}, p, ${width}, e)`)}
l = ${read}; q = p + ${width}
if (l < -1) { t.used = n; c.flaw('negative', p, ${width}, ${node.id}, l, -1) }`
  }

  private emitArray(field: Field): string {
    const element = field.element!
    const width = fixedWidth(element)
    const node = arrayNode(field, width)
    const head = this.emitLength(node)
    const noElements = `if (l < 0) { ${nullCheck(node, field.nullable)} }`
    const close = (line: string): string => `d[${line} + 2] = q - p; d[${line} + 3] = n >> 2; p = q`
    if (width > 0) {
      return `${head}
${noElements}
else {
if (l * ${width} > e - q) { t.used = n; return c.stop(l > e - q ? 'count' : 'underflow', ${node.id}, l > e - q ? p : q + (e - q - (e - q) % ${width}), l > e - q ? q - p : (e - q) % ${width}, l > e - q ? l : ${width}, l > e - q ? e - q : (e - q) % ${width}) }
q += l * ${width}
}
d[n] = ${node.id}; d[n + 1] = p; d[n + 2] = q - p; d[n + 3] = (n >> 2) + 1; n += 4; p = q`
    }
    const line = `a${this.fresh++}`
    const body =
      element === 'struct'
        ? this.emitStructElements(field)
        : `if (n + 8 > d.length) { t.used = n; d = c.room(8, ${node.id}, p); if (d === null) return -1 }
${this.emitVariable(elementNode(field), field, element)}`
    return `${head}
const ${line} = n
d[n] = ${node.id}; d[n + 1] = p; d[n + 2] = -1; n += 4
${noElements}
else {
if (l > e - q) { t.used = n - 4; return c.stop('count', ${node.id}, p, q - p, l, e - q) }
const from = p, count = l
p = q
for (let i = 0; i < count; i++) {
${body}
}
q = p; p = from
}
${this.roomFor(4 * 64, node.id)}
${close(line)}`
  }

  private emitStructElements(field: Field): string {
    const node = elementNode(field)
    const name = this.structFunction(node, field.fields, field.flexible, field.otherTags)
    return `t.used = n; p = ${name}(b, p, e, c); if (p < 0) return -1; d = t.data; n = t.used`
  }

  /** A struct in a field of its own; a nullable one has a marker in front. */
  private emitStruct(field: Field): string {
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
    const call = (name: string): string =>
      `t.used = n; p = ${name}(b, p, e, c); if (p < 0) return -1; d = t.data; n = t.used`
    const name = this.structFunction(node, field.fields, field.flexible, field.otherTags)
    if (!marker) return `${call(name)}\n${this.roomFor(4 * 64, node.id)}`
    const absent = marker === 'int8' ? 'b[p] > 127' : 'b[p] === 0'
    const line = `m${this.fresh++}`
    return `if (p >= e) { t.used = n; return c.underflow(${node.id}, p, 1, e) }
if (${absent}) { d[n] = ${node.id}; d[n + 1] = p; d[n + 2] = 1; d[n + 3] = (n >> 2) + 1; n += 4; p++ }
else {
const ${line} = n
p++
${call(name)}
d[${line} + 1]--; d[${line} + 2]++
}
${this.roomFor(4 * 64, node.id)}`
  }

  private emitTags(fields: readonly Field[], otherTags: ReadonlySet<number>): string {
    const buffer = defineNode({ kind: NodeKind.tagBuffer, name: '_tags', type: 'tag_buffer' })
    const known = fields
      .filter((field) => field.tag >= 0)
      .map((field): [number, string] => [field.tag, this.fieldFunction(field)])
    const plan = {
      buffer,
      header: defineNode({ kind: NodeKind.tagHeader, name: '_tags', type: 'tag' }),
      unknown: defineNode({ kind: NodeKind.unknownTag, name: '_tags', type: 'unknown_tag' }),
      other: otherTags,
    }
    this.plans.push({ plan, known })
    return `if (p >= e) { t.used = n; return c.underflow(${buffer.id}, p, 1, e) }
if (b[p] === 0) { d[n] = ${buffer.id}; d[n + 1] = p; d[n + 2] = 1; d[n + 3] = (n >> 2) + 1; n += 4; p++ }
else { t.used = n; p = c.tags(b, p, e, plans[${this.plans.length - 1}]); if (p < 0) return -1; d = t.data; n = t.used }`
  }

  /** A function for one tagged field. */
  private fieldFunction(field: Field): string {
    const name = `f${this.fresh++}`
    const body = this.emitField(field)
    this.functions.push(`function ${name}(b, p, e, c) {
let t = c.t, d = t.data, n = t.used, q = 0, l = 0
${this.roomFor(4 * 4, 0)}
${body}
t.used = n; return p
}`)
    return name
  }

  private roomFor(ints: number, node: number): string {
    return `if (n + ${ints} > d.length) { t.used = n; d = c.room(${ints}, ${node}, p); if (d === null) return -1 }`
  }
}

function nullCheck(node: SpanNode, nullable: boolean): string {
  return nullable ? '' : `if (l === -1) { t.used = n; c.flaw('null', p, q - p, ${node.id}) }`
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
