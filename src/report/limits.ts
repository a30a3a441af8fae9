/** What of one message is shown at most: hostile ones have as many values as bytes, each of which takes much more. */
import type { SpanTable } from '../bytes/spans.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'

/** Lines of `fields` that are shown of one message; `fieldsDropped` says that there are more. */
export const MAX_FIELDS = 250_000

/** Values of one message's JSON. The metadata of a hundred thousand partitions has about a million. */
export const MAX_VALUES = 1_500_000

/** Whether a message's JSON would have more values than are shown. */
export function hasTooManyValues(bytes: Uint8Array, table: SpanTable): boolean {
  // A line takes a byte, and may have a container and a tag buffer around it.
  if (bytes.length < MAX_VALUES / 3) return false
  let count = table.size
  for (let line = 0; line < table.size && count <= MAX_VALUES; line++) {
    const node = nodeOf(table.node(line))
    if (node.kind === NodeKind.fixedArray) count += Math.floor(table.length(line) / node.width)
  }
  return count > MAX_VALUES
}
