/** What a view is made of: rows of styled text. Colours come on in paint.ts, so that a screen can be read as text. */
import { clip, width } from '../text.ts'

export type Style =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'title'
  | 'bar'
  | 'active'
  | 'name'
  | 'type'
  | 'string'
  | 'number'
  | 'good'
  | 'error'
  | 'warning'
  | 'note'
  /** Bytes of the chosen field, and the chosen byte. */
  | 'lit'
  | 'cursor'

export interface Segment {
  readonly text: string
  readonly style: Style
}

export interface Row {
  readonly segments: readonly Segment[]
  /** The whole row stands out. */
  readonly chosen?: boolean
}

export const seg = (text: string, style: Style = 'plain'): Segment => ({ text, style })

export const row = (...segments: Segment[]): Row => ({ segments })

export const rowText = (one: Row): string => one.segments.map((segment) => segment.text).join('')

const columnsOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, segment) => sum + width(segment.text), 0)

/** The row in exactly so many columns. */
export function fitRow(one: Row, columns: number): Row {
  const segments: Segment[] = []
  let left = columns
  for (const segment of one.segments) {
    if (left <= 0) break
    const text = clip(segment.text, left)
    segments.push({ text, style: segment.style })
    left -= width(text)
  }
  if (left > 0) segments.push(seg(' '.repeat(left), one.segments.at(-1)?.style === 'bar' ? 'bar' : 'plain'))
  return { ...one, segments }
}

/** Two parts in one row, the second at its right end; the first gives way. */
export function spread(left: readonly Segment[], right: readonly Segment[], columns: number): Row {
  const room = columns - columnsOf(right)
  if (room < 8) return fitRow({ segments: left }, columns)
  return { segments: [...fitRow({ segments: left }, room).segments, ...right] }
}
