/**
 * A message as the tables know it: all versions at once (`MessageTable`), and at one version (`Model`).
 * The facts are those of Apache Kafka's JSON schemas (generator's MessageSpec, FieldSpec).
 */

/** A closed range of versions; `high` is 32767 for an open end, as Kafka's Versions has it; none is [0, -1]. */
export interface Versions {
  readonly low: number
  readonly high: number
}

export type MessageKind = 'request' | 'response' | 'header' | 'data'

/** A table's line: a field over all versions. */
export interface TableField {
  readonly name: string
  /** `int32`, `string`, `[]int32`, `[]Member`, `Member`. */
  readonly type: string
  readonly versions: Versions
  readonly nullable: Versions
  readonly tagged: Versions
  readonly tag: number
  /** Where it differs from the message's own. */
  readonly flexible: Versions | null
  /** As the schema spells it; null where it gives none. */
  readonly default: string | null
  readonly ignorable: boolean
  readonly mapKey: boolean
  readonly entityType: string | null
  readonly fields: readonly TableField[]
}

export interface MessageTable {
  readonly name: string
  readonly kind: MessageKind
  /** The API key; of coordinator and metadata records the record type; null for other data. */
  readonly apiKey: number | null
  readonly listeners: readonly string[]
  readonly versions: Versions
  readonly flexible: Versions
  /** The newest version is not yet promised: brokers answer it only with unstable APIs enabled. */
  readonly latestUnstable: boolean
  /** Versions that Apache Kafka 4.0 removed, known from 3.9. */
  readonly removed: Versions
  readonly fields: readonly TableField[]
}

export type ScalarType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'

/** A field at one version. */
export interface Field {
  readonly name: string
  readonly type: ScalarType | 'struct' | 'array'
  /** Of an array: the elements' type. */
  readonly element: ScalarType | 'struct' | null
  /** The name of the struct in the schema. */
  readonly struct: string | null
  /** Compact lengths and tag buffers; a field may differ from its message (the client id in the request header). */
  readonly flexible: boolean
  readonly nullable: boolean
  /** The tag, or -1 for a field in its place. */
  readonly tag: number
  readonly default: string | null
  readonly ignorable: boolean
  readonly mapKey: boolean
  readonly entityType: string | null
  /** Of a struct or an array of structs, in schema order, tagged ones too. */
  readonly fields: readonly Field[]
  /** Names that this struct has in other versions only. */
  readonly otherNames: ReadonlySet<string>
  /** Tags that this struct has in other versions only. */
  readonly otherTags: ReadonlySet<number>
}

/** A message at one version. */
export interface Model {
  readonly name: string
  readonly kind: MessageKind
  readonly apiKey: number | null
  readonly version: number
  readonly flexible: boolean
  readonly fields: readonly Field[]
  readonly otherNames: ReadonlySet<string>
  readonly otherTags: ReadonlySet<number>
}
