import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { text } from '../bytes.ts'
import { UNKNOWN_TAG, withTags } from '../tags.ts'

export const tagOrder: Bug = {
  name: 'tag-order',
  does: 'two unknown tags at its end, the higher one first',
  cause: 'tag-order',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: false,
  plant: (answer) =>
    withTags(answer, [
      { tag: UNKNOWN_TAG + 1, contents: text('first') },
      { tag: UNKNOWN_TAG, contents: text('second') },
    ]),
}
