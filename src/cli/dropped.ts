/**
 * Fields given in JSON that a version of the message lacks. Kafka's generated classes refuse to write such a field
 * (UnsupportedVersionException) unless it holds its default, or its schema calls it ignorable: then it is left out.
 */
import { isDefault } from '../codec/defaults.ts'
import { EncodeError } from '../codec/encode.ts'
import { isObject, type JsonObject, type JsonValue } from '../codec/json-text.ts'
import { modelAt } from '../schema/concretise.ts'
import type { MessageTable, TableField } from '../schema/model.ts'
import { includes } from '../schema/versions.ts'

/**
 * Paths of what is left out: ignorable fields with a value of their own. Throws EncodeError at one that is not
 * ignorable. Values that do not fit their type are passed over: the encoder refuses them.
 */
export function droppedFields(table: MessageTable, version: number, value: JsonValue): string[] {
  const dropped: string[] = []
  if (isObject(value)) look({ table, version, dropped }, table.fields, value, '')
  return dropped
}

interface Look {
  readonly table: MessageTable
  readonly version: number
  readonly dropped: string[]
}

function look(at: Look, fields: readonly TableField[], object: JsonObject, path: string): void {
  for (const [name, value] of Object.entries(object)) {
    // A name may have several lines, of different versions.
    const called = fields.filter((field) => field.name === name)
    const here = called.find((field) => includes(field.versions, at.version))
    const inner = path ? `${path}.${name}` : name
    if (here) {
      if (here.fields.length > 0) lookInside(at, here, value, inner)
      continue
    }
    const other = called.at(-1)
    if (!other || holdsDefault(at.table, other, value)) continue
    if (!other.ignorable) throw new EncodeError(inner, `version ${at.version} has no such field`)
    at.dropped.push(inner)
  }
}

function lookInside(at: Look, field: TableField, value: JsonValue, path: string): void {
  if (isObject(value)) look(at, field.fields, value, path)
  else if (Array.isArray(value)) {
    value.forEach((element, i) => {
      if (isObject(element)) look(at, field.fields, element, `${path}[${i}]`)
    })
  }
}

/** Whether it is what the field holds, in the newest version that has it, where nothing was written. */
function holdsDefault(table: MessageTable, field: TableField, value: JsonValue): boolean {
  const high = Math.max(table.versions.high, table.removed.high)
  const [model] = modelAt({ ...table, fields: [field] }, Math.min(field.versions.high, high)).fields
  return model !== undefined && isDefault(model, value)
}
