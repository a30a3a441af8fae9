import { Entries, type Entry, type Level, sameEntries } from '../entries.ts'
import { FETCH } from '../fetched.ts'
import { about, at, intOf, top, whole } from '../lines.ts'
import type { Models } from '../models.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell } from '../watch.ts'

interface Spec {
  readonly request: readonly Level[]
  readonly response: readonly Level[]
}

const partitions = (request: string, response = request, requestPartition = 'partitionIndex'): Spec => ({
  request: [
    [request, 'name|topic|topicId'],
    ['partitions', requestPartition],
  ],
  response: [
    [response, 'name|topic|topicId'],
    ['partitions', 'partition|partitionIndex'],
  ],
})

const named = (request: string, fields: string | undefined, response: string, responseFields = fields): Spec => ({
  request: [fields === undefined ? [request] : [request, fields]],
  response: [[response, responseFields]],
})

const topics = (levels: string): readonly Level[] => [['topics', 'name|topicId'], [levels]]

/**
 * APIs whose answers have an entry for each one asked for, and no other: the first shape whose arrays the version has
 * counts. Produce and Fetch are read by their models.
 */
const SPECS: ReadonlyMap<number, readonly Spec[]> = new Map([
  [2, [partitions('topics')]],
  [3, [named('topics', 'name|topicId', 'topics')]],
  [8, [partitions('topics')]],
  [
    9,
    [
      { request: topics('partitionIndexes'), response: partitions('topics').response },
      {
        request: [['groups', 'groupId'], ...topics('partitionIndexes')],
        response: [['groups', 'groupId'], ...partitions('topics').response],
      },
    ],
  ],
  [10, [named('coordinatorKeys', undefined, 'coordinators', 'key')]],
  [15, [named('groups', undefined, 'groups', 'groupId')]],
  [19, [named('topics', 'name', 'topics')]],
  [20, [named('topicNames', undefined, 'responses', 'name'), named('topics', 'name|topicId', 'responses')]],
  [21, [partitions('topics')]],
  [23, [partitions('topics', 'topics', 'partition')]],
  [
    24,
    [
      {
        request: [['v3AndBelowTopics', 'name'], ['partitions']],
        response: [
          ['resultsByTopicV3AndBelow', 'name'],
          ['resultsByPartition', 'partitionIndex'],
        ],
      },
      named('transactions', 'transactionalId', 'resultsByTransaction'),
    ],
  ],
  [28, [partitions('topics')]],
  [32, [named('resources', 'resourceType+resourceName', 'results')]],
  [33, [named('resources', 'resourceType+resourceName', 'responses')]],
  [37, [named('topics', 'name', 'results')]],
  [42, [named('groupsNames', undefined, 'results', 'groupId')]],
  [44, [named('resources', 'resourceType+resourceName', 'responses')]],
  [45, [partitions('topics', 'responses')]],
  [47, [partitions('topics')]],
  [61, [{ request: topics('partitionIndexes'), response: partitions('topics').response }]],
  [65, [named('transactionalIds', undefined, 'transactionStates', 'transactionalId')]],
  [69, [named('groupIds', undefined, 'groups', 'groupId')]],
  [77, [named('groupIds', undefined, 'groups', 'groupId')]],
])

/** Answers for what was not asked for, and what was asked for without an answer. */
export const answerEntries: SessionRule = {
  kind: 'session',
  code: 'protocol/answer-entries',
  severity: 'error',
  apis: [PRODUCE, FETCH, ...SPECS.keys()],
  watch: (models) => ({
    exchange(seen, tell) {
      const { apiKey } = seen.exchange
      if (apiKey === PRODUCE) produced(models, seen, tell)
      else if (apiKey === FETCH) fetched(models, seen, tell)
      else compare(seen, tell)
    },
  }),
}

