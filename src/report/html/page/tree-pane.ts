/** The fields of a frame as a tree that folds. */
import type { Finding } from '../../../findings/finding.ts'
import type { PageField } from '../fields.ts'
import { h } from './dom.ts'
import { MARKS } from './text.ts'
import { VirtualList } from './virtual-list.ts'

export interface TreeListeners {
  /** A field is pointed at; -1: none is any more. */
  readonly point: (field: number) => void
  readonly choose: (field: number) => void
}

const ROW = 22
/** Containers that hold more than this directly begin folded. */
const OPEN_UP_TO = 100

export class TreePane {
  readonly element = h('div', { class: 'tree', role: 'tree', tabindex: 0, 'aria-label': 'Fields of the frame' })
  private readonly fields: readonly PageField[]
  private readonly more: boolean
  private readonly marks: ReadonlyMap<number, Finding>
  private readonly listeners: TreeListeners
  private readonly list: VirtualList
  private readonly folded = new Set<number>()
  /** Fields in sight when nothing is scrolled, by number. */
  private visible: number[] = []
  private chosen = -1
  private pointed = -1

  constructor(
    fields: readonly PageField[],
    more: boolean,
    marks: ReadonlyMap<number, Finding>,
    listeners: TreeListeners,
  ) {
    this.fields = fields
    this.more = more
    this.marks = marks
    this.listeners = listeners
    this.list = new VirtualList(this.element, ROW, (index) => this.row(index))
    this.element.addEventListener('keydown', (event) => this.key(event))
    this.element.addEventListener('mouseleave', () => this.point(-1, true))
    const held = this.heldDirectly()
    for (const [field, count] of held.entries()) if (count > OPEN_UP_TO) this.folded.add(field)
  }

  /** How many fields each field holds itself, not counting what those hold. */
  private heldDirectly(): number[] {
    const counts = this.fields.map(() => 0)
    /** By depth, the last field there. */
    const above: number[] = []
    for (const [field, { depth }] of this.fields.entries()) {
      above[depth] = field
      const holder = above[depth - 1]
      if (depth > 0 && holder !== undefined) counts[holder]!++
    }
    return counts
  }

  show(): void {
    this.fold()
  }

  focus(): void {
    this.element.focus()
    if (this.chosen < 0 && this.visible.length > 0) this.select(this.visible[0]!)
  }

  /** Chooses a field: unfolds what it is in and scrolls to it. Tells nobody. */
  choose(field: number): void {
    this.chosen = field
    const depth = this.fields[field]!.depth
    let above = depth
    for (let i = field - 1; i >= 0 && above > 0; i--) {
      if (this.fields[i]!.depth >= above) continue
      above = this.fields[i]!.depth
      this.folded.delete(i)
    }
    this.fold()
    this.list.reveal(this.visible.indexOf(field))
    this.tellActive()
  }

  /** Marks a field as pointed at; tells of it only where `tell` says so. */
  point(field: number, tell = false): void {
    if (field === this.pointed) return
    this.pointed = field
    for (const row of this.element.querySelectorAll('.tree-row')) {
      row.classList.toggle('pointed', Number(row.getAttribute('data-field')) === field)
    }
    if (tell) this.listeners.point(field)
  }

  private select(field: number): void {
    this.choose(field)
    this.listeners.choose(field)
  }

  private tellActive(): void {
    this.element.setAttribute('aria-activedescendant', `field-${this.chosen}`)
  }

  /** The number after the last field inside. */
  private end(field: number): number {
    const depth = this.fields[field]!.depth
    let end = field + 1
    while (end < this.fields.length && this.fields[end]!.depth > depth) end++
    return end
  }

  private fold(): void {
    this.visible = []
    for (let field = 0; field < this.fields.length; ) {
      this.visible.push(field)
      field = this.folded.has(field) ? this.end(field) : field + 1
    }
    this.list.resize(this.visible.length + (this.more ? 1 : 0))
  }

  private toggle(field: number): void {
    if (!this.folded.delete(field)) this.folded.add(field)
    this.fold()
  }

  private row(index: number): HTMLElement {
    const field = this.visible[index]
    if (field === undefined) return h('div', { class: 'tree-row quiet' }, 'more fields are not in this page')
    const { depth, name, role, type, value } = this.fields[field]!
    const holds = this.end(field) > field + 1
    const mark = this.marks.get(field)
    const open = !this.folded.has(field)
    const classes = ['tree-row', role]
    if (field === this.chosen) classes.push('chosen')
    if (field === this.pointed) classes.push('pointed')
    if (mark) classes.push(`is-${mark.severity}`)
    const row = h(
      'div',
      {
        class: classes.filter(Boolean).join(' '),
        role: 'treeitem',
        id: `field-${field}`,
        'aria-level': depth + 1,
        'aria-selected': String(field === this.chosen),
        'aria-expanded': holds ? String(open) : null,
        'data-field': field,
        onmouseenter: () => this.point(field, true),
        onclick: () => this.select(field),
        ondblclick: () => holds && this.toggle(field),
      },
      h('span', { class: 'mark', title: mark?.message }, mark ? MARKS[mark.severity] : ''),
      h(
        'span',
        { class: 'caret', 'aria-hidden': 'true', onclick: () => holds && this.toggle(field) },
        holds ? (open ? '▾' : '▸') : '',
      ),
      h('span', { class: 'name' }, name),
      h('span', { class: 'value', title: value }, value),
      h('span', { class: 'type' }, type),
    )
    row.style.setProperty('--depth', String(depth))
    return row
  }

  private key(event: KeyboardEvent): void {
    const at = this.visible.indexOf(this.chosen)
    const field = this.chosen
    const holds = field >= 0 && this.end(field) > field + 1
    const go = (to: number): void => {
      const wanted = this.visible[Math.max(0, Math.min(this.visible.length - 1, to))]
      if (wanted !== undefined) this.select(wanted)
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key === 'ArrowDown' || event.key === 'j') go(at + 1)
    else if (event.key === 'ArrowUp' || event.key === 'k') go(at - 1)
    else if (event.key === 'PageDown') go(at + this.list.page)
    else if (event.key === 'PageUp') go(at - this.list.page)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(this.visible.length - 1)
    else if (event.key === 'ArrowLeft') {
      if (holds && !this.folded.has(field)) this.toggle(field)
      else go(this.visible.findLastIndex((i, n) => n < at && this.fields[i]!.depth < (this.fields[field]?.depth ?? 0)))
    } else if (event.key === 'ArrowRight') {
      if (holds && this.folded.has(field)) this.toggle(field)
      else if (holds) go(at + 1)
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (holds) this.toggle(field)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
}
