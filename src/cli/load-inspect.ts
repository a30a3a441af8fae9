/** What goes over the wire of a load run, looked at and recorded as any other traffic. */

import { micros, Tap } from '../client/tap.ts'
import type { Finding, Severity } from '../findings/finding.ts'
import { type Observed, Pipeline } from '../findings/pipeline.ts'
import { Tally } from '../report/tally.ts'
import type { Segment } from '../session/segment.ts'
import type { Recorder } from './recorder.ts'

/** One finding of many of the same kind: the first, and how many there were. */
export interface Found {
  readonly finding: Finding
  count: number
}

/** Kinds of findings that are kept: peers choose what they get wrong. */
const MAX_KINDS = 200

export class Inspection {
  readonly tap: Tap
  private readonly tally = new Tally()
  private readonly kinds = new Map<string, Found>()
  private readonly pipeline: Pipeline | null
  private readonly recorder: Recorder | null

  /** `inspect`: whether findings are wanted; without them and a recorder nothing needs the tap. */
  constructor(inspect: boolean, recorder: Recorder | null) {
    this.pipeline = inspect ? new Pipeline() : null
    this.recorder = recorder
    this.tap = new Tap((segment) => this.take(segment))
  }

  /** What was found, errors first, then by how often. */
  get found(): Found[] {
    const rank = { error: 0, warning: 1, note: 2 }
    return [...this.kinds.values()].sort(
      (a, b) => rank[a.finding.severity] - rank[b.finding.severity] || b.count - a.count,
    )
  }

  /** The end: what is still awaited will not come. */
  end(): void {
    for (const observed of this.pipeline?.end(micros()) ?? []) this.observe(observed)
  }

  private take(segment: Segment): void {
    const observed = this.pipeline?.push(segment) ?? []
    this.recorder?.segment(segment, observed)
    for (const each of observed) this.observe(each)
  }

  get exchanges(): number {
    return this.tally.exchanges
  }

  get severities(): Readonly<Record<Severity, number>> {
    return this.tally.severities
  }

  private observe(observed: Observed): void {
    this.tally.add(observed)
    if (observed.type === 'finding') this.add(observed.finding)
    else if (observed.type === 'exchange') for (const finding of observed.findings) this.add(finding)
  }

  private add(finding: Finding): void {
    const { code, api, apiVersion, path, explains } = finding
    // The same bug at another member of an array is the same.
    const kind = `${code} ${api} ${apiVersion} ${path.replace(/\d+/g, '')}`
    const known = this.kinds.get(kind)
    // A cause behind many frames is told again at the end, with the whole number.
    if (known && explains !== undefined) this.kinds.set(kind, { finding, count: known.count })
    else if (known) known.count++
    else if (this.kinds.size < MAX_KINDS) this.kinds.set(kind, { finding, count: 1 })
  }
}
