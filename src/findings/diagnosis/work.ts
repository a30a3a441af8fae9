/** What readings cost, counted: a diagnosis is bounded by it, so that no message holds up the others for long. */
import type { LengthSite } from './outcome.ts'
import type { PlanField } from './plan.ts'

/** Of what a reading costs before it has read anything. */
const READING = 200
const TEXT = 6
const BYTES = 30

/** Units of about the time that a number takes: some 75 ns of one core. */
export class Work {
  used = 0
  readonly most: number

  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most
  }

  get isDone(): boolean {
    return this.used > this.most
  }

  begin(): void {
    this.used += READING
  }

  /** A field's contents of so many bytes. Records are hopped over, batch by batch; other bytes may be looked into. */
  contents(type: string, length: number): void {
    this.used +=
      type === 'string' ? TEXT + (length >> 3) : type === 'records' ? TEXT + (length >> 5) : BYTES + (length >> 3)
  }
}

/** Lengths and counts of a reading, the last so many; of counts some further back too. */
export class LengthSites {
  /** How many are kept at least. */
  private readonly most: number
  private readonly mostCounts: number
  private last: LengthSite[] = []
  private early: LengthSite[] = []

  constructor(most: number, mostCounts: number) {
    this.most = most
    this.mostCounts = mostCounts
  }

  add(site: LengthSite): void {
    this.last.push(site)
    if (this.last.length < 4 * this.most) return
    const gone = this.last.splice(0, this.last.length - this.most)
    this.early.push(...gone.filter(({ isCount }) => isCount))
    this.early = this.early.slice(-this.mostCounts)
  }

  /** The last ones, and of the last counts those that stand before them; both the last one first. */
  doubted(): readonly LengthSite[] {
    const last = this.last.slice(-this.most)
    const before = [...this.early, ...this.last.slice(0, -this.most).filter(({ isCount }) => isCount)]
    const within = last.filter(({ isCount }) => isCount).length
    const early = this.mostCounts > within ? before.slice(within - this.mostCounts) : []
    return [...last.reverse(), ...early.reverse()]
  }
}

/** The first fields that a reading comes by, with what tells them from another version's. */
export class FieldLog {
  readonly entries: { readonly path: string; readonly offset: number; readonly type: string }[] = []
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  get isFull(): boolean {
    return this.entries.length >= this.most
  }

  note({ field }: PlanField, path: string, offset: number): void {
    const { type, element, flexible, nullable } = field
    // A number is written alike in every version.
    const compact = flexible && (type === 'string' || type === 'bytes' || type === 'records' || type === 'array')
    this.entries.push({ path, offset, type: `${type} ${element ?? ''} ${compact} ${nullable}` })
  }
}
