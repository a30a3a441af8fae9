/** Fields of equal value whose bytes differ: the same thing said in another encoding. */

import { sameBytes } from '../bytes/match.ts'
import { uvarint } from '../bytes/read.ts'
import { isObject, type JsonValue } from '../codec/json-text.ts'
import { parentOf, withoutIndexes } from '../codec/paths.ts'
import type { Place, Side } from './model.ts'
import type { RuleNode } from './rules.ts'
import { sameJson, type ValueDifference } from './values.ts'

/** What is asked of two frames whose values have been compared. */
export interface EncodingInput {
  readonly a: Side
  readonly b: Side
  readonly root: RuleNode
  readonly values: readonly ValueDifference[]
  /** Elements that are at another index in B. */
  readonly moved: readonly (readonly [a: string, b: string])[]
}

/** At most this many are told of one message. */
const MAX_TOLD = 100

/** Without bytes on either side, none. */
export function encodingDifferences({ a, b, root, values, moved }: EncodingInput): ValueDifference[] {
  if (!a.raw || !b.raw || a.stopped || b.stopped) return []
  if (a.raw.length === b.raw.length && sameBytes(a.raw, 0, b.raw, 0, a.raw.length)) return []
  const found: ValueDifference[] = []
  const theirs = new Map(b.leaves().map((leaf) => [keyOf(leaf), leaf]))
  const told = values.flatMap(({ pathA, pathB }) => [pathA, pathB]).filter((path) => path !== null)
  const isTold = (path: string): boolean => told.some((each) => path.startsWith(each) || each.startsWith(`${path}.`))
  const places = new Map(moved)
  const say = (pathA: string | null, pathB: string | null, value: JsonValue | undefined, message: string): void => {
    if (found.length >= MAX_TOLD) return
    found.push({ what: 'encoding', pathA, pathB, a: value, b: value, message })
  }
  for (const leaf of a.leaves()) {
    const [path, at, length, type] = leaf
    const own = translated(path, places)
    const other = theirs.get(own + keyOf(leaf).slice(path.length))
    theirs.delete(own + keyOf(leaf).slice(path.length))
    if (path === 'size' || isTold(path)) continue
    if (!other) {
      if (type !== 'tag' && isKnownTag(valueAtPath(a.json, path), path, own, a, b))
        say(path, null, undefined, 'A writes a tagged field that holds its default, B leaves it out')
      continue
    }
    if (length === other[2] && sameBytes(a.raw, at, b.raw, other[1], length)) continue
    const value = valueAtPath(a.json, path)
    const isSecret = overlaps(a, at, length) || overlaps(b, other[1], other[2])
    if (isSecret && !ruleAt(root, path)) found.push(secretDifference(path, own))
    else if (value !== undefined && !isSecret && sameValue(value, valueAtPath(b.json, own), whole(root, leaf)))
      say(path, own, plainValue(value), 'the same value in other bytes')
    else if (/_tags\[\d+\]$/.test(path) && tagAt(a, leaf) !== tagAt(b, other))
      say(path, own, undefined, 'the same tags in another order')
  }
  for (const [path] of theirs.values()) {
    if (!isTold(path) && isKnownTag(valueAtPath(b.json, path), path, path, b, a))
      say(null, path, undefined, 'B writes a tagged field that holds its default, A leaves it out')
  }
  return found
}

const secretDifference = (pathA: string, pathB: string): ValueDifference => ({
  what: 'value',
  pathA,
  pathB,
  a: '(masked)',
  b: '(masked)',
  message: 'differs; it is secret',
})

/** A length and the field that it stands in front of have one path. */
const keyOf = ([path, , , type]: Place): string => (type === 'length' ? `${path}#length` : path)

/** The path as B has it: by the nearest element around it that is at another index there. */
function translated(path: string, moved: ReadonlyMap<string, string>): string {
  for (let at = path; at !== '' && moved.size > 0; at = parentOf(at)) {
    const other = moved.get(at)
    if (other !== undefined) return other + path.slice(at.length)
  }
  return path
}

const overlaps = ({ secrets }: Side, at: number, length: number): boolean =>
  secrets.some(([from, end]) => from < at + length && at < end)

/** Whether a leaf's bytes are all of its value: of an array they are its count alone, if its elements have leaves. */
const whole = (root: RuleNode, [path, , , type]: Place): boolean =>
  (type !== 'array' && type !== 'struct') || ruleAt(root, path)

function sameValue(a: JsonValue, b: JsonValue | undefined, deep: boolean): boolean {
  if (deep) return sameJson(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length
  if (isObject(a) && isObject(b)) return true
  return sameJson(a, b)
}

const plainValue = (value: JsonValue): JsonValue | undefined =>
  typeof value === 'object' && value !== null ? undefined : value

const tagAt = (side: Side, [, at, length]: Place): number => uvarint(side.raw!, at, at + length)

/** A field that has a path of its own in the bytes, and no value in the JSON of either: a tagged one at its default. */
function isKnownTag(value: JsonValue | undefined, path: string, other: string, own: Side, their: Side): boolean {
  if (value !== undefined || /_tags(?:\[\d+\])?$/.test(path)) return false
  const parent = path.replace(/(?:^|\.)[^.]*$/, '')
  const [ours, theirs] = [valueAtPath(own.json, parent), valueAtPath(their.json, other.replace(/(?:^|\.)[^.]*$/, ''))]
  return isObject(ours) && isObject(theirs) && !isInRecords(path)
}

/** Parts of records that have no value of their own: lengths, deltas. */
const isInRecords = (path: string): boolean => /\[batch \d+\]/.test(path)

function ruleAt(root: RuleNode, path: string): boolean {
  let node = root
  for (const name of withoutIndexes(path).split('.')) node = node.child(name)
  return node.rule !== null && node.rule.how !== 'exact'
}

/** The value at a path of a `{header, body}`; undefined where there is none. */
export function valueAtPath(json: JsonValue, path: string): JsonValue | undefined {
  if (!isObject(json)) return undefined
  const steps = path.match(/[^.[\]]+/g) ?? []
  let value: JsonValue | undefined = path === 'header' || path.startsWith('header.') ? json : json.body
  for (const step of steps) {
    if (Array.isArray(value)) value = value[Number(step.replace('batch ', ''))]
    else if (isObject(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}

/** Bytes behind the last field that was read, where nobody knows what they are: null where they are the same. */
export function unreadDifference(a: Side, b: Side): ValueDifference | null {
  if (!a.raw || !b.raw) return null
  const [x, y] = [readTo(a), readTo(b)]
  const length = a.raw.length - x
  if (length === b.raw.length - y && sameBytes(a.raw, x, b.raw, y, length)) return null
  const message = `bytes that no field explains differ: ${Math.max(0, length)} in A, ${b.raw.length - y} in B`
  return { what: 'value', pathA: '_unread', pathB: '_unread', a: undefined, b: undefined, message }
}

/** The offset behind the last field. */
function readTo(side: Side): number {
  let end = 0
  for (const [, at, length, type] of side.leaves()) if (type !== 'unread') end = Math.max(end, at + length)
  return end
}
