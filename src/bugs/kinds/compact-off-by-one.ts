import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { uvarint } from '../bytes.ts'
import { plantPrefix } from '../places.ts'

export const compactOffByOne: Bug = {
  name: 'compact-off-by-one',
  does: 'compact lengths and counts without their plus one: all, or those of the field named',
  cause: 'compact-off-by-one',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) => plantPrefix(answer, path ?? '*', (prefix) => uvarint(Math.max(0, prefix.value))),
}
