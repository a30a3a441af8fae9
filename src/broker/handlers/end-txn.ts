/** EndTxn: commits or aborts. From v5 on the epoch is bumped at every end (KIP-890), and the answer tells of it. */
import type { Answer, Handler } from '../api.ts'
import { fencedAs } from '../txn-errors.ts'

interface Request {
  readonly transactionalId: string
  readonly producerId: number | bigint
  readonly producerEpoch: number
  readonly committed: boolean
}

const FIRST_FENCED = 2
const FIRST_OF_VERSION_2 = 5

export const endTxn: Handler<Request> = {
  apiKey: 26,
  versions: [0, 5],
  handle({ transactionalId, producerId, producerEpoch, committed }, { broker, version }): Answer {
    const who = { producerId, epoch: producerEpoch }
    const ended = broker.transactions.end(transactionalId, who, committed, version >= FIRST_OF_VERSION_2 ? 2 : 0)
    return { ...ended, errorCode: fencedAs(ended.errorCode, version, FIRST_FENCED) }
  },
}
