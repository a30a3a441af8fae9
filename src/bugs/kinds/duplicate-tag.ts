import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { text } from '../bytes.ts'
import { UNKNOWN_TAG, withTags } from '../tags.ts'

export const duplicateTag: Bug = {
  name: 'duplicate-tag',
  does: 'an unknown tag at its end twice',
  cause: 'duplicate-tag',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: false,
  plant: (answer) =>
    withTags(answer, [
      { tag: UNKNOWN_TAG, contents: text('first') },
      { tag: UNKNOWN_TAG, contents: text('second') },
    ]),
}
