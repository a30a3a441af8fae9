import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { integer } from '../bytes.ts'

export const trailingBytes: Bug = {
  name: 'trailing-bytes',
  does: 'four bytes follow its end (its tag buffer: in other versions that is an extra field)',
  cause: 'trailing-bytes',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: false,
  plant: (answer) => answer.edit([{ from: answer.bytes.length, to: answer.bytes.length, put: integer(1000, 4) }]),
}
