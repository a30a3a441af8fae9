import { Bounded } from '../bounded.ts'
import { at, child, elements, intOf, stringOf, top, whole } from '../lines.ts'
import { brokersOf, METADATA, metadataAnswer } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

const FIND_COORDINATOR = 10
const MAX_BROKERS = 1_000

/** A coordinator that is no broker of the newest Metadata answer of the same broker, or has another address there. */
export const unknownCoordinator: SessionRule = {
  kind: 'session',
  code: 'protocol/unknown-coordinator',
  severity: 'warning',
  apis: [METADATA, FIND_COORDINATOR],
  watch() {
    const known = new Bounded<string, ReadonlyMap<number, string>>(MAX_BROKERS)
    return {
      exchange(seen, tell) {
        const { apiKey, connection } = seen.exchange
        if (apiKey === METADATA) {
          const frame = metadataAnswer(seen)
          if (frame) known.set(connection.broker, new Map(brokersOf(frame).map(({ id, address }) => [id, address])))
          return
        }
        const frame = seen.frame('response')
        const brokers = known.get(connection.broker)
        if (!whole(frame) || !brokers) return
        const coordinators = top(frame, 'coordinators')
        // Until v3 there is one, and its fields are those of the body.
        const lines = coordinators < 0 ? [frame.bodyLine] : elements(frame.table, coordinators)
        for (const line of lines) {
          const id = intOf(frame, line, 'nodeId', -1)
          if (id < 0 || intOf(frame, line, 'errorCode', 0) !== 0) continue
          const address = `${stringOf(frame, line, 'host') ?? ''}:${intOf(frame, line, 'port', -1)}`
          const listed = brokers.get(id)
          if (listed === address) continue
          tell({
            ...at(seen, 'response', child(frame.table, line, listed === undefined ? 'nodeId' : 'host')),
            message:
              listed === undefined
                ? `The coordinator is broker ${id}, which this broker's last Metadata answer does not have.`
                : `The coordinator, broker ${id}, is at ${address} here, but at ${listed} in this broker's last Metadata answer.`,
          })
        }
      },
    }
  },
}
