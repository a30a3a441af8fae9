import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import { Bounded } from '../bounded.ts'
import { FETCH } from '../fetched.ts'
import { at, child, elements, intOf, stringOf, top } from '../lines.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'

const UNKNOWN_TOPIC_ID = errorCode('UNKNOWN_TOPIC_ID')
const MAX_IDS = 10_000

/** Where topics stand in the requests, and in the answers with their partitions. */
const ARRAYS: Readonly<Record<number, readonly [request: string, response: string, partitions: string]>> = {
  [PRODUCE]: ['topicData', 'responses', 'partitionResponses'],
  [FETCH]: ['topics', 'responses', 'partitions'],
}

/** Topic ids (KIP-516) that the broker does not know, or that are none. Told once an id. */
export const unknownTopicId: SessionRule = {
  kind: 'session',
  code: 'protocol/unknown-topic-id',
  severity: 'warning',
  apis: [PRODUCE, FETCH],
  watch({ state }) {
    const told = new Bounded<string, true>(MAX_IDS)
    return {
      exchange(seen, tell) {
        // Both have ids from v13 on, and no names.
        if (seen.exchange.apiVersion < 13) return
        const [asked, given, partitions] = ARRAYS[seen.exchange.apiKey]!
        const request = seen.frame('request')
        for (const line of request ? elements(request.table, top(request, asked)) : []) {
          if (stringOf(request!, line, 'topicId') !== ZERO_UUID || told.has(ZERO_UUID)) continue
          told.set(ZERO_UUID, true)
          tell({
            ...at(seen, 'request', child(request!.table, line, 'topicId')),
            message: 'A topic id that is all zeros names no topic.',
          })
        }
        const answer = seen.frame('response')
        for (const topic of answer ? elements(answer.table, top(answer, given)) : []) {
          const id = stringOf(answer!, topic, 'topicId') ?? ''
          for (const line of elements(answer!.table, child(answer!.table, topic, partitions))) {
            if (intOf(answer!, line, 'errorCode', 0) !== UNKNOWN_TOPIC_ID || told.has(id)) continue
            told.set(id, true)
            const name = state.topicNames.get(id)
            tell({
              ...at(seen, 'response', child(answer!.table, line, 'errorCode')),
              severity: 'note',
              message: `The broker does not know the topic id ${id}${name === undefined ? '' : ` (${name})`}: the topic was deleted or made anew, or the broker has not heard of it yet.`,
            })
          }
        }
      },
    }
  },
}
