import { at, intOf, longOf, stringOf, top, whole } from '../lines.ts'
import type { SessionRule } from '../rule.ts'
import { INIT_PRODUCER_ID } from '../transactions.ts'

/** InitProducerId gives a transactional id an epoch that is not above the one before. */
export const producerEpoch: SessionRule = {
  kind: 'session',
  code: 'protocol/producer-epoch',
  severity: 'error',
  apis: [INIT_PRODUCER_ID],
  watch: ({ transactions }) => ({
    exchange(seen, tell) {
      const request = seen.frame('request')
      const answer = seen.frame('response')
      if (!whole(request) || !whole(answer) || intOf(answer, answer.bodyLine, 'errorCode', -1) !== 0) return
      const name = stringOf(request, request.bodyLine, 'transactionalId')
      const before = transactions.of(name)
      const epoch = intOf(answer, answer.bodyLine, 'producerEpoch', -1)
      const id = longOf(answer, answer.bodyLine, 'producerId', -1)
      if (!before || before.producerId !== id || epoch >= before.epoch) return
      tell({
        ...at(seen, 'response', top(answer, 'producerEpoch')),
        message: `"${name}", producer ${id}, gets epoch ${epoch} after epoch ${before.epoch}: the new producer is fenced from the start.`,
      })
    },
  }),
}
