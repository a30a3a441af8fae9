/** Totals: the first thing that is seen. */
import { safe } from '../../../bytes/safe-text.ts'
import { countText, plural, sizeText } from '../../format.ts'
import type { ApiTotals, ClientTotals, FindingKind, PageConnection } from '../model.ts'
import type { App, View } from './app.ts'
import { h } from './dom.ts'
import { type Column, table } from './tables.ts'
import { client, dateText, durationText, MARKS, ms } from './text.ts'

const quoted = (text: string): string => JSON.stringify(text)

export class SummaryView implements View {
  readonly element: HTMLElement

  constructor(app: App) {
    const { index } = app
    this.element = h(
      'section',
      { class: 'summary', 'aria-label': 'Summary' },
      this.cards(app),
      index.notices.length > 0 &&
        h(
          'ul',
          { class: 'notices', 'aria-label': 'What this page lacks' },
          index.notices.map((text) => h('li', {}, safe(text))),
        ),
      table('Findings', findingColumns(app), index.findings),
      table('APIs and versions', apiColumns(app), index.apis),
      table('Clients', clientColumns(app), index.clients),
      table('Connections', connectionColumns(app), index.connections),
    )
  }

  show(): void {}

  key(): boolean {
    return false
  }

  private cards({ index }: App): HTMLElement {
    const { from, to, severities, exchanges, requestBytes, responseBytes } = index
    const errors = index.apis.reduce((sum, api) => sum + api.errors, 0)
    const found = severities.error + severities.warning + severities.note
    const span = from !== null && to !== null ? durationText(to - from) : '–'
    const card = (label: string, value: string, more: string, tone = ''): HTMLElement =>
      h(
        'div',
        { class: `card ${tone}`.trim() },
        h('dt', {}, label),
        h('dd', {}, h('b', {}, value), h('span', { class: 'quiet' }, more)),
      )
    const gravest = severities.error > 0 ? 'is-error' : severities.warning > 0 ? 'is-warning' : ''
    return h(
      'dl',
      { class: 'cards' },
      card('exchanges', countText(exchanges), plural(index.connections.length, 'connection')),
      card(
        'findings',
        countText(found),
        `${plural(severities.error, 'error')}, ${plural(severities.warning, 'warning')}, ${plural(severities.note, 'note')}`,
        gravest,
      ),
      card(
        'answers with an error',
        countText(errors),
        exchanges > 0 ? `${((errors / exchanges) * 100).toFixed(1)} % of the exchanges` : '',
      ),
      card(
        'bytes',
        sizeText(requestBytes + responseBytes),
        `${sizeText(requestBytes)} asked, ${sizeText(responseBytes)} answered`,
      ),
      card('time', span, from === null ? '' : `from ${dateText(from)}`),
    )
  }
}

const button = (text: string, title: string, onclick: () => void): HTMLElement =>
  h('button', { type: 'button', class: 'link', title, onclick }, text)

function findingColumns(app: App): Column<FindingKind>[] {
  return [
    {
      name: 'code',
      cell: ({ code, severity }) =>
        h(
          'span',
          { class: `is-${severity}` },
          h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[severity]),
          button(code, 'Show the exchanges', () => app.filter(`findings.code == ${quoted(code)}`)),
        ),
      key: ({ code }) => code,
    },
    { name: 'severity', cell: ({ severity }) => severity, key: ({ severity }) => severity },
    { name: 'count', num: true, cell: ({ count }) => countText(count), key: ({ count }) => count },
    {
      name: 'what it means',
      cell: ({ entry }) => /What it means:\s*([\s\S]*?)(?:\n\n|$)/.exec(entry ?? '')?.[1]?.replace(/\s+/g, ' ') ?? '',
    },
  ]
}

