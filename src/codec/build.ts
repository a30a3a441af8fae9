/**
 * Compiles the making of a struct's value from its lines in a span table. A struct that was read whole has a line for
 * every field that is not tagged, in order, so the object can be written as a literal: no look-up by name, and all
 * objects of a struct have one shape. What was read in part goes the general way in `value.ts`.
 */

import { toUuid } from '../bytes/hex.ts'
import { i8, i16, i32, i64, u8, u16, u32 } from '../bytes/read.ts'
import { type SpanTable, STRIDE } from '../bytes/spans.ts'
import type { Field } from '../schema/model.ts'
import type { JsonObject, JsonValue } from './json-text.ts'
import type { BytesHook } from './value.ts'

/** Makes the object of a struct line; `data` is the table's. */
export type StructBuilder = (
  b: Uint8Array,
  table: SpanTable,
  data: Int32Array,
  line: number,
  hook: BytesHook | undefined,
) => JsonObject

/** What the generated code calls for what is no fixed-width number, and for structs that have tags. */
export interface BuilderCalls {
  valueAt(b: Uint8Array, table: SpanTable, line: number, hook?: BytesHook): JsonValue
  withTags(
    b: Uint8Array,
    table: SpanTable,
    buffer: number,
    struct: number,
    plain: JsonObject,
    hook?: BytesHook,
  ): JsonObject
}

const READS: Partial<Record<Field['type'], string>> = {
  bool: 'u8(b, at) !== 0',
  int8: 'i8(b, at)',
  int16: 'i16(b, at)',
  uint16: 'u16(b, at)',
  int32: 'i32(b, at)',
  uint32: 'u32(b, at)',
  int64: 'i64(b, at)',
  uuid: 'toUuid(b, at)',
}

export function compileBuilder(fields: readonly Field[], flexible: boolean, calls: BuilderCalls): StructBuilder {
  const plain = fields.filter((field) => field.tag < 0)
  const body = ['let k = (line + 1) * STRIDE, at = 0']
  plain.forEach((field, i) => {
    const read = READS[field.type]
    if (read) body.push(`at = data[k + 1]`, `const v${i} = ${read}`, 'k += STRIDE')
    else body.push(`const v${i} = valueAt(b, table, k / STRIDE, hook)`, 'k = data[k + 3] * STRIDE')
  })
  body.push(`const object = { ${plain.map((field, i) => `${JSON.stringify(field.name)}: v${i}`).join(', ')} }`)
  if (flexible) {
    body.push('if (data[k + 2] !== 1) return withTags(b, table, k / STRIDE, line, object, hook)')
  }
  body.push('return object')
  const names = ['STRIDE', 'u8', 'i8', 'i16', 'u16', 'i32', 'u32', 'i64', 'toUuid', 'valueAt', 'withTags']
  const make = new Function(...names, `'use strict'\nreturn (b, table, data, line, hook) => {\n${body.join('\n')}\n}`)
  return make(STRIDE, u8, i8, i16, u16, i32, u32, i64, toUuid, calls.valueAt, calls.withTags) as StructBuilder
}
