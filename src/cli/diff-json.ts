/** Lines of `diff --json`: one a difference, the summary last. */
import { toHex } from '../bytes/hex.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Difference, Half, Side, Summary, Told } from '../diff/model.ts'

/** Bytes of a field that are in a line. */
const MAX_HEX = 4096

export function differenceJson(told: Told, difference: Difference): JsonObject {
  const { what, message, api, apiVersion, kind, path, a, b } = difference
  const side = (which: 'a' | 'b'): Side | null => (kind && told[which] ? told[which].side(kind) : null)
  return {
    ...{ type: 'difference', what, api, apiVersion, kind, path, message },
    a: halfJson(a, side('a')),
    b: halfJson(b, side('b')),
  }
}

function halfJson(half: Half | null, side: Side | null): JsonObject | null {
  if (!half) return null
  const { exchange, connection, path, offset, length, value } = half
  const json: JsonObject = { exchange, connection }
  if (offset !== null && length !== null) Object.assign(json, { path, offset, length })
  if (value !== undefined) json.value = value
  if (side?.shown && offset !== null && length !== null)
    json.hex = toHex(side.shown, offset, Math.min(offset + length, offset + MAX_HEX, side.shown.length))
  return json
}

export const summaryJson = (summary: Summary, damages: readonly string[]): JsonObject => ({
  type: 'summary',
  ...(summary as unknown as JsonObject),
  damages: [...damages],
})
