/** What two brokers answered to the same checks, by value: what is bound to differ (`diff/volatile.ts`) is left out. */
import { isObject, type JsonValue, printJson } from '../codec/json-text.ts'
import { apiName } from '../codec/messages.ts'
import { withoutIndexes } from '../codec/paths.ts'
import { Renames } from '../diff/renames.ts'
import { Rules } from '../diff/rules.ts'
import { ValueComparison, type ValueDifference } from '../diff/values.ts'
import type { Rule } from '../diff/volatile.ts'
import { isPassing, type Seen } from './bench.ts'
import type { Result, RunResult } from './run.ts'

export interface CheckDifference {
  readonly id: string
  /** `Metadata v9: topics[0].errorCode: ...`; not escaped. */
  readonly message: string
}

/** What two brokers are free to say each in its own way, besides what is bound to differ between any two sessions. */
const OWN_WAYS: readonly Rule[] = [
  { name: 'error texts', how: 'any', where: 'errorMessage documentation', reason: 'for people' },
  {
    name: 'machines',
    how: 'any',
    where: [
      'DescribeLogDirs.totalBytes DescribeLogDirs.usableBytes DescribeLogDirs.partitionSize DescribeLogDirs.offsetLag',
      'DescribeQuorum.nodes.listeners heartbeatIntervalMs',
    ].join(' '),
    reason: 'follow from the disk, the address and the configuration',
  },
  {
    name: 'order',
    how: 'order',
    where: [
      'ListGroups.groups ApiVersions.apiKeys DescribeConfigs.results.configs CreateTopics.topics.configs',
      'DescribeConfigs.results.configs.synonyms DescribeLogDirs.results.topics',
    ].join(' '),
    reason: 'a list of what there is',
  },
]

/** Listings of all that a broker holds: compared is what the run made. */
const LISTINGS: Readonly<Record<string, readonly string[]>> = {
  Metadata: ['topics'],
  ListGroups: ['groups'],
  ListTransactions: ['transactionStates'],
  ListConfigResources: ['configResources'],
  ListClientMetricsResources: ['clientMetricsResources'],
  DescribeTopicPartitions: ['topics'],
  DescribeLogDirs: ['results', 'topics'],
}
const NAMES = ['name', 'groupId', 'transactionalId', 'resourceName']
/** Differences of one check that are told. */
const MAX_TOLD = 50
const VALUE_LENGTH = 100

/** The differences of the checks that both have; what differs alike in several checks is told of the first. */
export function compareResults({ results, prefix }: RunResult, reference: RunResult): CheckDifference[] {
  const rules = new Rules(OWN_WAYS)
  const others = new Map(reference.results.map((result) => [result.check.id, result]))
  const told = new Map<string, { id: string; message: string; more: number }>()
  for (const result of results) {
    const other = others.get(result.check.id)
    if (!other) continue
    for (const { id, key, message } of differencesOf(result, other, rules, prefix)) {
      const known = told.get(key)
      if (known) known.more++
      else told.set(key, { id, message, more: 0 })
    }
  }
  return [...told.values()].map(({ id, message, more }) => ({
    id,
    message: more === 0 ? message : `${message}; and ${more} more like it`,
  }))
}

interface Found extends CheckDifference {
  /** The same for what differs alike. */
  readonly key: string
}

function differencesOf(result: Result, other: Result, rules: Rules, prefix: string): Found[] {
  const { id } = result.check
  if (result.outcome !== other.outcome) {
    const message = `${result.outcome} here, ${other.outcome} at the reference: ${result.message || other.message}`
    return [{ id, key: id, message }]
  }
  // Several members at once: whose answer comes first is chance, only the outcome is held against the other's.
  if (result.check.theme === 'groups') return []
  const found: Found[] = []
  // Offsets follow from what was written: none of these answers is the first.
  const memory = { renames: new Renames(), bound: new Map<string, number>(), differed: true }
  const [ours, theirsSeen] = [result.seen.filter(isFinal), other.seen.filter(isFinal)]
  for (const [index, a] of ours.entries()) {
    const b = theirsSeen[index]
    if (!b || a.apiKey !== b.apiKey || a.apiVersion !== b.apiVersion || a.body === null || b.body === null) break
    const api = apiName(a.apiKey) ?? `${a.apiKey}`
    const options = { scope: id, learn: true, lenientA: false, lenientB: false, ranges: api === 'ApiVersions' }
    const values = new ValueComparison(memory, options)
    const [own, theirs] = [ofRun(a.body, LISTINGS[api], prefix), ofRun(b.body, LISTINGS[api], prefix)]
    values.compare(own, theirs, rules.root(api, 'response', null), '', '')
    for (const difference of values.differences) {
      const said = `${difference.pathA ?? difference.pathB}: ${textOf(difference)}`
      found.push({ id, key: `${api} ${withoutIndexes(said)}`, message: `${api} v${a.apiVersion} ${said}` })
    }
  }
  return found.slice(0, MAX_TOLD)
}

/** What was answered so was asked again. */
const isFinal = ({ body }: Seen): boolean => !isPassing(body)

function textOf({ message, a, b }: ValueDifference): string {
  const value = (each: JsonValue | undefined): string =>
    each === undefined ? 'nothing' : printJson(each).slice(0, VALUE_LENGTH)
  return `${message}: ${value(a)} here, ${value(b)} at the reference`
}

/** A body whose listings have the run's own things only: lists are found along `names`. */
function ofRun(body: JsonValue, names: readonly string[] | undefined, prefix: string): JsonValue {
  const [name, ...deeper] = names ?? []
  if (name === undefined || !isObject(body)) return body
  const list = body[name]
  if (!Array.isArray(list)) return body
  if (deeper.length > 0) return { ...body, [name]: list.map((each) => ofRun(each, deeper, prefix)) }
  return { ...body, [name]: list.filter((each) => isOwn(each, prefix)) }
}

function isOwn(element: JsonValue, prefix: string): boolean {
  if (!isObject(element)) return true
  const names = NAMES.map((name) => element[name]).filter((name) => typeof name === 'string')
  return names.length === 0 || names.some((name) => name.startsWith(prefix))
}
