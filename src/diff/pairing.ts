/** Which exchange of A is which of B: connections first, then the exchanges of a pair of connections, in order. */
import { isObject, type JsonObject } from '../codec/json-text.ts'
import { align } from './align.ts'
import type { Item } from './model.ts'
import type { Rules } from './rules.ts'
import { signature } from './signature.ts'

export interface Talk {
  readonly connection: number
  readonly clientId: string | null
  readonly items: readonly Item[]
}

/** The exchanges of each connection, in their order. */
export function talksOf(items: readonly Item[]): Talk[] {
  const talks = new Map<number, { connection: number; clientId: string | null; items: Item[] }>()
  for (const item of items) {
    const known = talks.get(item.connection)
    if (!known) talks.set(item.connection, { connection: item.connection, clientId: item.clientId, items: [item] })
    else {
      known.clientId ??= item.clientId
      known.items.push(item)
    }
  }
  return [...talks.values()]
}

/** Pairs of connections whose likeness is weighed; of more clients' connections the order decides. */
const MAX_WEIGHED = 250_000

/** Connections that go together: of one client, asking alike; else in the order in which they first ask. */
export function pairTalks(a: readonly Talk[], b: readonly Talk[]): [Talk, Talk][] {
  const pairs: [Talk, Talk][] = []
  const left = { a: new Set(a), b: new Set(b) }
  const take = (x: Talk, y: Talk): void => {
    left.a.delete(x)
    left.b.delete(y)
    pairs.push([x, y])
  }
  const clients = byClient(b)
  for (const [client, ofA] of byClient(a)) {
    for (const [x, y] of pairAlike(ofA, clients.get(client) ?? [])) take(x, y)
  }
  // Another client, or the same one under another name.
  for (const [x, y] of pairAlike([...left.a], [...left.b])) take(x, y)
  return pairs
}

function byClient(talks: readonly Talk[]): Map<string | null, Talk[]> {
  const clients = new Map<string | null, Talk[]>()
  for (const talk of talks) clients.set(talk.clientId, [...(clients.get(talk.clientId) ?? []), talk])
  return clients
}

/** The most alike first; of those equally alike the ones at the same place. What has nothing in common is left. */
function pairAlike(a: readonly Talk[], b: readonly Talk[]): [Talk, Talk][] {
  if (a.length * b.length > MAX_WEIGHED) return a.slice(0, b.length).map((talk, i) => [talk, b[i]!])
  const [profilesA, profilesB] = [a.map(profileOf), b.map(profileOf)]
  const weighed: { i: number; j: number; weight: number }[] = []
  profilesA.forEach((x, i) => {
    profilesB.forEach((y, j) => {
      const weight = likeness(x, y)
      if (weight > 0) weighed.push({ i, j, weight })
    })
  })
  weighed.sort((x, y) => y.weight - x.weight || Math.abs(x.i - x.j) - Math.abs(y.i - y.j) || x.i - y.i)
  const pairs: [number, number][] = []
  const taken = { a: new Set<number>(), b: new Set<number>() }
  for (const { i, j } of weighed) {
    if (taken.a.has(i) || taken.b.has(j)) continue
    taken.a.add(i)
    taken.b.add(j)
    pairs.push([i, j])
  }
  return pairs.sort((x, y) => x[0] - y[0]).map(([i, j]) => [a[i]!, b[j]!])
}

/** How often each API is asked: the first thousand requests tell. */
function profileOf({ items }: Talk): Map<string, number> {
  const profile = new Map<string, number>()
  for (const { api } of items.slice(0, 1000)) profile.set(api, (profile.get(api) ?? 0) + 1)
  return profile
}

/** 0: nothing in common; 1: the same APIs as often. How often counts little: polls are a matter of time. */
function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0
  let all = 0
  for (const api of new Set([...a.keys(), ...b.keys()])) {
    const [x, y] = [Math.log2(1 + (a.get(api) ?? 0)), Math.log2(1 + (b.get(api) ?? 0))]
    common += Math.min(x, y)
    all += Math.max(x, y)
  }
  return all === 0 ? 0 : common / all
}

/** What an exchange is recognised by; numbers are of what is the same in every run. */
interface Marks {
  readonly api: string
  readonly version: string
  /** Request and answer with offsets, without, the request alone. */
  readonly keys: readonly [string, string, string]
  /** Of a poll: whether it brought something; null where that does not matter or can't be told. */
  readonly idle: boolean | null
}

export interface ItemPairs {
  readonly pairs: readonly (readonly [a: number, b: number])[]
  /** Exchanges that are in both, at different places. */
  readonly moved: readonly (readonly [a: number, b: number])[]
}

/** Exchanges of two connections. One lost or added does not shift the rest. */
export function pairItems(a: readonly Item[], b: readonly Item[], rules: Rules): ItemPairs {
  const [marksA, marksB] = [a.map((item) => marksOf(item, rules)), b.map((item) => marksOf(item, rules))]
  let pairs: (readonly [number, number])[] = []
  for (const key of [0, 1, 2, 'version'] as const) pairs = refined(pairs, marksA, marksB, (marks) => keyBy(marks, key))
  pairs = alike(pairs, marksA, marksB)
  return { pairs, moved: movedItems(pairs, marksA, marksB) }
}

