import { type Bug, JOIN_GROUP } from '../bug.ts'
import { NOTHING, raw } from '../bytes.ts'

/** After the size and the correlation id. */
const TAGS_AT = 8

export const wrongHeader: Bug = {
  name: 'wrong-header',
  does: 'the header of the other version: without its tag buffer, or with one where it has none',
  cause: 'wrong-header',
  usual: JOIN_GROUP,
  takesPath: false,
  plant: (answer) =>
    answer.edit([
      answer.frame.headerVersion === 0
        ? { from: TAGS_AT, to: TAGS_AT, put: raw(0) }
        : { from: TAGS_AT, to: answer.start, put: NOTHING },
    ]),
}
