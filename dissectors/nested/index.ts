/** The families of nested formats, and every table that is written by hand. */
import { GROUP_TABLES } from './group.ts'
import { STREAMS_TABLES } from './streams.ts'

export const NESTED_TABLES: readonly string[] = [...GROUP_TABLES, ...STREAMS_TABLES]

export { BYTES_FIELDS, PRINCIPAL, RECORDS_TOPIC, recordsContext } from './fields.ts'
export type { BytesField, Holds, NestedFormat } from './format.ts'
export { CONNECT_ASSIGNMENT, groupFormats, userDataFormats } from './group.ts'
export {
  controlFormat,
  isInternalLog,
  keyFormat,
  METADATA_TOPIC,
  METADATA_TOPIC_ID,
  valueFormat,
} from './logs.ts'
export { readSasl, type SaslToken } from './sasl.ts'
export { SCHEMA_PREFIX, schemaId } from './schema-registry.ts'
export {
  CONFIG_NAME,
  CONFIG_SENSITIVE,
  ENVELOPE_MESSAGES,
  isSensitiveConfig,
  SECRET_FIELDS,
  SECRET_RECORD_FIELDS,
  SENSITIVE_BYTES,
  type SecretField,
} from './secrets.ts'
