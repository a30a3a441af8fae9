/** What was said at the foot of the screen, to be read again: newest first. */
import { LOG_LENGTH, type Message } from '../state.ts'
import { safe, timeOfDay, wrap } from '../text.ts'
import { type Row, row, seg } from './row.ts'

const TIME_COLUMNS = 12

export function logRows(log: readonly Message[], columns: number): Row[] {
  const rows: Row[] = [row(seg(`  what was said, newest first (the last ${LOG_LENGTH})`, 'bar'), seg('', 'bar'))]
  if (log.length === 0) rows.push(row(), row(seg('  Nothing yet.', 'dim')))
  for (const { time, text, wrong } of [...log].reverse()) {
    const [first, ...more] = wrap(safe(text), columns - TIME_COLUMNS - 1)
    const style = wrong ? 'error' : 'plain'
    rows.push(row(seg(`  ${timeOfDay(time, false)}  `, 'dim'), seg(first ?? '', style)))
    for (const line of more) rows.push(row(seg(' '.repeat(TIME_COLUMNS)), seg(line, style)))
  }
  return rows
}
