/** A frame's bytes as they may be shown, and its values: where secrets are masked and nested bytes expanded. */
import { type ExpandContext, expandFrame } from '../codec/expand.ts'
import { type DecodedFrame, decodeFrame, frameJson } from '../codec/frame.ts'
import type { JsonValue } from '../codec/json-text.ts'
import type { Run } from '../codec/run.ts'
import { maskFrame } from '../codec/secrets.ts'
import type { Exchange, Frame } from '../session/exchange.ts'

/** The frame's bytes with passwords, tokens and proofs overwritten; the frame's own where it holds none. */
export function shownBytes(frame: Frame, exchange: Exchange, showSecrets: boolean): Uint8Array {
  if (showSecrets) return frame.bytes
  const { framing, connection } = exchange
  return maskFrame(frame.bytes, frame, { framing, saslMechanism: connection.sasl?.mechanism })
}

/** Decodes bytes of a frame as the session says it is to be read. Valid until the next use of `run`. */
export function decodeShown(bytes: Uint8Array, frame: Frame, run: Run): DecodedFrame {
  return decodeFrame(bytes, frame, run, frame.headerVersion)
}

/** Header and body as JSON; with `context`, what nested bytes hold in place of their base64. */
export function shownJson(frame: DecodedFrame, context: ExpandContext | null): { header: JsonValue; body: JsonValue } {
  if (context === null) return frameJson(frame)
  const { header, body } = expandFrame(frame, context)
  return { header, body }
}
