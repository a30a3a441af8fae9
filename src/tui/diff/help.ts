/** The keys of the screen of `diff`, and its marks. */
import { keyRows } from '../view/help.ts'
import type { Row } from '../view/row.ts'

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['', 'moving'],
  ['n N', 'next difference, difference before; from pair to pair'],
  ['up down j k', 'in the list of pairs, or in the fields'],
  ['pgup pgdn home end', 'by a page, to the ends'],
  ['enter right l', 'into the fields'],
  ['esc left h', 'back to the list'],
  ['tab t', 'request or response'],
  ['a', 'all pairs, or those that differ'],
  ['? q', 'this page, quit (or back)'],
  ['mouse', 'click a pair or a field; the wheel moves'],
  ['', 'marks'],
  ['!', 'differs, and is told of'],
  ['~', 'differs as it is bound to: a time, an id, what follows from elsewhere'],
  ['< >', 'only A has it, only B has it'],
  ['[00 1b]', 'bytes of the chosen field'],
]

export const helpRows = (columns: number): Row[] => keyRows(KEYS, columns < 60 ? 14 : 20)
