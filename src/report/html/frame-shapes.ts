/**
 * Frames of one kind mostly differ in their values alone: what else their tree's lines say follows from the span table.
 * It is made once for all frames with the same table.
 */
import type { DecodedFrame } from '../../codec/frame.ts'
import { contents, firstElement, scalarAt } from '../../codec/value.ts'
import { NodeKind, nodeOf } from '../../schema/node.ts'
import { joinValues, type PackedFields } from './fields.ts'
import { MAX_FRAME_FIELDS } from './limits.ts'
import { valueText } from './value-text.ts'

/** Tables that are remembered, and the int32s of one. */
const MAX_SHAPES = 512
const MAX_INTS = 16 * 1024

interface Shape {
  readonly table: Int32Array
  readonly apiVersion: number
  readonly headerVersion: number
  readonly packed: PackedFields
}

export class FrameShapes {
  private readonly shapes = new Map<number, Shape>()

  /** The frame's lines, packed; `make` makes them where no frame with the same table was seen. */
  pack(frame: DecodedFrame, make: () => PackedFields): PackedFields {
    const values = valuesOf(frame)
    if (values === null) return make()
    const { table, apiVersion, headerVersion } = frame
    const data = table.data.subarray(0, table.used)
    const hash = hashOf(data)
    const known = this.shapes.get(hash)
    const same = known && known.apiVersion === apiVersion && known.headerVersion === headerVersion
    if (same && equal(known.table, data)) {
      const [depths, names, distances, lengths, types, , roles] = known.packed
      return [depths, names, distances, lengths, types, joinValues(values), roles]
    }
    const packed = make()
    if (known || this.shapes.size < MAX_SHAPES) {
      this.shapes.set(hash, { table: data.slice(), apiVersion, headerVersion, packed })
    }
    return packed
  }
}

/** The values of all lines; null where lines depend on more than the table: nested bytes, and what is not read. */
function valuesOf({ bytes, table, stopped, headerLine, message }: DecodedFrame): string[] | null {
  if (stopped || message === null || table.used > MAX_INTS) return null
  const values: string[] = []
  for (let line = 0; line < table.size; line++) {
    const node = nodeOf(table.node(line))
    const { kind } = node
    if (kind === NodeKind.unread || values.length >= MAX_FRAME_FIELDS - 1) return null
    if (kind === NodeKind.bytes || kind === NodeKind.records) {
      const range = contents(bytes, table, line)
      if (range && range[0] < range[1]) return null
    }
    values.push(node.root || line === headerLine ? '' : valueText(bytes, table, line, node))
    if (kind !== NodeKind.fixedArray) continue
    const end = table.offset(line) + table.length(line)
    for (let at = firstElement(bytes, table, line); at + node.width <= end; at += node.width) {
      if (values.length >= MAX_FRAME_FIELDS - 1) return null
      values.push(String(scalarAt(bytes, node.element!, at, end)))
    }
  }
  return values
}

function hashOf(data: Int32Array): number {
  let hash = data.length
  for (const value of data) hash = Math.imul(hash ^ value, 0x01000193) + (hash >>> 15)
  return hash | 0
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
