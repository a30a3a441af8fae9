/** The terminal's edge of the screen of `diff`: blessed reads keys and paints; the terminal is given back whatever happens. */
import type Blessed from 'blessed'
import { paint } from '../paint.ts'
import { openScreen, type TerminalOutput, terminalObjection } from '../terminal.ts'
import type { DiffData } from './data.ts'
import { type DiffEvent, type DiffState, firstDiffState, updateDiff } from './state.ts'
import { diffView } from './view.ts'

export interface DiffScreenOptions {
  readonly names: DiffState['names']
  readonly input: NodeJS.ReadableStream
  readonly output: TerminalOutput
  /** Default: no colour where NO_COLOR is set. */
  readonly color?: boolean
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

const MOUSE: Readonly<Record<string, 'press' | 'up' | 'down'>> = {
  ...{ mousedown: 'press', wheelup: 'up', wheeldown: 'down' },
}

/** Shows the pairs until the person leaves, or a signal comes. Rejects with an Error where the terminal can't show them. */
export function showDiff(data: DiffData, options: DiffScreenOptions): Promise<void> {
  const objection = terminalObjection(options.output)
  if (objection) return Promise.reject(new Error(`no screen: ${objection}`))
  return new Promise((resolve) => {
    new DiffApp(data, options, resolve)
  })
}

class DiffApp {
  private readonly options: DiffScreenOptions
  private readonly onEnd: () => void
  private readonly screen: Blessed.Widgets.Screen
  private readonly box: Blessed.Widgets.BoxElement
  private state: DiffState
  private closed = false
  private readonly left = (): void => this.quit()
  private readonly ended = (): void => this.close()

  constructor(data: DiffData, options: DiffScreenOptions, onEnd: () => void) {
    this.options = options
    this.onEnd = onEnd
    const { screen, box } = openScreen(options.input, options.output)
    this.screen = screen
    this.box = box
    for (const signal of SIGNALS) process.on(signal, this.left)
    process.on('exit', this.ended)
    // Runs before Node prints the error, so that it lands on the ordinary screen.
    process.on('uncaughtExceptionMonitor', this.ended)
    // A terminal that is gone answers with an error.
    options.output.on('error', this.left)
    options.input.on('error', this.left)
    this.state = firstDiffState(data, options.names, this.size())
    this.listen()
    this.draw()
  }

  private size(): DiffState['size'] {
    return { columns: Math.max(1, Number(this.screen.width)), rows: Math.max(1, Number(this.screen.height)) }
  }

  private listen(): void {
    this.screen.on('keypress', (ch: string | undefined, key: { full?: string; name?: string } | undefined) => {
      // blessed tells an enter twice: as `return` and as `enter`.
      if (key?.name === 'return') return
      if (key?.full === 'C-l') this.screen.realloc()
      this.dispatch({ type: 'key', key: key?.full ?? key?.name ?? '', ch: ch ?? '' })
    })
    this.box.on('mouse', (data: { action: string; x: number; y: number }) => {
      const action = MOUSE[data.action]
      if (action) this.dispatch({ type: 'mouse', action, x: data.x, y: data.y })
    })
    this.screen.on('resize', () => this.dispatch({ type: 'resize', size: this.size() }))
  }

  private dispatch(event: DiffEvent): void {
    if (this.closed) return
    const next = updateDiff(this.state, event)
    if (!next) {
      this.quit()
      return
    }
    this.state = next
    this.draw()
  }

  private draw(): void {
    const { color = !process.env.NO_COLOR } = this.options
    this.box.setContent(paint(diffView(this.state), color))
    this.screen.render()
  }

  private quit(): void {
    if (this.closed) return
    this.close()
    this.onEnd()
  }

  private close(): void {
    if (this.closed) return
    this.closed = true
    for (const signal of SIGNALS) process.off(signal, this.left)
    process.off('exit', this.ended)
    process.off('uncaughtExceptionMonitor', this.ended)
    this.screen.destroy()
  }
}
