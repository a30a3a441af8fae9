import { NodeKind } from '../../schema/node.ts'
import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantAt } from '../places.ts'
import { isField } from '../sound-answer.ts'

const INTEGERS = new Set<NodeKind>([NodeKind.int16, NodeKind.uint16, NodeKind.int32, NodeKind.uint32, NodeKind.int64])

const reversed = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes).reverse()

export const littleEndian: Bug = {
  name: 'little-endian',
  does: 'integers, lengths and counts have their bytes in the wrong order: all, or those of the field named',
  cause: 'little-endian',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path ?? '*', (place) => {
      const { node, at, end } = place
      const prefix = node.prefix === 'uvarint' ? null : answer.prefix(place)
      if (prefix)
        return { from: prefix.from, to: prefix.to, put: reversed(answer.bytes.subarray(prefix.from, prefix.to)) }
      if (!isField(place) || !INTEGERS.has(node.kind)) return null
      return { from: at, to: end, put: reversed(answer.bytes.subarray(at, end)) }
    }),
}
