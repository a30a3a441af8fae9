/** Which rows of the screen of `diff` are whose. 80x24 is what it is made for; a smaller one shows less of each. */
import type { Size } from '../state.ts'

export interface Layout {
  /** Rows of the list of pairs, of the fields, of the bytes, and of the words about the chosen difference. */
  readonly list: number
  readonly fields: number
  readonly hex: number
  readonly strip: number
  /** First row of the list, of the fields. */
  readonly listAt: number
  readonly fieldsAt: number
  /** Columns of A's half and of B's; between them stands the mark, in three columns. */
  readonly half: number
}

/** Head, head of the list, line between list and frame, line between fields and bytes, foot. */
const LINES = 5

export function layoutOf({ columns, rows }: Size): Layout {
  const strip = rows >= 16 ? 2 : 1
  const room = Math.max(0, rows - LINES - strip)
  const list = Math.max(Math.min(1, room), Math.floor(room * 0.3))
  const hex = Math.floor((room - list) * 0.36)
  const fields = room - list - hex
  return { list, fields, hex, strip, listAt: 2, fieldsAt: 3 + list, half: Math.max(1, (columns - 4) >> 1) }
}
