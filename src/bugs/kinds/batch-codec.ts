import { ATTRIBUTES_AT, CODEC_MASK } from '../../../dissectors/records/format.ts'
import { i16 } from '../../bytes/read.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { integer } from '../bytes.ts'

const GZIP = 1

const otherCodec = (attributes: number): number =>
  attributes & CODEC_MASK ? attributes & ~CODEC_MASK : attributes | GZIP

export const batchCodec: Bug = {
  name: 'batch-codec',
  does: 'a record batch that is not compressed says it is gzip, one that is says it is not',
  cause: 'batch-codec',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(
      answer,
      path,
      ({ bytes, at }) => ({
        from: at + ATTRIBUTES_AT,
        to: at + ATTRIBUTES_AT + 2,
        put: integer(otherCodec(i16(bytes, at + ATTRIBUTES_AT)), 2),
      }),
      true,
    ),
}
