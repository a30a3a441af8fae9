import type { Model } from '../../schema/model.ts'
import { type Bug, wantsFlexible } from '../bug.ts'
import { raw } from '../bytes.ts'
import { withTags } from '../tags.ts'

const otherTag = (model: Model): number | undefined => [...model.otherTags][0]

export const tagVersion: Bug = {
  name: 'tag-version',
  does: 'a tag at its end that only other versions have',
  cause: 'tag-version',
  usual: { api: 'Fetch' },
  refuses: (model) =>
    wantsFlexible(model) ??
    (otherTag(model) === undefined ? `no other version of ${model.name} has tags that v${model.version} lacks` : null),
  takesPath: false,
  plant(answer) {
    const tag = otherTag(answer.model)
    return tag === undefined ? null : withTags(answer, [{ tag, contents: raw(0) }])
  },
}
