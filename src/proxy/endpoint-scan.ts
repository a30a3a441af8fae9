/**
 * Looks for node endpoints in an answer too large to be held back, while it passes. Nearly all such answers are records
 * and have none; to know, it is enough to step from length to length.
 *
 * Where there are some they can't be rewritten: the frame's size, which has gone already, would change. But in Produce
 * and Fetch they stand in a tag (KIP-951), and a reader passes over a tag whose number it doesn't know. So the tag's
 * number, one byte, is changed to one that nobody has: the client then does what all did before KIP-951, it asks for
 * Metadata, and that is rewritten.
 */
import { u8 } from '../bytes/read.ts'
import { fixedWidth } from '../codec/compile.ts'
import type { Field, Model } from '../schema/model.ts'

/** A tag number that no message of Kafka has, one byte as a varint. */
export const HIDDEN_TAG = 100

/** What a walk asks for: bytes to step over, or one of these. */
const NEXT_BYTE = 0
/** The byte given last is the number of the endpoints' tag. */
const TAG_HERE = -1
/** Endpoints in a field of its place begin. */
const FIELD_HERE = -2

type Walk = Generator<number, void, number>

export class EndpointScan {
  /** Endpoints were seen in a field of its place (ShareFetch), where nothing can be done. */
  seen = false
  private readonly walk: Walk
  private wanted: number
  private done = false

  /** For an answer's body of this model; what is scanned begins after the correlation id. */
  constructor(model: Model) {
    this.walk = walkAnswer(model)
    this.wanted = this.walk.next().value ?? NEXT_BYTE
  }

  /** Looks at the answer's next bytes, from `from` to `end`; returns where the tag's number is to be changed, or -1. */
  scan(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end && !this.done; ) {
      if (this.wanted === NEXT_BYTE) {
        if (this.step(u8(bytes, at++)) !== TAG_HERE) continue
        this.done = true
        return at - 1
      }
      const taken = Math.min(this.wanted, end - at)
      this.wanted -= taken
      at += taken
      if (this.wanted === 0) this.step(0)
    }
    return -1
  }

  /** Goes on; returns what is wanted next. */
  private step(byte: number): number {
    const { value, done } = this.walk.next(byte)
    this.wanted = value ?? NEXT_BYTE
    if (this.wanted === FIELD_HERE) this.seen = true
    this.done = done === true || this.seen
    return this.wanted
  }
}

function* walkAnswer(model: Model): Walk {
  // The header's tag buffer; every answer that carries endpoints is flexible.
  yield* walkTags(null)
  yield* walkFields(model.fields)
  yield* walkTags(model.fields.find((field) => field.name === 'nodeEndpoints' && field.tag >= 0)?.tag ?? null)
}

function* walkFields(fields: readonly Field[]): Walk {
  for (const field of fields) if (field.tag < 0) yield* walkField(field)
}

function* walkField(field: Field): Walk {
  const width = fixedWidth(field.type)
  if (width > 0) yield width
  else if (field.type === 'struct') {
    yield* walkFields(field.fields)
    yield* walkTags(null)
  } else if (field.type === 'array') yield* walkArray(field)
  else yield* stepOver((yield* varint()) - 1)
}

function* walkArray(field: Field): Walk {
  const count = (yield* varint()) - 1
  if (field.name === 'nodeEndpoints' && count > 0) yield FIELD_HERE
  const width = fixedWidth(field.element ?? '')
  if (width > 0) return yield* stepOver(count * width)
  for (let i = 0; i < count; i++) {
    if (field.element === 'struct') {
      yield* walkFields(field.fields)
      yield* walkTags(null)
    } else yield* stepOver((yield* varint()) - 1)
  }
}

/** A tag buffer; stops at the tag that is looked for. */
function* walkTags(wanted: number | null): Walk {
  const count = yield* varint()
  for (let i = 0; i < count; i++) {
    const tag = yield* varint()
    if (tag === wanted) yield TAG_HERE
    yield* stepOver(yield* varint())
  }
}

function* stepOver(bytes: number): Walk {
  if (bytes > 0) yield bytes
}

/** An unsigned varint. One that has no end gives a number that no frame is as large as, and so ends the walk. */
function* varint(): Generator<number, number, number> {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = yield NEXT_BYTE
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  return Number.MAX_SAFE_INTEGER
}
