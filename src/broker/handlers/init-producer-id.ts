/** InitProducerId: for idempotent producers without, for transactional ones with a transactional id. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Handler } from '../api.ts'
import { fencedAs } from '../txn-errors.ts'

interface Request {
  readonly transactionalId: string | null
  readonly transactionTimeoutMs: number
  /** v3+ (KIP-360): -1 where the client has none. */
  readonly producerId?: number | bigint
  readonly producerEpoch?: number
  /** v6+ (KIP-939) */
  readonly enable2Pc?: boolean
  readonly keepPreparedTxn?: boolean
}

/** From here on there is PRODUCER_FENCED (KIP-588). */
const FIRST_FENCED = 4

export const initProducerId: Handler<Request> = {
  apiKey: 22,
  versions: [0, 6],
  handle(request, { broker, version }): Answer {
    const fail = (error: string): Answer => ({ errorCode: errorCode(error), producerId: -1, producerEpoch: -1 })
    const { transactionalId: id, transactionTimeoutMs: timeoutMs, producerId = -1, producerEpoch = -1 } = request
    if ((producerId === -1) !== (producerEpoch === -1)) return fail('INVALID_REQUEST')
    if (id === null) return { producerId: broker.newProducerId(), producerEpoch: 0 }
    if (id === '') return fail('INVALID_REQUEST')
    // As Apache Kafka 4.4 with transaction.two.phase.commit.enable=false, its default.
    if (request.enable2Pc) return fail('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    if (request.keepPreparedTxn) return fail('UNSUPPORTED_VERSION')
    const expected = producerId === -1 ? undefined : { producerId, epoch: producerEpoch }
    const answer = broker.transactions.init({ id, timeoutMs, expected })
    return { ...answer, errorCode: fencedAs(answer.errorCode, version, FIRST_FENCED) }
  },
}
