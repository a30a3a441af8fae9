/** Entries of a message by what names them: topics with their partitions, groups, configuration resources. */
import { ZERO_UUID } from '../bytes/hex.ts'
import { allZero, sameBytes } from '../bytes/match.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import { contents } from '../codec/value.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import { child, elements, int32s, intOf, isNull, textAt, top } from './lines.ts'

/**
 * An array, and the fields that name an element of it, the first that is there counts (`name|topicId`); fields joined
 * by `+` name it together. Without fields the element is its own name: a string or a number.
 */
export type Level = readonly [array: string, fields?: string | undefined]

export interface Entry {
  /** `orders`, `orders 3`; more than one where an element has a name and an id. */
  readonly names: readonly string[]
  readonly line: number
}

/** At most so many entries of a message are looked at. */
const MAX_ENTRIES = 50_000

export class Entries {
  readonly entries: Entry[] = []
  /** Names in front of what an error stands for as a whole. */
  readonly failed: string[] = []
  /** A null array, which asks for everything there is. */
  all = false
  private readonly frame: DecodedFrame
  private readonly levels: readonly Level[]

  constructor(frame: DecodedFrame, levels: readonly Level[]) {
    this.frame = frame
    this.levels = levels
    this.visit(top(frame, levels[0]![0]), 0, [''])
  }

  private visit(array: number, depth: number, prefixes: readonly string[]): void {
    const { frame } = this
    const { table } = frame
    if (isNull(frame, array)) {
      this.all = true
      return
    }
    const fields = this.levels[depth]![1]
    if (nodeOf(table.node(array)).kind === NodeKind.fixedArray) {
      for (const { value } of int32s(frame, array)) this.add(prefixes, [String(value)], array)
      return
    }
    for (const line of elements(table, array)) {
      const names = fields === undefined ? [textAt(frame, line) ?? ''] : namesOf(frame, line, fields)
      const next = this.levels[depth + 1]
      if (next === undefined) this.add(prefixes, names, line)
      else {
        const own = joined(prefixes, names)
        if (intOf(frame, line, 'errorCode', 0) !== 0) this.failed.push(...own)
        this.visit(child(table, line, next[0]), depth + 1, own)
      }
    }
  }

  private add(prefixes: readonly string[], names: readonly string[], line: number): void {
    if (this.entries.length < MAX_ENTRIES) this.entries.push({ names: joined(prefixes, names), line })
  }
}

/**
 * Whether two frames certainly name the same entries in the same order, told by their bytes: no text is made, and where
 * this says no (as for a null array) `Entries` have to be compared.
 */
export function sameEntries(
  a: DecodedFrame,
  levelsA: readonly Level[],
  b: DecodedFrame,
  levelsB: readonly Level[],
): boolean {
  const [one, other] = [levelsA[0]![0], levelsB[0]![0]]
  return levelsA.length === levelsB.length && sameFrom(a, levelsA, top(a, one), b, levelsB, top(b, other), 0)
}

function sameFrom(
  a: DecodedFrame,
  levelsA: readonly Level[],
  arrayA: number,
  b: DecodedFrame,
  levelsB: readonly Level[],
  arrayB: number,
  depth: number,
): boolean {
  if (arrayA < 0 || arrayB < 0 || isNull(a, arrayA) || isNull(b, arrayB)) return false
  if (isFixed(a, arrayA) || isFixed(b, arrayB)) return false
  const [one, other] = [levelsA[depth]![1], levelsB[depth]![1]]
  const [nextA, nextB] = [levelsA[depth + 1]?.[0], levelsB[depth + 1]?.[0]]
  const [endA, endB] = [a.table.next(arrayA), b.table.next(arrayB)]
  let lineB = arrayB + 1
  for (let lineA = arrayA + 1; lineA < endA; lineA = a.table.next(lineA), lineB = b.table.next(lineB)) {
    if (lineB >= endB || !sameName(a, nameLine(a, lineA, one), b, nameLine(b, lineB, other))) return false
    if (nextA === undefined || nextB === undefined) continue
    const [innerA, innerB] = [child(a.table, lineA, nextA), child(b.table, lineB, nextB)]
    if (!sameFrom(a, levelsA, innerA, b, levelsB, innerB, depth + 1)) return false
  }
  return lineB === endB
}

const isFixed = ({ table }: DecodedFrame, array: number): boolean =>
  nodeOf(table.node(array)).kind === NodeKind.fixedArray

/** The line of the first field that names an element; -1 where it takes more than one, or there is none. */
function nameLine(frame: DecodedFrame, line: number, fields: string | undefined): number {
  if (frame.table.length(line) < 0) return -1
  if (fields === undefined) return line
  for (const parts of alternativesOf(fields)) {
    if (parts.length > 1) return -1
    const at = child(frame.table, line, parts[0]!)
    if (at >= 0 && isName(frame, at)) return at
  }
  return -1
}

/** As in `namesOf`: null and the uuid of zeros name nothing. */
function isName({ bytes, table }: DecodedFrame, line: number): boolean {
  const { kind } = nodeOf(table.node(line))
  if (kind === NodeKind.string) return contents(bytes, table, line) !== null
  return kind !== NodeKind.uuid || !allZero(bytes, table.offset(line), table.length(line))
}

/** Strings that are no null, or numbers and uuids of one width, of the same bytes. */
function sameName(a: DecodedFrame, lineA: number, b: DecodedFrame, lineB: number): boolean {
  if (lineA < 0 || lineB < 0) return false
  const [kindA, kindB] = [nodeOf(a.table.node(lineA)).kind, nodeOf(b.table.node(lineB)).kind]
  if (kindA !== kindB || kindA === NodeKind.unread) return false
  if (kindA !== NodeKind.string) {
    const length = a.table.length(lineA)
    const [at, other] = [a.table.offset(lineA), b.table.offset(lineB)]
    return length === b.table.length(lineB) && sameBytes(a.bytes, at, b.bytes, other, length)
  }
  const one = contents(a.bytes, a.table, lineA)
  const other = contents(b.bytes, b.table, lineB)
  const length = one ? one[1] - one[0] : -1
  return (
    one !== null &&
    other !== null &&
    other[1] - other[0] === length &&
    sameBytes(a.bytes, one[0], b.bytes, other[0], length)
  )
}

function joined(prefixes: readonly string[], names: readonly string[]): readonly string[] {
  if (prefixes.length === 1) {
    const prefix = prefixes[0]!
    if (prefix === '') return names
    if (names.length === 1) return [`${prefix} ${names[0]}`]
  }
  return prefixes.flatMap((prefix) => names.map((name) => `${prefix} ${name}`))
}

/** Fields by the text of a level, taken apart once. */
const alternatives = new Map<string, readonly (readonly string[])[]>()

function alternativesOf(fields: string): readonly (readonly string[])[] {
  const known = alternatives.get(fields)
  if (known) return known
  const made = fields.split('|').map((alternative) => alternative.split('+'))
  alternatives.set(fields, made)
  return made
}

function namesOf(frame: DecodedFrame, line: number, fields: string): string[] {
  const names: string[] = []
  for (const parts of alternativesOf(fields)) {
    let name = ''
    for (const [i, field] of parts.entries()) {
      const at = child(frame.table, line, field)
      const part = at < 0 ? null : textAt(frame, at)
      if (part === null || part === ZERO_UUID) break
      name = i === 0 ? part : `${name} ${part}`
      if (i === parts.length - 1) names.push(name)
    }
  }
  return names
}
