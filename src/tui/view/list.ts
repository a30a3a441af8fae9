/** The list of exchanges. Only the rows on the screen are made, and only their answers' errors looked up. */
import { worstOf } from '../data.ts'
import type { SortColumn, State } from '../state.ts'
import type { Entry } from '../store.ts'
import { byteSize, milliseconds, pad, safe, timeOfDay, width } from '../text.ts'
import type { Area } from './layout.ts'
import { MARKS } from './marks.ts'
import { type Row, row, type Segment, type Style, seg } from './row.ts'

interface Column {
  readonly title: string
  readonly columns: number
  readonly align: 'left' | 'right'
  /** Kept longest where lowest. */
  readonly rank: number
  readonly sort?: SortColumn
  readonly text: (entry: Entry, state: State) => string
  readonly style?: (text: string) => Style
}

const ofExchange =
  (text: (exchange: NonNullable<Entry['exchange']>) => string) =>
  (entry: Entry): string =>
    entry.exchange ? text(entry.exchange) : ''

const latency = (entry: Entry): string => {
  const { request, response, noResponse } = entry.exchange ?? { request: null, response: null, noResponse: null }
  if (request && response) return milliseconds(response.time - request.time)
  return !entry.exchange || noResponse === 'acks=0' ? '' : noResponse === 'pending' || !entry.complete ? '...' : '-'
}

const COLUMNS: readonly Column[] = [
  { title: '#', columns: 6, align: 'right', rank: 3, text: (entry) => String(entry.exchange?.id ?? '') },
  { title: 'time', columns: 12, align: 'left', rank: 9, sort: 'time', text: ({ time }) => timeOfDay(time) },
  { title: 'time', columns: 8, align: 'left', rank: 6, sort: 'time', text: ({ time }) => timeOfDay(time, false) },
  {
    title: 'conn',
    // One more than the title, for the arrow of a sorted list.
    columns: 5,
    align: 'right',
    rank: 7,
    sort: 'connection',
    text: ({ connection }) => (connection ? String(connection.id) : ''),
  },
  {
    title: 'client',
    columns: 10,
    align: 'left',
    rank: 5,
    sort: 'client',
    text: ofExchange(({ clientId }) => safe(clientId ?? '', 60)),
  },
  { title: 'api', columns: 16, align: 'left', rank: 0, sort: 'api', text: (entry) => entry.exchange?.api ?? '' },
  { title: 'v', columns: 2, align: 'right', rank: 1, text: ofExchange(({ apiVersion }) => String(apiVersion)) },
  {
    title: 'corr',
    columns: 6,
    align: 'right',
    rank: 10,
    text: ofExchange(({ correlationId }) => String(correlationId)),
  },
  {
    title: 'req',
    columns: 6,
    align: 'right',
    rank: 8,
    sort: 'request',
    text: ofExchange(({ request }) => (request ? byteSize(request.size) : '')),
  },
  {
    title: 'resp',
    columns: 6,
    align: 'right',
    rank: 4,
    sort: 'response',
    text: ofExchange(({ response }) => (response ? byteSize(response.size) : '')),
  },
  { title: 'ms', columns: 6, align: 'right', rank: 2, sort: 'ms', text: latency },
]

/** Columns of the last one, which takes what is left, and of the error's name before it. */
const LAST_MIN = 12
const ERROR_COLUMNS = 26

interface Plan {
  readonly columns: readonly Column[]
  /** Columns of the error's name; 0 where it shares the last column with the finding. */
  readonly error: number
}

/** Which columns fit. */
function plan(total: number): Plan {
  const room = total - 2
  const chosen = new Set<Column>()
  let used = 0
  for (const column of [...COLUMNS].sort((a, b) => a.rank - b.rank)) {
    const replaces = column.columns === 12 ? COLUMNS[2]! : null
    const more = column.columns + 1 - (replaces && chosen.has(replaces) ? replaces.columns + 1 : 0)
    const enough = used + more + LAST_MIN + (column.rank >= 7 ? 6 : 0) <= room
    if (!enough) continue
    chosen.add(column)
    if (replaces) chosen.delete(replaces)
    used += more
  }
  const left = room - used
  return { columns: COLUMNS.filter((column) => chosen.has(column)), error: left >= 60 ? ERROR_COLUMNS : 0 }
}

