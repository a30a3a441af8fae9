/** Two sessions held against each other. Pure: exchanges in, what differs out, in the order in which they happened. */
import type { Finding } from '../findings/finding.ts'
import { ExchangeComparison } from './exchange.ts'
import type { Difference, Half, Item, Summary, Told } from './model.ts'
import { errorsIn, pairItems, pairTalks, type Talk, talksOf } from './pairing.ts'
import { remembered } from './remembered.ts'
import { Renames } from './renames.ts'
import type { Rules } from './rules.ts'
import type { Memory } from './values.ts'
import { PASSING_ERRORS } from './volatile.ts'

export interface SessionOptions {
  readonly rules: Rules
  /** Which exchanges are told of: those of A, and those that B alone has. All are compared. */
  readonly wanted?: ((item: Item, inA: boolean) => boolean) | undefined
  /** Tell of pairs without differences too. */
  readonly equal?: boolean
  /** A log also tells of clients that the capture does not hold: connections that it alone has are no difference. */
  readonly log?: 'a' | 'b' | undefined
  /** Findings that belong to no exchange. */
  readonly standing?: { readonly a: readonly Finding[]; readonly b: readonly Finding[] } | undefined
}

const LOG_ALONE = 'connections of the log alone'

/** What is compared, in the order in which it happened. */
type Step =
  | { readonly kind: 'pair'; readonly a: Item; readonly b: Item; readonly moved: boolean }
  | { readonly kind: 'lone'; readonly item: Item; readonly inA: boolean }
  | { readonly kind: 'talk'; readonly talk: Talk; readonly inA: boolean }

export class SessionDiff {
  private readonly a: readonly Item[]
  private readonly b: readonly Item[]
  private readonly options: SessionOptions
  private readonly memory: Memory = { renames: new Renames(), bound: new Map(), differed: false }
  /** Which client asks what, on whichever of its connections. */
  private readonly asked: { readonly a: ReadonlySet<string>; readonly b: ReadonlySet<string> }
  private readonly byWhat = new Map<string, number>()
  private pairs = 0
  private differing = 0

  constructor(a: readonly Item[], b: readonly Item[], options: SessionOptions) {
    this.a = a
    this.b = b
    this.options = options
    this.asked = { a: new Set(a.map(askedBy)), b: new Set(b.map(askedBy)) }
  }

  /** Pairs and lone exchanges that differ (`equal`: all), in A's order. To be run through once; then `summary` is whole. */
  *run(): Generator<Told> {
    const comparison = new ExchangeComparison(this.options.rules, this.memory)
    const { wanted, equal = false } = this.options
    for (const step of this.steps()) {
      const told = this.told(step, comparison)
      const differs = told.differences.length > 0
      if ((!differs && !equal) || (wanted && !wanted((told.a ?? told.b)!, told.a !== null))) continue
      yield differs ? this.counted(told) : told
    }
    const standing = standingDifferences(this.options.standing ?? { a: [], b: [] })
    if (standing.length > 0) yield this.counted({ a: null, b: null, differences: standing })
  }

  private counted(told: Told): Told {
    this.differing++
    for (const { what } of told.differences) this.byWhat.set(what, (this.byWhat.get(what) ?? 0) + 1)
    return told
  }

  summary(): Summary {
    return {
      exchanges: { a: this.a.length, b: this.b.length },
      pairs: this.pairs,
      differing: this.differing,
      differences: [...this.byWhat.values()].reduce((sum, count) => sum + count, 0),
      byWhat: Object.fromEntries(this.byWhat),
      bound: Object.fromEntries([...this.memory.bound].sort(([, x], [, y]) => y - x)),
    }
  }

  private steps(): Step[] {
    const steps: { order: number; side: number; step: Step }[] = []
    const [talksA, talksB] = [talksOf(this.a), talksOf(this.b)]
    const orders = { a: orderOf(this.a), b: orderOf(this.b) }
    const lone = { a: new Set(talksA), b: new Set(talksB) }
    for (const [x, y] of pairTalks(talksA, talksB)) {
      lone.a.delete(x)
      lone.b.delete(y)
      this.pairSteps(x, y, orders, steps)
    }
    const whole = (talk: Talk, inA: boolean): void => {
      const order = (inA ? orders.a : orders.b).get(talk.items[0]!)!
      steps.push({ order, side: inA ? 0 : 1, step: { kind: 'talk', talk, inA } })
    }
    for (const talk of lone.a) whole(talk, true)
    for (const talk of lone.b) whole(talk, false)
    return steps.sort((x, y) => x.order - y.order || x.side - y.side).map(({ step }) => step)
  }

  /** What only B has goes behind what stands before it there. */
  private pairSteps(
    x: Talk,
    y: Talk,
    orders: { a: Map<Item, number>; b: Map<Item, number> },
    steps: { order: number; side: number; step: Step }[],
  ): void {
    const { pairs, moved } = pairItems(x.items, y.items, this.options.rules)
    const partner = new Map(pairs)
    const elsewhere = new Map(moved)
    const taken = new Set([...partner.values(), ...elsewhere.values()])
    let last = orders.a.get(x.items[0]!)! - 0.5
    let next = 0
    const loneB = (end: number): void => {
      for (; next < end; next++) {
        if (taken.has(next)) continue
        const item = y.items[next]!
        steps.push({ order: last, side: 1, step: { kind: 'lone', item, inA: false } })
      }
    }
    x.items.forEach((a, i) => {
      const order = orders.a.get(a)!
      const j = partner.get(i) ?? elsewhere.get(i)
      if (partner.has(i)) {
        loneB(j!)
        next = j! + 1
      }
      const step: Step =
        j === undefined
          ? { kind: 'lone', item: a, inA: true }
          : { kind: 'pair', a, b: y.items[j]!, moved: elsewhere.has(i) }
      steps.push({ order, side: 0, step })
      last = order
    })
    loneB(y.items.length)
  }

