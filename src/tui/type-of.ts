import { nodeOf } from '../schema/node.ts'
import type { Detail } from './detail.ts'
import type { FieldRow } from './tree.ts'

/** The whole type of a row's field (`compact_nullable_string`), of which the tree shows the short one. */
export function nodeTypeOf(detail: Detail, row: FieldRow): string {
  const { table } = detail.frame
  if (row.role !== 'field' || !row.type) return row.type
  let low = 0
  let high = table.size
  // Lines are in the order of their offsets; the last at this offset with this length and name is the field.
  while (low < high) {
    const middle = (low + high) >> 1
    if (table.offset(middle) < row.offset) low = middle + 1
    else high = middle
  }
  for (let line = low; line < table.size && table.offset(line) === row.offset; line++) {
    const { type } = nodeOf(table.node(line))
    if (table.length(line) === row.length && type.endsWith(row.type)) return type
  }
  return row.type
}
