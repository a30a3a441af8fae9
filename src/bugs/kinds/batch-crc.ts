import { CRC_AT } from '../../../dissectors/records/format.ts'
import { plantInHeaders } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'

export const batchCrc: Bug = {
  name: 'batch-crc',
  does: 'the CRC of a record batch does not fit',
  cause: 'batch-crc',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) => plantInHeaders(answer, path, { at: CRC_AT, width: 4 }, (crc) => crc ^ 1, false),
}
