import { SIZE_AT } from '../../../dissectors/records/format.ts'
import { plantInHeaders } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'

export const batchLength: Bug = {
  name: 'batch-length',
  does: 'the length of a record batch is one more than it has',
  cause: 'batch-length',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) => plantInHeaders(answer, path, { at: SIZE_AT, width: 4 }, (length) => length + 1, false),
}
