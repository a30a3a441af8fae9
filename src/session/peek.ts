/** Single fields of a frame by name, through the codec: versions, lengths and tags are its business. */
import { type DecodedFrame, decodeFrame, type FrameKind } from '../codec/frame.ts'
import type { JsonValue } from '../codec/json-text.ts'
import { requestMessage, responseMessage } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import { contents, valueAt } from '../codec/value.ts'
import { nodeOf } from '../schema/node.ts'
import type { Frame } from './exchange.ts'

/** A table that grew for one huge frame is not kept for the small ones. */
const KEEP_INTS = 1024 * 1024

/** Decodes frames for their fields; a result is valid until the next call. */
export class Peek {
  private run = new Run()

  /** The first `upTo` bytes of a frame: fields beyond are missing, as in a frame that is cut. */
  frame(frame: Frame, upTo = Number.POSITIVE_INFINITY): DecodedFrame {
    const bytes = frame.bytes.length > upTo ? frame.bytes.subarray(0, upTo) : frame.bytes
    return this.decode(bytes, frame, frame.headerVersion)
  }

  private decode(bytes: Uint8Array, as: FrameKind, headerVersion?: number): DecodedFrame {
    if (this.run.t.data.length > KEEP_INTS) this.run = new Run()
    return decodeFrame(bytes, as, this.run, headerVersion)
  }

  /** True where the bytes are one whole frame of an API and version that are known, to the last byte. */
  fits(bytes: Uint8Array, as: FrameKind): boolean {
    const known = (as.kind === 'request' ? requestMessage : responseMessage)(as.apiKey, as.apiVersion) !== null
    if (!known) return false
    const { stopped, flaws } = this.decode(bytes, as)
    return !stopped && !flaws.some(({ code }) => code === 'trailing' || code === 'utf8')
  }
}

/** The line of a field of the body's top level; -1 where it is not there or was not reached. */
export function fieldLine(decoded: DecodedFrame, name: string): number {
  const { table, bodyLine } = decoded
  if (bodyLine < 0) return -1
  for (let line = bodyLine + 1; line < table.next(bodyLine); line = table.next(line)) {
    if (table.length(line) >= 0 && nodeOf(table.node(line)).name === name) return line
  }
  return -1
}

/** The value of a field of the body's top level; undefined where it is not there. For fields that are small. */
export function fieldValue(decoded: DecodedFrame, name: string): JsonValue | undefined {
  const line = fieldLine(decoded, name)
  return line < 0 ? undefined : valueAt(decoded.bytes, decoded.table, line)
}

/** The contents of a bytes field of the body's top level, as a view; null where it is null or not there. */
export function fieldBytes(decoded: DecodedFrame, name: string): Uint8Array | null {
  const line = fieldLine(decoded, name)
  const range = line < 0 ? null : contents(decoded.bytes, decoded.table, line)
  return range && decoded.bytes.subarray(range[0], range[1])
}
