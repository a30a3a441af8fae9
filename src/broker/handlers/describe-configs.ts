/** DescribeConfigs: of topics, the broker and its logger, groups, and client metrics subscriptions. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import type { Broker } from '../broker.ts'
import type { Node } from '../cluster.ts'
import { brokerConfigs, type Config, configType, DYNAMIC, SOURCE } from '../configs.ts'
import { GROUP_CONFIGS, METRICS_CONFIGS } from '../group-configs.ts'
import { RESOURCE } from '../resources.ts'
import { TOPIC_CONFIGS, type TopicConfig } from '../topic-configs.ts'
import { topicNameProblem } from '../topics.ts'

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  /** Null for all. */
  readonly configurationKeys: readonly string[] | null
}

interface Request {
  readonly resources: readonly Resource[]
  readonly includeSynonyms?: boolean
}

/** ConfigResource.Type of kafka-clients. */
const TOPIC = 2
const BROKER = 4

export const describeConfigs: Handler<Request> = {
  apiKey: 32,
  versions: [0, 4],
  handle: (request, context) => ({
    // Once each, however often asked for: else a small request had a huge answer.
    results: unique(request.resources).map((resource) => describe(resource, request.includeSynonyms ?? false, context)),
  }),
}

function unique(resources: readonly Resource[]): Resource[] {
  const key = ({ resourceType, resourceName }: Resource): string => `${resourceType} ${resourceName}`
  return [...new Map(resources.map((resource) => [key(resource), resource])).values()]
}

function describe(resource: Resource, synonyms: boolean, { broker, node }: Context): Answer {
  const { resourceType, resourceName, configurationKeys } = resource
  const answer = { resourceType, resourceName, errorMessage: '' }
  const fail = (error: string, errorMessage: string): Answer => ({
    ...answer,
    errorCode: errorCode(error),
    errorMessage,
  })
  const isAsked = (name: string): boolean => configurationKeys === null || configurationKeys.includes(name)
  const wanted = (config: Config): boolean => isAsked(config.name)
  const named = (each: Answer): boolean => isAsked(String(each.name))
  if (resourceType === TOPIC) {
    if (topicNameProblem(resourceName)) return fail('INVALID_TOPIC_EXCEPTION', 'The topic name is invalid.')
    const topic = broker.topics.get(resourceName)
    if (!topic) return fail('UNKNOWN_TOPIC_OR_PARTITION', 'There is no such topic.')
    return {
      ...answer,
      configs: TOPIC_CONFIGS.filter(wanted).map((each) => topicEntry(each, topic.configs, broker, synonyms)),
    }
  }
  if (resourceType === BROKER) {
    // Without a name what all brokers were given is meant.
    if (resourceName === '') return { ...answer, configs: clusterEntries(broker, node, synonyms).filter(named) }
    if (resourceName !== String(node.nodeId)) {
      return fail('INVALID_REQUEST', `Unexpected broker id, expected ${node.nodeId}, but received ${resourceName}`)
    }
    const known = new Set(brokerConfigs(broker, node).map(({ name }) => name))
    return {
      ...answer,
      configs: allBrokerConfigs(broker, node)
        .filter(wanted)
        .map((each) => brokerEntry(each, known.has(each.name), broker, synonyms)),
    }
  }
  const other = describeOther(resource, synonyms, broker, node)
  if (typeof other === 'string') return fail('INVALID_REQUEST', other)
  if (other) return { ...answer, configs: other.filter(named) }
  return fail('INVALID_REQUEST', `Unsupported resource type: ${resourceType}`)
}

type Source = readonly [value: string | null, source: number, name?: string | undefined]

/** A topic's own setting, else one of the broker's of which it has another name. */
function topicEntry(config: TopicConfig, set: ReadonlyMap<string, string>, broker: Broker, synonyms: boolean): Answer {
  const value = set.get(config.name)
  const { synonym, bare } = config
  const sources: Source[] = value === undefined ? [] : [[value, SOURCE.topic]]
  if (synonym !== undefined) {
    sources.push(...dynamicSources(synonym, broker))
    if (!bare) sources.push([defaultOf(config, broker), SOURCE.default, synonym])
  }
  return entry(config, sources, false, synonyms)
}

