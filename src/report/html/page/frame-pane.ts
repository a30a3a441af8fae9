/** A frame's fields beside its bytes; pointing at or choosing one shows the other. */
import type { Finding, Severity } from '../../../findings/finding.ts'
import { type PageField, unpackFields } from '../fields.ts'
import type { PageFrameDetail } from '../model.ts'
import { h } from './dom.ts'
import { HexPane } from './hex-pane.ts'
import { isGraver } from './text.ts'
import { TreePane } from './tree-pane.ts'

export interface Mark {
  readonly severity: Severity
  readonly offset: number
  readonly length: number
}

export class FramePane {
  readonly element: HTMLElement
  private readonly tree: TreePane
  private readonly hex: HexPane
  private readonly fields: readonly PageField[]
  private readonly marks: ReadonlyMap<number, Finding>

  /** `size`: bytes of the frame on the wire. `findings`: those that speak of this frame. */
  constructor(detail: PageFrameDetail, size: number, findings: readonly Finding[]) {
    this.fields = unpackFields(detail.fields)
    const places: Mark[] = findings.map(({ severity, offset, length }) => ({ severity, offset, length }))
    this.marks = this.marksOf(findings)
    this.hex = new HexPane(detail.hex, size, places, {
      point: (offset) => this.pointBytes(offset),
      choose: (offset) => this.chooseBytes(offset),
    })
    this.tree = new TreePane(this.fields, detail.more, this.marks, {
      point: (field) => this.hex.point(field < 0 ? null : this.rangeOf(field)),
      choose: (field) => this.hex.choose(this.rangeOf(field)),
    })
    this.element = h('div', { class: 'frame-pane' }, this.tree.element, this.hex.element)
  }

  /** Draws it, once it is in the page. */
  show(): void {
    this.tree.show()
    this.hex.show()
  }

  focus(): void {
    this.tree.focus()
  }

  /** Chooses the field that a finding is about. */
  chooseFinding(finding: Finding): void {
    for (const [field, marked] of this.marks) {
      if (marked !== finding && !(marked.path === finding.path && marked.offset === finding.offset)) continue
      this.tree.choose(field)
      this.hex.choose([finding.offset, Math.max(1, finding.length)])
      return
    }
    this.hex.choose([finding.offset, Math.max(1, finding.length)])
  }

  private rangeOf(field: number): readonly [number, number] | null {
    const { role, offset, length } = this.fields[field]!
    return role === 'expanded' ? null : [offset, length]
  }

  private pointBytes(offset: number | null): void {
    const field = offset === null ? -1 : this.fieldAt(offset)
    this.tree.point(field)
    this.hex.point(field < 0 ? null : this.rangeOf(field))
  }

  private chooseBytes(offset: number): void {
    const field = this.fieldAt(offset)
    if (field < 0) return
    this.tree.choose(field)
    this.hex.choose(this.rangeOf(field))
  }

  /** The innermost field that holds a byte: containers come before what they hold. */
  private fieldAt(offset: number): number {
    let found = -1
    for (const [i, { role, offset: at, length }] of this.fields.entries()) {
      if (role !== 'expanded' && offset >= at && offset < at + length) found = i
    }
    return found
  }

  /** By field, the gravest finding about it. */
  private marksOf(findings: readonly Finding[]): Map<number, Finding> {
    const marks = new Map<number, Finding>()
    for (const finding of findings) {
      const is = (role: boolean) => (one: PageField) => one.path === finding.path && (one.role === 'stop') === role
      const stop = finding.path === '' ? -1 : this.fields.findIndex(is(true))
      const named = stop >= 0 || finding.path === '' ? stop : this.fields.findIndex(is(false))
      const field = named >= 0 ? named : this.fieldAt(finding.offset)
      const at = field >= 0 ? field : this.fields.length - 1
      if (at < 0) continue
      const known = marks.get(at)
      if (!known || isGraver(finding.severity, known.severity)) marks.set(at, finding)
    }
    return marks
  }
}
