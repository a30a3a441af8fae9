import { ATTRIBUTES_AT, CODEC_MASK } from '../../../dissectors/records/format.ts'
import { plantInHeaders } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'

const GZIP = 1

const otherCodec = (attributes: number): number =>
  attributes & CODEC_MASK ? attributes & ~CODEC_MASK : attributes | GZIP

export const batchCodec: Bug = {
  name: 'batch-codec',
  does: 'a record batch that is not compressed says it is gzip, one that is says it is not',
  cause: 'batch-codec',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) => plantInHeaders(answer, path, { at: ATTRIBUTES_AT, width: 2 }, otherCodec),
}
