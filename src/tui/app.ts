/** The screen of a session on a terminal: when it is drawn, and what is done for it; the rest is state, update and view. */
import type { ExpandContext } from '../codec/expand.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Exchange } from '../session/exchange.ts'
import { copyOut } from './copy.ts'
import { type BrokerRow, Data } from './data.ts'
import { Shell } from './shell.ts'
import { sortingBy } from './sorting.ts'
import { type Effect, type Event, firstState, type State } from './state.ts'
import type { StoreOptions } from './store.ts'
import { type TerminalOutput, terminalObjection } from './terminal.ts'
import { type PrintExchange, realTools } from './tools.ts'
import { update } from './update.ts'
import { view } from './view/screen.ts'

export interface TuiOptions {
  readonly title: string
  /** `127.0.0.1:9092 -> kafka-1:9092`. */
  readonly subtitle?: string
  readonly output?: TerminalOutput
  readonly input?: NodeJS.ReadableStream
  /** The person wants to leave, or a signal came. The terminal has been given back. Called once. */
  readonly onQuit: () => void
  /** How an exchange is printed for filters and copies: `exchangeJson` of `src/report`. */
  readonly exchangeJson: PrintExchange
  /** Default: no colour where NO_COLOR is set. */
  readonly color?: boolean
  /** Passwords, tokens and proofs as they are. */
  readonly showSecrets?: boolean
  /** What the session has learned so far, for what nested bytes hold. */
  readonly context?: ExpandContext
  /** The filter to begin with, which the person can change. */
  readonly filter?: string
  /** Clients are told other addresses than the answers shown here hold. */
  readonly rewritten?: boolean
  readonly keep?: StoreOptions
}

export interface TuiHandle {
  /** Takes an event. O(1): nothing is decoded or drawn. */
  push(observed: Observed): void
  /** A line for the foot of the screen, for some seconds or until the next key; it stays in the log. */
  notice(text: string): void
  /** The listeners, as they become known. */
  brokers(table: readonly BrokerRow[]): void
  /** Gives the terminal back. May be called more than once. */
  close(): void
}

/** At most so many frames a second are drawn. */
const FRAME_MS = 33
/** Of each frame's time, what filters and searches may take. */
const WORK_MS = 12
/** Then the keys are shown again. */
const NOTICE_MS = 5000

/** Opens the screen. Throws an Error that says why where the terminal cannot show it. */
export function startTui(options: TuiOptions): TuiHandle {
  const output = options.output ?? process.stdout
  const objection = terminalObjection(output)
  if (objection) throw new Error(`no screen: ${objection}`)
  return new App(options, output)
}

class App implements TuiHandle {
  private readonly options: TuiOptions
  private readonly data: Data
  private readonly shell: Shell
  private state: State
  private timer: ReturnType<typeof setTimeout> | null = null
  private pushed = false
  private closed = false
  private drawMs = 0
  private readonly output: TerminalOutput

  constructor(options: TuiOptions, output: TerminalOutput) {
    this.options = options
    this.output = output
    this.data = new Data(realTools(options.exchangeJson, options.showSecrets ?? false, options.context), options.keep)
    this.data.rewritten = options.rewritten ?? false
    const { title, subtitle = '', input = process.stdin, color } = options
    const hooks = {
      event: (event: Event) => this.dispatch(event),
      leave: () => this.quit(),
      exit: () => this.close(),
    }
    this.shell = new Shell({ input, output, color }, hooks)
    this.state = firstState(this.data, title, subtitle, this.shell.size)
    if (options.filter) this.filter(options.filter)
    this.draw()
  }

  push(observed: Observed): void {
    if (this.closed) return
    this.data.push(observed)
    this.pushed = true
    this.schedule()
  }

  notice(text: string): void {
    this.say({ text, wrong: false })
    setTimeout(() => this.dispatch({ type: 'hush', text }), NOTICE_MS).unref()
  }

  brokers(table: readonly BrokerRow[]): void {
    this.data.brokers = table
    this.schedule()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    if (this.timer) clearTimeout(this.timer)
    try {
      this.shell.close()
    } finally {
      this.data.close()
    }
  }

  private quit(): void {
    if (this.closed) return
    this.close()
    this.options.onQuit()
  }

  private dispatch(event: Event): void {
    if (this.closed) return
    const step = update(this.state, event)
    this.state = step.state
    for (const effect of step.effects) this.perform(effect)
    this.schedule()
  }

  private say(said: { readonly text: string; readonly wrong: boolean }): void {
    this.dispatch({ type: 'message', time: Date.now() * 1000, ...said })
  }

  private perform(effect: Effect): void {
    const { visible, search } = this.data
    if (effect.type === 'quit') this.quit()
    else if (effect.type === 'redraw') this.shell.forget()
    else if (effect.type === 'pause') visible.freeze(effect.on)
    else if (effect.type === 'search') search.start(effect.text, effect.after)
    else if (effect.type === 'sort') visible.sort(sortingBy(effect.column, effect.descending))
    else if (effect.type === 'filter') this.filter(effect.expression)
    else this.say(copyOut(this.data, effect, (text) => this.output.write(text)))
  }

  private filter(expression: string): void {
    const { tools, store, visible } = this.data
    let error = ''
    if (!expression) visible.filter(null)
    else {
      try {
        const { test, needsFrames } = tools.compileFilter(expression)
        visible.filter((entry) => {
          // Without their bytes frames cost nothing to print.
          const exchange = needsFrames ? store.exchange(entry) : bare(entry.exchange)
          return exchange !== null && test(tools.exchangeJson(exchange, entry.findings, needsFrames))
        })
      } catch (thrown) {
        error = thrown instanceof Error ? thrown.message : String(thrown)
      }
    }
    this.dispatch({ type: 'filtered', expression, error })
  }

  /** Draws soon; the slower the terminal, the more rarely. */
  private schedule(): void {
    if (this.timer || this.closed) return
    this.timer = setTimeout(() => this.frame(), Math.min(500, Math.max(FRAME_MS, 3 * this.drawMs)))
  }

  private frame(): void {
    this.timer = null
    if (this.closed) return
    const more = this.data.advance(() => performance.now(), WORK_MS)
    this.state = update(this.state, { type: 'tick' }).state
    this.draw()
    const live = this.pushed
    this.pushed = false
    // After the last event the rate still has to fall to zero.
    if (more || live || this.data.rate > 0) this.schedule()
  }

  private draw(): void {
    const start = performance.now()
    this.shell.draw(view(this.state))
    this.drawMs = performance.now() - start
  }
}

const EMPTY = new Uint8Array(0)

const bare = (exchange: Exchange | null): Exchange | null =>
  exchange && {
    ...exchange,
    request: exchange.request && { ...exchange.request, bytes: EMPTY },
    response: exchange.response && { ...exchange.response, bytes: EMPTY },
  }

export { type TerminalOutput, terminalObjection }
