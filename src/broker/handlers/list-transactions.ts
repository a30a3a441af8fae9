/** ListTransactions (KIP-664): with filters, since v2 also by a regular expression over the whole id (KIP-1152). */
import { RE2JS } from 're2js'
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Handler } from '../api.ts'
import { TXN_STATES } from '../transaction.ts'

interface Request {
  readonly stateFilters: readonly string[]
  readonly producerIdFilters: readonly (number | bigint)[]
  readonly durationFilter?: number | bigint
  readonly transactionalIdPattern?: string | null
}

const STATES: ReadonlySet<string> = new Set([...TXN_STATES, 'PrepareEpochFence', 'Dead'])

export const listTransactions: Handler<Request> = {
  apiKey: 66,
  versions: [0, 2],
  handle(request, { broker, node }): Answer {
    const { stateFilters, producerIdFilters, durationFilter = -1, transactionalIdPattern } = request
    const pattern = transactionalIdPattern ? compile(transactionalIdPattern) : null
    if (pattern === undefined) return { errorCode: errorCode('INVALID_REGULAR_EXPRESSION') }
    const states = new Set(stateFilters)
    const producerIds = new Set(producerIdFilters)
    const now = broker.clock.now()
    const found = broker.transactions
      .all()
      .filter(
        (txn) =>
          broker.cluster.coordinator(txn.id) === node &&
          (states.size === 0 || states.has(txn.state)) &&
          (producerIds.size === 0 || producerIds.has(txn.producerId)) &&
          (durationFilter < 0 || now - txn.startedAt > durationFilter) &&
          (pattern === null || pattern.matches(txn.id)),
      )
    return {
      unknownStateFilters: [...states].filter((state) => !STATES.has(state)),
      transactionStates: found.map(({ id, producerId, state }) => ({
        transactionalId: id,
        producerId,
        transactionState: state,
      })),
    }
  },
}

/** RE2 runs in linear time, whatever a client sends; undefined where it is no expression. */
function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined
  }
}
