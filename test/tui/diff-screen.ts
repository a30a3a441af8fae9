/** The screen of `diff` without a terminal: sessions and keys in, text out. */
import { pairOf } from '../../src/cli/diff-screen.ts'
import { Rules } from '../../src/diff/rules.ts'
import { SessionDiff } from '../../src/diff/sessions.ts'
import { DiffData } from '../../src/tui/diff/data.ts'
import { type DiffState, firstDiffState, updateDiff } from '../../src/tui/diff/state.ts'
import { diffView } from '../../src/tui/diff/view.ts'
import type { ScreenEvent } from '../../src/tui/state.ts'
import { type Row, rowText } from '../../src/tui/view/row.ts'
import type { Recorded } from '../diff/recorded.ts'

export function dataOf(a: Recorded, b: Recorded): DiffData {
  const rules = new Rules()
  const standing = { a: a.standing, b: b.standing }
  const diff = new SessionDiff(a.items, b.items, { rules, standing, equal: true })
  return new DiffData([...diff.run()].map(pairOf), rules)
}

export class DiffScreen {
  state: DiffState
  /** The person has left. */
  left = false

  constructor(data: DiffData, columns = 80, rows = 24) {
    this.state = firstDiffState(data, ['good.pcapng', 'bad.pcapng'], { columns, rows })
  }

  send(event: ScreenEvent): this {
    const next = updateDiff(this.state, event)
    if (next) this.state = next
    else this.left = true
    return this
  }

  /** Keys by name, apart by spaces. */
  keys(names: string): this {
    for (const name of names.split(' '))
      this.send({ type: 'key', key: name.toLowerCase(), ch: name.length === 1 ? name : '' })
    return this
  }

  get rows(): Row[] {
    return diffView(this.state)
  }

  get text(): string {
    return this.rows.map((one) => rowText(one).trimEnd()).join('\n')
  }
}
