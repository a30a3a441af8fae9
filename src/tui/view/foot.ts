/** The foot of the screen: what is typed, what was said, or the filter and the keys. */
import type { Prompt, State } from '../state.ts'
import { clip, grouped, safe, width, wrap } from '../text.ts'
import { lastLine } from './last-line.ts'
import { arrow, sortColumns } from './list.ts'
import { type Row, row, type Segment, type Style, seg, spread } from './row.ts'

const HINTS: readonly (readonly [key: string, what: string])[] = [
  ['/', 'filter'],
  ['n', 'next finding'],
  ['tab', 'pane'],
  ['f', 'follow'],
  ['g', 'groups'],
  ['c', 'connections'],
  ['s', 'search'],
  ['y', 'copy'],
  ['L', 'log'],
  ['?', 'help'],
  ['q', 'quit'],
]

/** A message takes no more rows than this; the log has the whole of it. */
const MESSAGE_ROWS = 4

/** One row, or more where a mistake or a message is too long for one. */
export function footView(state: State): Row[] {
  const { prompt, message, size } = state
  if (prompt) return promptRows(prompt, size.columns)
  if (message) {
    const others = message.over > 0 ? ` (+${message.over}: L)` : ''
    return messageRows(`${message.text}${others}`, message.wrong ? 'error' : 'good', size.columns)
  }
  return [hintsRow(state)]
}

function promptRows(prompt: Prompt, columns: number): Row[] {
  const label = ` ${prompt.kind} `
  const room = Math.max(8, columns - label.length - 2)
  const start = Math.max(0, prompt.at - room + 8)
  const before = safe(prompt.text.slice(start, prompt.at))
  const after = safe(prompt.text.slice(prompt.at))
  const line = [
    seg(label, 'title'),
    seg(' '),
    seg(before, 'bold'),
    seg(after[0] ?? '_', 'cursor'),
    seg(after.slice(1), 'bold'),
  ]
  if (!prompt.error) return [row(...line)]
  const error = safe(prompt.error)
  const used = line.reduce((sum, { text }) => sum + width(text), 0)
  if (used + 3 + width(error) <= columns) return [row(...line, seg(`   ${error}`, 'error'))]
  return [...wrap(error, columns - 2).map((text) => row(seg(` ${text}`, 'error'))), row(...line)]
}

function messageRows(message: string, style: Style, columns: number): Row[] {
  const lines = wrap(safe(message), columns - 2)
  if (lines.length <= MESSAGE_ROWS) return lines.map((text) => row(seg(` ${text}`, style)))
  const more = [seg('… (L: log)', 'dim')]
  return lines
    .slice(0, MESSAGE_ROWS)
    .map((text, i) =>
      i < MESSAGE_ROWS - 1 ? row(seg(` ${text}`, style)) : spread([seg(` ${text}`, style)], more, columns),
    )
}

type Hint = (typeof HINTS)[number]

function pageHints(state: State): Hint[] {
  const own: Hint[] = []
  if (state.screen === 'groups') own.push(['enter', 'to its last exchange'])
  else if (state.screen === 'connections') own.push(['enter', 'filter by it'])
  else if (state.line < lastLine(state)) own.push(['down', 'more'])
  return [...own, ['esc', 'back'], ...HINTS.slice(-2)]
}

function hintsRow(state: State): Row {
  const { data, size } = state
  const left: Segment[] = []
  if (state.filter) {
    const { progress } = data.visible
    const so = progress < 1 ? `${Math.floor(progress * 100)} %` : grouped(data.visible.length)
    left.push(seg(` filter ${clip(safe(state.filter), Math.max(10, size.columns >> 1))}: ${so} `, 'active'))
  }
  if (!sortColumns(size.columns).includes(state.sort))
    left.push(seg(` sorted by ${arrow(state)}${state.sort} `, 'active'))
  if (data.search.running) left.push(seg(` searching ${clip(safe(state.search), 20)} `, 'active'))
  let room = size.columns - left.reduce((sum, { text }) => sum + width(text), 0)
  const hints = state.screen === 'exchanges' ? HINTS : pageHints(state)
  const fits = new Set<Hint>()
  // Who knows the help and the way out finds the rest.
  for (const hint of [...hints.slice(-2), ...hints.slice(0, -2)]) {
    const columns = hint[0].length + hint[1].length + 3
    if (columns > room) break
    fits.add(hint)
    room -= columns
  }
  for (const hint of hints) if (fits.has(hint)) left.push(seg(` ${hint[0]}`, 'bold'), seg(` ${hint[1]} `, 'dim'))
  return row(...left)
}
