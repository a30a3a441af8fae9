import { SIZE_AT } from '../../../dissectors/records/format.ts'
import { i32 } from '../../bytes/read.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { integer } from '../bytes.ts'

export const batchLength: Bug = {
  name: 'batch-length',
  does: 'the length of a record batch is one more than it has',
  cause: 'batch-length',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(
      answer,
      path,
      ({ bytes, at }) => ({ from: at + SIZE_AT, to: at + SIZE_AT + 4, put: integer(i32(bytes, at + SIZE_AT) + 1, 4) }),
      false,
    ),
}
