/** Exchanges of the wire as a comparison takes them: values, leaves and bytes of both frames, made on demand. */
import { toBase64 } from '../bytes/hex.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { type ExpandContext, expandFrame, nestedOf } from '../codec/expand.ts'
import { type DecodedFrame, decodeFrame } from '../codec/frame.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { openLength, walk } from '../codec/paths.ts'
import { Run } from '../codec/run.ts'
import { maskFrame, secretRanges } from '../codec/secrets.ts'
import { contents, valueAt } from '../codec/value.ts'
import type { Finding } from '../findings/finding.ts'
import { isContainer, NodeKind, type SpanNode } from '../schema/node.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import type { Item, MessageKind, Place, Side } from './model.ts'

/** Leaves of a frame that are looked at: a hostile one has as many as bytes. */
const MAX_LEAVES = 200_000

export interface WireOptions {
  readonly context: ExpandContext
  readonly showSecrets: boolean
  /** Nested bytes as what they hold; a log has them otherwise. */
  readonly expand: boolean
}

export class WireItem implements Item {
  readonly exchange: Exchange
  readonly findings: readonly Finding[]
  private readonly options: WireOptions

  constructor(exchange: Exchange, findings: readonly Finding[], options: WireOptions) {
    this.exchange = exchange
    this.findings = findings
    this.options = options
  }

  get id(): number {
    return this.exchange.id
  }

  get connection(): number {
    return this.exchange.connection.id
  }

  get clientId(): string | null {
    return this.exchange.clientId ?? this.exchange.connection.clientId
  }

  get apiKey(): number {
    return this.exchange.apiKey
  }

  get api(): string {
    return this.exchange.api
  }

  get apiVersion(): number {
    return this.exchange.apiVersion
  }

  get time(): number {
    return (this.exchange.request ?? this.exchange.response)?.time ?? 0
  }

  get noResponse(): string | null {
    return this.exchange.noResponse
  }

  get mechanism(): string | null {
    return this.exchange.connection.sasl?.mechanism ?? null
  }

  get size(): number {
    return (this.exchange.request?.size ?? 0) + (this.exchange.response?.size ?? 0)
  }

  side(kind: MessageKind): Side | null {
    const frame = this.exchange[kind]
    if (!frame) return null
    const { framing } = this.exchange
    const as = { framing, saslMechanism: this.mechanism }
    const secrets = this.options.showSecrets ? [] : secretRanges(frame.bytes, frame, as)
    const shown = this.options.showSecrets ? frame.bytes : maskFrame(frame.bytes, frame, as)
    const about = { size: frame.size, shown, raw: frame.bytes, secrets }
    if (framing === 'sasl') return { ...about, ...tokenSide(shown) }
    return { ...about, ...this.decoded(frame, shown) }
  }

  private decoded(frame: Frame, shown: Uint8Array): Pick<Side, 'json' | 'stopped' | 'leaves'> {
    const { context, showSecrets, expand } = this.options
    const decoded = decodeFrame(shown, frame, new Run(), frame.headerVersion)
    const expanding = { saslMechanism: this.mechanism, showSecrets, ...context }
    let leaves: readonly Place[] | null = null
    return {
      json: frameValues(decoded, expand ? expanding : null),
      stopped: decoded.stopped || !frame.kept || decoded.message === null,
      leaves: () => {
        leaves ??= leavesOf(decoded, expanding)
        return leaves
      },
    }
  }
}

/** A raw SASL token: nothing is in it that has a name. */
const tokenSide = (shown: Uint8Array): Pick<Side, 'json' | 'stopped' | 'leaves'> => ({
  json: { header: null, body: { token: shown.length < 4 ? '' : toBase64(shown, 4, shown.length) } },
  stopped: false,
  leaves: () => [['token', 4, Math.max(0, shown.length - 4), 'bytes']],
})

/** `{header, body}`; with a context nested bytes are what they hold, without one they stay base64. */
export function frameValues(decoded: DecodedFrame, context: ExpandContext | null): JsonObject {
  if (context !== null) {
    const { header, body } = expandFrame(decoded, context)
    return { header, body }
  }
  const { bytes, table, headerLine, bodyLine } = decoded
  const value = (line: number): JsonValue => (line < 0 ? null : valueAt(bytes, table, line))
  return { header: value(headerLine), body: value(bodyLine) }
}

/**
 * Every field's own bytes: a field without fields in it whole, of an array its count, of a tag buffer its number of tags.
 * Bytes that hold a message are told by that message's fields, with the length in front of them.
 */
export function leavesOf(
  decoded: Pick<DecodedFrame, 'bytes' | 'table' | 'bodyLine' | 'message'>,
  context: ExpandContext,
): Place[] {
  const leaves: Place[] = []
  addLeaves(
    leaves,
    decoded.table,
    (path) => path,
    (line, node, path) => {
      if (node.kind !== NodeKind.bytes && node.kind !== NodeKind.records) return false
      const nested = nestedOf(decoded, line, context)
      const range = nested?.table ? contents(decoded.bytes, decoded.table, line) : null
      if (!nested?.table || !range) return false
      const at = decoded.table.offset(line)
      if (range[0] > at) leaves.push([path, at, range[0] - at, 'length'])
      const inner = node.kind === NodeKind.records ? '' : '.'
      addLeaves(leaves, nested.table, (own) => path + inner + own.replace(/^records/, inner === '' ? '' : '$&'))
      return true
    },
  )
  return leaves
}

/** `open` adds what a field holds, where it holds a message. */
function addLeaves(
  leaves: Place[],
  table: SpanTable,
  pathOf: (own: string) => string,
  open: (line: number, node: SpanNode, path: string) => boolean = () => false,
): void {
  walk(table, ({ line, node, path: own }) => {
    if (leaves.length >= MAX_LEAVES) return false
    const path = pathOf(own)
    const at = table.offset(line)
    let length = table.length(line) < 0 ? openLength(table, line) : table.length(line)
    if (isContainer(node)) {
      if (table.next(line) > line + 1) length = table.offset(line + 1) - at
      if (length <= 0) return true
    } else if (open(line, node, path)) return true
    leaves.push([path, at, length, node.type])
    return true
  })
}
