import { MAGIC_AT } from '../../../dissectors/records/format.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { integer } from '../bytes.ts'

export const batchMagic: Bug = {
  name: 'batch-magic',
  does: 'a record batch has magic 3',
  cause: 'batch-magic',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(
      answer,
      path,
      ({ at }) => ({ from: at + MAGIC_AT, to: at + MAGIC_AT + 1, put: integer(3, 1) }),
      false,
    ),
}
