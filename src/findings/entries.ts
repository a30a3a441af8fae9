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

const joined = (prefixes: readonly string[], names: readonly string[]): string[] =>
  prefixes.flatMap((prefix) => names.map((name) => (prefix === '' ? name : `${prefix} ${name}`)))

function namesOf(frame: DecodedFrame, line: number, fields: string): string[] {
  const names: string[] = []
  for (const alternative of fields.split('|')) {
    const parts = alternative.split('+').map((field) => {
      const at = child(frame.table, line, field)
      return at < 0 ? null : textAt(frame, at)
    })
    if (parts.every((part) => part !== null && part !== ZERO_UUID)) names.push(parts.join(' '))
  }
  return names
}
