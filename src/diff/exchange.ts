/** A pair of exchanges held against each other: versions, findings, answers, values, encodings. */

import type { JsonValue } from '../codec/json-text.ts'
import type { Finding } from '../findings/finding.ts'
import { encodingDifferences, unreadDifference } from './encoding.ts'
import { Extents } from './extents.ts'
import type { Difference, Half, Item, MessageKind, What } from './model.ts'
import type { Rules } from './rules.ts'
import { type Memory, ValueComparison, type ValueDifference } from './values.ts'

const API_VERSIONS = 18

/** An answer that the capture lacks: nothing is known of it. */
const NOT_CAPTURED = 'not captured'

export class ExchangeComparison {
  private readonly rules: Rules
  private readonly memory: Memory

  constructor(rules: Rules, memory: Memory) {
    this.rules = rules
    this.memory = memory
  }

  /** Everything in which two exchanges differ that is not bound to; the frames' order, then the fields'. */
  compare(a: Item, b: Item): Difference[] {
    const found: Difference[] = []
    const tell = (what: What, message: string, kind: MessageKind | null = null): void => {
      found.push({ what, message, kind, path: '', ...about(a), a: half(a), b: half(b) })
    }
    if (a.apiVersion !== b.apiVersion)
      tell('version', `${a.api} v${a.apiVersion} in A, v${b.apiVersion} in B: another version was agreed on`)
    if (a.noResponse === NOT_CAPTURED || b.noResponse === NOT_CAPTURED) {
      if (a.noResponse !== b.noResponse)
        this.memory.bound.set(NOT_CAPTURED, (this.memory.bound.get(NOT_CAPTURED) ?? 0) + 1)
    } else if (a.noResponse !== b.noResponse || !a.side('response') !== !b.side('response')) {
      const said = (item: Item): string => item.noResponse ?? (item.side('response') ? 'answered' : 'no answer')
      tell('answer', `A: ${said(a)}; B: ${said(b)}`, 'response')
    }
    for (const kind of ['request', 'response'] as const) found.push(...this.frames(a, b, kind))
    found.push(...findingDifferences(a, b, null))
    if (found.length > 0) this.memory.differed = true
    return found
  }

  private frames(a: Item, b: Item, kind: MessageKind): Difference[] {
    const [x, y] = [a.side(kind), b.side(kind)]
    const found = findingDifferences(a, b, kind)
    if (!x || !y) return found
    const otherVersion = a.apiVersion !== b.apiVersion
    const broken = found.length > 0
    const values = new ValueComparison(this.memory, {
      scope: `${a.connection} ${b.connection}`,
      learn: !broken && !x.stopped && !y.stopped,
      lenientA: x.stopped || otherVersion,
      lenientB: y.stopped || otherVersion,
      ranges: a.apiKey === API_VERSIONS && kind === 'response',
    })
    const root = this.rules.root(a.api, kind, a.mechanism)
    values.message(x.json, y.json, root)
    const { differences, moved } = values
    const all = otherVersion
      ? differences.filter(({ pathA }) => pathA !== 'header.requestApiVersion')
      : [...differences, ...encodingDifferences({ a: x, b: y, root, values: differences, moved })]
    // A frame that is sound has no such bytes; where one side's findings tell of them, nothing need be added.
    const unread = broken || otherVersion ? null : unreadDifference(x, y)
    if (unread) all.push(unread)
    if (all.length === 0 && values.dropped === 0) return found
    const places = { a: new Extents(x), b: new Extents(y) }
    const follows = consequences(found)
    let behind = 0
    for (const difference of all) {
      const told = toDifference(difference, a, b, kind, places)
      if (follows(told)) behind++
      else found.push(told)
    }
    if (behind > 0 && found[0]) {
      const more = `${behind} ${behind === 1 ? 'value' : 'values'} behind it ${behind === 1 ? 'differs' : 'differ'} too`
      found[0] = { ...found[0], message: `${found[0].message} (${more})` }
    }
    if (values.dropped > 0) {
      const message = `${values.dropped} more values differ`
      found.push({ what: 'value', message, kind, path: '', ...about(a), a: half(a), b: half(b) })
    }
    return found
  }
}

