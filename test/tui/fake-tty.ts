/** A terminal that is none: what is written to it is drawn by xterm's own parser, without a window. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'

export class FakeTty extends EventEmitter {
  readonly isTTY = true
  readonly writable = true
  columns: number
  rows: number
  /** Everything written, escape sequences and all. */
  written = ''
  private readonly terminal: InstanceType<typeof xterm.Terminal>

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  }

  write(data: string): boolean {
    this.written += data
    this.terminal.write(data)
    return true
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.terminal.resize(columns, rows)
    this.emit('resize')
  }

  /** The screen as a person sees it. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve))
    const buffer = this.terminal.buffer.active
    return Array.from(
      { length: this.rows },
      (_, i) => buffer.getLine(buffer.viewportY + i)?.translateToString(true) ?? '',
    )
  }

  /** Whether the alternate screen is shown. */
  get alternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate'
  }
}

/** A keyboard: `type` presses. */
export class FakeKeyboard extends PassThrough {
  readonly isTTY = true
  isRaw = false

  setRawMode(raw: boolean): this {
    this.isRaw = raw
    return this
  }

  type(keys: string): void {
    this.write(keys)
  }
}
