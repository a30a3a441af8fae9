/** Rows to text with colours: the last thing done, and the only place that writes escape sequences. */
import type { Row, Style } from './view/row.ts'

const ESC = '\x1b['

/** SGR parameters of the 256-colour palette; on light and dark grounds alike these stay readable. */
const COLOURS: Record<Style, string> = {
  plain: '',
  dim: '38;5;245',
  bold: '1',
  title: '1;38;5;231;48;5;25',
  bar: '38;5;252;48;5;238',
  active: '1;38;5;231;48;5;31',
  name: '38;5;75',
  type: '38;5;243',
  string: '38;5;114',
  number: '38;5;180',
  good: '38;5;114',
  error: '1;38;5;203',
  warning: '38;5;220',
  note: '38;5;110',
  lit: '38;5;16;48;5;115',
  cursor: '1;38;5;16;48;5;220',
}

/** Without colour: bold and reverse only, which are no colours and which every terminal has. */
const PLAIN: Record<Style, string> = {
  plain: '',
  dim: '',
  bold: '1',
  title: '1;7',
  bar: '7',
  active: '1;7',
  name: '',
  type: '',
  string: '',
  number: '',
  good: '',
  error: '1',
  warning: '1',
  note: '',
  lit: '7',
  cursor: '1;4',
}

const CHOSEN = '48;5;236'

/** The screen as one text: rows joined by newlines, each with its colours. */
export function paint(rows: readonly Row[], colour: boolean): string {
  return rows.map((row) => paintRow(row, colour)).join('\n')
}

function paintRow(row: Row, colour: boolean): string {
  let out = ''
  for (const { text, style } of row.segments) {
    if (!text) continue
    const own = (colour ? COLOURS : PLAIN)[style]
    // The chosen row's ground shows wherever a style has none of its own.
    const ground = row.chosen && !own.includes('48;') ? (colour ? CHOSEN : '7') : ''
    const codes = [own, ground].filter(Boolean).join(';')
    out += codes ? `${ESC}${codes}m${text}${ESC}m` : text
  }
  return out
}
