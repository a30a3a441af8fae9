/** InitProducerId: for idempotent producers. There are no transactions here. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'

interface Request {
  readonly transactionalId: string | null
}

export const initProducerId: Handler<Request> = {
  apiKey: 22,
  versions: [0, 6],
  handle({ transactionalId }, { broker }) {
    const fail = (error: string) => ({ errorCode: errorCode(error), producerId: -1, producerEpoch: -1 })
    if (transactionalId === '') return fail('INVALID_REQUEST')
    // Of the errors that this API may answer the one that clients neither retry nor take for their own mistake.
    if (transactionalId !== null) return fail('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    return { producerId: broker.producers.newId(), producerEpoch: 0 }
  },
}
