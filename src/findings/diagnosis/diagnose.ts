/**
 * Which bug in the encoder made the bytes of a body that does not read well. Every hypothesis is another reading of the
 * whole body; those that consume every byte soundly are ranked by how plausible their values are and how small the bug is.
 */
import type { DecodedFrame } from '../../codec/frame.ts'
import type { Model } from '../../schema/model.ts'
import type { Cause } from '../finding.ts'
import { type Candidate, candidateOf, rank } from './candidate.ts'
import { batchesSize } from './contents.ts'
import { strayBits } from './cost.ts'
import { echoesOf } from './echoes.ts'
import { type Body, otherApis, otherVersions, sharedError } from './elsewhere.ts'
import { otherHeaders } from './headers.ts'
import { type Choice, choiceOf, everywhere, once, tagSizes, type Visits } from './hypotheses.ts'
import { Knowledge } from './knowledge.ts'
import type { LengthSite } from './outcome.ts'
import type { Past } from './past.ts'
import { type Plan, type PlanField, planOf } from './plan.ts'
import { Reading, UNKNOWN } from './reading.ts'
import { Trail } from './trail.ts'
import { AS_IS, type Twist } from './twist.ts'
import { faultMessage } from './words.ts'
import { LengthSites, Work } from './work.ts'

/** A reading so many bits worse than the best is not looked at to its end: its share would be below a thousandth. */
const MARGIN = 18
/** What the readings of one diagnosis may cost together: some 300 ms. */
export const MAX_WORK = 3_000_000
/** Bodies beyond are not tried as those of other APIs. */
const MAX_OTHER = 64 * 1024
/** Length fields, from the place where reading stopped back, whose claims are doubted. */
const DOUBTED = 40
/** The same of counts alone: they stand before all that they count, and many lengths may lie between. */
const DOUBTED_COUNTS = 12
/** Of the last ones all lengths up to this are tried. */
const SCANNED = 3
const MAX_SCAN = 600
const MAX_COUNT = 100
/** Who writes no element has seldom begun to count. */
const NOTHING_COUNTED = 5
/** Bytes too many are mostly a number's, whose size is even. */
const ODD = 6

/** The causes that explain a body, best first; none where nothing does. Bounded in time; never throws. */
export function diagnose(model: Model, body: Body, work = new Work(MAX_WORK)): Cause[] {
  return rank(new Diagnosis(model, body, new Knowledge(), work).run())
}

/**
 * The same for a frame whose header or body does not read well: its header may be what is wrong. `request` is the frame
 * that it answers, where that is known; `past` is what went before in its session.
 */
export function diagnoseFrame(
  frame: DecodedFrame,
  request: DecodedFrame | null = null,
  past: Past | null = null,
): Cause[] {
  const { bytes, bodyLine, table, message } = frame
  if (!message) return []
  const known = new Knowledge(request ? echoesOf(request) : undefined, past)
  const reading = new Reading()
  const work = new Work(MAX_WORK)
  reading.known = known
  reading.work = work
  const candidates = otherHeaders(frame, reading)
  if (bodyLine >= 0) {
    const body = { bytes, start: table.offset(bodyLine), end: bytes.length }
    candidates.push(...new Diagnosis(message.model, body, known, work).run())
  }
  return rank(candidates)
}

class Diagnosis {
  private readonly plan: Plan
  private readonly name: string
  private readonly reading = new Reading()
  private readonly candidates: Candidate[] = []
  private best = Number.POSITIVE_INFINITY
  /** Whether the body reads to its end as the schema says, faults aside. */
  private whole = false
  private readonly model: Model
  private readonly body: Body

  constructor(model: Model, body: Body, known: Knowledge, work: Work) {
    this.reading.known = known
    this.reading.work = work
    this.model = model
    this.body = body
    this.plan = planOf(model)
    this.name = `${model.name} v${model.version}`
  }

  run(): Candidate[] {
    const census = new Int32Array(this.plan.size)
    const lengths = new LengthSites(DOUBTED, DOUBTED_COUNTS)
    if (this.asIs(census, lengths)) return []
    const visits: Visits = (ix) => census[ix]!
    const choice = choiceOf(this.plan, visits)
    this.cut(choice)
    for (const candidate of sharedError(this.model, this.body)) this.add(candidate)
    for (const candidate of otherVersions(this.model, this.body, this.reading, this.bound)) this.add(candidate)
    for (const twist of everywhere(this.plan, choice)) this.attempt(twist)
    for (const twist of once(this.plan, visits, choice)) this.attempt(twist)
    this.doubtLengths(lengths.doubted(), choice)
    for (const twist of tagSizes(this.plan, visits)) this.attempt(twist)
    if (this.model.kind !== 'data' && this.body.end - this.body.start <= MAX_OTHER) {
      for (const candidate of otherApis(this.model, this.body, this.reading, this.bound)) this.add(candidate)
    }
    return this.candidates
  }

  private get bound(): number {
    return this.best + MARGIN
  }

  private add(candidate: Candidate): void {
    this.candidates.push(candidate)
    this.best = Math.min(this.best, candidate.bits)
  }

  private read(twist: Twist): boolean {
    const { bytes, start, end } = this.body
    return this.reading.read(this.plan, bytes, start, end, twist, this.bound)
  }

