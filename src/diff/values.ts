/** Two values of one kind of message, field by field: what differs, and what of it was bound to. */
import { isObject, type JsonObject, type JsonValue, printJson } from '../codec/json-text.ts'
import { fieldPath } from '../codec/paths.ts'
import { elementPairs, segmentOf } from './elements.ts'
import type { What } from './model.ts'
import type { Contradiction, Renames } from './renames.ts'
import type { RuleNode } from './rules.ts'
import { isContainer } from './signature.ts'
import type { Rule } from './volatile.ts'

/** A difference in values. A path is null, and the value undefined, where a side lacks the field. */
export interface ValueDifference {
  readonly what: What
  readonly pathA: string | null
  readonly pathB: string | null
  readonly a: JsonValue | undefined
  readonly b: JsonValue | undefined
  readonly message: string
}

/** What comparisons of one run share. */
export interface Memory {
  readonly renames: Renames
  /** Counts of differences that were bound to be, by the name of their rule. */
  readonly bound: Map<string, number>
  /** Something real has differed: offsets may from here on. */
  differed: boolean
}

export interface ValueOptions {
  /** The pair of connections. */
  readonly scope: string
  /** Both read to their ends: names in them may be learned. */
  readonly learn: boolean
  /** What a side lacks is no difference: it was not reached, or another version does not have it. */
  readonly lenientA: boolean
  readonly lenientB: boolean
  /** An ApiVersions answer: its ranges are told whole. */
  readonly ranges: boolean
}

/** Differences of one message that are told; more are counted. */
export const MAX_DIFFERENCES = 500

/** 2000 and 2100, in ms. */
const [FIRST_TIME, LAST_TIME] = [946_684_800_000, 4_102_444_800_000]
const HOUR = 3_600_000

/** Names that go together, in a text for people. */
const IN_TEXT = { name: 'names in texts' }

export class ValueComparison {
  readonly differences: ValueDifference[] = []
  dropped = 0
  /** Elements that are at another index in B: the path in A and in B. */
  readonly moved: (readonly [a: string, b: string])[] = []
  private readonly memory: Memory
  private readonly options: ValueOptions

  constructor(memory: Memory, options: ValueOptions) {
    this.memory = memory
    this.options = options
  }

  compare(a: JsonValue, b: JsonValue, node: RuleNode, pathA: string, pathB: string): void {
    if (node.rule?.how === 'any') {
      if (!sameJson(a, b)) this.bind(node.rule)
    } else if (Array.isArray(a) && Array.isArray(b)) this.arrays(a, b, node, pathA, pathB)
    else if (isObject(a) && isObject(b)) this.objects(a, b, node, pathA, pathB)
    else if (isContainer(a) || isContainer(b)) this.tell('value', pathA, pathB, a, b)
    else this.scalars(a, b, node.rule, pathA, pathB)
  }

  /** A message's `{header, body}`: the body's fields have paths of their own. */
  message(a: JsonObject, b: JsonObject, root: RuleNode): void {
    if (isObject(a.header) && isObject(b.header))
      this.objects(a.header, b.header, root.child('header'), 'header', 'header')
    const [bodyA, bodyB] = [a.body ?? null, b.body ?? null]
    if (bodyA === null || bodyB === null) {
      if ((bodyA === null) !== (bodyB === null) && !this.options.lenientA && !this.options.lenientB)
        this.tell('presence', '', '', bodyA ?? undefined, bodyB ?? undefined)
    } else this.compare(bodyA, bodyB, root, '', '')
  }

  private objects(a: JsonObject, b: JsonObject, node: RuleNode, pathA: string, pathB: string): void {
    for (const key of Object.keys(a)) {
      const child = node.child(key)
      const [x, y] = [a[key]!, b[key]]
      const own = fieldPath(pathA, key)
      if (y === undefined) this.lone(x, undefined, child, own, pathB)
      else this.compare(x, y, child, own, fieldPath(pathB, key))
    }
    for (const key of Object.keys(b)) {
      if (a[key] === undefined) this.lone(undefined, b[key]!, node.child(key), pathA, fieldPath(pathB, key))
    }
  }

  /** Only one side has it. */
  private lone(a: JsonValue | undefined, b: JsonValue | undefined, node: RuleNode, pathA: string, pathB: string): void {
    if (a === undefined ? this.options.lenientA : this.options.lenientB) return
    if (node.rule?.how === 'any') this.bind(node.rule)
    else this.tell('presence', a === undefined ? null : pathA, b === undefined ? null : pathB, a, b)
  }

