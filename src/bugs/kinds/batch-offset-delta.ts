import { LAST_OFFSET_DELTA_AT } from '../../../dissectors/records/format.ts'
import { i32 } from '../../bytes/read.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { integer } from '../bytes.ts'

export const batchOffsetDelta: Bug = {
  name: 'batch-offset-delta',
  does: 'the last offset delta of a record batch is one more than that of its last record',
  cause: 'batch-offset-delta',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(
      answer,
      path,
      ({ bytes, at }) => ({
        from: at + LAST_OFFSET_DELTA_AT,
        to: at + LAST_OFFSET_DELTA_AT + 4,
        put: integer(i32(bytes, at + LAST_OFFSET_DELTA_AT) + 1, 4),
      }),
      true,
    ),
}
