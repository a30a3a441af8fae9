/** FindCoordinator: the node of a group, a transactional id or a share partition. v4 and up ask for many keys at once (KIP-699). */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Handler } from '../api.ts'
import { ensureInternal, SHARE_TOPIC, TRANSACTIONS_TOPIC } from '../internal-topics.ts'
import { OFFSETS_TOPIC } from '../offsets.ts'

interface Request {
  readonly key?: string
  readonly keyType?: number
  readonly coordinatorKeys?: readonly string[]
}

/** FindCoordinatorRequest.CoordinatorType; share coordinators since v6, by keys of group, topic id and partition. */
const GROUP = 0
const TRANSACTION = 1
const SHARE = 2
const FIRST_WITH_SHARE = 6
const TOPICS = [OFFSETS_TOPIC, TRANSACTIONS_TOPIC, SHARE_TOPIC]
/** ShareCoordinator keys: `group:topic id:partition` */
const SHARE_KEY = /^.+:[A-Za-z0-9_-]{22}:\d+$/

/** KIP-699; Apache Kafka's message for no error is another one from here on. */
const FIRST_WITH_MANY = 4

export const findCoordinator: Handler<Request> = {
  apiKey: 10,
  versions: [0, 6],
  handle(request, { broker, version }) {
    const type = request.keyType ?? GROUP
    // Apache Kafka answers COORDINATOR_NOT_AVAILABLE until it has made them.
    const topic = TOPICS[type]
    if (topic !== undefined) ensureInternal(broker, topic)
    const errorMessage = version < FIRST_WITH_MANY ? 'NONE' : ''
    const answer = (key: string): Answer =>
      type === GROUP || type === TRANSACTION
        ? { ...broker.cluster.coordinator(key), errorMessage }
        : {
            nodeId: -1,
            host: '',
            port: -1,
            errorCode: errorCode('INVALID_REQUEST'),
            errorMessage: type === SHARE ? '' : `There are no coordinators of type ${type}.`,
          }
    if (!request.coordinatorKeys) return answer(request.key ?? '')
    return {
      coordinators: request.coordinatorKeys.map((key) => ({
        key,
        ...(version >= FIRST_WITH_SHARE && type === SHARE && SHARE_KEY.test(key)
          ? { ...broker.cluster.coordinator(key), errorMessage: '' }
          : answer(key)),
      })),
    }
  },
}
