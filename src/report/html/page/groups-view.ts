/** The groups: a time line each, members, and what happened. */
import { safe } from '../../../bytes/safe-text.ts'
import { plural } from '../../format.ts'
import type { PageGroup, PageGroupMember, PageGroupSpan, PageIndex } from '../model.ts'
import type { App, View } from './app.ts'
import { h } from './dom.ts'
import { type Column, table } from './tables.ts'
import { client, dateText, durationText } from './text.ts'

/** Phases in words. */
const SHOWN_SPANS = 12

type Open = (exchange: number) => void

export class GroupsView implements View {
  readonly element = h('section', { class: 'groups', 'aria-label': 'Groups' })

  constructor(app: App) {
    const { groups } = app.index
    if (groups.length === 0) this.element.append(h('p', { class: 'empty' }, 'No group was asked for.'))
    else this.element.append(legend())
    const open = opener(app)
    for (const group of groups) this.element.append(panel(group, app, open))
  }

  show(): void {}

  key(): boolean {
    return false
  }
}

/** Shows an exchange by its id, where the list has it. */
function opener(app: App): Open {
  const { rows }: PageIndex = app.index
  return (exchange) => {
    const row = rows.find(({ id }) => id === exchange)
    if (row) app.open(row)
  }
}

const PHASES: readonly PageGroupSpan['phase'][] = ['joining', 'syncing', 'stable', 'empty', 'dead']

const legend = (): HTMLElement =>
  h(
    'p',
    { class: 'legend' },
    PHASES.map((phase) => h('span', {}, h('span', { class: `phase is-${phase}` }), ` ${phase}`)),
  )

function panel(group: PageGroup, app: App, open: Open): HTMLElement {
  const { id, broker, state, rebalances, spans, forgotten, members, moreMembers, events } = group
  return h(
    'article',
    { class: 'panel' },
    h('h2', {}, safe(id), h('span', { class: 'quiet' }, `on ${safe(broker)}`)),
    h('p', {}, `${safe(state)}, ${plural(rebalances, 'rebalance')}`),
    spans.length > 0 && line(group, open),
    spans.length > 0 && words(spans, forgotten, group.classic),
    table('Members', memberColumns(app), members),
    moreMembers && h('p', { class: 'quiet' }, 'More members than these are not listed.'),
    events.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, `what happened: the last ${events.length}`),
        h(
          'ul',
          { class: 'places' },
          events.map(({ time, exchange, text }) =>
            h(
              'li',
              {},
              h('button', { type: 'button', class: 'link', onclick: () => open(exchange) }, `#${exchange}`),
              h('span', {}, `${dateText(time)}  ${safe(text)}`),
            ),
          ),
        ),
      ),
  )
}

/** The life in colours; a click goes to the exchange that began a phase. */
function line({ spans, classic }: PageGroup, open: Open): HTMLElement {
  const from = spans[0]!.time
  const whole = Math.max(1, spans.at(-1)!.end - from)
  return h(
    'div',
    { class: 'life-line' },
    spans.map((span) => {
      const title = `${spanText(span, classic)}, from ${dateText(span.time)}: #${span.exchange}`
      const share = Math.max(0.002, (span.end - span.time) / whole)
      const button = h('button', {
        type: 'button',
        class: `phase is-${span.phase}`,
        title,
        'aria-label': title,
        onclick: () => open(span.exchange),
      })
      button.style.flexGrow = String(share)
      return button
    }),
  )
}

const spanText = ({ phase, generation, members, time, end }: PageGroupSpan, classic: boolean): string => {
  const at = phase === 'stable' ? ` (${classic ? 'generation' : 'epoch'} ${generation}, ${members} in)` : ''
  return `${phase}${at}${end > time ? ` ${durationText(end - time)}` : ''}`
}

function words(spans: readonly PageGroupSpan[], forgotten: number, classic: boolean): HTMLElement {
  const before = forgotten + Math.max(0, spans.length - SHOWN_SPANS)
  const shown = spans.slice(-SHOWN_SPANS).map((span) => spanText(span, classic))
  return h('p', { class: 'quiet' }, `${before > 0 ? `after ${before} earlier: ` : ''}${shown.join(', ')}`)
}

function memberColumns(app: App): Column<PageGroupMember>[] {
  return [
    { name: 'client id', cell: ({ clientId }) => client(clientId), key: ({ clientId }) => clientId ?? '' },
    { name: 'client', cell: ({ client: end }) => safe(end), key: ({ client: end }) => end },
    {
      name: 'connection',
      num: true,
      cell: ({ connection }) =>
        connection === 0
          ? '–'
          : h('button', { type: 'button', class: 'link', onclick: () => app.sequence(connection) }, `${connection}`),
      key: ({ connection }) => connection,
    },
    { name: 'leads', cell: ({ leader }) => (leader ? 'leader' : '') },
    { name: 'assigned', cell: ({ assigned }) => safe(assigned), key: ({ assigned }) => assigned },
    { name: 'last said', cell: ({ said }) => safe(said) },
    { name: 'member id', cell: ({ id }) => safe(id), key: ({ id }) => id },
  ]
}
