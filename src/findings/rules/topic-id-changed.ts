import { ZERO_UUID } from '../../bytes/hex.ts'
import { Bounded } from '../bounded.ts'
import { at, child } from '../lines.ts'
import { METADATA, metadataAnswer, topicsOf } from '../metadata.ts'
import type { SessionRule } from '../rule.ts'

const MAX_TOPICS = 20_000
/** Ids that a name had: a topic is rarely made anew more often while a session lasts. */
const MAX_IDS = 10

/** A topic's name that gets another id: it was made anew. One that gets an old id back never can. */
export const topicIdChanged: SessionRule = {
  kind: 'session',
  code: 'protocol/topic-id-changed',
  severity: 'warning',
  apis: [METADATA],
  watch() {
    const known = new Bounded<string, string[]>(MAX_TOPICS)
    return {
      exchange(seen, tell) {
        const frame = metadataAnswer(seen)
        if (!frame || frame.apiVersion < 10) return
        for (const { line, name, id } of topicsOf(frame)) {
          if (name === null || id === null || id === ZERO_UUID) continue
          // Brokers learn of changes one after another, so only what one of them says can contradict itself.
          const ids = known.at(`${seen.exchange.connection.broker} ${name}`, () => [])
          const before = ids.at(-1)
          if (before === id) continue
          const back = ids.includes(id)
          ids.push(id)
          if (ids.length > MAX_IDS) ids.shift()
          if (before === undefined) continue
          tell({
            ...at(seen, 'response', child(frame.table, line, 'topicId')),
            severity: back ? 'warning' : 'note',
            message: back
              ? `${name} has its old topic id ${id} again, after ${before}: ids are never used twice.`
              : `${name} has another topic id, ${id} instead of ${before}: it was deleted and made anew.`,
          })
        }
      },
    }
  },
}