  /**
   * As the schema says: faults that were passed over, bytes left over, a varint that is none. Counts what the others
   * may doubt. Returns true where there is nothing to explain.
   */
  private asIs(census: Int32Array, lengths: LengthSites): boolean {
    const { reading } = this
    reading.census = census
    reading.lengths = lengths
    const whole = this.read(AS_IS)
    reading.census = null
    reading.lengths = null
    const { pos, bits, stop } = reading
    const faults = [...reading.faults]
    if (stop?.why === 'varint') {
      const message = `the bytes at ${stop.path} were not written as a varint of 32 bits`
      const cost = bits + 14 + 8 * (this.body.end - stop.offset)
      this.add({ cause: 'varint-too-long', bits: cost, path: stop.path, offset: stop.offset, message })
    }
    if (stop) return false
    this.whole = whole
    const rest = 8 * (this.body.end - pos)
    for (const { cause, path, offset, evidence } of faults) {
      const message = faultMessage(cause, path, this.name)
      this.add({ cause, bits: bits + rest, path, offset, message, ...(evidence ? { evidence } : {}) })
    }
    if (!whole) this.leftOver(pos, bits)
    return whole && faults.length === 0
  }

  private leftOver(pos: number, bits: number): void {
    const size = this.body.end - pos
    const cost = bits + strayBits(this.body.bytes.subarray(pos, this.body.end))
    const place = { path: '', offset: pos, evidence: { size } }
    const odd = size === 2 || size === 4 ? 0 : size % 2 === 1 ? ODD : 2
    const bytes = `${size} byte${size === 1 ? '' : 's'}`
    this.add({
      cause: 'trailing-bytes',
      bits: cost + (this.model.flexible ? 8 : 11) + odd,
      message: `${bytes} after the end of the message`,
      ...place,
    })
    if (this.model.flexible) return
    this.add({
      cause: 'extra-field',
      bits: cost + 8 + odd,
      message: `${bytes} after the last field that no field explains`,
      ...place,
    })
  }

  /** Cut short: nothing before the cut is wrong. */
  private cut(choice: Choice): void {
    const { reading } = this
    this.read({ ...AS_IS, act: 'cut', bits: 4 })
    const { stop, bits } = reading
    if (!stop || stop.why === 'varint' || stop.why === 'bound') return
    const { need, have, path, offset } = stop
    // A cut may be anywhere: its place has to be paid for.
    const chance = have === 0 ? (offset === reading.elementAt ? 3 : 0) : 2
    const place = 2 + choice.places + chance
    const message = `the message was cut short at ${path || this.name}`
    this.add({ cause: 'truncated', bits: bits + place, path, offset, message, evidence: { need, have } })
    // What a varint that is none should have said is lost, and what follows it was read somehow: one bug, not two.
    const long = reading.faults.find(({ cause }) => cause === 'varint-too-long')
    if (!long) return
    this.add({
      cause: long.cause,
      bits: bits - 4,
      path: long.path,
      offset: long.offset,
      message: faultMessage(long.cause, long.path, this.name),
    })
  }

  private attempt(twist: Twist): void {
    if (this.reading.work.isDone || twist.bits > this.bound) return
    if (!this.read(twist) || !this.reading.first) return
    // One bug has to explain all of it.
    const { first, faults } = this.reading
    if (faults.some(({ offset }) => offset !== first.offset)) return
    const better = this.reading.bits < this.best
    this.add(candidateOf(twist, this.reading, this.name))
    if (better) this.follow(twist)
  }

  /** Reads once more what is the best so far: others are not read further than it takes to see that they are worse. */
  private follow(twist: Twist): void {
    const { bytes, start, end } = this.body
    const trail = new Trail(start, end)
    this.reading.ahead = null
    this.reading.trail = trail
    this.reading.read(this.plan, bytes, start, end, twist)
    this.reading.trail = null
    this.reading.ahead = trail.finish()
  }

  private fieldOf(ix: number): PlanField {
    return this.plan.fields.find((f) => f.ix === ix)!
  }

  /** One length or count that does not fit what follows it. */
  private doubtLengths(lengths: readonly LengthSite[], choice: Choice): void {
    lengths.forEach((site, back) => {
      const field = this.fieldOf(site.ix)
      const isArray = site.isCount
      const cause = isArray ? 'wrong-count' : 'wrong-length'
      // Counts are counted by hand, lengths are not: a count is off more often.
      const base = isArray ? 8 + choice.arrays : 9 + Math.max(choice.strings, choice.bytes)
      const guess = (n: number, bits: number): void => {
        if (n < 0 || n === site.claimed || n > site.left || site.claimed === -1) return
        const claim = claimBits(site.claimed, n, site.left) + (isArray && n === 0 ? NOTHING_COUNTED : 0)
        this.attempt({ cause, act: 'length', target: site.ix, visit: site.visit, n, bits: base + bits + claim })
      }
      for (const delta of [1, 2, 3, 4]) {
        guess(site.claimed - delta, 5 * delta - 4)
        guess(site.claimed + delta, 5 * delta - 4)
      }
      // Where all was read that way, no length was far off.
      if (back >= SCANNED || this.whole) return
      const impossible = site.claimed > site.left || site.claimed < -1
      // The one that fits is one of many.
      const chosen = Math.log2(Math.min(site.left, MAX_SCAN) + 2) + (impossible ? 0 : 6)
      const most = Math.min(site.left, isArray ? MAX_COUNT : MAX_SCAN)
      for (let n = 0; n <= most; n++) guess(n, chosen)
      guess(site.left, impossible ? 4 : chosen)
      if (field.field.type === 'records')
        guess(batchesSize(this.body.bytes, site.at, this.body.end), impossible ? 2 : 6)
    })
  }
}

/** What was claimed has to be made of what is true by a slip: a little off it, or a little off what is left. */
function claimBits(claimed: number, actual: number, left: number): number {
  if (claimed >= UNKNOWN) return 0
  const off = Math.min(Math.abs(claimed - actual), Math.abs(claimed - left))
  return off < 128 ? 0 : 2 * Math.log2(off / 64)
}
