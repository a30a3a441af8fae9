/**
 * What a request needs to be allowed, and how its answer says that it is not. A rule stands around the handler of an API:
 * it refuses the request, or parts of it, or leaves out of the answer what the client may not see.
 */
import { OPERATION } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Outcome } from '../api.ts'
import type { Broker } from '../broker.ts'
import { guardKeys } from '../coordinated.ts'
import { NOT_ASKED } from '../operations.ts'
import { changed, items, text, type Value } from '../values.ts'
import { type Access, allowedBits, mayOnCluster, mayOnGroup, mayOnTopic, mayOnTransaction } from './access.ts'

export interface Asking {
  readonly apiKey: number
  readonly access: Access
  readonly version: number
  readonly broker: Broker
}

export type Ask = (request: Value) => Outcome | Promise<Outcome>
export type Rule = (request: Value, asking: Asking, ask: Ask) => Outcome | Promise<Outcome>

export const TOPIC_FAILED = errorCode('TOPIC_AUTHORIZATION_FAILED')
export const GROUP_FAILED = errorCode('GROUP_AUTHORIZATION_FAILED')
export const CLUSTER_FAILED = errorCode('CLUSTER_AUTHORIZATION_FAILED')
export const TRANSACTION_FAILED = errorCode('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')

/** As Errors of kafka-clients words them. */
const MESSAGES: ReadonlyMap<number, string> = new Map([
  [TOPIC_FAILED, 'Topic authorization failed.'],
  [GROUP_FAILED, 'Group authorization failed.'],
  [CLUSTER_FAILED, 'Cluster authorization failed.'],
  [TRANSACTION_FAILED, 'Transactional Id authorization failed.'],
])
export const messageOf = (error: number): string | null => MESSAGES.get(error) ?? null

/** An error code and its words. */
export const failure = (error: number): { errorCode: number; errorMessage: string | null } => ({
  errorCode: error,
  errorMessage: messageOf(error),
})

/** Refuses the whole request where `problem` gives an error code. */
export const whole =
  (
    problem: (request: Value, asking: Asking) => number,
    refuse: (error: number, request: Value, asking: Asking) => Outcome = (error) => ({ errorCode: error }),
  ): Rule =>
  (request, asking, ask) => {
    const error = problem(request, asking)
    return error === 0 ? ask(request) : refuse(error, request, asking)
  }

/** Of all groups or transactional ids that a request names: refused as a node refuses those that it does not coordinate. */
export const ofKeys =
  (operation: number): Rule =>
  (request, asking, ask) =>
    guardKeys(
      asking.apiKey,
      asking.version,
      request,
      (kind, key) => {
        if (kind === 'group') return mayOnGroup(operation, key, asking) ? 0 : GROUP_FAILED
        return mayOnTransaction(operation, key, asking) ? 0 : TRANSACTION_FAILED
      },
      (body) => ask(body as Value),
    )

/** Refuses the whole request where the client may not do this with the cluster. */
export const onCluster = (operation: number, refuse?: (error: number, request: Value) => Outcome): Rule =>
  whole((_request, asking) => (mayOnCluster(operation, asking) ? 0 : CLUSTER_FAILED), refuse)

export interface Each {
  /** An array of the request, and the array of the answer that has an item for each. */
  readonly field: string
  readonly answers: string
  /** Of an item, which may be a text: an error code. */
  problem(item: Value, asking: Asking, request: Value): number
  refuse(error: number, item: Value, asking: Asking): Answer
}

/** Asks for those items that may be asked for, and tells of the others after them. */
export const each =
  ({ field, answers, problem, refuse }: Each): Rule =>
  (request, asking, ask) => {
    const all = items(request[field])
    const errors = all.map((item) => problem(item, asking, request))
    if (errors.every((error) => error === 0)) return ask(request)
    const fine = all.filter((_item, i) => errors[i] === 0)
    const refused = all.flatMap((item, i) => (errors[i] === 0 ? [] : [refuse(errors[i]!, item, asking)]))
    const merge = (outcome: Outcome): Outcome => {
      // Produce with acks 0: Apache Kafka tells of an error by closing the connection.
      if (outcome === null || outcome === 'close') return 'close'
      return { ...outcome, [answers]: [...(items(outcome[answers]) as Answer[]), ...refused] }
    }
    const outcome = ask({ ...request, [field]: fine })
    return outcome instanceof Promise ? outcome.then(merge) : merge(outcome)
  }

/** Topics by name, or by an id: one that is unknown is the handler's to tell of. */
export function topicProblem(operation: number, name = 'name'): Each['problem'] {
  return (item, asking) => {
    const byId = text(item.topicId) !== '' && text(item[name]) === ''
    const topic = byId ? asking.broker.topics.getById(text(item.topicId))?.name : text(item[name])
    return topic === undefined || mayOnTopic(operation, topic, asking) ? 0 : TOPIC_FAILED
  }
}

/** Changes what is answered. */
export const shown =
  (change: (answer: Answer, asking: Asking, request: Value) => Outcome): Rule =>
  (request, asking, ask) =>
    changed(ask(request), (answer) => change(answer, asking, request))

/** Changes the items of an array of the answer; those that become null are left out. */
export const shownEach = (field: string, change: (item: Answer, asking: Asking) => Answer | null): Rule =>
  shown((answer, asking) => ({
    ...answer,
    [field]: (items(answer[field]) as Answer[]).flatMap((item) => change(item, asking) ?? []),
  }))

/** Where operations were asked for, those that the client may do. */
export const withBits = (item: Answer, field: string, type: number, name: string, { access }: Asking): Answer =>
  item[field] === undefined || item[field] === NOT_ASKED ? item : { ...item, [field]: allowedBits(access, type, name) }

/** Leaves topics out of the answer that the client may not see. */
export const shownTopics = (name?: string): Rule =>
  shown((answer, asking, request) => ({
    ...answer,
    topics: (items(answer.topics) as Answer[]).filter(
      (topic) => topicProblem(OPERATION.DESCRIBE, name)(topic, asking, request) === 0,
    ),
  }))

/** One rule of several, the first being the outermost. */
export const all =
  (...rules: readonly Rule[]): Rule =>
  (request, asking, ask) => {
    const [first, ...rest] = rules
    return first ? first(request, asking, (inner) => all(...rest)(inner, asking, ask)) : ask(request)
  }
