import { type Bug, JOIN_GROUP, wantsClassic } from '../bug.ts'
import { raw } from '../bytes.ts'

export const unexpectedTagBuffer: Bug = {
  name: 'unexpected-tag-buffer',
  does: 'an empty tag buffer at the end of a version that has none',
  cause: 'unexpected-tag-buffer',
  usual: JOIN_GROUP,
  refuses: wantsClassic,
  takesPath: false,
  plant: (answer) => answer.edit([{ from: answer.bytes.length, to: answer.bytes.length, put: raw(0) }]),
}
