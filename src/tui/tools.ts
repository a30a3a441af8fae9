/** What the screen asks of other rooms, gathered so that a test can put in its own. */
import { nestedOf } from '../codec/expand.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { maskFrame } from '../codec/secrets.ts'
import { compileFilter, needsFrames } from '../filter/filter.ts'
import type { Finding } from '../findings/finding.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import type { Inside } from './tree.ts'

export interface Filter {
  /** Whether it looks into frames, so that they must be read for it. */
  readonly needsFrames: boolean
  readonly test: (exchange: JsonObject) => boolean
}

export interface Tools {
  /** The frame's bytes with secrets overwritten; the same length. */
  mask(frame: Frame, exchange: Exchange): Uint8Array
  /** Throws with a message that says where the expression is wrong. */
  compileFilter(expression: string): Filter
  /** The exchange as `--json` prints it. */
  exchangeJson(exchange: Exchange, findings: readonly Finding[], expand: boolean): JsonObject
  /** What the bytes or records field at a line holds. */
  inside(frame: DecodedFrame, line: number, exchange: Exchange): Inside | null
}

/** Prints an exchange; `exchangeJson` of the report room, which this room does not know of. */
export type PrintExchange = (
  exchange: Exchange,
  findings: readonly Finding[],
  options: { readonly expand: boolean; readonly showSecrets: boolean },
) => JsonObject

/** The program's own. */
export function realTools(print: PrintExchange, showSecrets: boolean): Tools {
  return {
    mask: ({ bytes, ...frame }, { framing, connection }) =>
      showSecrets ? bytes : maskFrame(bytes, frame, { framing, saslMechanism: connection.sasl?.mechanism }),
    compileFilter: (expression) => ({ needsFrames: needsFrames(expression), test: compileFilter(expression) }),
    exchangeJson: (exchange, findings, expand) => print(exchange, findings, { expand, showSecrets }),
    inside: (frame, line, exchange) => {
      const context = { saslMechanism: exchange.connection.sasl?.mechanism, showSecrets }
      const nested = nestedOf(frame, line, context)
      if (!nested) return null
      return { title: nested.title, table: nested.table, json: nested.table ? decompressed(nested.json) : nested.json }
    },
  }
}

/** The records of compressed batches, which have no fields over the frame's own bytes; null where there are none. */
function decompressed(json: JsonValue): JsonValue {
  if (!Array.isArray(json)) return null
  const batches = json.filter(isCompressed)
  return batches.length === 0
    ? null
    : batches.map(({ baseOffset, compression, records }) => ({ baseOffset, compression, records }) as JsonObject)
}

const isCompressed = (batch: JsonValue): batch is JsonObject => {
  const compression =
    batch !== null && typeof batch === 'object' && !Array.isArray(batch) ? batch.compression : undefined
  return compression !== undefined && compression !== 'none'
}
