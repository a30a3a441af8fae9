import { defaultValue } from '../../codec/defaults.ts'
import { encodeMessage } from '../../codec/encode.ts'
import type { Field, Model } from '../../schema/model.ts'
import { type Bug, wantsFlexible } from '../bug.ts'
import { withTags } from '../tags.ts'

const taggedIn = (model: Model): Field | undefined => model.fields.find(({ tag }) => tag >= 0)

/** A field's default as it stands in its tag: that of a message of only this field, out of its tag. */
function contentsOf(field: Field, model: Model): Uint8Array {
  const alone: Model = { ...model, flexible: false, fields: [{ ...field, tag: -1 }] }
  return encodeMessage(alone, { [field.name]: defaultValue(field) })
}

export const tagSize: Bug = {
  name: 'tag-size',
  does: 'the size of a tagged field at its end is one less than the field takes',
  cause: 'tag-size',
  usual: { api: 'ApiVersions' },
  refuses: (model) =>
    wantsFlexible(model) ?? (taggedIn(model) ? null : `${model.name} v${model.version} has no tagged field`),
  takesPath: false,
  plant(answer) {
    const field = taggedIn(answer.model)
    if (!field) return null
    const contents = contentsOf(field, answer.model)
    return withTags(answer, [{ tag: field.tag, contents, claimed: contents.length - 1 }])
  },
}
