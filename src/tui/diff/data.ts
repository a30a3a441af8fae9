/** What the screen of `diff` looks at: pairs of exchanges, and the fields of the one that is chosen. */
import type { Item, MessageKind, Side } from '../../diff/model.ts'
import { type FieldPair, fieldPairs } from '../../diff/rows.ts'
import type { Rules } from '../../diff/rules.ts'

/** A difference's place in one frame. */
export interface Spot {
  readonly path: string
  /** From the frame's first byte; null where it has no bytes. */
  readonly offset: number | null
  readonly length: number
}

export interface Told {
  readonly kind: MessageKind | null
  /** `value`, `error code`, ...: `What` of `src/diff/model.ts`. */
  readonly what: string
  /** In words, with both values. */
  readonly text: string
  readonly a: Spot | null
  readonly b: Spot | null
}

/** A pair of exchanges, or one that the other session lacks; without either, what differs in the sessions as a whole. */
export interface Pair {
  readonly a: Item | null
  readonly b: Item | null
  readonly differences: readonly Told[]
  /** Differences that are not in the list. */
  readonly more: number
}

/** The chosen pair's frames of one kind. */
export interface Frames {
  readonly a: Side | null
  readonly b: Side | null
  readonly rows: readonly FieldPair[]
  /** Rows that a difference tells of. */
  readonly told: ReadonlySet<number>
  /** The row of each of the pair's differences; -1 for what is not of this kind of frame. */
  readonly rowOf: readonly number[]
}

/** Frames are read when somebody looks at them; those looked at last are kept. */
export class DiffData {
  readonly pairs: readonly Pair[]
  readonly differing: readonly Pair[]
  private readonly rules: Rules
  private last: { readonly pair: Pair; readonly kind: MessageKind; readonly frames: Frames } | null = null

  constructor(pairs: readonly Pair[], rules: Rules) {
    this.pairs = pairs
    this.differing = pairs.filter(({ differences }) => differences.length > 0)
    this.rules = rules
  }

  frames(pair: Pair, kind: MessageKind): Frames {
    if (this.last?.pair === pair && this.last.kind === kind) return this.last.frames
    const frames = this.read(pair, kind)
    this.last = { pair, kind, frames }
    return frames
  }

  private read({ a, b, differences }: Pair, kind: MessageKind): Frames {
    const [x, y] = [a?.side(kind) ?? null, b?.side(kind) ?? null]
    const item = a ?? b
    const rows = item ? fieldPairs(x, y, this.rules.root(item.api, kind, item.mechanism)) : []
    const rowOf = differences.map((told) => (told.kind === kind ? rowOfTold(rows, told) : -1))
    const told = new Set<number>()
    for (const at of rowOf) {
      if (at < 0) continue
      told.add(at)
      // What only one side has is told of with all that is in it.
      const { depth } = rows[at]!
      for (let inner = at + 1; inner < rows.length && rows[inner]!.depth > depth; inner++)
        if (rows[inner]!.a === null || rows[inner]!.b === null) told.add(inner)
    }
    return { a: x, b: y, rows, told, rowOf }
  }
}

/** The row of a difference: by its path, else the innermost one at its bytes, else the last before them. */
function rowOfTold(rows: readonly FieldPair[], { a, b }: Told): number {
  const named = rows.findIndex(
    (row) => (a && a.path !== '' && row.a?.path === a.path) || (b && b.path !== '' && row.b?.path === b.path),
  )
  if (named >= 0) return named
  let found = -1
  rows.forEach((row, i) => {
    const starts = (spot: Spot | null, offset: number | null | undefined): boolean =>
      spot?.offset != null && offset != null && offset <= spot.offset
    if (starts(a, row.a?.offset) || starts(b, row.b?.offset)) found = i
  })
  return found
}
