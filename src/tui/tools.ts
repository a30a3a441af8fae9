/** What the screen asks of other rooms, gathered so that a test can put in its own. */
import { type ExpandContext, nestedOf } from '../codec/expand.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import { isObject, type JsonObject, type JsonValue } from '../codec/json-text.ts'
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
  options: { readonly expand: boolean; readonly showSecrets: boolean; readonly context: ExpandContext },
) => JsonObject

/** The program's own. `learned`: what the session has learned so far, such as topics' names by their ids. */
export function realTools(print: PrintExchange, showSecrets: boolean, learned: ExpandContext = {}): Tools {
  return {
    mask: ({ bytes, ...frame }, { framing, connection }) =>
      showSecrets ? bytes : maskFrame(bytes, frame, { framing, saslMechanism: connection.sasl?.mechanism }),
    compileFilter: (expression) => ({ needsFrames: needsFrames(expression), test: compileFilter(expression) }),
    exchangeJson: (exchange, findings, expand) => print(exchange, findings, { expand, showSecrets, context: learned }),
    inside: (frame, line, exchange) => {
      const context = { saslMechanism: exchange.connection.sasl?.mechanism, showSecrets, ...learned }
      const nested = nestedOf(frame, line, context)
      if (!nested) return null
      const { title, table, json } = nested
      if (!table) return { title, table, json }
      const batches = withoutFields(json)
      return { title: batches?.some(isCompressed) ? `${title}, decompressed` : title, table, json: batches }
    },
  }
}

/**
 * Batches that hold more than their fields over the frame's own bytes show: compressed ones, and those whose keys or
 * values are messages. Null where there are none.
 */
function withoutFields(json: JsonValue): JsonObject[] | null {
  if (!Array.isArray(json)) return null
  const batches = json.filter(isObject).filter((batch) => isCompressed(batch) || holdsMessages(batch))
  return batches.length === 0
    ? null
    : batches.map(({ baseOffset, compression, records }) => ({ baseOffset, compression, records }) as JsonObject)
}

const isCompressed = ({ compression }: JsonObject): boolean => compression !== undefined && compression !== 'none'

/** Bytes that are no text are `{"base64"}`; any other object is a message. */
const isMessage = (part: JsonValue | undefined): boolean => isObject(part) && part.base64 === undefined

const holdsMessages = ({ records }: JsonObject): boolean =>
  Array.isArray(records) &&
  records.some((record) => isObject(record) && (isMessage(record.key) || isMessage(record.value)))
