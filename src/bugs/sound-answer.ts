/** An answer as it left a sound encoder: its frame, and where everything is in it. */
import { i16, i32 } from '../bytes/read.ts'
import { type DecodedFrame, decodeFrame } from '../codec/frame.ts'
import { walk } from '../codec/paths.ts'
import type { Model } from '../schema/model.ts'
import { NodeKind, type SpanNode } from '../schema/node.ts'
import { type Edit, edited, integer, same, uvarint, uvarintAt } from './bytes.ts'

/** A line of the body: what it is, its path, and its bytes. */
export interface Place {
  readonly node: SpanNode
  readonly path: string
  readonly line: number
  readonly at: number
  readonly end: number
}

/** A length or count in front of something. `value` is -1 for null; `to` is the offset after it. */
export interface Prefix {
  readonly from: number
  readonly to: number
  readonly value: number
}

const CORRELATION_AT = 4

export class SoundAnswer {
  readonly bytes: Uint8Array
  readonly apiKey: number
  readonly apiVersion: number
  readonly model: Model
  readonly frame: DecodedFrame
  /** Where the body begins. */
  readonly start: number
  /** Every line of the body but its own, in the order of the bytes. */
  readonly places: readonly Place[]

  private constructor(bytes: Uint8Array, frame: DecodedFrame, model: Model) {
    this.bytes = bytes
    this.apiKey = frame.apiKey
    this.apiVersion = frame.apiVersion
    this.model = model
    this.frame = frame
    this.start = frame.table.offset(frame.bodyLine)
    const places: Place[] = []
    walk(frame.table, ({ line, node, path }) => {
      if (line <= frame.bodyLine) return
      const at = frame.table.offset(line)
      places.push({ node, path, line, at, end: at + frame.table.length(line) })
    })
    this.places = places
  }

  /** Null where the frame is not sound, so that nothing can be planted in it. `frame` is whole, its size included. */
  static of(bytes: Uint8Array, apiKey: number, apiVersion: number): SoundAnswer | null {
    const frame = decodeFrame(bytes, { kind: 'response', apiKey, apiVersion })
    if (!frame.message || frame.bodyLine < 0 || frame.stopped || frame.end !== bytes.length) return null
    return new SoundAnswer(bytes, frame, frame.message.model)
  }

  get correlationId(): number {
    return i32(this.bytes, CORRELATION_AT)
  }

  /** The frame with edits made and its size set right; null where they change nothing. */
  edit(edits: readonly Edit[]): Uint8Array | null {
    const { bytes } = this
    const growth = edits.reduce((sum, { from, to, put }) => sum + put.length - (to - from), 0)
    const size: Edit = { from: 0, to: 4, put: integer(bytes.length - 4 + growth, 4) }
    const result = edited(bytes, [size, ...edits])
    return same(result, bytes) ? null : result
  }

  /** The frame with another body. */
  withBody(body: Uint8Array): Uint8Array | null {
    return this.edit([{ from: this.start, to: this.bytes.length, put: body }])
  }

  /** The length or count in front of a string, bytes, records or an array; null for lines that have none. */
  prefix({ node, at }: Place): Prefix | null {
    if (node.kind === NodeKind.tagBuffer || !node.field) return null
    if (node.prefix === 'int16') return { from: at, to: at + 2, value: i16(this.bytes, at) }
    if (node.prefix === 'int32') return { from: at, to: at + 4, value: i32(this.bytes, at) }
    if (node.prefix !== 'uvarint') return null
    const [value, to] = uvarintAt(this.bytes, at)
    return { from: at, to, value: value - 1 }
  }

  /** A length or count as the message's encoder writes it: compact in flexible ones, else as wide as the field has it. */
  lengthOf({ node }: Place, value: number): Uint8Array {
    if (node.prefix === 'uvarint') return compact(value)
    return integer(value, node.prefix === 'int16' ? 2 : 4)
  }
}

/** A compact length is one more than it counts, 0 is null; what is below is written as an unsigned 32-bit number. */
const compact = (value: number): Uint8Array => uvarint((value + 1) >>> 0)

export const isScalar = ({ node }: Place): boolean => node.kind >= NodeKind.bool && node.kind <= NodeKind.records
export const isArray = ({ node }: Place): boolean => node.kind === NodeKind.array || node.kind === NodeKind.fixedArray
export const isText = ({ node }: Place): boolean => node.kind === NodeKind.string

/** Whether the line is a field in its place: no element of an array, no tagged field, no tag buffer. */
export function isField(place: Place): boolean {
  const { field, kind, root } = place.node
  if (!field || field.tag >= 0 || root || kind === NodeKind.struct) return false
  return field.type !== 'array' || isArray(place)
}
