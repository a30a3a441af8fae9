/** Single lines of a span table, and where they are: for rules that must not build whole values of large messages. */
import { i8, i16, i32, i64, u8 } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { text } from '../bytes/utf8.ts'
import type { DecodedFrame } from '../codec/frame.ts'
import { pathOf } from '../codec/paths.ts'
import { contents, firstElement, scalarAt } from '../codec/value.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import type { Finding } from './finding.ts'
import type { Seen } from './seen.ts'

type Side = 'request' | 'response'

/** The line of a field of a struct, tagged ones included; -1 where it is not there or was not read to its end. */
export function child(table: SpanTable, struct: number, name: string): number {
  const end = table.next(struct)
  for (let line = struct + 1; line < end; line = table.next(line)) {
    const node = nodeOf(table.node(line))
    if (node.name === name) return table.length(line) < 0 ? -1 : line
    if (node.kind !== NodeKind.tagBuffer || table.next(line) === line + 1) continue
    const tagged = child(table, line, name)
    if (tagged >= 0) return tagged
  }
  return -1
}

/** The line of a field of the body's top level; -1 where there is none. */
export const top = ({ table, bodyLine }: DecodedFrame, name: string): number =>
  bodyLine < 0 ? -1 : child(table, bodyLine, name)

/** An int8, int16 or int32 of a struct; `missing` where it is not there. */
export function intOf({ bytes, table }: DecodedFrame, struct: number, name: string, missing: number): number {
  const line = struct < 0 ? -1 : child(table, struct, name)
  if (line < 0) return missing
  const at = table.offset(line)
  const length = table.length(line)
  return length === 4 ? i32(bytes, at) : length === 2 ? i16(bytes, at) : length === 1 ? i8(bytes, at) : missing
}

/** An int64 of a struct: a number where exact, else a bigint; `missing` where it is not there. */
export function longOf(frame: DecodedFrame, struct: number, name: string, missing: number): number | bigint {
  const line = child(frame.table, struct, name)
  return line < 0 || frame.table.length(line) !== 8 ? missing : i64(frame.bytes, frame.table.offset(line))
}

/** A string, number or uuid at a line as text; null for null. */
export function textAt({ bytes, table }: DecodedFrame, line: number): string | null {
  const node = nodeOf(table.node(line))
  if (node.kind === NodeKind.string) {
    const range = contents(bytes, table, line)
    return range && text(bytes, range[0], range[1])
  }
  const at = table.offset(line)
  return String(scalarAt(bytes, node.kind, at, at + table.length(line)))
}

/** A string of a struct; null where it is null or not there. */
export function stringOf(frame: DecodedFrame, struct: number, name: string): string | null {
  const line = struct < 0 ? -1 : child(frame.table, struct, name)
  return line < 0 ? null : textAt(frame, line)
}

/** The lines of an array's elements, those only that were read to their end. */
export function elements(table: SpanTable, array: number): number[] {
  const lines: number[] = []
  if (array < 0) return lines
  const end = table.next(array)
  for (let line = array + 1; line < end; line = table.next(line)) {
    if (table.length(line) >= 0 && nodeOf(table.node(line)).kind !== NodeKind.unread) lines.push(line)
  }
  return lines
}

/** Whether a frame's body was read to its last byte: what is missing in it is then missing indeed. */
export const whole = (frame: DecodedFrame | null): frame is DecodedFrame =>
  frame !== null && frame.bodyLine >= 0 && !frame.stopped

/** Of which message a finding is. */
export const about = ({ exchange }: Seen, kind: Side) => ({
  exchange,
  api: exchange.api,
  apiVersion: exchange.apiVersion,
  kind,
})

/** A finding's place: a line of one of the frames; the whole body where the line is -1. */
export function place(seen: Seen, side: Side, line: number): Pick<Finding, 'path' | 'offset' | 'length'> {
  const frame = seen.frame(side)
  if (!frame || line < 0) return { path: '', offset: 4, length: 0 }
  const { table } = frame
  return { path: pathOf(table, line), offset: table.offset(line), length: Math.max(0, table.length(line)) }
}

/** A place and what it is of, in one. */
export const at = (seen: Seen, side: Side, line: number) => ({ ...about(seen, side), ...place(seen, side, line) })

/** The version in a request's header. */
export const VERSION_FIELD = { path: 'header.requestApiVersion', offset: 6, length: 2 } as const

/** Whether an array is null; true too where it is not there. */
export function isNull({ bytes, table }: DecodedFrame, array: number): boolean {
  if (array < 0) return true
  const at = table.offset(array)
  return nodeOf(table.node(array)).prefix === 'uvarint' ? u8(bytes, at) === 0 : i32(bytes, at) < 0
}

/** The numbers of an array of int32, each with its offset. */
export function int32s({ bytes, table }: DecodedFrame, array: number): { value: number; offset: number }[] {
  const numbers: { value: number; offset: number }[] = []
  if (array < 0 || nodeOf(table.node(array)).kind !== NodeKind.fixedArray) return numbers
  const end = table.offset(array) + table.length(array)
  for (let p = firstElement(bytes, table, array); p + 4 <= end; p += 4)
    numbers.push({ value: i32(bytes, p), offset: p })
  return numbers
}
