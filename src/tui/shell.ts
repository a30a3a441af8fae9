/**
 * The terminal's edge of a screen: one box that blessed paints, keys and mouse as plain events. However the program ends,
 * the terminal is given back as it was.
 */
import type Blessed from 'blessed'
import { paint } from './paint.ts'
import type { ScreenEvent, Size } from './state.ts'
import { openScreen, type TerminalOutput } from './terminal.ts'
import type { Row } from './view/row.ts'

export interface ShellOptions {
  readonly input: NodeJS.ReadableStream
  readonly output: TerminalOutput
  /** Default: no colour where NO_COLOR is set. */
  readonly color: boolean | undefined
}

export interface ShellHooks {
  event(event: ScreenEvent): void
  /** A signal came, or the terminal is gone: the screen is to be left. May be called more than once. */
  leave(): void
  /** The process is about to end: `close` is to be called here and now. */
  exit(): void
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

const MOUSE: Readonly<Record<string, 'press' | 'up' | 'down'>> = {
  mousedown: 'press',
  wheelup: 'up',
  wheeldown: 'down',
}

export class Shell {
  private readonly hooks: ShellHooks
  private readonly colour: boolean
  private readonly screen: Blessed.Widgets.Screen
  private readonly box: Blessed.Widgets.BoxElement
  private readonly left = (): void => this.hooks.leave()
  private readonly exited = (): void => this.hooks.exit()

  constructor({ input, output, color = !process.env.NO_COLOR }: ShellOptions, hooks: ShellHooks) {
    this.hooks = hooks
    this.colour = color
    const { screen, box } = openScreen(input, output)
    this.screen = screen
    this.box = box
    for (const signal of SIGNALS) process.on(signal, this.left)
    process.on('exit', this.exited)
    // Runs before Node prints the error, so that it lands on the ordinary screen.
    process.on('uncaughtExceptionMonitor', this.exited)
    // A terminal that is gone (its window was closed) answers writes and reads with an error, which nobody else hears.
    output.on('error', this.left)
    input.on('error', this.left)
    this.listen()
  }

  get size(): Size {
    return { columns: Math.max(1, Number(this.screen.width)), rows: Math.max(1, Number(this.screen.height)) }
  }

  draw(rows: readonly Row[]): void {
    this.box.setContent(paint(rows, this.colour))
    this.screen.render()
  }

  /** The next `draw` paints all of it again, whatever the terminal shows. */
  forget(): void {
    this.screen.realloc()
  }

  /** Gives the terminal back. To be called once. */
  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.left)
    process.off('exit', this.exited)
    process.off('uncaughtExceptionMonitor', this.exited)
    this.screen.destroy()
  }

  private listen(): void {
    this.screen.on('keypress', (ch: string | undefined, key: { full?: string; name?: string } | undefined) => {
      // blessed tells an enter twice: as `return` and as `enter`.
      if (key?.name === 'return') return
      this.hooks.event({ type: 'key', key: key?.full ?? key?.name ?? '', ch: ch ?? '' })
    })
    this.box.on('mouse', (data: { action: string; x: number; y: number }) => {
      const action = MOUSE[data.action]
      if (action) this.hooks.event({ type: 'mouse', action, x: data.x, y: data.y })
    })
    this.screen.on('resize', () => this.hooks.event({ type: 'resize', size: this.size }))
  }
}
