import { at, child } from '../lines.ts'
import { type Broker, brokersOf, METADATA, metadataAnswer } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

/** Two brokers of one Metadata answer with one id, or one address. */
export const brokerTwice: SessionRule = {
  kind: 'session',
  code: 'protocol/broker-twice',
  severity: 'warning',
  apis: [METADATA],
  watch: () => ({
    exchange(seen, tell) {
      const frame = metadataAnswer(seen)
      if (!frame) return
      const byId = new Map<number, Broker>()
      const byAddress = new Map<string, Broker>()
      for (const broker of brokersOf(frame)) {
        const { id, address, line } = broker
        const sameId = byId.get(id)
        const sameAddress = byAddress.get(address)
        if (sameId) {
          tell({
            ...at(seen, 'response', child(frame.table, line, 'nodeId')),
            severity: sameId.address === address ? 'warning' : 'error',
            message: `Broker ${id} is listed twice, at ${sameId.address} and at ${address}: clients keep one of the two.`,
          })
        } else if (sameAddress) {
          tell({
            ...at(seen, 'response', child(frame.table, line, 'host')),
            message: `Brokers ${sameAddress.id} and ${id} have one address, ${address}: requests for one reach the other.`,
          })
        }
        byId.set(id, broker)
        byAddress.set(address, broker)
      }
    },
  }),
}
