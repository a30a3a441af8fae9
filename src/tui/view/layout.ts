/** Who gets which rows and columns. The view draws by it, and a mouse click is looked up in it. */
import { chosenEntry } from '../look.ts'
import type { State } from '../state.ts'
import type { Entry } from '../store.ts'
import { stripView } from './strip.ts'

export interface Area {
  /** The first row and the number of rows; 0 where it is not shown. */
  readonly top: number
  readonly rows: number
  readonly left: number
  readonly columns: number
}

export interface Layout {
  readonly list: Area
  readonly tabs: Area
  readonly fields: Area
  readonly hex: Area
  /** The finding of the chosen entry in short, below its fields. */
  readonly strip: Area
  /** Bytes in a row of the hex dump. */
  readonly hexBytes: number
  /** Hex digits of an offset. */
  readonly offsetDigits: number
}

const NONE: Area = { top: 0, rows: 0, left: 0, columns: 0 }

/** Below this many rows there is room for the list or for a frame, not for both. */
const LOW = 16
/** Below this many columns fields and bytes take turns. */
const NARROW = 64

/** Columns that a hex dump of so many bytes a row takes: offset, digits, gap, text. */
export const hexColumns = (bytes: number, digits: number): number => digits + 1 + bytes * 3 + 2 + bytes

export function layoutOf(state: State): Layout {
  const { columns, rows } = state.size
  const all = (top: number, count: number): Area => ({ top, rows: Math.max(0, count), left: 0, columns })
  const room = Math.max(1, rows - 3)
  const entry = chosenEntry(state)
  const none = { tabs: NONE, fields: NONE, hex: NONE, strip: NONE, hexBytes: 8, offsetDigits: 4 }
  if (!entry) return { ...none, list: all(2, room) }
  const low = rows < LOW
  if (low && state.pane === 'list') {
    const strip = entry.findings.length > 0 && room >= 4 ? 2 : 0
    return { ...none, list: all(2, room - strip), strip: all(2 + room - strip, strip) }
  }
  const list = low ? 0 : state.zoomed ? 3 : Math.max(4, Math.floor(room * (rows < 40 ? 0.38 : 0.42)))
  const top = low ? 1 : 2 + list
  const below = low ? rows - 2 : room - list
  const strip = state.tab === 'finding' ? 0 : stripRows(state, entry, below)
  const body = { top: top + 1, rows: Math.max(0, below - 1 - strip) }
  const frame = {
    list: low ? NONE : all(2, list),
    tabs: all(top, 1),
    strip: all(top + below - strip, strip),
  }
  const { request, response } = entry.exchange ?? { request: null, response: null }
  const longest = Math.max(request?.size ?? 0, response?.size ?? 0)
  const offsetDigits = longest > 0xffff ? 7 : 4
  return { ...frame, offsetDigits, ...beside(state, body.top, body.rows, columns, offsetDigits) }
}

/** The strip shows what is wrong at once, but leaves the greater part to the fields. */
function stripRows(state: State, entry: Entry, below: number): number {
  const most = Math.min(Math.max(2, Math.floor(below * 0.45)), 9)
  return stripView(state, entry, most).length
}

function beside(
  state: State,
  top: number,
  rows: number,
  columns: number,
  digits: number,
): Pick<Layout, 'fields' | 'hex' | 'hexBytes'> {
  const whole: Area = { top, rows, left: 0, columns }
  if (columns < NARROW) {
    const hexBytes = hexColumns(8, digits) <= columns ? 8 : 4
    return state.pane === 'hex' ? { fields: NONE, hex: whole, hexBytes } : { fields: whole, hex: NONE, hexBytes }
  }
  const hexBytes = columns - hexColumns(16, digits) >= 54 ? 16 : 8
  const left = columns - hexColumns(hexBytes, digits) - 1
  return {
    fields: { top, rows, left: 0, columns: left },
    hex: { top, rows, left: left + 1, columns: hexColumns(hexBytes, digits) },
    hexBytes,
  }
}
