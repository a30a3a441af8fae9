import { COUNT_AT } from '../../../dissectors/records/format.ts'
import { i32 } from '../../bytes/read.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { integer } from '../bytes.ts'

export const batchCount: Bug = {
  name: 'batch-count',
  does: 'a record batch claims a record more than it has',
  cause: 'batch-count',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(
      answer,
      path,
      ({ bytes, at }) => ({
        from: at + COUNT_AT,
        to: at + COUNT_AT + 4,
        put: integer(i32(bytes, at + COUNT_AT) + 1, 4),
      }),
      true,
    ),
}
