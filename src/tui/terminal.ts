/** blessed, and what it needs to be told (docs of its own are silent on most of it). */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type Blessed from 'blessed'

/** A terminal to write to: `process.stdout`, or what a test puts in its place. */
export type TerminalOutput = NodeJS.WritableStream & { readonly isTTY?: boolean; columns?: number; rows?: number }

/** Why a terminal cannot show the screen; null where it can. */
export function terminalObjection(output: TerminalOutput, term = process.env.TERM): string | null {
  if (output.isTTY !== true) return 'the output is no terminal'
  if (term === 'dumb') return 'TERM=dumb: this terminal cannot move its cursor'
  return null
}

/** One box over the whole screen. blessed is loaded here and not before: it takes 40 ms. */
export function openScreen(
  input: NodeJS.ReadableStream,
  output: TerminalOutput,
): { screen: Blessed.Widgets.Screen; box: Blessed.Widgets.BoxElement } {
  const require = createRequire(import.meta.url)
  const modes = process.env.BLESSED_FORCE_MODES
  process.env.BLESSED_FORCE_MODES = 'SGRMOUSE=1,VT200MOUSE=1,CELLMOTION=1'
  try {
    const blessed = require('blessed') as typeof Blessed
    // Its own description of a terminal: it cannot read today's terminfo files.
    const terminal = join(dirname(require.resolve('blessed/package.json')), 'usr', 'xterm-256color')
    const options = {
      input,
      output,
      terminal,
      forceUnicode: true,
      fullUnicode: true,
      resizeTimeout: 30,
    }
    const screen = blessed.screen(options as object as Blessed.Widgets.IScreenOptions)
    // Else borders and arrows become letters.
    const { tput } = screen.program as unknown as { tput: { brokenACS: boolean } }
    tput.brokenACS = true
    const box = blessed.box({
      parent: screen,
      top: 0,
      left: 0,
      width: '100%',
      height: '100%',
      mouse: true,
      wrap: false,
      tags: false,
    })
    // Here and now: it reads the variable above, and without it asks for encodings that break past column 95.
    screen.enableMouse()
    return { screen, box }
  } finally {
    if (modes === undefined) delete process.env.BLESSED_FORCE_MODES
    else process.env.BLESSED_FORCE_MODES = modes
  }
}
