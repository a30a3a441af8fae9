/** Latencies over time: a plot for all, and one for each API. */
import { clockText, countText } from '../../format.ts'
import type { PageRow } from '../model.ts'
import type { App, View } from './app.ts'
import { fill, h } from './dom.ts'
import { plot } from './plot.ts'
import { ms } from './text.ts'

/** APIs with a plot of their own. */
const APIS = 24

interface Answered {
  readonly row: PageRow
  readonly time: number
  readonly ms: number
}

export class LatencyView implements View {
  readonly element = h('section', { class: 'latency', 'aria-label': 'Latencies' })
  private readonly app: App
  private drawn = false

  constructor(app: App) {
    this.app = app
  }

  show(): void {
    if (this.drawn) return
    this.drawn = true
    const all = this.answered()
    if (all.length === 0) {
      fill(this.element, h('p', { class: 'empty' }, 'No exchange has both a request and an answer.'))
      return
    }
    const byApi = new Map<string, Answered[]>()
    for (const one of all) {
      const known = byApi.get(one.row.api)
      if (known) known.push(one)
      else byApi.set(one.row.api, [one])
    }
    const apis = [...byApi].sort((a, b) => b[1].length - a[1].length).slice(0, APIS)
    const legend = h(
      'p',
      { class: 'legend' },
      h('span', { class: 'dot' }),
      'an exchange',
      h('span', { class: 'dot bad' }),
      'answered with an error',
      h('span', { class: 'line p50' }),
      'p50',
      h('span', { class: 'line p99' }),
      'p99; the scale is logarithmic, click a dot to see its exchange',
    )
    const domain = domainOf(all)
    fill(
      this.element,
      legend,
      this.card('all APIs', all, domain, 'wide'),
      h(
        'div',
        { class: 'plots' },
        apis.map(([api, some]) => this.card(api, some, domain, '')),
      ),
    )
  }

  key(): boolean {
    return false
  }

  private answered(): Answered[] {
    const found: Answered[] = []
    for (const row of this.app.index.rows) {
      if (row.latencyMs === null || !row.request) continue
      found.push({ row, time: row.request.time, ms: Math.max(0.001, row.latencyMs) })
    }
    return found
  }

  private card(title: string, points: readonly Answered[], domain: Domain, kind: string): HTMLElement {
    const sorted = points.map((point) => point.ms).sort((a, b) => a - b)
    const at = (part: number): string => ms(sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null)
    const facts = `${countText(points.length)} · p50 ${at(0.5)} · p99 ${at(0.99)} ms`
    const [width, height] = kind === 'wide' ? [1200, 260] : [480, 190]
    const shown = points.map(({ row, time, ms: latency }) => ({
      x: time,
      y: latency,
      bad: row.error !== null || row.findings.some(({ severity }) => severity === 'error'),
      title: `#${row.id} ${row.api} v${row.version}, ${clockText(time)}, ${ms(latency)} ms${row.error ? `, ${row.error}` : ''}`,
      open: () => this.app.open(row),
    }))
    return h(
      'figure',
      { class: `panel plot ${kind}`.trim() },
      h('figcaption', {}, h('b', {}, title), h('span', { class: 'quiet' }, facts)),
      plot(shown, domain, width, height, `Latencies of ${title}: ${facts}`),
    )
  }
}

/** What the axes reach over, the same for all plots so that they compare. */
export interface Domain {
  readonly from: number
  readonly to: number
  readonly low: number
  readonly high: number
}

function domainOf(points: readonly Answered[]): Domain {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const { time, ms: latency } of points) {
    from = Math.min(from, time)
    to = Math.max(to, time)
    low = Math.min(low, latency)
    high = Math.max(high, latency)
  }
  return {
    from,
    to: Math.max(to, from + 1),
    low: 10 ** Math.floor(Math.log10(low)),
    high: 10 ** Math.ceil(Math.log10(high * 1.01)),
  }
}
