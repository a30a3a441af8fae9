/** A connection's frames in the order in which they passed, between the lines of client and broker. */
import { safe } from '../../../bytes/safe-text.ts'
import { clockText, countText, plural, sizeText } from '../../format.ts'
import type { PageConnection, PageEvent, PageRow } from '../model.ts'
import type { App, View } from './app.ts'
import { fill, h, svg } from './dom.ts'
import { client, durationText, MARKS, ms, timeOf, worst } from './text.ts'
import { VirtualList } from './virtual-list.ts'

const ROW = 38

type Step =
  | { readonly type: 'request' | 'response'; readonly time: number; readonly row: PageRow }
  | { readonly type: 'event'; readonly time: number; readonly event: PageEvent }

export class SequenceView implements View {
  readonly element = h('section', { class: 'sequence', 'aria-label': 'Sequence of a connection' })
  private readonly app: App
  private readonly choice: HTMLSelectElement
  private readonly ends = h('div', { class: 'ends' })
  private readonly facts = h('p', { class: 'facts' })
  private readonly diagram = h('div', {
    class: 'diagram',
    tabindex: 0,
    role: 'list',
    'aria-label': 'Frames in their order',
  })
  private readonly list: VirtualList
  private steps: readonly Step[] = []

  constructor(app: App) {
    this.app = app
    const options = app.index.connections.map((connection) =>
      h('option', { value: connection.id }, titleOf(connection)),
    )
    this.choice = h('select', { id: 'connection', onchange: () => this.choose(Number(this.choice.value)) }, options)
    this.list = new VirtualList(this.diagram, ROW, (i) => this.row(i))
    const label = h('label', { for: 'connection' }, 'Connection')
    this.element.append(h('div', { class: 'tools' }, label, this.choice, this.facts), this.ends, this.diagram)
    // The busiest is what most people look for.
    const [first] = [...app.index.connections].sort((a, b) => b.exchanges - a.exchanges)
    if (first) this.choose(first.id)
  }

  /** Shows a connection. */
  choose(id: number): void {
    const connection = this.app.index.connections.find((one) => one.id === id)
    if (!connection) return
    this.choice.value = String(id)
    this.steps = stepsOf(id, this.app)
    fill(
      this.ends,
      h('span', {}, client(connection.clientId), h('small', {}, safe(connection.client))),
      h('span', {}, 'broker', h('small', {}, safe(connection.broker))),
    )
    fill(
      this.facts,
      factsOf(connection).map((fact) => h('span', {}, fact)),
    )
    this.diagram.scrollTop = 0
    this.list.resize(this.steps.length)
  }

  show(): void {
    this.list.refresh()
  }

  key(event: KeyboardEvent): boolean {
    if (event.key !== 'n') return false
    const from = Math.ceil(this.diagram.scrollTop / ROW)
    const next = this.steps.findIndex((step, i) => i > from && (step.type === 'event' || step.row.findings.length > 0))
    if (next >= 0) this.diagram.scrollTop = next * ROW
    return next >= 0
  }

  private row(i: number): HTMLElement {
    const step = this.steps[i]!
    const before = this.steps[i - 1]
    const wait = before ? step.time - before.time : 0
    const long = wait > 100_000
    const time = h(
      'span',
      { class: 'when' },
      clockText(step.time),
      h('small', { class: long ? 'long' : '' }, before ? `+${durationText(Math.max(0, wait))}` : ''),
    )
    if (step.type === 'event') return h('div', { class: 'step', role: 'listitem' }, time, eventText(step.event))
    const { row, type } = step
    const finding = worst(
      row.findings.filter(({ kind }) => kind === type || (kind !== 'request' && type === 'response')),
    )
    const tone = finding ? `is-${finding.severity}` : row.error !== null && type === 'response' ? 'has-error' : ''
    const open = (): void => this.app.open(row)
    return h(
      'div',
      { class: `step ${type} ${tone}`.trim(), role: 'listitem' },
      time,
      arrow(type),
      h(
        'button',
        { type: 'button', class: 'label', onclick: open, title: finding?.message ?? `Show exchange #${row.id}` },
        labelOf(row, type),
        finding && h('span', { class: 'mark' }, ` ${MARKS[finding.severity]} ${finding.code}`),
      ),
    )
  }
}

const titleOf = ({ id, client: end, broker, clientId, exchanges, findings }: PageConnection): string =>
  `${id}  ${client(clientId)}  ${safe(end)} → ${safe(broker)}  ${plural(exchanges, 'exchange')}${findings ? `, ${plural(findings, 'finding')}` : ''}`

function factsOf({ software, sasl, opened, closed, opaque, exchanges }: PageConnection): string[] {
  const life = closed === null ? '' : `open for ${durationText(closed - opened)}`
  return [`${countText(exchanges)} exchanges`, safe(software ?? ''), safe(sasl ?? ''), life, safe(opaque ?? '')].filter(
    Boolean,
  )
}

function stepsOf(id: number, { index }: App): Step[] {
  const steps: Step[] = []
  for (const row of index.rows) {
    if (row.connection !== id) continue
    if (row.request) steps.push({ type: 'request', time: row.request.time, row })
    if (row.response) steps.push({ type: 'response', time: row.response.time, row })
    if (!row.request && !row.response) steps.push({ type: 'request', time: timeOf(row), row })
  }
  for (const event of index.events) if (event.connection === id) steps.push({ type: 'event', time: event.time, event })
  return steps.sort((a, b) => a.time - b.time)
}

function labelOf(row: PageRow, type: 'request' | 'response'): string {
  const frame = row[type]
  const bytes = frame ? sizeText(frame.size) : ''
  const id = row.correlation === null ? '' : ` · ${row.correlation}`
  if (type === 'request')
    return `${row.api} v${row.version}${id} · ${bytes}${row.noResponse ? ` · ${row.noResponse}` : ''}`
  return `${row.api}${id} · ${bytes} · ${ms(row.latencyMs)} ms${row.error ? ` · ${row.error}` : ''}`
}

function eventText(event: PageEvent): HTMLElement {
  if (event.type === 'finding') {
    const { severity, code, message } = event.finding
    return h(
      'span',
      { class: `event is-${severity}` },
      h('span', { class: 'mark' }, MARKS[severity]),
      ` ${code}: ${message}`,
    )
  }
  const side = event.direction === 'request' ? 'requests' : 'answers'
  const lost = event.bytes > 0 ? plural(event.bytes, 'byte') : 'an unknown number of bytes'
  return h('span', { class: 'event gap' }, `${lost} of the ${side} missing, ${countText(event.skipped)} passed over`)
}

function arrow(type: 'request' | 'response'): SVGElement {
  const y = ROW - 8
  const head = svg(
    'svg',
    { x: type === 'request' ? '100%' : '0', overflow: 'visible' },
    svg('path', { d: type === 'request' ? `M0 ${y}l-9 -4v8z` : `M0 ${y}l9 -4v8z`, class: 'head' }),
  )
  return svg(
    'svg',
    { class: 'arrow', height: ROW, width: '100%', 'aria-hidden': 'true' },
    svg('line', { x1: 0, x2: 0, y1: 0, y2: ROW, class: 'life' }),
    svg('line', { x1: '100%', x2: '100%', y1: 0, y2: ROW, class: 'life' }),
    svg('line', { x1: '0', x2: '100%', y1: y, y2: y, class: 'shaft' }),
    head,
  )
}
