/** What goes over the wire of a load run, looked at and recorded as any other traffic. */

import { micros, Tap } from '../client/tap.ts'
import type { Finding } from '../findings/finding.ts'
import { type Observed, Pipeline } from '../findings/pipeline.ts'
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
  exchanges = 0
  errors = 0
  warnings = 0
  notes = 0
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

  private observe(observed: Observed): void {
    if (observed.type === 'finding') this.add(observed.finding)
    else if (observed.type === 'exchange') {
      this.exchanges++
      for (const finding of observed.findings) this.add(finding)
    }
  }

  private add(finding: Finding): void {
    const { severity, code, api, apiVersion, path } = finding
    if (severity === 'error') this.errors++
    else if (severity === 'warning') this.warnings++
    else this.notes++
    // The same bug at another member of an array is the same.
    const kind = `${code} ${api} ${apiVersion} ${path.replace(/\d+/g, '')}`
    const known = this.kinds.get(kind)
    if (known) known.count++
    else if (this.kinds.size < MAX_KINDS) this.kinds.set(kind, { finding, count: 1 })
  }
}
