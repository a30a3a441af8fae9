/** DescribeTransactions (KIP-664). */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'

interface Request {
  readonly transactionalIds: readonly string[]
}

export const describeTransactions: Handler<Request> = {
  apiKey: 65,
  versions: [0, 0],
  handle: ({ transactionalIds }, context): Answer => ({
    transactionStates: [...new Set(transactionalIds)].map((id) => ({
      transactionalId: id,
      ...describe(id, context),
    })),
  }),
}

function describe(id: string, { broker }: Context): Answer {
  const nothing = { transactionStartTimeMs: 0, producerId: 0, producerEpoch: 0 }
  if (id === '') return { ...nothing, errorCode: errorCode('INVALID_REQUEST') }
  const txn = broker.transactions.get(id)
  if (!txn) return { ...nothing, errorCode: errorCode('TRANSACTIONAL_ID_NOT_FOUND') }
  return {
    transactionState: txn.state,
    transactionTimeoutMs: txn.timeoutMs,
    transactionStartTimeMs: txn.startedAt,
    producerId: txn.producerId,
    producerEpoch: txn.epoch,
    topics: [...txn.partitions].map(([topic, partitions]) => ({ topic, partitions: [...partitions] })),
  }
}
