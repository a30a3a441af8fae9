/** Which element of an array is which of another: by what names it, else by what it holds, else by its place. */
import { isObject, type JsonValue } from '../codec/json-text.ts'
import { align } from './align.ts'
import type { RuleNode } from './rules.ts'
import { signature } from './signature.ts'

export interface ElementPair {
  readonly i: number | null
  readonly j: number | null
  /** The same element at another place among the others. */
  readonly moved: boolean
}

/** Fields that name an element among its neighbours, where there are such. Ids that are made anew are no names. */
const NAMING = ['apiKey', 'name', 'topic', 'topicName', 'resourceType', 'resourceName', 'groupId', 'transactionalId']
const NUMBERING = ['partitionIndex', 'partition', 'partitionId', 'index', 'key', 'keyType']

/** `[3]`; a record batch counts as one: `[batch 3]`. */
export const segmentOf = (element: JsonValue, index: number): string =>
  isObject(element) && element.magic !== undefined && element.compression !== undefined
    ? `[batch ${index}]`
    : `[${index}]`

/**
 * Pairs, and elements of one side alone, in the order of A with B's own in between. `byIndex`: pairs go by place, and
 * what one side has more of is left out (a side that was cut short).
 */
export function elementPairs(a: JsonValue[], b: JsonValue[], node: RuleNode, byIndex: boolean): ElementPair[] {
  const shorter = Math.min(a.length, b.length)
  const renamed = node.rule !== null && node.rule.how !== 'exact'
  const nameOf = (element: JsonValue): string | null => elementName(element, renamed)
  const namesA = a.map(nameOf)
  const namesB = b.map(nameOf)
  const inPlace = a.length === b.length && namesA.every((name, i) => name === namesB[i])
  if (byIndex || inPlace) {
    return Array.from({ length: shorter }, (_, i) => ({ i, j: i, moved: false }))
  }
  const keysA = keysOf(a, namesA, node)
  const keysB = keysOf(b, namesB, node)
  const partner = new Map(align(keysA, keysB))
  const moved = movedPairs(keysA, keysB, partner)
  const pairs: ElementPair[] = []
  let j = 0
  const taken = new Set(moved.values())
  const loneB = (end: number): void => {
    for (; j < end; j++) if (!taken.has(j)) pairs.push({ i: null, j, moved: false })
  }
  for (let i = 0; i < a.length; ) {
    const fixed = partner.get(i)
    if (fixed !== undefined) {
      loneB(fixed)
      pairs.push({ i: i++, j: fixed, moved: false })
      j = fixed + 1
      continue
    }
    const other = moved.get(i)
    if (other !== undefined) {
      pairs.push({ i: i++, j: other, moved: true })
      continue
    }
    // Unnamed ones in the same gap go together as they come: something in them differs.
    while (j < b.length && taken.has(j)) j++
    const free = j < b.length && !isPartner(partner, j) && (namesA[i] === null || isScalar(a[i]!))
    if (free && (namesB[j] === null || isScalar(b[j]!))) pairs.push({ i: i++, j: j++, moved: false })
    else pairs.push({ i: i++, j: null, moved: false })
  }
  loneB(b.length)
  return pairs
}

const isScalar = (value: JsonValue): boolean => typeof value !== 'object' || value === null

const partners = new WeakMap<Map<number, number>, Set<number>>()

function isPartner(partner: Map<number, number>, j: number): boolean {
  const known = partners.get(partner) ?? new Set(partner.values())
  partners.set(partner, known)
  return known.has(j)
}

const keysOf = (elements: JsonValue[], names: readonly (string | null)[], node: RuleNode): (string | number)[] =>
  elements.map((element, i) => names[i] ?? signature(element, node, false))

function elementName(element: JsonValue, renamed: boolean): string | null {
  if (!isObject(element)) return renamed || Array.isArray(element) ? null : `${typeof element} ${String(element)}`
  let name = ''
  for (const key of [...NAMING, ...NUMBERING]) {
    const value = element[key]
    // The key of a record or a header is what it holds, not its name.
    if (key === 'key' && element.value !== undefined) continue
    if (typeof value === 'string' || typeof value === 'number') name += ` ${key} ${value}`
  }
  return name === '' ? null : name
}

/** What has no partner in order, but one of the same key elsewhere. */
function movedPairs(
  keysA: readonly (string | number)[],
  keysB: readonly (string | number)[],
  partner: Map<number, number>,
): Map<number, number> {
  const left = new Map<string | number, number[]>()
  const used = new Set(partner.values())
  keysB.forEach((key, j) => {
    if (used.has(j)) return
    const known = left.get(key)
    if (known) known.push(j)
    else left.set(key, [j])
  })
  for (const places of left.values()) places.reverse()
  const moved = new Map<number, number>()
  keysA.forEach((key, i) => {
    const j = partner.has(i) ? undefined : left.get(key)?.pop()
    if (j !== undefined) moved.set(i, j)
  })
  return moved
}