/** The broker's option, where there is one. */
const defaultOf = (config: TopicConfig, { options }: Broker): string | null =>
  config.name === 'max.message.bytes' ? String(options.messageMaxBytes) : config.default

/**
 * What counts where these settings have no value, with its default. It is told of behind a value only: KafkaConfig names
 * synonyms from the setting itself on.
 */
const BEHIND: ReadonlyMap<string, readonly [name: string, value: string]> = new Map([
  ['log.flush.interval.ms', ['log.flush.scheduler.interval.ms', '9223372036854775807']],
  ['log.retention.ms', ['log.retention.hours', '168']],
  ['log.roll.jitter.ms', ['log.roll.jitter.hours', '0']],
  ['log.roll.ms', ['log.roll.hours', '168']],
])

function dynamicSources(name: string, { settings }: Broker): Source[] {
  const mine = settings.broker.get(name)
  const all = settings.cluster.get(name)
  const sources: Source[] = []
  if (mine !== undefined) sources.push([mine, SOURCE.dynamicBroker, name])
  if (all !== undefined) sources.push([all, SOURCE.dynamicCluster, name])
  const behind = BEHIND.get(name)
  if (sources.length > 0 && behind) sources.push([behind[1], SOURCE.default, behind[0]])
  return sources
}

/** With those that are not known here but were set. */
function allBrokerConfigs(broker: Broker, node: Node): Config[] {
  const known = brokerConfigs(broker, node)
  const names = new Set([...broker.settings.broker.keys(), ...broker.settings.cluster.keys()])
  for (const { name } of known) names.delete(name)
  return [...known, ...[...names].map((name) => ({ name, type: 'string', default: '' }) as const)]
}

function brokerEntry(config: Config, known: boolean, broker: Broker, synonyms: boolean): Answer {
  const fixed: Source[] = known && config.default !== null ? [[config.default, SOURCE.staticBroker]] : []
  return entry(config, [...dynamicSources(config.name, broker), ...fixed], known && !DYNAMIC.has(config.name), synonyms)
}

function clusterEntries(broker: Broker, node: Node, synonyms: boolean): Answer[] {
  return allBrokerConfigs(broker, node).flatMap((config) => {
    const value = broker.settings.cluster.get(config.name)
    return value === undefined ? [] : [entry(config, [[value, SOURCE.dynamicCluster]], false, synonyms)]
  })
}

/** Of a logger, a group or a metrics subscription, which need not exist; or why not; null for other types. */
function describeOther(
  resource: Resource,
  synonyms: boolean,
  { settings }: Broker,
  node: Node,
): Answer[] | string | null {
  const { resourceType, resourceName } = resource
  switch (resourceType) {
    case RESOURCE.logger:
      if (resourceName !== String(node.nodeId)) {
        return `Unexpected broker id, expected ${node.nodeId} but received ${resourceName}`
      }
      return [{ name: 'root', value: settings.rootLevel, configSource: SOURCE.logger, documentation: '' }]
    case RESOURCE.metrics:
      if (resourceName === '') return 'Client metrics subscription name must not be empty'
      return METRICS_CONFIGS.map((config) => {
        const value = settings.metrics.get(resourceName)?.get(config.name)
        if (value !== undefined) return entry(config, [[value, SOURCE.metrics]], false, synonyms)
        return { ...entry(config, [[config.default, SOURCE.default]], false, false) }
      })
    case RESOURCE.group:
      if (resourceName === '') return 'Group name must not be empty'
      return GROUP_CONFIGS.map((config) => {
        const value = settings.groups.get(resourceName)?.get(config.name)
        const fallback: Source = [settings.groupDefault(config.name), SOURCE.default, config.synonym]
        return entry(config, value === undefined ? [fallback] : [[value, SOURCE.group], fallback], false, synonyms)
      })
    default:
      return null
  }
}

/** `sources`: values and where they are from, the one that counts first; none where it is a default without a name. */
function entry(config: Config, sources: readonly Source[], readOnly: boolean, synonyms: boolean): Answer {
  const [value, configSource] = sources[0] ?? [config.default, SOURCE.default]
  const { name } = config
  return {
    name,
    value,
    readOnly,
    isDefault: configSource === SOURCE.default,
    configSource,
    synonyms: synonyms ? sources.map(([value, source, as = name]) => ({ name: as, value, source })) : [],
    configType: configType(config),
    documentation: null,
  }
}
