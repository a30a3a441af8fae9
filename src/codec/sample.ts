/**
 * Values for a message that are chosen to reach every branch of a codec: nulls, defaults, empty, the ends of ranges,
 * lengths where varints grow, unknown tags. The same seed gives the same values.
 */
import { toBase64, toUuid, ZERO_UUID } from '../bytes/hex.ts'
import type { Random } from '../bytes/random.ts'
import type { Field, Model, ScalarType } from '../schema/model.ts'
import { defaultValue } from './defaults.ts'
import type { JsonObject, JsonValue } from './json-text.ts'

/** The first samples of a message each have one thing throughout; all that follow are mixed. */
export type Profile = 'default' | 'empty' | 'null' | 'lowest' | 'highest' | 'mixed'

const PROFILES: readonly Profile[] = ['default', 'empty', 'null', 'lowest', 'highest']

export const profileOf = (index: number): Profile => PROFILES[index] ?? 'mixed'

/** Values beyond this many have small or empty arrays below them. */
const MANY_VALUES = 400

interface Making {
  readonly random: Random
  readonly profile: Profile
  values: number
}

/** A value of the message in Kafka's JSON shape (bytes as base64), that its encoder takes. */
export function sampleValue(model: Model, random: Random, profile: Profile = 'mixed'): JsonObject {
  return structValue(model, { random, profile, values: 0 }, 0)
}

type Struct = Pick<Model, 'fields' | 'flexible' | 'otherTags'>

function structValue({ fields, flexible, otherTags }: Struct, making: Making, depth: number): JsonObject {
  const { random, profile } = making
  const object: JsonObject = {}
  for (const field of fields) {
    // Tagged fields are written where they differ from their default; half of them shall be left out.
    if (field.tag >= 0 && profile === 'mixed' && random.oneIn(2)) continue
    object[field.name] = fieldValue(field, making, depth)
  }
  if (flexible && profile === 'mixed' && random.oneIn(3)) {
    object._unknownTaggedFields = unknownTags(fields, otherTags, random)
  }
  return object
}

/** Tags that no version of this struct knows. Kafka's classes refuse the highest, 2^31 - 1 (RawTaggedFieldWriter). */
function unknownTags(fields: readonly Field[], otherTags: ReadonlySet<number>, random: Random): JsonValue[] {
  const taken = new Set([...fields.map(({ tag }) => tag), ...otherTags])
  const tags = new Set<number>()
  for (let count = 1 + random.below(3); count > 0; count--) {
    const tag = random.pick([1 + random.below(60), 127, 128, 16_384, 2_147_483_646])
    if (!taken.has(tag)) tags.add(tag)
  }
  return [...tags]
    .sort((a, b) => a - b)
    .map((tag) => {
      const bytes = random.bytes(random.pick([0, 1, 5, 127, 128]))
      return { tag, data: toBase64(bytes, 0, bytes.length) }
    })
}

function fieldValue(field: Field, making: Making, depth: number): JsonValue {
  const { random, profile } = making
  making.values++
  if (profile === 'default') return defaultOf(field)
  if (field.nullable && (profile === 'null' || (profile === 'mixed' && random.oneIn(5)))) return null
  return profile === 'mixed' && random.oneIn(10) ? defaultOf(field) : sound(field, making, depth)
}

/** Records are null by default even where null can't be written. */
const defaultOf = (field: Field): JsonValue => {
  const value = defaultValue(field)
  return value === null && !field.nullable ? '' : value
}

/** A value that is not null. */
function sound(field: Field, making: Making, depth: number): JsonValue {
  if (field.type === 'struct') return structValue(structOf(field), making, depth + 1)
  if (field.type !== 'array') return scalarValue(field.type, making)
  const element = field.element!
  const items: JsonValue[] = []
  for (let count = countOf(element, making, depth); count > 0; count--) {
    making.values++
    items.push(element === 'struct' ? structValue(structOf(field), making, depth + 1) : scalarValue(element, making))
  }
  return items
}

const structOf = ({ fields, flexible, otherTags }: Field): Struct => ({ fields, flexible, otherTags })

function countOf(element: ScalarType | 'struct', { random, profile, values }: Making, depth: number): number {
  if (profile === 'empty') return 0
  if (profile !== 'mixed') return 1
  if (values > MANY_VALUES) return 0
  // One more than 126 elements takes a second byte of a compact count.
  if (element !== 'struct' && random.oneIn(12)) return random.pick([126, 127, 128])
  return random.below(depth < 2 ? 4 : 3)
}

const RANGES: Partial<Record<ScalarType, readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  int16: [-32_768n, 32_767n],
  uint16: [0n, 65_535n],
  int32: [-2_147_483_648n, 2_147_483_647n],
  uint32: [0n, 4_294_967_295n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
}

function scalarValue(type: ScalarType, making: Making): JsonValue {
  const { random, profile } = making
  const range = RANGES[type]
  if (range) return integer(range, making)
  switch (type) {
    case 'bool':
      return profile === 'highest' || (profile === 'mixed' && random.oneIn(2))
    case 'float64':
      return random.pick([0, 1.5, -1, 0.1, 1e300, -5e-324, Number.MAX_VALUE, random.below(1000)])
    case 'uuid': {
      if (profile === 'empty' || random.oneIn(4)) return ZERO_UUID
      return toUuid(profile === 'highest' ? new Uint8Array(16).fill(0xff) : random.bytes(16), 0)
    }
    case 'string':
      return text(making)
    default: {
      const bytes = random.bytes(length(making))
      return toBase64(bytes, 0, bytes.length)
    }
  }
}

function integer([low, high]: readonly [bigint, bigint], { random, profile }: Making): JsonValue {
  if (profile === 'empty') return 0
  if (profile === 'lowest' || profile === 'highest') return json(profile === 'lowest' ? low : high)
  if (random.oneIn(2)) return json(low + (wide(random) % (high - low + 1n)))
  return json(random.pick([low, high, 0n, 1n, low < 0n ? -1n : 2n, BigInt(random.below(128))]))
}

const wide = (random: Random): bigint => (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32))

const json = (value: bigint): JsonValue => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Lengths at which a compact length takes another byte, and small ones. */
function length({ random, profile }: Making): number {
  if (profile === 'empty') return 0
  if (profile !== 'mixed') return 1 + random.below(8)
  if (random.oneIn(40)) return random.pick([16_382, 16_383, 16_384])
  return random.oneIn(8) ? random.pick([126, 127, 128]) : random.below(24)
}

/** Characters of one to four bytes of UTF-8, and those that JSON or a terminal treats in its own way. */
const CHARACTERS = [
  'a',
  'Z',
  '0',
  '-',
  '_',
  '.',
  ' ',
  '"',
  '\\',
  '\n',
  '\t',
  '\u0000',
  'é',
  'ß',
  '中',
  '한',
  '\u2028',
  '😀',
]

function text(making: Making): string {
  const { random, profile } = making
  const size = length(making)
  if (profile !== 'mixed' || random.oneIn(3)) return 'x'.repeat(size)
  let made = ''
  for (let i = Math.min(size, 128); i > 0; i--)
    made += random.oneIn(3) ? random.pick(CHARACTERS) : random.pick('abcdefgh'.split(''))
  return made
}
