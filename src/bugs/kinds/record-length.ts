import { ATTRIBUTES_AT, CODEC_MASK, RECORDS_AT } from '../../../dissectors/records/format.ts'
import { i16 } from '../../bytes/read.ts'
import { plantInBatches } from '../batches.ts'
import { type Bug, FETCH } from '../bug.ts'
import { uvarint, uvarintAt } from '../bytes.ts'

export const recordLength: Bug = {
  name: 'record-length',
  does: 'the length of the first record of a batch that is not compressed is one more than it has',
  cause: 'record-length',
  usual: FETCH,
  takesPath: true,
  plant: (answer, path) =>
    plantInBatches(answer, path, ({ bytes, at, end }) => {
      const from = at + RECORDS_AT
      if (from >= end || i16(bytes, at + ATTRIBUTES_AT) & CODEC_MASK) return null
      // A zigzag varint: one more is two more.
      const [value, to] = uvarintAt(bytes, from)
      const put = uvarint(value + 2)
      return put.length === to - from ? { from, to, put } : null
    }),
}
