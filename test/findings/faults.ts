/**
 * Plants the bugs of encoders in sound bodies, one of each kind: an edit of the bytes at one place, or at every place where
 * the encoder's code for it ran. Labels are those of `captures/vectors/broken.jsonl.gz`.
 */
import type { SpanTable } from '../../src/bytes/spans.ts'
import type { Model } from '../../src/schema/model.ts'
import type { Random } from '../random.ts'
import { apply, type Edit, integer, NOTHING, type Site, type Sites, sitesOf, varint, varintAt } from './fault-sites.ts'
import { addLengthFaults } from './length-faults.ts'

export interface Fault {
  readonly label: string
  readonly cause: string
  /** The first wrong byte, or where the missing ones belong. */
  readonly offset: number
  readonly bytes: Buffer
}

export type Add = (label: string, cause: string, edits: readonly Edit[], offset?: number) => void

/** What is planted where: a sound body, its places, and chance. */
export interface Ground {
  readonly bytes: Buffer
  readonly model: Model
  readonly sites: Sites
  readonly random: Random
  readonly add: Add
}

/** One fault of each kind that this body can have. */
export function faultsOf(bytes: Buffer, table: SpanTable, model: Model, random: Random): Fault[] {
  const faults: Fault[] = []
  const add: Add = (label, cause, edits, offset = Math.min(...edits.map(({ from }) => from))) => {
    if (edits.length === 0) return
    const broken = apply(bytes, edits)
    if (Buffer.compare(broken, bytes) !== 0) faults.push({ label, cause, offset, bytes: broken })
  }
  const ground: Ground = { bytes, model, sites: sitesOf(bytes, table), random, add }
  addCuts(ground)
  addFieldFaults(ground)
  addWidthFaults(ground)
  addLengthFaults(ground)
  addValueFaults(ground)
  addEnds(ground)
  addTagFaults(ground)
  addShortErrors(ground)
  return faults
}

/** The error answer of a broker that has one for all APIs: NOT_COORDINATOR in two bytes, no error in four. */
function addShortErrors({ bytes, model, add }: Ground): void {
  if (model.kind !== 'response') return
  const whole = (put: Uint8Array): Edit => ({ from: 0, to: bytes.length, put })
  add('encoder-short-error-int16', 'other-api', [whole(integer(16, 2))])
  add('encoder-short-error-int32', 'other-api', [whole(integer(0, 4))])
}

const remove = ({ at, end }: Site): Edit => ({ from: at, to: end, put: NOTHING })

function addCuts({ bytes, sites: { fields, buffers }, random, add }: Ground): void {
  const cut = (at: number): Edit => ({ from: at, to: bytes.length, put: NOTHING })
  const places = [...fields, ...buffers].filter(({ at }) => at > 0)
  if (places.length === 0) return
  for (let i = 0; i < 4; i++) add('truncated', 'truncated', [cut(random.pick(places).at)])
  const numbers = fields.filter(({ at, end, type }) => end - at > 1 && /^u?int/.test(type))
  if (numbers.length === 0) return
  const { at, end } = random.pick(numbers)
  add('truncated-mid-field', 'truncated', [cut(at + 1 + random.below(end - at - 1))], at)
}

