/** The keys, and what the marks mean. */
import { pad } from '../text.ts'
import { type Row, row, seg } from './row.ts'

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['', 'moving'],
  ['arrows j k h l', 'up, down, out, in'],
  ['pgup pgdn home end', 'by a page, to the ends'],
  ['tab S-tab enter esc', 'next pane, pane before, into it, back to the list'],
  ['1 2 3, t', 'request, response, finding; the other frame'],
  ['n N', 'next finding, finding before'],
  ['z', 'more room for the frame'],
  ['', 'the list'],
  ['f', 'follow what arrives (in the order of time), or stay'],
  ['space', 'pause: nothing is added until space is pressed again'],
  ['/', 'filter: api == "Fetch" and latencyMs > 10'],
  ['o O, r', 'sort by the next column, the one before; turn round'],
  ['s, .', 'search: text, or bytes as 0x0a0b; search again'],
  ['', 'the frame'],
  ['enter, left, right', "fold and unfold; a field's bytes stand in [brackets]"],
  ['arrows in the bytes', 'choose a byte; its field is chosen with it'],
  ['y Y', 'copy as JSON, as hex'],
  ['', 'elsewhere'],
  ['g', 'groups, their members; enter: to the last exchange'],
  ['c', 'connections, their versions; enter: filter by one'],
  ['L', 'log: what was said at the foot; (+1: L) there: so many more'],
  ['? q', 'this page, quit (or back)'],
  ['mouse', 'click a row, a field, a byte, a tab; the wheel moves'],
  ['', 'marks'],
  ['x ! ·', 'error (a client fails or data is wrong), warning (a strict peer objects), note'],
  ['__', 'bytes that are missing'],
]

export const helpRows = (columns: number): Row[] => keyRows(KEYS, columns < 60 ? 14 : 22)

/** A page of keys, in so many columns, and what they do; without keys a heading. */
export function keyRows(page: readonly (readonly [keys: string, what: string])[], keyColumns: number): Row[] {
  return page.map(([keys, what]) =>
    keys === '' ? row(seg(` ${what}`, 'bold')) : row(seg(`   ${pad(keys, keyColumns)} `, 'name'), seg(what)),
  )
}
