/** The list of exchanges with its filter and search, and the chosen one below. */
import { safe } from '../../../bytes/safe-text.ts'
import { FilterError } from '../../../filter/filter.ts'
import { clockText, countText, plural } from '../../format.ts'
import type { PageIndex, PageRow } from '../model.ts'
import type { View } from './app.ts'
import { DetailView } from './detail-view.ts'
import { fill, h } from './dom.ts'
import { type Query, select } from './query.ts'
import { client, MARKS, ms, size, timeOf, worst } from './text.ts'
import { VirtualList } from './virtual-list.ts'

const ROW = 24
const COLUMNS = ['#', 'time', 'conn', 'client', 'api', 'v', 'corr', 'request', 'answer', 'ms', 'error', 'finding']
const WAIT = 150

export class ExchangesView implements View {
  readonly element = h('section', { class: 'exchanges', 'aria-label': 'Exchanges' })
  private readonly index: PageIndex
  private readonly filterInput: HTMLInputElement
  private readonly searchInput: HTMLInputElement
  private readonly findingsInput: HTMLInputElement
  private readonly status = h('output', { class: 'status', 'aria-live': 'polite' })
  private readonly problem = h('p', { class: 'problem', id: 'filter-problem', role: 'alert' })
  private readonly grid = h('div', { class: 'grid', role: 'grid', tabindex: 0, 'aria-label': 'List of exchanges' })
  private readonly list: VirtualList
  private readonly detail: DetailView
  private rows: readonly PageRow[]
  private chosen: PageRow | null = null
  private asked = 0
  private timer = 0

  constructor(index: PageIndex) {
    this.index = index
    this.rows = index.rows
    this.detail = new DetailView(index)
    const input = (id: string, placeholder: string, label: string): HTMLInputElement =>
      h('input', { id, type: 'search', placeholder, 'aria-label': label, spellcheck: 'false', autocomplete: 'off' })
    this.filterInput = input('filter', 'filter:  api == "Fetch" and latencyMs > 10', 'Filter expression')
    this.filterInput.setAttribute('aria-describedby', 'filter-problem')
    this.searchInput = input('search', 'search text', 'Search text')
    this.findingsInput = h('input', { type: 'checkbox', id: 'only-findings' })
    for (const field of [this.filterInput, this.searchInput, this.findingsInput]) {
      field.addEventListener('input', () => this.askSoon())
      field.addEventListener('keydown', (event) => this.inputKey(event, field))
    }
    this.grid.append(
      h(
        'div',
        { class: 'row head', role: 'row' },
        COLUMNS.map((name) => h('span', { role: 'columnheader' }, name)),
      ),
    )
    this.list = new VirtualList(this.grid, ROW, (i) => this.row(i))
    this.grid.addEventListener('keydown', (event) => this.gridKey(event))
    const tools = h(
      'div',
      { class: 'tools', role: 'search' },
      this.filterInput,
      this.searchInput,
      h('label', { for: 'only-findings', class: 'check' }, this.findingsInput, 'with findings'),
      this.status,
    )
    this.element.append(tools, this.problem, this.grid, this.splitter(), this.detail.element)
  }

  show(): void {
    this.list.resize(this.rows.length)
    this.grid.setAttribute('aria-rowcount', String(this.rows.length + 1))
    this.tell()
  }

  /** Shows an exchange, which a filter that hides it gives way to. */
  open(row: PageRow, finding?: number): void {
    if (!this.rows.includes(row)) this.setQuery({ filter: '', search: '', onlyFindings: false })
    this.choose(row, finding)
    this.grid.focus({ preventScroll: true })
  }

  setFilter(filter: string): void {
    this.setQuery({ filter, search: '', onlyFindings: false })
  }

  key(event: KeyboardEvent): boolean {
    if (event.key === '/') this.filterInput.focus()
    else if (event.key === 'n') this.nextFinding(1)
    else if (event.key === 'N' || event.key === 'p') this.nextFinding(-1)
    else if (event.key === 'r') this.detail.nextTab()
    else if (event.key === 'Escape') this.grid.focus()
    else return false
    return true
  }

  private setQuery({ filter, search, onlyFindings }: Query): void {
    this.filterInput.value = filter
    this.searchInput.value = search
    this.findingsInput.checked = onlyFindings
    if (filter === '' && search === '' && !onlyFindings) {
      this.asked++
      this.take(this.index.rows)
    } else void this.ask()
  }