  private told(step: Step, comparison: ExchangeComparison): Told {
    if (step.kind === 'pair') {
      this.pairs++
      const { moved } = step
      const [a, b] = [remembered(step.a), remembered(step.b)]
      const differences = comparison.compare(a, b)
      if (moved && this.options.rules.poll(a.api) === null) {
        differences.unshift(exchangeDifference('order', `${nameOf(a)} stands at another place in B`, a, b))
        this.memory.differed = true
      }
      return { a, b, differences }
    }
    if (step.kind === 'talk') {
      const { talk, inA } = step
      const [a, b] = inA ? [talk.items[0]!, null] : [null, talk.items[0]!]
      if (this.options.log === (inA ? 'a' : 'b')) {
        this.memory.bound.set(LOG_ALONE, (this.memory.bound.get(LOG_ALONE) ?? 0) + 1)
        return { a, b, differences: [] }
      }
      const message = `only ${inA ? 'A' : 'B'} has this connection${clientOf(talk)}: ${countsOf(talk)}`
      this.memory.differed = true
      return { a, b, differences: [exchangeDifference('connection', message, a, b)] }
    }
    return this.lone(step)
  }

  private lone({ item, inA }: Extract<Step, { kind: 'lone' }>): Told {
    const [a, b] = inA ? [item, null] : [null, item]
    const rule = this.options.rules.poll(item.api)
    const { log } = this.options
    if (log !== undefined && log !== (inA ? 'a' : 'b') && !item.side('response')) {
      // A broker's log has what was answered.
      this.memory.bound.set('never answered', (this.memory.bound.get('never answered') ?? 0) + 1)
      return { a, b, differences: [] }
    }
    if (rule && (rule.mayLack || this.asked[inA ? 'b' : 'a'].has(askedBy(item))) && isPassing(item)) {
      this.memory.bound.set(rule.name, (this.memory.bound.get(rule.name) ?? 0) + 1)
      return { a, b, differences: [] }
    }
    this.memory.differed = true
    const message = `${nameOf(item)} only in ${inA ? 'A' : 'B'}`
    return { a, b, differences: [exchangeDifference('exchange', message, a, b)] }
  }
}

const askedBy = ({ clientId, api }: Item): string => `${clientId} ${api}`

const orderOf = (items: readonly Item[]): Map<Item, number> => new Map(items.map((item, i) => [item, i]))

const nameOf = ({ api, apiVersion }: Item): string => `${api} v${apiVersion}`

const clientOf = ({ clientId }: Talk): string => (clientId === null ? '' : ` of ${clientId}`)

function countsOf({ items }: Talk): string {
  const counts = new Map<string, number>()
  for (const { api } of items) counts.set(api, (counts.get(api) ?? 0) + 1)
  return [...counts].map(([api, count]) => (count === 1 ? api : `${count} ${api}`)).join(', ')
}

/** A poll that says nothing new: sound, answered (or cut off by the end), with no error but those that pass. */
function isPassing(item: Item): boolean {
  if (item.findings.some(({ severity }) => severity === 'error')) return false
  const response = item.side('response')
  if (!response) return item.noResponse !== null
  return errorsIn(response.json.body).every((code) => PASSING_ERRORS.has(code))
}

function exchangeDifference(what: Difference['what'], message: string, a: Item | null, b: Item | null): Difference {
  const half = (item: Item | null): Half | null =>
    item && {
      ...{ exchange: item.id, connection: item.connection },
      ...{ path: '', offset: null, length: null, value: undefined },
    }
  const { api, apiVersion } = (a ?? b)!
  return { what, message, api, apiVersion, kind: null, path: '', a: half(a), b: half(b) }
}

/** Findings of the sessions as a whole: what one has more of than the other, by their codes. Notes are no differences. */
function standingDifferences({
  a,
  b,
}: {
  readonly a: readonly Finding[]
  readonly b: readonly Finding[]
}): Difference[] {
  const grave = (findings: readonly Finding[]): Finding[] => findings.filter(({ severity }) => severity !== 'note')
  const found: Difference[] = []
  const tell = ({ code, message, path, api, apiVersion }: Finding, where: string): void => {
    const about = { api: api ?? null, apiVersion: apiVersion ?? null, kind: null, path }
    found.push({ what: 'finding', message: `${code} only in ${where}: ${message}`, ...about, a: null, b: null })
  }
  const left = new Map<string, Finding[]>()
  for (const finding of grave(b)) left.set(finding.code, [...(left.get(finding.code) ?? []), finding])
  for (const finding of grave(a)) if (!left.get(finding.code)?.shift()) tell(finding, 'A')
  for (const findings of left.values()) for (const finding of findings) tell(finding, 'B')
  return found
}
