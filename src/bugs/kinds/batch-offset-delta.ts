import { LAST_OFFSET_DELTA_AT } from '../../../dissectors/records/format.ts'
import { plantInHeaders } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'

export const batchOffsetDelta: Bug = {
  name: 'batch-offset-delta',
  does: 'the last offset delta of a record batch is one more than that of its last record',
  cause: 'batch-offset-delta',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) => plantInHeaders(answer, path, { at: LAST_OFFSET_DELTA_AT, width: 4 }, (delta) => delta + 1),
}