const about = ({ api, apiVersion }: Item) => ({ api, apiVersion })

const half = (item: Item): Half => ({
  exchange: item.id,
  connection: item.connection,
  path: '',
  offset: null,
  length: null,
  value: undefined,
})

function toDifference(
  { what, message, pathA, pathB, a: valueA, b: valueB }: ValueDifference,
  a: Item,
  b: Item,
  kind: MessageKind,
  places: { readonly a: Extents; readonly b: Extents },
): Difference {
  const side = (item: Item, of: Extents, path: string | null, value: JsonValue | undefined): Half => {
    const place = path === null ? null : of.around(path)
    return { ...half(item), path: path ?? '', offset: place?.offset ?? null, length: place?.length ?? null, value }
  }
  const path = (valueA === undefined ? pathB : pathA) ?? pathA ?? pathB ?? ''
  return {
    ...{ what, message, kind, path, ...about(a) },
    a: side(a, places.a, pathA, valueA),
    b: side(b, places.b, pathB, valueB),
  }
}

/** Findings of one exchange that the other has not, of this kind of frame; notes are no differences. */
function findingDifferences(a: Item, b: Item, kind: MessageKind | null): Difference[] {
  const of = ({ findings }: Item): Finding[] =>
    findings.filter(
      (finding) =>
        finding.severity !== 'note' &&
        (finding.kind === 'request' || finding.kind === 'response' ? finding.kind : null) === kind,
    )
  const found: Difference[] = []
  const add = (own: Item, finding: Finding, inA: boolean): void => {
    const place = { path: finding.path, offset: finding.offset, length: finding.length, value: undefined }
    const lacking = inA ? b : a
    // What a cause changed begins where it says, which may be before the place where reading failed.
    const from = Math.min(finding.offset, ...finding.causes.slice(0, 1).map(({ offset }) => offset))
    const sides = [
      { ...half(own), ...place, from },
      { ...half(lacking), path: '' },
    ] as const
    const cause = finding.causes[0] ? `; ${finding.causes[0].cause}: ${finding.causes[0].message}` : ''
    found.push({
      what: 'finding',
      message: `${finding.code} only in ${inA ? 'A' : 'B'}: ${finding.message}${cause}`,
      kind,
      path: finding.path,
      ...about(own),
      a: inA ? sides[0] : sides[1],
      b: inA ? sides[1] : sides[0],
    })
  }
  const theirs = of(b)
  for (const finding of of(a)) {
    const at = theirs.findIndex((other) => other.code === finding.code && other.path === finding.path)
    if (at < 0) add(a, finding, true)
    else theirs.splice(at, 1)
  }
  for (const finding of theirs) add(b, finding, false)
  return found
}

/**
 * Where the bytes of one side do not fit as the other's do, what differs behind that place follows from it; of records
 * that are wrong, what differs in them.
 */
function consequences(found: readonly Difference[]): (difference: Difference) => boolean {
  const from = { a: Number.POSITIVE_INFINITY, b: Number.POSITIVE_INFINITY }
  const fields: string[] = []
  for (const { what, message, a, b } of found) {
    if (what !== 'finding') continue
    const side = a?.offset == null ? 'b' : 'a'
    const half = side === 'a' ? a : b
    if (message.startsWith('records/')) fields.push((half?.path ?? '').replace(/\[batch .*/, ''))
    else if (/^(?:frame|header|body)\//.test(message)) from[side] = Math.min(from[side], half?.from ?? from[side])
  }
  const isBehind = (half: Half | null, offset: number): boolean => half?.offset != null && half.offset >= offset
  return ({ a, b, path }) =>
    isBehind(a, from.a) || isBehind(b, from.b) || fields.some((field) => field !== '' && path.startsWith(field))
}
