/** Names that must be used alike: X of A is Y of B everywhere, and Y is no other's. */
import { ZERO_UUID } from '../bytes/hex.ts'
import type { JsonValue } from '../codec/json-text.ts'
import type { Rule } from './volatile.ts'

/** Pairs of one kind that are remembered; of later ones nothing is asked. */
const MAX_PAIRS = 200_000

/** Characters of a text in which names are looked for. */
const MAX_TEXT = 1000

interface Pairs {
  readonly toB: Map<JsonValue, JsonValue>
  readonly toA: Map<JsonValue, JsonValue>
}

/** Kinds where 0 stands for none: everywhere else it may be an id. */
const ZERO_IS_NONE: ReadonlySet<string> = new Set(['fetch session id'])

/** Whether a value names nothing. */
export function isNothing(value: JsonValue, rule: Rule): boolean {
  if (value === null || value === '' || value === ZERO_UUID) return true
  return typeof value === 'number' && (value < 0 || (value === 0 && ZERO_IS_NONE.has(rule.name)))
}

export class Renames {
  private readonly kinds = new Map<string, Pairs>()

  /**
   * Null where the two go together; else what each was before. `scope`: the pair of connections. `learn` false: only
   * what is known is held against them.
   */
  check(rule: Rule, scope: string, a: JsonValue, b: JsonValue, learn: boolean): Contradiction | null {
    if (isNothing(a, rule) || isNothing(b, rule)) return a === b ? null : { aWas: undefined, bWas: undefined }
    const key = rule.perConnection ? `${rule.name} ${scope}` : rule.name
    const pairs = this.kinds.get(key) ?? { toB: new Map(), toA: new Map() }
    const aWas = pairs.toB.get(a)
    const bWas = pairs.toA.get(b)
    if (aWas === undefined && bWas === undefined) {
      if (learn && pairs.toB.size < MAX_PAIRS) {
        this.kinds.set(key, pairs)
        pairs.toB.set(a, b)
        pairs.toA.set(b, a)
      }
      return null
    }
    return aWas === b && bWas === a ? null : { aWas, bWas }
  }

  /** Whether two texts are the same but for names in them that go together ("re-join with member id X"). */
  sameText(a: string, b: string): boolean {
    if (a.length > MAX_TEXT || b.length > MAX_TEXT) return false
    const [x, y] = [a.split(BETWEEN), b.split(BETWEEN)]
    return x.length === y.length && x.every((word, i) => word === y[i] || this.together(word, y[i]!))
  }

  private together(a: string, b: string): boolean {
    for (const { toB } of this.kinds.values()) if (toB.get(a) === b) return true
    return false
  }
}

/** What stands between words that may be names. */
const BETWEEN = /([^\w.-]+|\.(?!\w))/

export interface Contradiction {
  /** What A's name was called in B before, and B's in A; undefined where it was not met. */
  readonly aWas: JsonValue | undefined
  readonly bWas: JsonValue | undefined
}
