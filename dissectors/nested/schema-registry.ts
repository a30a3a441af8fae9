/** Values that serializers of a schema registry wrote: a zero byte, the schema's id as an int32, then the data. */
import { i32, u8 } from '../../src/bytes/read.ts'

export const SCHEMA_PREFIX = 5

/** The schema id in front of a value, or null where there is none. Any binary value may look as if it had one. */
export function schemaId(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start < SCHEMA_PREFIX || u8(bytes, start) !== 0) return null
  const id = i32(bytes, start + 1)
  return id > 0 ? id : null
}
