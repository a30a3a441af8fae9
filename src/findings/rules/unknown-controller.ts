import { Bounded } from '../bounded.ts'
import { at, intOf, top } from '../lines.ts'
import { brokersOf, METADATA, metadataAnswer } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

const MAX_BROKERS = 1_000

/**
 * A controller that is no broker of the same answer; and one that was there and is gone. Which broker it is says
 * nothing: with KRaft any broker is named, each time another (KRaftMetadataCache.getRandomAliveBrokerId).
 */
export const unknownController: SessionRule = {
  kind: 'session',
  code: 'protocol/controller',
  severity: 'warning',
  apis: [METADATA],
  watch() {
    /** By broker: how often it came and went, and when the count began. */
    const known = new Bounded<string, { there: boolean; changes: number; since: number }>(MAX_BROKERS)
    return {
      exchange(seen, tell) {
        const frame = metadataAnswer(seen)
        const line = frame ? top(frame, 'controllerId') : -1
        if (!frame || line < 0) return
        const { connection, response } = seen.exchange
        const controller = intOf(frame, frame.bodyLine, 'controllerId', -1)
        const brokers = brokersOf(frame)
        if (controller >= 0 && brokers.every(({ id }) => id !== controller)) {
          tell({
            ...at(seen, 'response', line),
            message: `The controller is ${controller}, which is none of the ${brokers.length} brokers of this answer.`,
          })
        }
        const there = controller >= 0
        const time = response!.time
        const state = known.at(connection.broker, () => ({ there, changes: 0, since: time }))
        if (state.there === there) return
        if (time - state.since > MINUTE) Object.assign(state, { changes: 0, since: time })
        state.there = there
        state.changes++
        if (state.changes !== FLAPS) return
        tell({
          ...at(seen, 'response', line),
          severity: 'note',
          message: `The controller came and went ${FLAPS} times within a minute, as this broker tells.`,
        })
      },
    }
  },
}

const FLAPS = 3
/** Microseconds. */
const MINUTE = 60_000_000
