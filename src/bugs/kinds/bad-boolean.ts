import { NodeKind } from '../../schema/node.ts'
import type { Bug } from '../bug.ts'
import { raw } from '../bytes.ts'
import { plantAt } from '../places.ts'

export const badBoolean: Bug = {
  name: 'bad-boolean',
  does: 'a boolean is 2',
  cause: 'bad-boolean',
  usual: { api: 'Metadata' },
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, ({ node, at, end }) =>
      node.kind === NodeKind.bool ? { from: at, to: end, put: raw(2) } : null,
    ),
}
