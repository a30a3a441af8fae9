/** DescribeConfigs: of topics and of the broker. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'
import { NODE_ID } from '../broker.ts'
import { brokerConfigs, type Config, configType, SOURCE, TOPIC_CONFIGS } from '../configs.ts'
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

function describe(resource: Resource, synonyms: boolean, { broker }: Context): Answer {
  const { resourceType, resourceName, configurationKeys } = resource
  const answer = { resourceType, resourceName, errorMessage: null }
  const fail = (error: string, errorMessage: string): Answer => ({
    ...answer,
    errorCode: errorCode(error),
    errorMessage,
  })
  const wanted = (config: Config): boolean => configurationKeys === null || configurationKeys.includes(config.name)
  if (resourceType === TOPIC) {
    if (topicNameProblem(resourceName)) return fail('INVALID_TOPIC_EXCEPTION', 'The topic name is invalid.')
    const topic = broker.topics.get(resourceName)
    if (!topic) return fail('UNKNOWN_TOPIC_OR_PARTITION', 'There is no such topic.')
    return { ...answer, configs: TOPIC_CONFIGS.filter(wanted).map((each) => topicEntry(each, topic.configs, synonyms)) }
  }
  if (resourceType === BROKER) {
    // Without a name the cluster-wide dynamic configuration is meant, which is empty.
    if (resourceName === '') return { ...answer, configs: [] }
    if (resourceName !== String(NODE_ID)) {
      return fail('INVALID_REQUEST', `Unexpected broker id, expected ${NODE_ID}, but received ${resourceName}`)
    }
    return {
      ...answer,
      configs: brokerConfigs(broker)
        .filter(wanted)
        .map((each) => brokerEntry(each, synonyms)),
    }
  }
  return fail('INVALID_REQUEST', `Unsupported resource type: ${resourceType}`)
}

function topicEntry(config: Config, set: ReadonlyMap<string, string>, synonyms: boolean): Answer {
  const value = set.get(config.name)
  const sources: [string, number][] = [[config.default, SOURCE.default]]
  if (value !== undefined) sources.unshift([value, SOURCE.topic])
  return entry(config, sources, false, synonyms)
}

const brokerEntry = (config: Config, synonyms: boolean): Answer =>
  entry(config, [[config.default, SOURCE.staticBroker]], true, synonyms)

/** `sources`: values and where they are from, the one that counts first. */
function entry(config: Config, sources: readonly [string, number][], readOnly: boolean, synonyms: boolean): Answer {
  const [value, configSource] = sources[0]!
  const { name } = config
  return {
    name,
    value,
    readOnly,
    isDefault: configSource === SOURCE.default,
    configSource,
    synonyms: synonyms ? sources.map(([value, source]) => ({ name, value, source })) : [],
    configType: configType(config),
    documentation: null,
  }
}