/** The places of each field, by its path without indexes. */
function byField(sites: readonly Site[]): Map<string, Site[]> {
  const found = new Map<string, Site[]>()
  for (const site of sites) found.set(site.field, [...(found.get(site.field) ?? []), site])
  return found
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')))

function addFieldFaults({ bytes, sites: { fields }, random, add }: Ground): void {
  if (fields.length === 0) return
  const groups = [...byField(fields).values()]
  const last = fields.filter(({ path }) => !path.includes('.') && !path.includes('[')).at(-1)!
  add('missing-last-field', 'missing-field', [remove(last)])
  add('missing-field', 'missing-field', [remove(random.pick(fields))])
  add('encoder-omits-field', 'missing-field', random.pick(groups).map(remove))
  const twice = ({ at, end }: Site): Edit => ({ from: at, to: at, put: bytes.subarray(at, end) })
  add('encoder-doubles-field', 'doubled-field', random.pick(groups).map(twice))
  const pairs = groups.filter((group) => group.every((site) => neighbour(fields, site)))
  if (pairs.length === 0) return
  const edits = random.pick(pairs).map((site) => {
    const next = neighbour(fields, site)!
    const put = Buffer.concat([bytes.subarray(next.at, next.end), bytes.subarray(site.at, site.end)])
    return { from: site.at, to: next.end, put }
  })
  // Where the two hold the same, nothing is wrong.
  const seen = edits.filter(({ from, to, put }) => Buffer.compare(bytes.subarray(from, to), put) !== 0)
  if (seen.length > 0) add('encoder-swaps-fields', 'swapped-fields', edits, seen[0]!.from)
}

/** The field right after this one in the same struct. */
const neighbour = (fields: readonly Site[], { path, end }: Site): Site | undefined =>
  fields.find((other) => other.at === end && other.end > end && parentOf(other.path) === parentOf(path))

const WIDTHS: Readonly<Record<string, number>> = { int8: 1, int16: 2, int32: 4, int64: 8 }

function addWidthFaults({ bytes, sites: { fields }, random, add }: Ground): void {
  const groups = [...byField(fields.filter(({ type }) => WIDTHS[type])).values()]
  const rewrite = (label: string, factor: number): void => {
    const fit = groups.filter(([site]) => [1, 2, 4, 8].includes(WIDTHS[site!.type]! * factor))
    if (fit.length === 0) return
    const edits = random.pick(fit).map(({ at, end }) => {
      const whole = Buffer.alloc(8, bytes[at]! < 0x80 ? 0 : 0xff)
      bytes.copy(whole, 8 - (end - at), at, end)
      return { from: at, to: end, put: whole.subarray(8 - (end - at) * factor) }
    })
    add(label, 'wrong-width', edits)
  }
  rewrite('encoder-widens-integer', 2)
  rewrite('encoder-narrows-integer', 0.5)
}

function addValueFaults({ sites: { fields, lengths }, random, add }: Ground): void {
  const texts = lengths.filter(({ kind, value }) => kind === 'string' && value > 0)
  const put = (at: number, byte: number): Edit => ({ from: at, to: at + 1, put: Buffer.of(byte) })
  if (texts.length > 0) {
    const { at, lengthEnd } = random.pick(texts)
    add('invalid-utf8', 'bad-utf8', [put(lengthEnd, 0xff)], at === lengthEnd ? at : lengthEnd)
  }
  const booleans = fields.filter(({ type }) => type === 'bool')
  if (booleans.length > 0) add('bool-out-of-range', 'bad-boolean', [put(random.pick(booleans).at, 2)])
}

/** What encoders write too much is a small number more often than noise. */
const EXTRA = [0, 1, 3, 1000, -1]

function addEnds({ bytes, model, sites: { buffers }, random, add }: Ground): void {
  const insert = (at: number, put: Uint8Array): Edit => ({ from: at, to: at, put })
  const end = bytes.length
  const last = buffers.at(-1)
  for (const width of [2, 4]) {
    add(`extra-field-${width}`, 'extra-field', [insert(last ? last.at : end, integer(random.pick(EXTRA), width))])
    if (model.flexible)
      add(`trailing-bytes-${width}`, 'trailing-bytes', [insert(end, integer(random.pick(EXTRA), width))])
  }
  if (!model.flexible) add('unexpected-tag-buffer', 'unexpected-tag-buffer', [insert(end, Buffer.of(0))])
}

function addTagFaults({ bytes, sites: { buffers, tags, lengths }, random, add }: Ground): void {
  const root = buffers.at(-1)
  if (!root) return
  const nested = buffers.slice(0, -1)
  add('missing-tag-buffer', 'missing-tag-buffer', [remove(root)])
  if (nested.length > 0) {
    add('missing-tag-buffer-nested', 'missing-tag-buffer', [remove(random.pick(nested))])
    add('encoder-no-nested-tag-buffers', 'missing-tag-buffer', nested.map(remove))
    add('encoder-no-tag-buffers', 'missing-tag-buffer', buffers.map(remove))
  }
  const varints = [...lengths.map(({ at }) => at), ...buffers.map(({ at }) => at)]
  const replace = (at: number, write: (value: number) => Uint8Array): Edit => {
    const [value, to] = varintAt(bytes, at)
    return { from: at, to, put: write(value) }
  }
  const tooLong = Buffer.from('ffffffffff01', 'hex')
  add('varint-too-long', 'varint-too-long', [replace(random.pick(varints), () => tooLong)])
  add('varint-not-minimal', 'varint-not-minimal', [replace(random.pick(varints), (value) => varint(value, 1))])
  if (tags.length === 0) return
  const { at, end, sizeAt, size, type } = random.pick(tags)
  const label = type === 'tag' ? 'tag-size' : 'unknown-tag-size'
  add(`${label}-plus-one`, 'tag-size', [replace(sizeAt, (value) => varint(value + 1))])
  if (size > 0) add(`${label}-minus-one`, 'tag-size', [replace(sizeAt, (value) => varint(value - 1))])
  const buffer = buffers.find((other) => other.at < at && at < other.end)!
  const more = replace(buffer.at, (count) => varint(count + 1))
  add('duplicate-tag', 'duplicate-tag', [more, { from: end, to: end, put: bytes.subarray(at, end) }], end)
}
