import { COUNT_AT } from '../../../dissectors/records/format.ts'
import { plantInHeaders } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'

export const batchCount: Bug = {
  name: 'batch-count',
  does: 'a record batch claims a record more than it has',
  cause: 'batch-count',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) => plantInHeaders(answer, path, { at: COUNT_AT, width: 4 }, (count) => count + 1),
}