  private arrays(a: JsonValue[], b: JsonValue[], node: RuleNode, pathA: string, pathB: string): void {
    const cut = a.length !== b.length && (this.options.lenientA || this.options.lenientB)
    for (const pair of elementPairs(a, b, node, cut)) {
      const { i, j } = pair
      const ownA = i === null ? pathA : pathA + segmentOf(a[i]!, i)
      const ownB = j === null ? pathB : pathB + segmentOf(b[j]!, j)
      if (i === null || j === null) {
        if (this.options.ranges && isRange(a[i ?? -1] ?? b[j ?? -1]))
          this.tell('version range', i === null ? null : ownA, j === null ? null : ownB, a[i ?? -1], b[j ?? -1])
        else this.lone(i === null ? undefined : a[i], j === null ? undefined : b[j], node, ownA, ownB)
        continue
      }
      if (i !== j) this.moved.push([ownA, ownB])
      if (pair.moved) {
        if (node.unordered) this.bind(node.unordered)
        else this.tell('order', ownA, ownB, a[i], b[j])
      }
      if (this.options.ranges && isRange(a[i]) && isRange(b[j])) {
        if (!sameJson(a[i]!, b[j]!)) this.tell('version range', ownA, ownB, a[i], b[j])
      } else this.compare(a[i]!, b[j]!, node, ownA, ownB)
    }
  }

  private scalars(a: JsonValue, b: JsonValue, rule: Rule | null, pathA: string, pathB: string): void {
    if (rule?.how === 'renamed') {
      const { scope, learn } = this.options
      const against = this.memory.renames.check(rule, scope, a, b, learn)
      if (against) this.tell('renaming', pathA, pathB, a, b, contradiction(rule, a, b, against))
      else if (a !== b) this.bind(rule)
      return
    }
    if (a === b) return
    if (rule && this.mayDiffer(a, b, rule)) this.bind(rule)
    else if (typeof a === 'string' && typeof b === 'string' && this.memory.renames.sameText(a, b)) this.bind(IN_TEXT)
    else this.tell(/errorCode$/i.test(pathA) ? 'error code' : 'value', pathA, pathB, a, b)
  }

  private mayDiffer(a: JsonValue, b: JsonValue, { how }: Rule): boolean {
    const [x, y] = [Number(a), Number(b)]
    if (a === null || b === null || !Number.isFinite(x) || !Number.isFinite(y)) return how === 'any'
    const within = (low: number, high: number): boolean => x >= low && x <= high && y >= low && y <= high
    switch (how) {
      case 'any':
        return true
      case 'time':
        return within(FIRST_TIME, LAST_TIME)
      case 'duration':
        return within(0, HOUR)
      case 'positive':
        return within(1, Number.POSITIVE_INFINITY)
      case 'natural':
        return within(0, Number.POSITIVE_INFINITY)
      case 'offset':
        return this.memory.differed && within(0, Number.POSITIVE_INFINITY)
      default:
        return false
    }
  }

  private bind({ name }: Pick<Rule, 'name'>): void {
    this.memory.bound.set(name, (this.memory.bound.get(name) ?? 0) + 1)
  }

  private tell(
    what: What,
    pathA: string | null,
    pathB: string | null,
    a: JsonValue | undefined,
    b: JsonValue | undefined,
    message = sentence(what, a, b),
  ): void {
    if (this.differences.length >= MAX_DIFFERENCES) this.dropped++
    else this.differences.push({ what, pathA, pathB, a, b, message })
  }
}

function sentence(what: What, a: JsonValue | undefined, b: JsonValue | undefined): string {
  if (what === 'order') return 'stands at another place in B'
  if (a === undefined) return 'only in B'
  if (b === undefined) return 'only in A'
  return 'differs'
}

function contradiction({ name }: Rule, a: JsonValue, b: JsonValue, { aWas, bWas }: Contradiction): string {
  if (aWas === undefined && bWas === undefined) return `the ${name} is there in one of them only`
  const was = aWas !== undefined && aWas !== b ? `${printJson(a)} of A was ${printJson(aWas)} in B before` : null
  const of = bWas !== undefined && bWas !== a ? `${printJson(b)} of B was ${printJson(bWas)} in A before` : null
  return `the ${name} is not used as before: ${[was, of].filter((part) => part !== null).join(', ')}`
}

const isRange = (value: JsonValue | undefined): boolean =>
  isObject(value) && value.apiKey !== undefined && value.minVersion !== undefined

/** Whether two values are the same all through. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}
