/** Every kind of finding with its explanation and where it was seen. */
import { countText, plural } from '../../format.ts'
import type { FindingKind, PageRow } from '../model.ts'
import type { App, View } from './app.ts'
import { h } from './dom.ts'
import { entryText } from './finding-card.ts'
import { MARKS } from './text.ts'

const PLACES = 30

export class FindingsView implements View {
  readonly element = h('section', { class: 'findings', 'aria-label': 'Findings' })

  constructor(app: App) {
    const { findings } = app.index
    if (findings.length === 0) this.element.append(h('p', { class: 'empty' }, 'Nothing was found wrong.'))
    const rows = app.index.rows.filter((row) => row.findings.length > 0)
    for (const kind of findings) this.element.append(kindOf(kind, rows, app))
  }

  show(): void {}

  key(): boolean {
    return false
  }
}

function kindOf({ code, severity, count, entry }: FindingKind, rows: readonly PageRow[], app: App): HTMLElement {
  const places: HTMLElement[] = []
  for (const row of rows) {
    for (const [i, finding] of row.findings.entries()) {
      if (finding.code !== code || places.length >= PLACES) continue
      const title = `#${row.id} ${row.api} v${row.version}`
      const go = h('button', { type: 'button', class: 'link', onclick: () => app.open(row, i) }, title)
      places.push(h('li', {}, go, h('span', {}, finding.message)))
    }
  }
  for (const event of app.index.events) {
    if (event.type !== 'finding' || event.finding.code !== code || places.length >= PLACES) continue
    const { connection, finding } = event
    const name = connection === null ? 'session' : `connection ${connection}`
    const go =
      connection === null
        ? h('span', {}, name)
        : h('button', { type: 'button', class: 'link', onclick: () => app.sequence(connection) }, name)
    places.push(h('li', {}, go, h('span', {}, finding.message)))
  }
  const all = (): void => app.filter(`findings.code == ${JSON.stringify(code)}`)
  return h(
    'article',
    { class: `panel kind is-${severity}` },
    h(
      'h2',
      {},
      h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[severity]),
      code,
      h('span', { class: 'quiet' }, plural(count, severity)),
    ),
    entry !== null && entryText(entry),
    h('ul', { class: 'places' }, places),
    count > places.length &&
      h(
        'p',
        {},
        h(
          'button',
          { type: 'button', class: 'link', onclick: all },
          `all ${countText(count)} in the list of exchanges`,
        ),
      ),
  )
}
