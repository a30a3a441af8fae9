import { scalarAt } from '../../codec/value.ts'
import { NodeKind } from '../../schema/node.ts'
import { type Bug, JOIN_GROUP } from '../bug.ts'
import { integer } from '../bytes.ts'
import { plantAt } from '../places.ts'
import { isField } from '../sound-answer.ts'

const WIDTHS = new Map<NodeKind, number>([
  [NodeKind.int8, 2],
  [NodeKind.int16, 4],
  [NodeKind.int32, 8],
  [NodeKind.int64, 4],
])

export const wrongWidth: Bug = {
  name: 'wrong-width',
  does: 'an integer is written twice as wide (an int64 half as wide)',
  cause: 'wrong-width',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const { node, at, end } = place
      const width = isField(place) ? WIDTHS.get(node.kind) : undefined
      if (width === undefined) return null
      const value = scalarAt(answer.bytes, node.kind, at, end) as number | bigint
      return { from: at, to: end, put: integer(value, width) }
    }),
}
