/** Resources whose configuration can be changed while the broker runs (ConfigResource of kafka-clients). */
import { errorCode } from '../../dissectors/errors.ts'
import type { Context } from './api.ts'
import { brokerConfigs, type Config, DYNAMIC } from './configs.ts'
import { GROUP_CONFIGS, groupConfigProblem, METRICS_CONFIGS } from './group-configs.ts'
import { MAX_KEPT, type Values } from './settings.ts'
import { configProblem, conflictProblem, synonymProblem, TOPIC_CONFIGS } from './topic-configs.ts'

/** ConfigResource.Type */
export const RESOURCE = { topic: 2, broker: 4, logger: 8, metrics: 16, group: 32 } as const

/** Why a resource can't be changed so: an error of Apache Kafka and its words. */
export interface Problem {
  readonly errorCode: number
  readonly errorMessage: string | null
}

export const problem = (name: string, errorMessage: string | null): Problem => ({
  errorCode: errorCode(name),
  errorMessage,
})

/** A longer value is no setting. */
const MAX_VALUE = 32_767

/** The broker, and the node that is asked. */
export type Where = Pick<Context, 'broker' | 'node'>

export interface Resource {
  readonly known: readonly Config[]
  readonly values: ReadonlyMap<string, string>
  /** Why it can't have this value; null where it can. */
  check(name: string, value: string): Problem | null
  /** Why it can't have all of these, each sound by itself. */
  checkAll?(values: Values): Problem | null
  keep(values: Values): void
}

/** The resource, as it is now; or why there is none of this name that could be changed. */
export function resourceOf({ broker, node }: Where, type: number, name: string): Resource | Problem {
  const { settings } = broker
  if (type === RESOURCE.topic) {
    const topic = broker.topics.get(name)
    if (!topic) return problem('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
    const check = (key: string, value: string): Problem | null => invalid(configProblem(key, value))
    const checkAll = (values: Values): Problem | null => invalid(conflictProblem(values))
    const keep = (values: Values): void => replace(topic.configs, values)
    return { known: TOPIC_CONFIGS, values: topic.configs, check, checkAll, keep }
  }
  if (type === RESOURCE.broker) {
    if (name !== '' && name !== String(node.nodeId)) {
      return problem('INVALID_REQUEST', `Unexpected broker id, expected ${node.nodeId}, but received ${name}`)
    }
    const mine = name === '' ? settings.cluster : settings.broker
    const known = brokerConfigs(broker, node)
    const check = (key: string, value: string): Problem | null => staticProblem(known, key) ?? unsound(key, value)
    return { known, values: mine, check, keep: (values) => replace(mine, values) }
  }
  if (type === RESOURCE.metrics) {
    if (name === '') return problem('INVALID_REQUEST', "Subscription name can't be empty")
    return kept(settings.metrics, name, METRICS_CONFIGS, (key) =>
      METRICS_CONFIGS.some((each) => each.name === key)
        ? null
        : problem('INVALID_REQUEST', `Unknown client metrics configuration: ${key}`),
    )
  }
  if (type === RESOURCE.group) {
    if (name === '') return problem('INVALID_REQUEST', "Group name can't be empty")
    return kept(settings.groups, name, GROUP_CONFIGS, (key, value) => invalid(groupConfigProblem(key, value)))
  }
  return problem('INVALID_REQUEST', `Unknown resource type ${type}`)
}

const invalid = (why: string | null): Problem | null => (why === null ? null : problem('INVALID_CONFIG', why))

/** InvalidRequestException is what ConfigAdminManager of Apache Kafka makes of a bad value (KAFKA-13609). */
function unsound(name: string, value: string): Problem | null {
  const why = synonymProblem(name, value)
  return why === null ? null : problem('INVALID_REQUEST', why)
}

function staticProblem(known: readonly Config[], name: string): Problem | null {
  if (DYNAMIC.has(name) || !known.some((each) => each.name === name)) return null
  return problem('INVALID_REQUEST', `Cannot update these configs dynamically: [${name}]`)
}

function kept(all: Map<string, Values>, name: string, known: readonly Config[], check: Resource['check']): Resource {
  return {
    known,
    check,
    values: all.get(name) ?? new Map(),
    keep(values) {
      if (values.size === 0) all.delete(name)
      else if (all.has(name) || all.size < MAX_KEPT) all.set(name, values)
    },
  }
}

function replace(map: Map<string, string>, values: Values): void {
  map.clear()
  for (const [key, value] of values) if (map.size < MAX_KEPT) map.set(key, value)
}

/** Keeps the values that `change` makes of those that are; all of them, or none and why. */
export function alter(
  where: Where,
  type: number,
  name: string,
  change: (resource: Resource) => Values | Problem,
  validateOnly: boolean,
): Problem | null {
  const resource = resourceOf(where, type, name)
  if ('errorCode' in resource) return resource
  const values = change(resource)
  if (!(values instanceof Map)) return values
  for (const [key, value] of values) {
    if (value.length > MAX_VALUE || key.length > MAX_VALUE) return problem('INVALID_CONFIG', 'The value is too long.')
    const wrong = resource.values.get(key) === value ? null : resource.check(key, value)
    if (wrong) return wrong
  }
  const conflict = resource.checkAll?.(values) ?? null
  if (!validateOnly && !conflict) resource.keep(values)
  return conflict
}