function keyBy({ api, version, keys, idle }: Marks, key: 0 | 1 | 2 | 'version'): string {
  if (key === 'version') return `${api} ${version} ${idle}`
  return key === 2 ? `${keys[2]} ${idle}` : keys[key]
}

type Pairs = readonly (readonly [a: number, b: number])[]

/** Fills the gaps between pairs with more, by another key. */
function refined(
  pairs: Pairs,
  a: readonly Marks[],
  b: readonly Marks[],
  key: (marks: Marks) => string,
): Pairs[number][] {
  const all: Pairs[number][] = []
  for (const gap of gapsOf(pairs, a.length, b.length)) {
    if (gap.aEnd > gap.a && gap.bEnd > gap.b) {
      const found = align(a.slice(gap.a, gap.aEnd).map(key), b.slice(gap.b, gap.bEnd).map(key))
      for (const [i, j] of found) all.push([gap.a + i, gap.b + j])
    }
    if (gap.after) all.push(gap.after)
  }
  return all
}

interface Gap {
  readonly a: number
  readonly aEnd: number
  readonly b: number
  readonly bEnd: number
  /** The pair that ends the gap. */
  readonly after: Pairs[number] | null
}

function gapsOf(pairs: Pairs, lengthA: number, lengthB: number): Gap[] {
  const gaps: Gap[] = []
  let [a, b] = [0, 0]
  for (const pair of pairs) {
    gaps.push({ a, aEnd: pair[0], b, bEnd: pair[1], after: pair })
    a = pair[0] + 1
    b = pair[1] + 1
  }
  gaps.push({ a, aEnd: lengthA, b, bEnd: lengthB, after: null })
  return gaps
}

/** How far ahead the partner of what is left in a gap is looked for. */
const REACH = 100

/** The last resort: of the same API, whatever else; but no poll that brought something with one that did not. */
function alike(pairs: Pairs, a: readonly Marks[], b: readonly Marks[]): Pairs[number][] {
  const all: Pairs[number][] = []
  for (const gap of gapsOf(pairs, a.length, b.length)) {
    let next = gap.b
    for (let i = gap.a; i < gap.aEnd; i++) {
      for (let j = next; j < Math.min(gap.bEnd, next + REACH); j++) {
        if (a[i]!.api !== b[j]!.api) continue
        if (a[i]!.idle !== null && b[j]!.idle !== null && a[i]!.idle !== b[j]!.idle) continue
        all.push([i, j])
        next = j + 1
        break
      }
    }
    if (gap.after) all.push(gap.after)
  }
  return all
}

function movedItems(pairs: Pairs, a: readonly Marks[], b: readonly Marks[]): Pairs[number][] {
  const takenA = new Set(pairs.map(([i]) => i))
  const takenB = new Set(pairs.map(([, j]) => j))
  const left = new Map<string, number[]>()
  b.forEach(({ keys }, j) => {
    if (!takenB.has(j)) left.set(keys[1], [...(left.get(keys[1]) ?? []), j])
  })
  const moved: Pairs[number][] = []
  a.forEach(({ keys }, i) => {
    const j = takenA.has(i) ? undefined : left.get(keys[1])?.shift()
    if (j !== undefined) moved.push([i, j])
  })
  return moved
}

/** Frames larger than this many bytes are recognised by their API and version alone. */
const MAX_SIGNED = 1024 * 1024

function marksOf(item: Item, rules: Rules): Marks {
  const { api, apiVersion } = item
  const start = `${api} ${apiVersion}`
  if (item.size > MAX_SIGNED) return { api, version: String(apiVersion), keys: [start, start, start], idle: null }
  const sides = { request: item.side('request'), response: item.side('response') }
  const sign = (kind: 'request' | 'response', offsets: boolean): string => {
    const side = sides[kind]
    return side ? String(signature(side.json, rules.root(api, kind, item.mechanism), offsets)) : '-'
  }
  const request = sign('request', false)
  return {
    api,
    version: String(apiVersion),
    keys: [
      `${start} ${sign('request', true)} ${sign('response', true)}`,
      `${start} ${request} ${sign('response', false)}`,
      `${start} ${request}`,
    ],
    idle: rules.poll(api) && sides.response && !sides.response.stopped ? isIdle(item, sides.response.json) : null,
  }
}

/** Whether a poll's sound answer brought nothing; null where it has an error or is not sound. */
function isIdle({ findings }: Item, { body }: JsonObject): boolean | null {
  if (findings.some(({ severity }) => severity === 'error') || errorsIn(body).length > 0) return null
  return !holdsRecords(body)
}

/** Codes other than 0 of the error fields in a body. */
export function errorsIn(body: unknown): number[] {
  const errors: number[] = []
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) look(item)
    else if (isObject(value as JsonObject)) {
      for (const [key, inner] of Object.entries(value as JsonObject)) {
        if (/errorCode$/i.test(key)) {
          if (inner !== 0) errors.push(Number(inner))
        } else look(inner)
      }
    }
  }
  look(body)
  return errors
}

function holdsRecords(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsRecords)
  if (!isObject(value as JsonObject)) return false
  return Object.entries(value as JsonObject).some(([key, inner]) =>
    key === 'records' ? isFilled(inner) : key === 'recordsSizeInBytes' ? Number(inner) > 0 : holdsRecords(inner),
  )
}

const isFilled = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== null && value !== '')
