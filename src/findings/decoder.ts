import { type DecodedFrame, decodeFrame } from '../codec/frame.ts'
import { Run } from '../codec/run.ts'
import type { Frame } from '../session/exchange.ts'

/** Decodes frames of one direction into one table; the newest is not decoded again. A result is valid until the next. */
export class Decoder {
  private readonly run = new Run()
  private newest: Frame | null = null
  private decoded: DecodedFrame | null = null

  decode(frame: Frame): DecodedFrame {
    if (this.newest !== frame || !this.decoded) {
      this.decoded = decodeFrame(frame.bytes, frame, this.run, frame.headerVersion)
      this.newest = frame
    }
    return this.decoded
  }
}
