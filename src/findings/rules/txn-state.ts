import { at, intOf, stringOf, top, whole } from '../lines.ts'
import type { SessionRule } from '../rule.ts'
import { END_TXN } from '../transactions.ts'

/** From here on an abort may come with nothing added (KIP-890). */
const OWN_EPOCHS = 5

/** A transaction that is ended although it did not begin, or once more in the other way. */
export const txnState: SessionRule = {
  kind: 'session',
  code: 'protocol/txn-state',
  severity: 'warning',
  apis: [END_TXN],
  watch: ({ transactions }) => ({
    exchange(seen, tell) {
      const request = seen.frame('request')
      if (!whole(request) || seen.exchange.apiVersion >= OWN_EPOCHS) return
      const name = stringOf(request, request.bodyLine, 'transactionalId') ?? ''
      const transaction = transactions.of(name)
      if (!transaction?.known || transaction.begun) return
      const committed = intOf(request, request.bodyLine, 'committed', 0) !== 0
      const { ended } = transaction
      // Sent once more, after an answer that the client did not get: that is legal.
      if (ended?.committed === committed) return
      const answer = seen.frame('response')
      const accepted = whole(answer) && intOf(answer, answer.bodyLine, 'errorCode', -1) === 0
      const done = (commit: boolean): string => (commit ? 'committed' : 'aborted')
      tell({
        ...at(seen, 'request', top(request, 'committed')),
        severity: ended && accepted ? 'error' : 'warning',
        ...(ended ? { exchanges: [ended.exchange] } : {}),
        message: ended
          ? `The transaction of "${name}" is ${done(committed)}, but exchange ${ended.exchange} was told that it is ${done(ended.committed)}, and nothing was added since${accepted ? '; the broker takes it' : ''}.`
          : `A transaction of "${name}" is ${done(committed)} that did not begin: no partitions and no offsets were added to it.`,
      })
    },
  }),
}
