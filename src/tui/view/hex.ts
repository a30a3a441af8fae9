/** The bytes of a frame. Those of the chosen field stand in brackets, so that they are seen without colour too. */
import { toHex } from '../../bytes/hex.ts'
import { u8 } from '../../bytes/read.ts'
import type { Detail } from '../detail.ts'
import type { State } from '../state.ts'
import type { Layout } from './layout.ts'
import { MARKS } from './marks.ts'
import { type Row, row, type Segment, type Style, seg } from './row.ts'

/**
 * Which byte of a row stands at a column of the dump; null beside them. A row is the offset's digits, a gap, three
 * columns a byte (bracket or gap, two digits), a bracket's place and a gap, and the bytes as text.
 */
export function hexByteAt(column: number, hexBytes: number, digits: number): number | null {
  const start = digits + 1
  const byte = Math.floor((column - start) / 3)
  if (column >= start && byte < hexBytes) return byte
  const letter = column - (start + hexBytes * 3 + 2)
  return letter >= 0 && letter < hexBytes ? letter : null
}

/** The dump's visible rows. `lit` are the chosen field's bytes: [first, end). */
export function hexView(state: State, detail: Detail, lit: readonly [number, number], layout: Layout): Row[] {
  const rows: Row[] = []
  const { hex: area, hexBytes, offsetDigits } = layout
  const { bytes } = detail.frame
  const found = foundRanges(detail)
  const total = Math.ceil(Math.max(1, bytes.length) / hexBytes)
  for (let i = 0; i < area.rows; i++) {
    const line = state.hexTop + i
    if (line < total) rows.push(hexRow(bytes, line * hexBytes, hexBytes, offsetDigits, lit, found, state.byte))
    else if (line === total) rows.push(endRow(detail))
    else rows.push(row())
  }
  return rows
}

function endRow(detail: Detail): Row {
  const { length } = detail.frame.bytes
  const missing = detail.size - length
  const cut = missing > 0 ? `, ${missing} more were not kept` : ''
  return row(seg(` end at ${length}${cut}`, 'dim'))
}

/** Bytes that stand out: [from, end). The mark is set in front of the first. */
export interface Found {
  readonly from: number
  readonly end: number
  readonly style: Style
  readonly mark: string
}

/** Where the findings are; of bytes that are missing, the place where they belong. */
function foundRanges(detail: Detail): Found[] {
  return detail.findings.slice(0, 50).map(({ offset, length, severity }) => {
    return { from: offset, end: offset + Math.max(1, length), style: severity, mark: MARKS[severity] }
  })
}

/** One row of a dump: `hexBytes` bytes from `from` on. `cursor`: the chosen byte, or -1. */
export function hexRow(
  bytes: Uint8Array,
  from: number,
  hexBytes: number,
  digits: number,
  [start, end]: readonly [number, number],
  found: readonly Found[],
  cursor: number,
): Row {
  const segments: Segment[] = [seg(`${from.toString(16).padStart(digits, '0')} `, 'dim')]
  const lit = (at: number): boolean => at >= start && at < end
  const under = (at: number): Found | undefined => found.find((one) => at >= one.from && at < one.end)
  const letters: Segment[] = []
  for (let at = from; at < from + hexBytes; at++) {
    const here = under(at)
    const there = at < bytes.length
    segments.push(separator(at, from, start, end, there, found))
    const style: Style = at === cursor && there ? 'cursor' : lit(at) ? 'lit' : here ? here.style : 'plain'
    segments.push(seg(there ? toHex(bytes, at, at + 1) : here ? '__' : '  ', style))
    letters.push(seg(there ? letter(u8(bytes, at)) : ' ', style === 'plain' ? 'dim' : style))
  }
  const last = from + hexBytes
  segments.push(end === last && start < end ? seg(']', 'lit') : seg(' '), seg(' '))
  return row(...segments, ...letters)
}

function separator(
  at: number,
  from: number,
  start: number,
  end: number,
  there: boolean,
  found: readonly Found[],
): Segment {
  const begins = found.find((one) => one.from === at)
  if (at === start && start < end) return seg('[', 'lit')
  if (at === end && start < end && at !== from) return seg(']', 'lit')
  if (begins) return seg(begins.mark, begins.style)
  return seg(' ', there && at > start && at < end ? 'lit' : 'plain')
}

const letter = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')
