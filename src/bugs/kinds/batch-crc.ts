import { CRC_AT } from '../../../dissectors/records/format.ts'
import { i32 } from '../../bytes/read.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { integer } from '../bytes.ts'

export const batchCrc: Bug = {
  name: 'batch-crc',
  does: 'the CRC of a record batch does not fit',
  cause: 'batch-crc',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(
      answer,
      path,
      ({ bytes, at }) => ({ from: at + CRC_AT, to: at + CRC_AT + 4, put: integer(i32(bytes, at + CRC_AT) ^ 1, 4) }),
      false,
    ),
}
