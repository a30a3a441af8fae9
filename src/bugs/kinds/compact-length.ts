import { type Bug, JOIN_GROUP, wantsClassic } from '../bug.ts'
import { uvarint } from '../bytes.ts'
import { plantPrefix } from '../places.ts'

export const compactLength: Bug = {
  name: 'compact-length',
  does: 'lengths and counts as varints in a version that is not flexible: all, or those of the field named',
  cause: 'compact-length',
  usual: JOIN_GROUP,
  refuses: wantsClassic,
  takesPath: true,
  plant: (answer, path) => plantPrefix(answer, path ?? '*', (prefix) => uvarint(prefix.value + 1)),
}
