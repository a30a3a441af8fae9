import type { Field, MessageTable, Model, ScalarType, TableField } from './model.ts'
import { structName } from './table.ts'
import { includes } from './versions.ts'

/** A message's table at one version. The version may be any; whether it is known is `knowsVersion`'s to say. */
export function modelAt(table: MessageTable, version: number): Model {
  const flexible = includes(table.flexible, version)
  return {
    name: table.name,
    kind: table.kind,
    apiKey: table.apiKey,
    version,
    flexible,
    ...structAt(table.fields, version, flexible),
  }
}

/** Every version that a table describes, ascending, those included that Apache Kafka 4.0 removed. */
export function knownVersions(table: Pick<MessageTable, 'versions' | 'removed'>): number[] {
  const versions: number[] = []
  const high = Math.max(table.versions.high, table.removed.high)
  for (let v = Math.min(table.versions.low, table.removed.low); v <= high; v++) {
    if (knowsVersion(table, v)) versions.push(v)
  }
  return versions
}

export function knowsVersion(table: Pick<MessageTable, 'versions' | 'removed'>, version: number): boolean {
  return includes(table.versions, version) || includes(table.removed, version)
}

function structAt(fields: readonly TableField[], version: number, flexible: boolean) {
  const here = fields.filter((field) => includes(field.versions, version))
  const tags = new Set<number>()
  const names = new Set<string>()
  for (const field of fields) {
    const present = here.includes(field)
    if (!present) names.add(field.name)
    if (field.tag >= 0 && !(present && includes(field.tagged, version))) tags.add(field.tag)
  }
  for (const field of here) {
    names.delete(field.name)
    if (includes(field.tagged, version)) tags.delete(field.tag)
  }
  return { fields: here.map((field) => fieldAt(field, version, flexible)), otherNames: names, otherTags: tags }
}

function fieldAt(field: TableField, version: number, messageFlexible: boolean): Field {
  const flexible = field.flexible ? includes(field.flexible, version) : messageFlexible
  const array = field.type.startsWith('[]')
  const bare = array ? field.type.slice(2) : field.type
  const struct = structName(field.type)
  const kind = (struct ? 'struct' : bare) as ScalarType | 'struct'
  const inner = struct ? structAt(field.fields, version, messageFlexible) : NO_FIELDS
  return {
    name: field.name,
    type: array ? 'array' : kind,
    element: array ? kind : null,
    struct,
    flexible,
    nullable: includes(field.nullable, version),
    tag: includes(field.tagged, version) ? field.tag : -1,
    default: field.default,
    ignorable: field.ignorable,
    mapKey: field.mapKey,
    entityType: field.entityType,
    ...inner,
  }
}

const NO_FIELDS = { fields: [] as readonly Field[], otherNames: new Set<string>(), otherTags: new Set<number>() }
