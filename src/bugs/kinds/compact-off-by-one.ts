import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { uvarint } from '../bytes.ts'
import { plantAt } from '../places.ts'

export const compactOffByOne: Bug = {
  name: 'compact-off-by-one',
  does: 'compact lengths and counts without their plus one: all, or those of the field named',
  cause: 'compact-off-by-one',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path ?? '*', (place) => {
      const prefix = answer.prefix(place)
      return prefix && { from: prefix.from, to: prefix.to, put: uvarint(Math.max(0, prefix.value)) }
    }),
}