export function listHead(state: State): Row {
  const { columns, error } = plan(state.size.columns)
  const segments: Segment[] = [seg('  ', 'bar')]
  for (const column of columns) {
    const sorted = column.sort === state.sort && (state.sort !== 'time' || state.descending)
    const title = sorted ? arrow(state) + column.title : column.title
    segments.push(seg(`${pad(title, column.columns, column.align)} `, sorted ? 'active' : 'bar'))
  }
  const byFinding = state.sort === 'finding'
  if (error > 0) segments.push(seg(`${pad('error', error)} `, 'bar'))
  if (byFinding) segments.push(seg(`${arrow(state)}finding`, 'active'), seg(error > 0 ? '' : ', error', 'bar'))
  else segments.push(seg(error > 0 ? 'finding' : 'error, finding', 'bar'))
  return row(...segments, seg('', 'bar'))
}

/** Up: smallest first. */
export const arrow = ({ descending }: State): string => (descending ? '▼' : '▲')

/** What a list of so many columns can be sorted by: what it shows, and always the order of arrival. */
export function sortColumns(total: number): SortColumn[] {
  const shown = plan(total).columns.flatMap(({ sort }) => (sort && sort !== 'time' ? [sort] : []))
  return ['time', ...shown, 'finding']
}

export function listView(state: State, area: Area): Row[] {
  const rows: Row[] = []
  const { visible, store } = state.data
  const columns = plan(state.size.columns)
  for (let i = 0; i < area.rows; i++) {
    const entry = store.get(visible.at(state.top + i))
    rows.push(entry ? listRow(state, entry, columns) : row())
  }
  if (visible.length === 0 && area.rows > 0) return emptyRows(state, area.rows)
  return rows
}

function emptyRows(state: State, count: number): Row[] {
  const { brokers, store, visible } = state.data
  const rows: Row[] = [row()]
  const say = (text: string): void => void rows.push(row(seg(`  ${text}`, 'dim')))
  if (store.end > store.first && state.filter) {
    say(
      visible.progress < 1
        ? `looking: ${Math.floor(visible.progress * 100)} %`
        : `nothing passes ${safe(state.filter)}`,
    )
    say('/ changes the filter; an empty one shows everything')
  } else {
    say('Waiting for the first request. Point a Kafka client here:')
    for (const { node, listener, upstream } of brokers) {
      say(`  ${listener} -> ${upstream}${node === null ? '' : `  (node ${node})`}`)
    }
  }
  while (rows.length < count) rows.push(row())
  return rows.slice(0, count)
}

/** Columns of what is no exchange; its text takes all that follows. */
const OF_ANYTHING: ReadonlySet<string> = new Set(['#', 'time', 'conn'])

function listRow(state: State, entry: Entry, { columns, error }: Plan): Row {
  const chosen = entry.seq === state.chosen
  const finding = worstOf(entry)
  const segments: Segment[] = [seg(chosen ? (state.pane === 'list' ? '> ' : '- ') : '  ', 'bold')]
  const shown = entry.exchange ? columns : columns.filter(({ title }) => OF_ANYTHING.has(title))
  for (const column of shown) {
    const style: Style = column.rank === 0 ? 'name' : column.rank >= 3 ? 'dim' : 'plain'
    const text = column.text(entry, state)
    const wide = width(text) > column.columns && column.align === 'right' ? text.slice(-column.columns) : text
    segments.push(seg(`${pad(wide, column.columns, column.align)} `, style))
  }
  const name = state.data.errorOf(entry) ?? ''
  if (error > 0 && entry.exchange) segments.push(seg(`${pad(name, error)} `, 'warning'))
  if (finding) {
    const more = entry.findings.length > 1 ? ` +${entry.findings.length - 1}` : ''
    const text = `${MARKS[finding.severity]} ${finding.code.replace(/^[a-z]+\//, '')}${more}: ${finding.message}`
    segments.push(seg(safe(text, 400), finding.severity))
  } else if (!entry.exchange) segments.push(seg(safe(entry.text, 400), 'note'))
  else if (error === 0) segments.push(seg(name, 'warning'))
  return { segments, chosen }
}
