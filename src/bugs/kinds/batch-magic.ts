import { MAGIC_AT } from '../../../dissectors/records/format.ts'
import { plantInHeaders } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'

export const batchMagic: Bug = {
  name: 'batch-magic',
  does: 'a record batch has magic 3',
  cause: 'batch-magic',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) => plantInHeaders(answer, path, { at: MAGIC_AT, width: 1 }, () => 3, false),
}
