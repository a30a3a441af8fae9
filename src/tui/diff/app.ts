/** The screen of `diff` on a terminal; everything else is state, update and view. */
import { Shell, type ShellOptions } from '../shell.ts'
import type { ScreenEvent } from '../state.ts'
import { terminalObjection } from '../terminal.ts'
import type { DiffData } from './data.ts'
import { type DiffState, firstDiffState, updateDiff } from './state.ts'
import { diffView } from './view.ts'

export interface DiffScreenOptions extends Omit<ShellOptions, 'color'> {
  readonly names: DiffState['names']
  /** Default: no colour where NO_COLOR is set. */
  readonly color?: boolean
}

/** Shows the pairs until the person leaves, or a signal comes. Rejects with an Error where the terminal can't show them. */
export async function showDiff(data: DiffData, options: DiffScreenOptions): Promise<void> {
  const objection = terminalObjection(options.output)
  if (objection) throw new Error(`no screen: ${objection}`)
  await new Promise<void>((resolve) => {
    new DiffApp(data, options, resolve)
  })
}

class DiffApp {
  private readonly onEnd: () => void
  private readonly shell: Shell
  private state: DiffState
  private closed = false

  constructor(data: DiffData, { names, input, output, color }: DiffScreenOptions, onEnd: () => void) {
    this.onEnd = onEnd
    const hooks = {
      event: (event: ScreenEvent) => this.dispatch(event),
      leave: () => this.quit(),
      exit: () => this.close(),
    }
    this.shell = new Shell({ input, output, color }, hooks)
    this.state = firstDiffState(data, names, this.shell.size)
    this.draw()
  }

  private dispatch(event: ScreenEvent): void {
    if (this.closed) return
    if (event.type === 'key' && event.key === 'C-l') this.shell.forget()
    const next = updateDiff(this.state, event)
    if (!next) {
      this.quit()
      return
    }
    this.state = next
    this.draw()
  }

  private draw(): void {
    this.shell.draw(diffView(this.state))
  }

  private quit(): void {
    if (this.closed) return
    this.close()
    this.onEnd()
  }

  private close(): void {
    if (this.closed) return
    this.closed = true
    this.shell.close()
  }
}
