/** A screen without a terminal: events in, text out. */

import type { Finding } from '../../src/findings/finding.ts'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import type { Exchange } from '../../src/session/exchange.ts'
import { Data } from '../../src/tui/data.ts'
import { type Effect, type Event, firstState, type State } from '../../src/tui/state.ts'
import type { StoreOptions } from '../../src/tui/store.ts'
import { realTools } from '../../src/tui/tools.ts'
import { update } from '../../src/tui/update.ts'
import { rowText } from '../../src/tui/view/row.ts'
import { view } from '../../src/tui/view/screen.ts'

export class Screen {
  readonly data: Data
  state: State
  effects: Effect[] = []

  constructor(columns = 80, rows = 24, keep: StoreOptions = {}) {
    this.data = new Data(realTools(exchangeJson, false), keep)
    this.state = firstState(this.data, 'kafkascope', '127.0.0.1:9092 -> kafka-1:9092', { columns, rows })
  }

  show(items: readonly { exchange: Exchange; findings: readonly Finding[] }[]): this {
    for (const { exchange, findings } of items) this.data.push({ type: 'exchange', exchange, findings })
    return this.send({ type: 'tick' })
  }

  send(event: Event): this {
    const step = update(this.state, event)
    this.state = step.state
    this.effects.push(...step.effects)
    return this
  }

  /** Keys by name, apart by spaces; `space` is the space bar. */
  keys(names: string): this {
    for (const name of names.split(' ')) {
      const ch = name === 'space' ? ' ' : name.length === 1 ? name : ''
      this.send({ type: 'key', key: name, ch })
    }
    return this
  }

  click(x: number, y: number): this {
    return this.send({ type: 'mouse', action: 'press', x, y })
  }

  get lines(): string[] {
    return view(this.state).map(rowText)
  }

  get text(): string {
    return this.lines.map((line) => line.trimEnd()).join('\n')
  }
}
