/** `diff --tui`: the two sessions on a screen, side by side. */
import type { Told } from '../diff/model.ts'
import { originalOf } from '../diff/remembered.ts'
import type { Rules } from '../diff/rules.ts'
import type { SessionDiff } from '../diff/sessions.ts'
import type { Pair, Spot } from '../tui/diff/data.ts'
import type { TerminalOutput } from '../tui/terminal.ts'
import type { DiffOptions } from './diff.ts'
import { differenceText } from './diff-text.ts'
import { CliError } from './errors.ts'
import { refuseWith } from './refuse.ts'

/** Where the screen is shown: the process's own terminal, or what a test puts in its place. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: TerminalOutput
}

/** Differences of one pair that the screen goes through; more are counted. */
const MAX_TOLD = 200

/** Throws CliError where `--tui` can't be: no terminal on either side, or other output is asked for too. */
export function requireTerminal(
  names: readonly string[],
  { json, html, all, quiet }: DiffOptions,
  { input, output }: Terminal,
): void {
  refuseWith('diff: --tui', { '--json': json, '--html': html, '--all': all, '--quiet': quiet })
  if (names.includes('-')) throw new CliError('diff: --tui: keys come from standard input: a capture can not')
  if (input.isTTY !== true) throw new CliError('diff: --tui: standard input is no terminal')
  if (output.isTTY !== true) throw new CliError('diff: --tui: standard output is no terminal')
  if (process.env.TERM === 'dumb') throw new CliError('diff: --tui: TERM=dumb: this terminal cannot move its cursor')
}

/** Compares, and shows the pairs until the person leaves. */
export async function showSessions(
  diff: SessionDiff,
  rules: Rules,
  names: readonly [a: string, b: string],
  { color }: DiffOptions,
  { input, output }: Terminal,
): Promise<void> {
  const [{ DiffData }, { showDiff }] = await Promise.all([import('../tui/diff/data.ts'), import('../tui/diff/app.ts')])
  const pairs: Pair[] = []
  for (const told of diff.run()) pairs.push(pairOf(told))
  await showDiff(new DiffData(pairs, rules), { names, input, output, ...(color === false ? { color } : {}) })
}

/** A pair without the values of its differences and without decoded frames: there may be many. */
export function pairOf({ a, b, differences }: Told): Pair {
  const spot = (half: (typeof differences)[number]['a']): Spot | null =>
    half && { path: half.path, offset: half.offset, length: half.length ?? 0 }
  return {
    a: a && originalOf(a),
    b: b && originalOf(b),
    differences: differences.slice(0, MAX_TOLD).map((one) => ({
      ...{ kind: one.kind, what: one.what, text: differenceText(one) },
      ...{ a: spot(one.a), b: spot(one.b) },
    })),
    more: Math.max(0, differences.length - MAX_TOLD),
  }
}
