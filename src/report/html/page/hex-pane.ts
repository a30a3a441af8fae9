/** The bytes of a frame: 16 in a row, in hex and as characters. */
import { plural } from '../../format.ts'
import { h } from './dom.ts'
import type { Mark } from './frame-pane.ts'
import { VirtualList } from './virtual-list.ts'

export interface HexListeners {
  /** A byte is pointed at; null: none is any more. */
  readonly point: (offset: number | null) => void
  readonly choose: (offset: number) => void
}

type Range = readonly [offset: number, length: number]

const ROW = 22
const WIDTH = 16

export class HexPane {
  readonly element = h('div', { class: 'hex', role: 'region', tabindex: 0, 'aria-label': 'Bytes of the frame' })
  private readonly hex: string
  private readonly bytes: number
  private readonly rest: number
  private readonly marks: readonly Mark[]
  private readonly list: VirtualList
  private chosen: Range | null = null
  private pointed: Range | null = null

  constructor(hex: string, size: number, marks: readonly Mark[], listeners: HexListeners) {
    this.hex = hex
    this.bytes = hex.length / 2
    this.rest = size - this.bytes
    // What is missing at an offset is shown at the byte that stands there instead, or at the last one.
    this.marks = marks.map((mark) => ({
      ...mark,
      offset: Math.min(mark.offset, Math.max(0, this.bytes - 1)),
      length: Math.max(1, mark.length),
    }))
    this.list = new VirtualList(this.element, ROW, (index) => this.row(index))
    const offsetOf = (event: Event): number | null => {
      const at = event.target instanceof Element ? event.target.getAttribute('data-at') : null
      return at === null ? null : Number(at)
    }
    this.element.addEventListener('mouseover', (event) => listeners.point(offsetOf(event)))
    this.element.addEventListener('mouseleave', () => listeners.point(null))
    this.element.addEventListener('click', (event) => {
      const offset = offsetOf(event)
      if (offset !== null) listeners.choose(offset)
    })
  }

  show(): void {
    this.list.resize(Math.ceil(this.bytes / WIDTH) + (this.rest > 0 ? 1 : 0))
  }

  point(range: Range | null): void {
    this.pointed = range
    this.recolour()
  }

  /** Marks a field's bytes and scrolls to them. */
  choose(range: Range | null): void {
    this.chosen = range
    if (range) this.list.reveal(Math.floor(Math.min(range[0], Math.max(0, this.bytes - 1)) / WIDTH))
    this.recolour()
  }

  private row(index: number): HTMLElement {
    const from = index * WIDTH
    if (from >= this.bytes)
      return h('div', { class: 'hex-row quiet' }, `${plural(this.rest, 'byte')} more, not in this page`)
    const digits: HTMLElement[] = []
    const characters: HTMLElement[] = []
    for (let at = from; at < Math.min(from + WIDTH, this.bytes); at++) {
      const pair = this.hex.slice(2 * at, 2 * at + 2)
      const code = Number.parseInt(pair, 16)
      const classes = this.classOf(at)
      digits.push(h('span', { class: `${classes}${at % WIDTH === 8 ? ' half' : ''}`, 'data-at': at }, pair))
      const printable = code >= 0x20 && code < 0x7f
      const character = printable ? String.fromCharCode(code) : '·'
      characters.push(h('span', { class: printable ? classes : `${classes} dim`, 'data-at': at }, character))
    }
    return h(
      'div',
      { class: 'hex-row' },
      h('span', { class: 'at' }, from.toString(16).padStart(4, '0')),
      h('span', { class: 'digits' }, digits),
      h('span', { class: 'characters', 'aria-hidden': 'true' }, characters),
    )
  }

  private classOf(at: number): string {
    const inside = (range: Range | null): boolean => range !== null && at >= range[0] && at < range[0] + range[1]
    let classes = 'b'
    if (inside(this.chosen)) classes += ' chosen'
    if (inside(this.pointed)) classes += ' pointed'
    for (const { severity, offset, length } of this.marks) {
      if (at >= offset && at < offset + length) return `${classes} is-${severity}`
    }
    return classes
  }

  /** Colours what is in sight anew without making it anew: it may be under the pointer. */
  private recolour(): void {
    for (const byte of this.element.querySelectorAll<HTMLElement>('.b')) {
      const kept = `${byte.classList.contains('half') ? ' half' : ''}${byte.classList.contains('dim') ? ' dim' : ''}`
      const classes = this.classOf(Number(byte.dataset.at)) + kept
      if (byte.className !== classes) byte.className = classes
    }
  }
}