  private askSoon(): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.ask(), WAIT)
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer)
    const query = {
      filter: this.filterInput.value,
      search: this.searchInput.value,
      onlyFindings: this.findingsInput.checked,
    }
    const asked = ++this.asked
    const progress = {
      isCurrent: () => asked === this.asked,
      tell: (part: number) => fill(this.status, `looking … ${Math.round(part * 100)} %`),
    }
    try {
      const rows = await select(this.index, query, progress)
      if (rows) this.take(rows)
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      if (!progress.isCurrent()) return
      this.filterInput.setAttribute('aria-invalid', 'true')
      fill(this.problem, error.message)
    }
  }

  private take(rows: readonly PageRow[]): void {
    this.filterInput.removeAttribute('aria-invalid')
    fill(this.problem)
    this.rows = rows
    this.show()
    if (this.chosen && rows.includes(this.chosen)) this.list.reveal(rows.indexOf(this.chosen))
    else this.grid.scrollTop = 0
  }

  private tell(): void {
    const all = this.index.rows.length
    const { length } = this.rows
    fill(this.status, length === all ? plural(all, 'exchange') : `${countText(length)} of ${countText(all)}`)
  }

  private choose(row: PageRow, finding?: number): void {
    this.chosen = row
    const at = this.rows.indexOf(row)
    this.grid.setAttribute('aria-activedescendant', `exchange-${row.id}`)
    this.list.reveal(at)
    void this.detail.show(row, finding)
    history.replaceState(null, '', `#${row.id}`)
  }

  private row(i: number): HTMLElement {
    const row = this.rows[i]!
    const finding = worst(row.findings)
    const classes = ['row', row === this.chosen ? 'chosen' : '', finding ? `is-${finding.severity}` : '']
    const told = finding ? `${finding.code}${row.findings.length > 1 ? ` +${row.findings.length - 1}` : ''}` : ''
    const error = row.error ?? (row.noResponse === null ? '' : `(${row.noResponse})`)
    const cell = (text: string | number, name = '', title?: string): HTMLElement =>
      h('span', { role: 'gridcell', class: name, title }, text)
    return h(
      'div',
      {
        class: classes.join(' ').trim(),
        role: 'row',
        id: `exchange-${row.id}`,
        'aria-rowindex': i + 2,
        'aria-selected': String(row === this.chosen),
        onclick: () => this.choose(row),
      },
      cell(row.id, 'num'),
      cell(clockText(timeOf(row)), 'quiet'),
      cell(row.connection, 'num quiet'),
      cell(client(row.clientId)),
      cell(row.api, 'api'),
      cell(row.version, 'num'),
      cell(row.correlation ?? '', 'num quiet'),
      cell(size(row.request), 'num'),
      cell(size(row.response), 'num'),
      cell(ms(row.latencyMs), 'num'),
      cell(error, row.error ? 'error' : 'quiet', error),
      h(
        'span',
        { role: 'gridcell', class: 'found', title: finding?.message },
        finding && h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[finding.severity]),
        safe(told),
      ),
    )
  }

  private gridKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const at = this.chosen ? this.rows.indexOf(this.chosen) : -1
    const go = (to: number): void => {
      const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, to))]
      if (row) this.choose(row)
    }
    if (event.key === 'ArrowDown' || event.key === 'j') go(at + 1)
    else if (event.key === 'ArrowUp' || event.key === 'k') go(at - 1)
    else if (event.key === 'PageDown') go(at + this.list.page)
    else if (event.key === 'PageUp') go(at - this.list.page)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(this.rows.length - 1)
    else if (event.key === 'Enter' && this.chosen) this.detail.focus()
    else if (event.key === 'Enter') go(0)
    else return
    event.preventDefault()
  }

  private inputKey(event: KeyboardEvent, field: HTMLInputElement): void {
    if (event.key === 'Enter') {
      void this.ask()
      this.grid.focus()
    } else if (event.key === 'Escape') {
      if (field.value !== '' && field.type !== 'checkbox') {
        field.value = ''
        void this.ask()
      } else this.grid.focus()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  private nextFinding(step: 1 | -1): void {
    const { rows } = this
    const at = this.chosen ? rows.indexOf(this.chosen) : step > 0 ? -1 : rows.length
    for (let i = 1; i <= rows.length; i++) {
      const row = rows[(at + step * i + rows.length * 2) % rows.length]
      if (!row || row.findings.length === 0) continue
      this.choose(row, 0)
      return
    }
    fill(this.status, 'no findings in this list')
  }

  /** A bar that is drawn, or moved by arrows, to share the height between list and exchange. */
  private splitter(): HTMLElement {
    const set = (share: number): void => {
      const part = Math.max(0.12, Math.min(0.85, share))
      this.element.style.setProperty('--list', `${part}fr`)
      this.element.style.setProperty('--rest', `${1 - part}fr`)
      bar.setAttribute('aria-valuenow', String(Math.round(part * 100)))
    }
    const shareNow = (): number => this.grid.clientHeight / (this.grid.clientHeight + this.detail.element.clientHeight)
    const bar = h('div', {
      class: 'splitter',
      role: 'separator',
      tabindex: 0,
      'aria-orientation': 'horizontal',
      'aria-label': 'Height of the list',
      'aria-valuenow': 40,
      onpointerdown: (event) => bar.setPointerCapture(event.pointerId),
      onpointermove: (event) => {
        if (!bar.hasPointerCapture(event.pointerId)) return
        const { top } = this.grid.getBoundingClientRect()
        const { bottom } = this.element.getBoundingClientRect()
        set((event.clientY - top) / (bottom - top))
      },
      onkeydown: (event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
        set(shareNow() + (event.key === 'ArrowUp' ? -0.05 : 0.05))
        event.preventDefault()
      },
    })
    return bar
  }
}
