/** One exchange: what was found in it, its frames, its JSON. */
import { printJson } from '../../../codec/json-text.ts'
import { clockText, sizeText } from '../../format.ts'
import type { PageDetail, PageIndex, PageRow } from '../model.ts'
import { detailOf, jsonOf } from './data.ts'
import { fill, h } from './dom.ts'
import { findingCard } from './finding-card.ts'
import { FramePane } from './frame-pane.ts'
import { indented } from './indented.ts'
import { client, ms, sideOf } from './text.ts'

type Tab = 'request' | 'response' | 'json'
const TABS: readonly (readonly [Tab, string])[] = [
  ['request', 'Request'],
  ['response', 'Answer'],
  ['json', 'JSON'],
]

export class DetailView {
  readonly element = h('section', { class: 'detail', 'aria-label': 'The chosen exchange' })
  private readonly index: PageIndex
  private readonly body = h('div', { class: 'detail-body', role: 'tabpanel' })
  private row: PageRow | null = null
  private detail: PageDetail | null = null
  private tab: Tab = 'response'
  /** The part that was asked for last; an exchange that lacks it shows another for once. */
  private preferred: Tab = 'response'
  private pane: FramePane | null = null
  private tabs: HTMLElement[] = []

  constructor(index: PageIndex) {
    this.index = index
    fill(
      this.element,
      h('p', { class: 'empty' }, 'Choose an exchange above: arrows, then Enter to go into its fields.'),
    )
  }

  /** Shows an exchange; `finding`, by number, is the one to go to. */
  async show(row: PageRow, finding?: number): Promise<void> {
    const told = row.findings[finding ?? 0]
    if (row === this.row && this.detail) {
      if (told && finding !== undefined) this.go(told)
      return
    }
    this.row = row
    this.detail = null
    const detail = await detailOf(row)
    if (this.row !== row) return
    this.detail = detail
    if (told) this.tab = sideOf(told, row)
    else {
      const { preferred } = this
      this.tab = preferred === 'json' || row[preferred] ? preferred : row.response ? 'response' : 'request'
    }
    this.draw(row)
    if (told) this.go(told)
  }

  clear(): void {
    this.row = null
    this.detail = null
    fill(this.element, h('p', { class: 'empty' }, 'No exchange is chosen.'))
  }

  focus(): void {
    this.pane?.focus()
  }

  /** The other frame, or the JSON. */
  nextTab(): void {
    const at = TABS.findIndex(([name]) => name === this.tab)
    this.prefer(TABS[(at + 1) % TABS.length]![0])
  }

  private go(finding: PageRow['findings'][number]): void {
    if (!this.row) return
    const side = sideOf(finding, this.row)
    if (side !== this.tab) this.choose(side)
    this.pane?.chooseFinding(finding)
  }

  private prefer(tab: Tab): void {
    this.preferred = tab
    this.choose(tab)
  }

  private choose(tab: Tab): void {
    this.tab = tab
    for (const [i, [name]] of TABS.entries()) {
      this.tabs[i]?.setAttribute('aria-selected', String(name === tab))
      this.tabs[i]?.setAttribute('tabindex', name === tab ? '0' : '-1')
    }
    this.drawBody()
  }

  private draw(row: PageRow): void {
    const { api, version, correlation, clientId } = row
    const ends = this.index.connections.find(({ id }) => id === row.connection)
    const facts = [
      `#${row.id}`,
      client(clientId),
      ends ? `${ends.client} → ${ends.broker}` : `connection ${row.connection}`,
      correlation === null ? '' : `correlation id ${correlation}`,
      row.latencyMs === null ? (row.noResponse ?? '') : `${ms(row.latencyMs)} ms`,
    ]
    this.tabs = TABS.map(([name, label]) => this.tabButton(name, label, row))
    fill(
      this.element,
      h(
        'header',
        { class: 'detail-head' },
        h('h2', {}, `${api} v${version}`, row.error ? h('span', { class: 'chip is-error' }, row.error) : null),
        h(
          'p',
          { class: 'facts' },
          facts.filter(Boolean).map((fact) => h('span', {}, fact)),
        ),
        h('div', { class: 'subtabs', role: 'tablist', 'aria-label': 'Parts of the exchange' }, this.tabs),
      ),
      row.findings.length > 0 &&
        h(
          'div',
          { class: 'detail-findings' },
          row.findings.map((finding) => findingCard(finding, this.index, () => this.go(finding))),
        ),
      this.body,
    )
    this.choose(this.tab)
  }

  private tabButton(name: Tab, label: string, row: PageRow): HTMLElement {
    const frame = name === 'json' ? null : row[name]
    const found = row.findings.filter((finding) => sideOf(finding, row) === name).length
    const packet = frame?.packet ? `, packet ${frame.packet}` : ''
    const title = frame ? `${clockText(frame.time)}${packet}` : ''
    return h(
      'button',
      {
        type: 'button',
        role: 'tab',
        title,
        'data-tab': name,
        onclick: () => this.prefer(name),
        onkeydown: (event) => {
          if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
          event.preventDefault()
          event.stopPropagation()
          const at = TABS.findIndex(([tab]) => tab === name) + (event.key === 'ArrowRight' ? 1 : TABS.length - 1)
          this.prefer(TABS[at % TABS.length]![0])
          this.tabs[at % TABS.length]!.focus()
        },
      },
      label,
      frame && h('span', { class: 'quiet' }, sizeText(frame.size)),
      found > 0 && h('span', { class: 'count' }, String(found)),
    )
  }

  private drawBody(): void {
    const { row, detail, tab } = this
    this.pane = null
    if (!row) return
    if (tab === 'json') {
      void this.drawJson(row)
      return
    }
    const frame = row[tab]
    const kept = detail?.[tab]
    if (!frame) {
      const why =
        tab === 'response'
          ? `There is no answer${row.noResponse ? `: ${row.noResponse}` : ''}.`
          : 'The request was not captured.'
      fill(this.body, h('p', { class: 'empty' }, why))
    } else if (!kept) {
      fill(this.body, h('p', { class: 'empty' }, 'Its fields and bytes were left out to keep this page small.'))
    } else {
      const findings = row.findings.filter((finding) => sideOf(finding, row) === tab)
      this.pane = new FramePane(kept, frame.size, findings)
      fill(this.body, this.pane.element)
      this.pane.show()
    }
  }

  private async drawJson(row: PageRow): Promise<void> {
    const json = await jsonOf(row, this.index)
    if (this.row !== row || this.tab !== 'json') return
    const copy = h('button', { type: 'button', class: 'copy' }, 'Copy as one line')
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(printJson(json))
      copy.textContent = 'Copied'
    })
    fill(this.body, h('div', { class: 'json' }, copy, h('pre', { tabindex: 0 }, indented(json))))
  }
}