function apiColumns(app: App): Column<ApiTotals>[] {
  const show =
    ({ api, version }: ApiTotals) =>
    (): void =>
      app.filter(`api == ${quoted(api)} and apiVersion == ${version}`)
  return [
    { name: 'api', cell: (row) => button(safe(row.api), 'Show the exchanges', show(row)), key: ({ api }) => api },
    { name: 'version', num: true, cell: ({ version }) => String(version), key: ({ version }) => version },
    { name: 'exchanges', num: true, cell: ({ count }) => countText(count), key: ({ count }) => count },
    {
      name: 'errors',
      num: true,
      cell: ({ errors }) => (errors ? h('span', { class: 'error' }, countText(errors)) : '–'),
      key: ({ errors }) => errors,
    },
    {
      name: 'findings',
      num: true,
      cell: ({ findings }) => (findings ? countText(findings) : '–'),
      key: ({ findings }) => findings,
    },
    { name: 'bytes', num: true, cell: ({ bytes }) => sizeText(bytes), key: ({ bytes }) => bytes },
    { name: 'p50 ms', num: true, cell: ({ p50 }) => ms(p50), key: ({ p50 }) => p50 ?? -1 },
    { name: 'p90 ms', num: true, cell: ({ p90 }) => ms(p90), key: ({ p90 }) => p90 ?? -1 },
    { name: 'p99 ms', num: true, cell: ({ p99 }) => ms(p99), key: ({ p99 }) => p99 ?? -1 },
    { name: 'max ms', num: true, cell: ({ max }) => ms(max), key: ({ max }) => max ?? -1 },
  ]
}

function clientColumns(app: App): Column<ClientTotals>[] {
  const show = (id: string | null) => (): void => app.filter(`clientId == ${id === null ? 'null' : quoted(id)}`)
  return [
    {
      name: 'client id',
      cell: ({ clientId }) => button(client(clientId), 'Show the exchanges', show(clientId)),
      key: ({ clientId }) => clientId ?? '',
    },
    { name: 'software', cell: ({ software }) => safe(software ?? ''), key: ({ software }) => software ?? '' },
    {
      name: 'connections',
      num: true,
      cell: ({ connections }) => countText(connections),
      key: ({ connections }) => connections,
    },
    { name: 'exchanges', num: true, cell: ({ count }) => countText(count), key: ({ count }) => count },
    {
      name: 'errors',
      num: true,
      cell: ({ errors }) => (errors ? h('span', { class: 'error' }, countText(errors)) : '–'),
      key: ({ errors }) => errors,
    },
    { name: 'bytes', num: true, cell: ({ bytes }) => sizeText(bytes), key: ({ bytes }) => bytes },
    { name: 'p50 ms', num: true, cell: ({ p50 }) => ms(p50), key: ({ p50 }) => p50 ?? -1 },
    { name: 'p99 ms', num: true, cell: ({ p99 }) => ms(p99), key: ({ p99 }) => p99 ?? -1 },
  ]
}

function connectionColumns(app: App): Column<PageConnection>[] {
  return [
    {
      name: '#',
      num: true,
      cell: ({ id }) => button(String(id), 'Show its sequence', () => app.sequence(id)),
      key: ({ id }) => id,
    },
    { name: 'client', cell: ({ client: end }) => safe(end), key: ({ client: end }) => end },
    { name: 'broker', cell: ({ broker }) => safe(broker), key: ({ broker }) => broker },
    { name: 'client id', cell: ({ clientId }) => client(clientId), key: ({ clientId }) => clientId ?? '' },
    { name: 'software', cell: ({ software }) => safe(software ?? ''), key: ({ software }) => software ?? '' },
    { name: 'login', cell: ({ sasl }) => safe(sasl ?? ''), key: ({ sasl }) => sasl ?? '' },
    { name: 'exchanges', num: true, cell: ({ exchanges }) => countText(exchanges), key: ({ exchanges }) => exchanges },
    {
      name: 'findings',
      num: true,
      cell: ({ findings }) => (findings ? countText(findings) : '–'),
      key: ({ findings }) => findings,
    },
    {
      name: 'asked',
      num: true,
      cell: ({ requestBytes }) => sizeText(requestBytes),
      key: ({ requestBytes }) => requestBytes,
    },
    {
      name: 'answered',
      num: true,
      cell: ({ responseBytes }) => sizeText(responseBytes),
      key: ({ responseBytes }) => responseBytes,
    },
    { name: 'note', cell: ({ opaque }) => safe(opaque ?? '') },
  ]
}
