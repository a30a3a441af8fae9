/** DeleteTopics: by name, since v6 also by id. */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { repeated } from '../repeated.ts'

interface TopicRef {
  readonly name: string | null
  readonly topicId: string
}

interface Request {
  readonly topics?: readonly TopicRef[]
  readonly topicNames?: readonly string[]
}

export const deleteTopics: Handler<Request> = {
  apiKey: 20,
  versions: [0, 6],
  handle(request, context) {
    const refs = request.topics ?? request.topicNames?.map((name) => ({ name, topicId: ZERO_UUID })) ?? []
    const twice = repeated(refs.map(keyOf))
    // One that is named by nothing is refused for that.
    twice.delete(NEITHER)
    const once = [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()]
    return {
      responses: once.map((ref) =>
        twice.has(keyOf(ref))
          ? { ...ref, errorCode: errorCode('INVALID_REQUEST'), errorMessage: 'The topic is in the request twice.' }
          : remove(ref, context),
      ),
    }
  },
}

const keyOf = ({ name, topicId }: TopicRef): string => (name === null ? `id ${topicId}` : `name ${name}`)
const NEITHER = `id ${ZERO_UUID}`

function remove(ref: TopicRef, { broker, version }: Context): Answer {
  const { name, topicId } = ref
  const byId = name === null
  if (byId ? topicId === ZERO_UUID : topicId !== ZERO_UUID) {
    return { ...ref, errorCode: errorCode('INVALID_REQUEST'), errorMessage: 'Give either a name or a topic id.' }
  }
  const topic = broker.topics.find({ name, topicId })
  if (!topic) {
    const error = errorCode(byId ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION')
    return { name, topicId, errorCode: error, errorMessage: 'This server does not host this topic.' }
  }
  broker.topics.delete(topic)
  broker.offsets.deleteTopic(topic.name)
  return { name: topic.name, topicId: version >= 6 ? topic.id : ZERO_UUID, errorMessage: null }
}
