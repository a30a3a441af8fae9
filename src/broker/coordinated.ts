/**
 * Which requests are about a group or a transactional id, and how an answer refuses one: a node that is not its
 * coordinator says NOT_COORDINATOR, and whoever may not use it is told so the same way. What names several keys is
 * asked for those that are fine, and the others are added to the answer.
 */
import { errorCode } from '../../dissectors/errors.ts'
import type { Answer, Outcome } from './api.ts'
import { changed, failedTopic, failedTxnTopics, items, text, type Value } from './values.ts'

export type KeyKind = 'group' | 'transaction'

/** An error code, 0 where all is well. */
export type KeyProblem = (kind: KeyKind, key: string) => number

/** `request` names one key. `null`: it names none. */
interface Single {
  readonly kind: KeyKind
  key(request: Value): string | null
  refuse(error: number, request: Value, version: number): Answer
}

/** Keys in a field of the request, and the field of the answer that has an item for each. */
interface Many {
  readonly kind: KeyKind
  readonly field: string
  readonly answers: string
  key(item: unknown): string
  refuse(error: number, item: unknown): Answer
}

const groupId = (value: Value): string => text(value.groupId)
const transactionalId = (value: Value): string => text(value.transactionalId)
const plain = (error: number): Answer => ({ errorCode: error })

const perPartition = (error: number, topics: unknown, more: Answer = {}): Answer[] =>
  items(topics).map((topic) => failedTopic(error, topic, more))

/** OffsetFetch v0 and v1 have errors of partitions only. */
const FIRST_FETCH_WITH_ERROR = 2
const group = (refuse: Single['refuse'] = plain): Single => ({ kind: 'group', key: groupId, refuse })
const transaction = (refuse: Single['refuse'] = plain): Single => ({
  kind: 'transaction',
  key: transactionalId,
  refuse,
})

const SINGLE = new Map<number, Single>([
  [8, group((error, { topics }) => ({ topics: perPartition(error, topics) }))],
  [
    9,
    {
      kind: 'group',
      key: (request) => (request.groups === undefined ? groupId(request) : null),
      refuse: (error, { topics }, version) =>
        version < FIRST_FETCH_WITH_ERROR
          ? { topics: perPartition(error, topics, { committedOffset: -1, metadata: '' }) }
          : { errorCode: error, topics: [] },
    },
  ],
  [11, group((error, { memberId }) => ({ errorCode: error, generationId: -1, memberId: text(memberId) }))],
  [12, group()],
  [13, group()],
  [14, group()],
  [28, group((error, { topics }) => ({ topics: perPartition(error, topics) }))],
  [47, group()],
  [68, group()],
  [76, group()],
  [88, group()],
  [93, group()],
  [91, group()],
  [92, group()],
  [
    22,
    {
      kind: 'transaction',
      key: (request) => (request.transactionalId === null ? null : transactionalId(request)),
      refuse: (error) => ({ errorCode: error, producerId: -1, producerEpoch: -1 }),
    },
  ],
  [
    24,
    {
      kind: 'transaction',
      key: (request) => (request.transactions === undefined ? text(request.v3AndBelowTransactionalId) : null),
      refuse: (error, { v3AndBelowTopics }) => ({ resultsByTopicV3AndBelow: txnTopics(error, v3AndBelowTopics) }),
    },
  ],
  [25, transaction()],
  [26, transaction((error) => ({ errorCode: error, producerId: -1, producerEpoch: -1 }))],
])

const txnTopics = (error: number, topics: unknown): Answer[] => failedTxnTopics(topics, () => error)

const ofGroup = (field: string, answers: string, key: Many['key'] = text): Many => ({
  kind: 'group',
  field,
  answers,
  key,
  refuse: (error, item) => ({ groupId: key(item), errorCode: error }),
})
const ofStruct = (item: unknown): string => groupId(item as Value)

const MANY = new Map<number, Many>([
  [9, ofGroup('groups', 'groups', ofStruct)],
  [15, ofGroup('groups', 'groups')],
  [42, ofGroup('groupsNames', 'results')],
  [69, ofGroup('groupIds', 'groups')],
  [77, ofGroup('groupIds', 'groups')],
  [89, ofGroup('groupIds', 'groups')],
  [90, ofGroup('groups', 'groups', ofStruct)],
  [
    24,
    {
      kind: 'transaction',
      field: 'transactions',
      answers: 'resultsByTransaction',
      key: (item) => transactionalId(item as Value),
      refuse: (error, item) => ({
        transactionalId: transactionalId(item as Value),
        topicResults: txnTopics(error, (item as Value).topics),
      }),
    },
  ],
  [
    65,
    {
      kind: 'transaction',
      field: 'transactionalIds',
      answers: 'transactionStates',
      key: text,
      refuse: (error, item) => ({ transactionalId: text(item), errorCode: error }),
    },
  ],
])

export const NOT_COORDINATOR = errorCode('NOT_COORDINATOR')

/** Asks `handle` for what `problem` has nothing against. `body` is a request of an API, as values. */
export function guardKeys(
  apiKey: number,
  version: number,
  body: unknown,
  problem: KeyProblem,
  handle: (body: unknown) => Outcome | Promise<Outcome>,
): Outcome | Promise<Outcome> {
  const request = body as Value
  const single = SINGLE.get(apiKey)
  const key = single?.key(request) ?? null
  if (single && key !== null) {
    const error = problem(single.kind, key)
    return error === 0 ? handle(body) : single.refuse(error, request, version)
  }
  const many = MANY.get(apiKey)
  const asked = many && request[many.field]
  if (!many || !Array.isArray(asked)) return handle(body)
  const errors = new Map<unknown, number>(asked.map((item: unknown) => [item, problem(many.kind, many.key(item))]))
  const refused = asked.filter((item) => errors.get(item) !== 0)
  if (refused.length === 0) return handle(body)
  const fine = asked.filter((item) => errors.get(item) === 0)
  const added = [...new Map(refused.map((item) => [many.key(item), many.refuse(errors.get(item)!, item)])).values()]
  return changed(handle({ ...request, [many.field]: fine }), (answer) => ({
    ...answer,
    [many.answers]: [...(items(answer[many.answers]) as Answer[]), ...added],
  }))
}
