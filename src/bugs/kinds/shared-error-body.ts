/** The bug that this program was first written for: one four-byte error answer shared by all APIs. */
import type { Bug } from '../bug.ts'
import { integer } from '../bytes.ts'

export const sharedErrorBody: Bug = {
  name: 'shared-error-body',
  does: 'four zero bytes instead of the whole body: an error answer that several APIs share',
  cause: 'other-api',
  usual: { api: 'JoinGroup', versions: [5, 5] },
  takesPath: false,
  plant: (answer) => answer.withBody(integer(0, 4)),
}
