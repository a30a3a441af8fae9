/** A list of rows of equal height of which only those in sight are elements. */
import { h } from './dom.ts'

/** Rows above and below what is in sight. */
const MARGIN = 8

export class VirtualList {
  readonly element: HTMLElement
  private readonly spacer = h('div', { class: 'vl-spacer', role: 'presentation' })
  private readonly window = h('div', { class: 'vl-window', role: 'presentation' })
  private readonly height: number
  private readonly render: (index: number) => HTMLElement
  private size = 0
  private waiting = false

  constructor(element: HTMLElement, height: number, render: (index: number) => HTMLElement) {
    this.element = element
    this.height = height
    this.render = render
    this.spacer.append(this.window)
    element.append(this.spacer)
    element.addEventListener('scroll', () => this.later(), { passive: true })
    new ResizeObserver(() => this.later()).observe(element)
  }

  /** Shows a list of another length; what is in sight is drawn anew. */
  resize(size: number): void {
    this.size = size
    this.spacer.style.height = `${size * this.height}px`
    this.refresh()
  }

  /** Draws what is in sight. */
  refresh(): void {
    const from = Math.max(0, Math.floor(this.element.scrollTop / this.height) - MARGIN)
    const count = Math.ceil(this.element.clientHeight / this.height) + 2 * MARGIN
    const rows: HTMLElement[] = []
    for (let index = from; index < Math.min(this.size, from + count); index++) rows.push(this.render(index))
    this.window.style.transform = `translateY(${from * this.height}px)`
    this.window.replaceChildren(...rows)
  }

  /** Scrolls as little as is needed to have a row in sight; into the middle where it was far. */
  reveal(index: number): void {
    const { element, height } = this
    const head = this.spacer.offsetTop
    const top = index * height
    const room = element.clientHeight - head
    if (top < element.scrollTop) element.scrollTop = this.isNear(top) ? top : Math.max(0, top - room / 2)
    else if (top + height > element.scrollTop + room) {
      element.scrollTop = this.isNear(top) ? top + height - room : top - room / 2
    }
    this.refresh()
  }

  /** Rows that fit. */
  get page(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / this.height) - 1)
  }

  private isNear(top: number): boolean {
    return Math.abs(top - this.element.scrollTop) < 2 * this.element.clientHeight
  }

  private later(): void {
    if (this.waiting) return
    this.waiting = true
    requestAnimationFrame(() => {
      this.waiting = false
      this.refresh()
    })
  }
}
