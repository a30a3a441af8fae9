import { NodeKind } from '../../schema/node.ts'
import { type Bug, JOIN_GROUP } from '../bug.ts'
import { integer } from '../bytes.ts'

export const extraField: Bug = {
  name: 'extra-field',
  does: 'an int32 more after the last field, in front of the tag buffer where there is one',
  cause: 'extra-field',
  usual: JOIN_GROUP,
  takesPath: false,
  plant(answer) {
    const tags = answer.places.findLast(({ node, path }) => node.kind === NodeKind.tagBuffer && path === '_tags')
    const at = tags?.at ?? answer.bytes.length
    return answer.edit([{ from: at, to: at, put: integer(7, 4) }])
  },
}
