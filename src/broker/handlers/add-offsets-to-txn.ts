/** AddOffsetsToTxn: offsets of a group take part in a transaction, by the partition they would be kept in. */

import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Handler } from '../api.ts'
import { OFFSETS_TOPIC, offsetsPartition } from '../offsets.ts'
import { fencedAs } from '../txn-errors.ts'

interface Request {
  readonly transactionalId: string
  readonly producerId: number | bigint
  readonly producerEpoch: number
  readonly groupId: string
}

const FIRST_FENCED = 2

export const addOffsetsToTxn: Handler<Request> = {
  apiKey: 25,
  versions: [0, 4],
  handle({ transactionalId, producerId, producerEpoch, groupId }, { broker, version }): Answer {
    if (groupId === '') return { errorCode: errorCode('INVALID_GROUP_ID') }
    const partitions = new Map([[OFFSETS_TOPIC, new Set([offsetsPartition(groupId)])]])
    const who = { producerId, epoch: producerEpoch }
    const error = broker.transactions.add(transactionalId, who, partitions, 0)
    return { errorCode: fencedAs(error, version, FIRST_FENCED) }
  },
}
