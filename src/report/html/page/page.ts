/** The page: its views, what they ask of each other, its keys. */
import { safe } from '../../../bytes/safe-text.ts'
import type { PageIndex, PageRow } from '../model.ts'
import type { App, View } from './app.ts'
import { fill, h } from './dom.ts'
import { ExchangesView } from './exchanges-view.ts'
import { FindingsView } from './findings-view.ts'
import { GroupsView } from './groups-view.ts'
import { helpDialog } from './help.ts'
import { LatencyView } from './latency-view.ts'
import { SequenceView } from './sequence-view.ts'
import { SummaryView } from './summary-view.ts'
import { dateText } from './text.ts'
import { nextTheme, themeButton } from './theme.ts'

type Name = 'summary' | 'exchanges' | 'sequence' | 'latency' | 'findings' | 'groups'

const TABS: readonly (readonly [Name, string])[] = [
  ['summary', 'Summary'],
  ['exchanges', 'Exchanges'],
  ['sequence', 'Sequence'],
  ['latency', 'Latency'],
  ['findings', 'Findings'],
  ['groups', 'Groups'],
]

/** Captures that are named at the top. */
const SOURCES = 8

export class Page implements App {
  readonly index: PageIndex
  private readonly exchanges: ExchangesView
  private readonly sequences: SequenceView
  private readonly views: Readonly<Record<Name, View>>
  private readonly help = helpDialog()
  private readonly buttons: readonly HTMLElement[]
  private shown: Name = 'summary'

  constructor(index: PageIndex, root: HTMLElement) {
    this.index = index
    this.exchanges = new ExchangesView(index)
    this.sequences = new SequenceView(this)
    this.views = {
      summary: new SummaryView(this),
      exchanges: this.exchanges,
      sequence: this.sequences,
      latency: new LatencyView(this),
      findings: new FindingsView(this),
      groups: new GroupsView(this),
    }
    this.buttons = TABS.map(([name, label], i) => this.tabButton(name, label, i))
    fill(root, this.top(), this.panels(), this.help)
    document.addEventListener('keydown', (event) => this.key(event))
    this.choose('summary')
  }

  open(row: PageRow, finding?: number): void {
    this.choose('exchanges')
    this.exchanges.open(row, finding)
  }

  filter(expression: string): void {
    this.choose('exchanges')
    this.exchanges.setFilter(expression)
  }

  sequence(connection: number): void {
    this.choose('sequence')
    this.sequences.choose(connection)
  }

  private choose(name: Name): void {
    this.shown = name
    for (const [i, [tab]] of TABS.entries()) {
      const isShown = tab === name
      this.buttons[i]!.setAttribute('aria-selected', String(isShown))
      this.buttons[i]!.setAttribute('tabindex', isShown ? '0' : '-1')
      document.getElementById(`view-${tab}`)!.hidden = !isShown
    }
    this.views[name].show()
  }

  private tabButton(name: Name, label: string, i: number): HTMLElement {
    const { findings, groups } = this.index
    const count = name === 'findings' ? findings.length : name === 'groups' ? groups.length : 0
    const attributes = { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `view-${name}` }
    const onclick = (): void => this.choose(name)
    return h(
      'button',
      { ...attributes, title: `key ${i + 1}`, onclick },
      label,
      count > 0 && h('span', { class: 'count' }, String(count)),
    )
  }

  private top(): HTMLElement {
    const { title, version, made, sources, filter } = this.index
    const tablist = h('nav', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, this.buttons)
    tablist.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
      const step = event.key === 'ArrowRight' ? 1 : TABS.length - 1
      const at = (TABS.findIndex(([name]) => name === this.shown) + step) % TABS.length
      this.choose(TABS[at]![0])
      this.buttons[at]!.focus()
    })
    const openHelp = (): void => this.help.showModal()
    return h(
      'header',
      { class: 'top' },
      h('h1', {}, safe(title)),
      h(
        'p',
        { class: 'quiet facts' },
        h('span', {}, `kafkascope ${version}, ${dateText(made)}`),
        sources.slice(0, SOURCES).map((name) => h('span', {}, safe(name))),
        sources.length > SOURCES && h('span', {}, `and ${sources.length - SOURCES} more`),
        filter !== null && h('span', {}, 'filter: ', h('code', {}, safe(filter))),
      ),
      tablist,
      h(
        'div',
        { class: 'buttons' },
        themeButton(),
        h('button', { type: 'button', title: 'Keys (?)', 'aria-label': 'Help', onclick: openHelp }, '?'),
      ),
    )
  }

  private panels(): HTMLElement {
    const panels = TABS.map(([name]) => {
      const attributes = { id: `view-${name}`, class: 'view', role: 'tabpanel', 'aria-labelledby': `tab-${name}` }
      return h('div', attributes, this.views[name].element)
    })
    return h('main', {}, panels)
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
    if (this.help.open || isTyping(event)) return
    const tab = TABS[Number(event.key) - 1]
    if (this.views[this.shown].key(event)) event.preventDefault()
    else if (tab) this.choose(tab[0])
    else if (event.key === '?') this.help.showModal()
    else if (event.key === 't') nextTheme()
    else if (event.key === '/' || event.key === 'n') {
      this.choose('exchanges')
      this.exchanges.key(event)
      event.preventDefault()
    }
  }
}

/** Whether a key goes into a field. */
function isTyping({ target }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox'
  return target instanceof HTMLSelectElement
}
