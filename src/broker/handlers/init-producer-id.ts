/** InitProducerId: for idempotent producers. A transactional id keeps its producer id and gets the next epoch. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'

interface Request {
  readonly transactionalId: string | null
  readonly transactionTimeoutMs: number
  readonly enable2Pc?: boolean
}

/** transaction.max.timeout.ms */
const MAX_TRANSACTION_TIMEOUT_MS = 900_000

export const initProducerId: Handler<Request> = {
  apiKey: 22,
  versions: [0, 6],
  handle(request, { broker }) {
    const fail = (error: string) => ({ errorCode: errorCode(error), producerId: -1, producerEpoch: -1 })
    const { transactionalId, transactionTimeoutMs } = request
    if (transactionalId === '') return fail('INVALID_REQUEST')
    if (transactionalId !== null) {
      if (request.enable2Pc) return fail('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
      if (transactionTimeoutMs <= 0 || transactionTimeoutMs > MAX_TRANSACTION_TIMEOUT_MS) {
        return fail('INVALID_TRANSACTION_TIMEOUT')
      }
    }
    const { producerId, epoch } = broker.producers.init(transactionalId)
    return { producerId, producerEpoch: epoch }
  },
}