function compare(seen: Seen, tell: Tell): void {
  const request = seen.frame('request')
  const answer = seen.frame('response')
  if (!whole(request) || !whole(answer) || intOf(answer, answer.bodyLine, 'errorCode', 0) !== 0) return
  const spec = SPECS.get(seen.exchange.apiKey)!.find(({ request: [level] }) => top(request, level![0]) >= 0)
  if (!spec) return
  if (sameEntries(request, spec.request, answer, spec.response)) return
  const asked = new Entries(request, spec.request)
  // Metadata v0 asks for all topics by an empty list.
  if (asked.all || (seen.exchange.apiKey === 3 && seen.exchange.apiVersion === 0 && asked.entries.length === 0)) return
  const given = new Entries(answer, spec.response)
  if (sameOrder(asked.entries, given.entries)) return
  const wanted = new Set(asked.entries.flatMap(({ names }) => names))
  const there = new Set(given.entries.flatMap(({ names }) => names))
  const missing = asked.entries.filter(
    ({ names }) =>
      names.length > 0 &&
      !names.some((name) => there.has(name)) &&
      !given.failed.some((prefix) => covers(prefix, names)),
  )
  const surplus = given.entries.filter(({ names }) => names.length > 0 && !names.some((name) => wanted.has(name)))
  report(seen, tell, missing, surplus)
}

/** Most answers are in the order of the request: then nothing is missing and nothing too much. */
const sameOrder = (asked: readonly Entry[], given: readonly Entry[]): boolean =>
  asked.length === given.length &&
  asked.every(({ names: [name] }, i) => name !== undefined && given[i]!.names.includes(name))

const covers = (prefix: string, names: readonly string[]): boolean =>
  names.some((name) => name.startsWith(`${prefix} `))

function report(seen: Seen, tell: Tell, missing: readonly Entry[], surplus: readonly Entry[]): void {
  if (missing.length > 0)
    tell({
      ...at(seen, 'request', missing[0]!.line),
      ...told(seen, missing, 'was asked for, but is not in the answer'),
    })
  if (surplus.length > 0) {
    tell({
      ...at(seen, 'response', surplus[0]!.line),
      severity: 'warning',
      ...told(seen, surplus, 'is in the answer, but was not asked for'),
    })
  }
}

function told(seen: Seen, entries: readonly Entry[], what: string) {
  const more = entries.length > 1 ? `, and so with ${entries.length - 1} more` : ''
  return { message: `${seen.exchange.api}: "${entries[0]!.names[0] ?? ''}" ${what}${more}.` }
}

function produced({ produced: reader }: Models, seen: Seen, tell: Tell): void {
  const produce = reader.of(seen)
  if (!produce?.answers) return
  const missing = produce.partitions.filter(({ answer }) => !answer)
  if (missing.length === 0 && produce.answers.size === produce.partitions.length) return
  const wanted = new Set(produce.partitions.map(({ topic, partition }) => `${topic} ${partition}`))
  report(
    seen,
    tell,
    missing.map(({ topic, partition, line }) => ({ names: [`${topic} ${partition}`], line })),
    [...produce.answers].filter(([name]) => !wanted.has(name)).map(([name, { line }]) => ({ names: [name], line })),
  )
}

function fetched({ fetched: reader }: Models, seen: Seen, tell: Tell): void {
  const fetch = reader.of(seen)
  // A broker that throttles answers with nothing at all (FetchContext.getThrottledResponse).
  if (!fetch?.wanted || fetch.errorCode !== 0 || (fetch.throttled && fetch.partitions.length === 0)) return
  const surplus = fetch.partitions.filter(({ asked }) => !asked)
  report(
    seen,
    tell,
    [],
    surplus.map(({ topic, partition, line }) => ({ names: [`${topic} ${partition}`], line })),
  )
  if (!fetch.full || fetch.partitions.length - surplus.length === fetch.wanted.size) return
  const there = new Set(fetch.partitions.map(({ topic, partition }) => `${topic} ${partition}`))
  const missing = [...fetch.wanted.keys()].filter((name) => !there.has(name))
  if (missing.length === 0) return
  tell({
    ...about(seen, 'response'),
    path: 'responses',
    offset: at(seen, 'response', top(seen.frame('response')!, 'responses')).offset,
    length: 0,
    ...told(
      seen,
      missing.map((name) => ({ names: [name], line: -1 })),
      'was asked for, but is not in the answer',
    ),
  })
}
