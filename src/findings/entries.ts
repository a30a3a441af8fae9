/** Entries of a message by what names them: topics with their partitions, groups, configuration resources. */
import { ZERO_UUID } from '../bytes/hex.ts'
import type { DecodedFrame } from '../codec/frame.ts'
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
