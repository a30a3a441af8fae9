import { NodeKind } from '../../schema/node.ts'
import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { NOTHING } from '../bytes.ts'
import { plantAt } from '../places.ts'

export const missingTagBuffer: Bug = {
  name: 'missing-tag-buffer',
  does: 'no tag buffer is written; with a path (_tags, members._tags) only that one is not',
  cause: 'missing-tag-buffer',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path ?? '*', ({ node, at, end }) =>
      node.kind === NodeKind.tagBuffer ? { from: at, to: end, put: NOTHING } : null,
    ),
}
