/**
 * From the JSON schemas inside Apache Kafka's jars to tables. Facts are taken (names, types, versions ...), the prose
 * (`about`, comments) is not. Semantics follow the generator's MessageSpec and FieldSpec.
 *
 * Several releases become one table: the newest gives all it has, an older one adds the versions that the newest
 * dropped (`removed`). The result is checked against both: each version must read as the release that has it says.
 */
import { modelAt } from './concretise.ts'
import type { Field, MessageKind, MessageTable, TableField, Versions } from './model.ts'
import { includes, isNone, NONE, OPEN, parseVersions } from './versions.ts'

interface JsonField {
  name: string
  type: string
  versions?: string
  nullableVersions?: string
  taggedVersions?: string
  tag?: number
  flexibleVersions?: string
  default?: string | number | boolean | null
  ignorable?: boolean
  mapKey?: boolean
  entityType?: string
  fields?: JsonField[]
}

interface JsonMessage {
  name: string
  type: string
  apiKey?: number
  listeners?: string[]
  validVersions: string
  flexibleVersions?: string
  latestVersionUnstable?: boolean
  fields?: JsonField[]
  commonStructs?: { name: string; fields: JsonField[] }[]
}

/** Reads a schema file's text (JSON with `//` lines). Null where it is no message schema or has no versions. */
export function readSchema(text: string): MessageTable | null {
  const json = JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as Partial<JsonMessage>
  if (!json.name || !json.validVersions || !json.type || json.validVersions === 'none') return null
  const message = json as JsonMessage
  const common = new Map((message.commonStructs ?? []).map((struct) => [struct.name, struct.fields]))
  return {
    name: message.name,
    kind: (['request', 'response', 'header'].includes(message.type) ? message.type : 'data') as MessageKind,
    apiKey: message.apiKey ?? null,
    listeners: message.listeners ?? [],
    versions: parseVersions(message.validVersions),
    flexible: parseVersions(message.flexibleVersions ?? 'none'),
    latestUnstable: message.latestVersionUnstable ?? false,
    removed: NONE,
    fields: (message.fields ?? []).map((field) => readField(field, common)),
  }
}

function readField(json: JsonField, common: ReadonlyMap<string, JsonField[]>): TableField {
  const tagged = parseVersions(json.taggedVersions ?? 'none')
  const struct = json.type.replace(/^\[\]/, '')
  return {
    name: json.name[0]!.toLowerCase() + json.name.slice(1),
    type: json.type,
    versions: json.versions === undefined ? tagged : parseVersions(json.versions),
    nullable: parseVersions(json.nullableVersions ?? 'none'),
    tagged,
    tag: json.tag ?? -1,
    flexible: json.flexibleVersions === undefined ? null : parseVersions(json.flexibleVersions),
    // A literal null is no default to Kafka's generator (FieldSpec); the string "null" is one.
    default: json.default === undefined || json.default === null || json.default === '' ? null : String(json.default),
    ignorable: json.ignorable ?? false,
    mapKey: json.mapKey ?? false,
    entityType: json.entityType ?? null,
    fields: (json.fields ?? common.get(struct) ?? []).map((field) => readField(field, common)),
  }
}

/**
 * One table of the same message in two releases. Throws where the two can't stand in one table.
 */
export function mergeReleases(newer: MessageTable, older: MessageTable): MessageTable {
  const dropped: number[] = []
  for (let v = older.versions.low; v <= older.versions.high; v++) {
    if (!includes(newer.versions, v)) dropped.push(v)
  }
  if (dropped.length === 0) return newer
  const removed = { low: dropped[0]!, high: dropped.at(-1)! }
  const table: MessageTable = {
    ...newer,
    versions: newer.versions,
    removed,
    flexible: isNone(newer.flexible)
      ? newer.flexible
      : mergeRange(newer.flexible, older.flexible, newer.versions, removed),
    fields: mergeFields(newer.fields, older.fields, newer.versions, removed),
  }
  for (const [release, range] of [
    [newer, newer.versions],
    [older, removed],
  ] as const) {
    for (let v = range.low; v <= range.high; v++) {
      if (wireFacts(modelAt(table, v).fields) !== wireFacts(modelAt(release, v).fields)) {
        throw new Error(`${newer.name} v${v}: the releases do not merge`)
      }
    }
  }
  return table
}

function mergeFields(
  newer: readonly TableField[],
  older: readonly TableField[],
  kept: Versions,
  removed: Versions,
): TableField[] {
  const merged: TableField[] = []
  const rest = new Map(older.map((field) => [field.name, field]))
  const placed = new Set<string>()
  const place = (field: TableField, twin: TableField | undefined): void => {
    placed.add(field.name)
    merged.push(mergeField(field, twin, kept, removed))
  }
  for (const field of newer) {
    const twin = rest.get(field.name)
    if (twin) {
      // Fields that only the older release has go in front of the one they preceded there.
      for (const earlier of older) {
        if (earlier === twin) break
        if (placed.has(earlier.name) || newer.some((f) => f.name === earlier.name)) continue
        placed.add(earlier.name)
        merged.push(clip(earlier, removed))
      }
    }
    place(field, twin)
  }
  for (const field of older) if (!placed.has(field.name)) merged.push(clip(field, removed))
  return merged.filter((field) => !isNone(field.versions))
}

function mergeField(newer: TableField, older: TableField | undefined, kept: Versions, removed: Versions): TableField {
  if (!older) return newer
  return {
    ...newer,
    versions: mergeRange(newer.versions, older.versions, kept, removed),
    nullable: mergeRange(newer.nullable, older.nullable, kept, removed),
    tagged: mergeRange(newer.tagged, older.tagged, kept, removed),
    fields: mergeFields(newer.fields, older.fields, kept, removed),
  }
}

/** The range that says what `newer` says for the kept versions and what `older` says for the removed ones. */
function mergeRange(newer: Versions, older: Versions, kept: Versions, removed: Versions): Versions {
  const low = Math.min(kept.low, removed.low)
  const high = Math.max(kept.high, removed.high)
  let first = -1
  let last = -1
  for (let v = low; v <= high; v++) {
    const release = includes(kept, v) ? newer : includes(removed, v) ? older : null
    if (!release || !includes(release, v)) continue
    if (first < 0) first = v
    last = v
  }
  if (first < 0) return NONE
  const open = newer.high === OPEN && last === high
  return { low: first, high: open ? OPEN : last }
}

function clip(field: TableField, removed: Versions): TableField {
  const cut = (range: Versions): Versions => {
    const low = Math.max(range.low, removed.low)
    const high = Math.min(range.high, removed.high)
    return low <= high ? { low, high } : NONE
  }
  return {
    ...field,
    versions: cut(field.versions),
    nullable: cut(field.nullable),
    tagged: cut(field.tagged),
    fields: field.fields.map((inner) => clip(inner, removed)).filter((inner) => !isNone(inner.versions)),
  }
}

/** What decides the bytes of a version; ignorable, map keys and entity types may differ between releases. */
function wireFacts(fields: readonly Field[]): string {
  return JSON.stringify(
    fields.map((f) => [
      f.name,
      f.type,
      f.element,
      f.flexible,
      f.nullable,
      f.tag,
      f.tag >= 0 ? f.default : null,
      wireFacts(f.fields),
    ]),
  )
}
