/**
 * Bodies that read to their end and yet are hard to believe: a bug that keeps every byte readable shows only in values
 * that make no sense as they stand, and do under another reading.
 */
import { allZero } from '../../bytes/match.ts'
import type { SpanTable } from '../../bytes/spans.ts'
import type { CompiledMessage } from '../../codec/compile.ts'
import type { Field } from '../../schema/model.ts'
import { NodeKind, nodeOf } from '../../schema/node.ts'
import type { Cause } from '../finding.ts'
import { type Candidate, candidateOf, rank } from './candidate.ts'
import type { Body } from './elsewhere.ts'
import { swapped, tagSizes, unequalPairs } from './hypotheses.ts'
import { type Plan, type PlanField, planOf } from './plan.ts'
import { Reading } from './reading.ts'
import { type Pair, SwapWeight } from './swaps.ts'
import { AS_IS, type Twist } from './twist.ts'
import { Work } from './work.ts'

/**
 * Bits by which another reading has to be the likelier before a readable body is doubted. In 2,631 messages of random
 * contents none is sure, in 1,203 frames of real traffic none is likely.
 */
const SWAP = { sure: 16, likely: 8 } as const
const TAG = { sure: 12, likely: 7 } as const
/** What the readings of one body may cost together: some 50 ms; what they did not come to is believed. */
export const MAX_DOUBT = 600_000
/** Bodies beyond are believed. */
const MAX_BODY = 64 * 1024

export interface Doubt {
  readonly sure: boolean
  readonly causes: readonly Cause[]
}

/** Why a body that reads well may be broken nevertheless; null nearly always. `line` is the body's own in the table. */
export function doubtOf(message: CompiledMessage, table: SpanTable, line: number, body: Body): Doubt | null {
  if (body.end - body.start > MAX_BODY) return null
  const plan = planOf(message.model)
  const { pair, weight, tags } = suspicious(plan, table, line, body.bytes)
  if (!pair && !tags) return null
  const reading = new Reading()
  reading.work = new Work(MAX_DOUBT)
  const census = new Int32Array(plan.size)
  reading.census = census
  const whole = reading.read(plan, body.bytes, body.start, body.end, AS_IS)
  reading.census = null
  if (!whole || reading.faults.length > 0) return null
  const plain = reading.bits
  const twists = [...(pair ? [swapped(pair, plan)] : []), ...(tags ? tagSizes(plan, (ix) => census[ix]!) : [])]
  const found = twists.flatMap((twist) => {
    const swap = twist.act === 'swap'
    const bound = swap ? Number.POSITIVE_INFINITY : plain + twist.bits
    const whole = reading.read(plan, body.bytes, body.start, body.end, twist, bound)
    if (!whole || reading.faults.length > 0 || !reading.first) return []
    const gain = swap ? weight!.bits : plain + twist.bits - reading.bits
    if (gain < leastOf(twist).likely) return []
    const candidate = candidateOf(twist, reading, `${message.model.name} v${message.model.version}`)
    return [{ candidate: { ...candidate, bits: plain + twist.bits - gain }, twist, gain }]
  })
  if (found.length === 0) return null
  const sure = found.some(
    ({ twist, gain }) => gain >= leastOf(twist).sure && !(twist.act === 'swap' && weight!.shifted),
  )
  const asIs: Candidate = { cause: '', bits: plain, path: '', offset: body.start, message: '' }
  const causes = rank([...found.map(({ candidate }) => candidate), asIs]).filter(({ cause }) => cause !== '')
  return { sure, causes }
}

const leastOf = ({ act }: Twist): typeof SWAP | typeof TAG => (act === 'swap' ? SWAP : TAG)

const pairsOf = new WeakMap<Plan, ReadonlyMap<Field, Pair>>()

function pairsIn(plan: Plan): ReadonlyMap<Field, Pair> {
  const known = pairsOf.get(plan)
  if (known) return known
  const made = new Map(unequalPairs(plan).map((pair) => [pair[0].field, pair]))
  pairsOf.set(plan, made)
  return made
}

/** What a node's lines can be doubted for: 0 where nobody asked yet. A node belongs to one message version. */
const BELIEVED = 1
const OF_A_PAIR = 2
const UNKNOWN_TAG = 3
let marks = new Uint8Array(4096)

function markOf(id: number, pairs: ReadonlyMap<Field, Pair>): number {
  if (id >= marks.length) {
    const more = new Uint8Array(Math.max(id + 1, marks.length * 2))
    more.set(marks)
    marks = more
  }
  if (marks[id] === 0) {
    const { kind, field } = nodeOf(id)
    marks[id] = kind === NodeKind.unknownTag ? UNKNOWN_TAG : field && pairs.has(field) ? OF_A_PAIR : BELIEVED
  }
  return marks[id]!
}

/** Pairs by the node that begins them. */
const pairsByNode: (Pair | undefined)[] = []

function pairOf(id: number, pairs: ReadonlyMap<Field, Pair>): Pair {
  pairsByNode[id] ??= pairs.get(nodeOf(id).field!)!
  return pairsByNode[id]
}

interface Suspicion {
  readonly pair: PlanField | null
  readonly weight: SwapWeight | null
  readonly tags: boolean
}

const NONE: Suspicion = { pair: null, weight: null, tags: false }

/** What of a readable body may be doubted, from its lines alone: this is asked of every frame. */
function suspicious(plan: Plan, table: SpanTable, line: number, b: Uint8Array): Suspicion {
  const pairs = pairsIn(plan)
  if (pairs.size === 0 && !plan.model.flexible) return NONE
  let weights: Map<PlanField, SwapWeight> | null = null
  let tags = false
  const { size } = table
  for (let at = line; at < size; at++) {
    const mark = markOf(table.node(at), pairs)
    if (mark === BELIEVED) continue
    if (mark === UNKNOWN_TAG) {
      tags = true
      continue
    }
    const pair = pairOf(table.node(at), pairs)
    // Zeros are zeros either way round, and most of what is doubted is.
    if (allZero(b, table.offset(at), pair[0].width + pair[1].width)) continue
    weights ??= new Map()
    const weight = weights.get(pair[0]) ?? new SwapWeight(pair)
    weight.add(b, table.offset(at))
    weights.set(pair[0], weight)
  }
  if (!weights) return tags ? { ...NONE, tags } : NONE
  let best: readonly [PlanField, SwapWeight] | null = null
  for (const entry of weights) {
    if (entry[1].bits >= Math.max(SWAP.likely, best?.[1].bits ?? 0)) best = entry
  }
  return { pair: best?.[0] ?? null, weight: best?.[1] ?? null, tags }
}
