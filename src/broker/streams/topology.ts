/**
 * The topology of a Kafka Streams application (KIP-1071), and what it needs of topics: how many tasks each subtopology
 * has, and which internal topics are to be made (InternalTopicManager of Apache Kafka).
 */
import { addTo } from '../lists.ts'
import type { Topics } from '../topics.ts'

export interface TopicInfo {
  readonly name: string
  /** 0: as many as follows from the topics that it is written from. */
  readonly partitions: number
  /** 0: the broker's default. */
  readonly replicationFactor: number
  readonly topicConfigs: readonly { readonly key: string; readonly value: string }[]
}

export interface Subtopology {
  readonly subtopologyId: string
  readonly sourceTopics: readonly string[]
  readonly sourceTopicRegex: readonly string[]
  readonly stateChangelogTopics: readonly TopicInfo[]
  readonly repartitionSinkTopics: readonly string[]
  readonly repartitionSourceTopics: readonly TopicInfo[]
  /** Indexes into the lists above: topics that must have as many partitions. */
  readonly copartitionGroups: readonly {
    readonly sourceTopics: readonly number[]
    readonly repartitionSourceTopics: readonly number[]
  }[]
}

export interface Topology {
  readonly epoch: number
  readonly subtopologies: readonly Subtopology[]
}

/** StreamsGroupHeartbeatResponse.Status of kafka-clients. */
export const STATUS = {
  staleTopology: 0,
  missingSourceTopics: 1,
  incorrectlyPartitioned: 2,
  missingInternalTopics: 3,
  shutdown: 4,
  assignmentDelayed: 5,
} as const

export interface Status {
  readonly statusCode: number
  readonly statusDetail: string
}

/** Of a subtopology that can be worked on. */
export interface Work {
  readonly tasks: number
  readonly stateful: boolean
  /** Topics that its tasks read, with their sizes. */
  readonly inputs: ReadonlyMap<string, number>
}

export interface Configured {
  /** By subtopology id; null where topics are missing or do not fit. */
  readonly work: ReadonlyMap<string, Work> | null
  /** Partitions of internal topics, as far as they follow from what there is. */
  readonly counts: ReadonlyMap<string, number>
  readonly missing: readonly TopicInfo[]
  readonly status: Status | null
}

/** What is wrong with topics; told as a status. */
class TopicProblem extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** A topology that no topics could fit. */
export class TopologyError extends Error {}

const NOTHING = { work: null, counts: new Map<string, number>(), missing: [] }

/** Throws TopologyError. */
export function configure({ subtopologies }: Topology, topics: Topics): Configured {
  try {
    return decide(subtopologies, topics)
  } catch (error) {
    if (!(error instanceof TopicProblem)) throw error
    return { ...NOTHING, status: { statusCode: error.code, statusDetail: error.message } }
  }
}

function decide(subtopologies: readonly Subtopology[], topics: Topics): Configured {
  const sources = new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics))
  const absent = [...sources].filter((name) => !topics.get(name)).sort()
  if (absent.length > 0) {
    throw new TopicProblem(STATUS.missingSourceTopics, `Source topics ${absent.join(', ')} are missing.`)
  }
  const counts = repartitionCounts(subtopologies, topics)
  for (const subtopology of subtopologies) copartition(subtopology, counts, topics)
  const work = new Map<string, Work>()
  const internal = new Map<string, TopicInfo>()
  for (const subtopology of subtopologies) {
    const { subtopologyId, stateChangelogTopics, repartitionSourceTopics } = subtopology
    const sizes = new Map(inputsOf(subtopology).map((name) => [name, sizeOf(name, counts, topics)]))
    const tasks = Math.max(...sizes.values())
    work.set(subtopologyId, { tasks, stateful: stateChangelogTopics.length > 0, inputs: sizes })
    for (const topic of repartitionSourceTopics) {
      internal.set(topic.name, { ...topic, partitions: counts.get(topic.name)! })
    }
    for (const topic of stateChangelogTopics) {
      // A source that a table is restored from is not the coordinator's to make.
      if (sources.has(topic.name)) continue
      counts.set(topic.name, tasks)
      internal.set(topic.name, { ...topic, partitions: tasks })
    }
  }
  const missing = missingOf([...internal.values()], topics)
  const names = missing.map(({ name }) => name).sort()
  if (names.length === 0) return { work, counts, missing, status: null }
  const statusDetail = `Internal topics are missing: ${names.join(', ')}`
  return { work: null, counts, missing, status: { statusCode: STATUS.missingInternalTopics, statusDetail } }
}

/** Topics that a subtopology reads. */
export const inputsOf = ({ sourceTopics, repartitionSourceTopics }: TopicFields): string[] => [
  ...sourceTopics,
  ...repartitionSourceTopics.map(({ name }) => name),
]

/** Those fields of a subtopology that name topics. */
export type TopicFields = Pick<
  Subtopology,
  'sourceTopics' | 'repartitionSinkTopics' | 'repartitionSourceTopics' | 'stateChangelogTopics'
>

/** All topics that a subtopology has to do with. */
export const topicsOf = (subtopology: TopicFields): string[] => [
  ...subtopology.sourceTopics,
  ...subtopology.repartitionSinkTopics,
  ...subtopology.repartitionSourceTopics.map(({ name }) => name),
  ...subtopology.stateChangelogTopics.map(({ name }) => name),
]

/** Of a topic that is there, or of one whose size has been decided. */
function sizeOf(name: string, counts: ReadonlyMap<string, number>, topics: Topics): number {
  return counts.get(name) ?? topics.get(name)?.partitions.length ?? 0
}

/** A repartition topic is as large as the largest topic that is read by whoever writes to it. */
function repartitionCounts(subtopologies: readonly Subtopology[], topics: Topics): Map<string, number> {
  const counts = new Map<string, number>()
  const open = new Set<string>()
  const inputs = new Map(subtopologies.map((each) => [each, new Set(inputsOf(each))]))
  /** Who writes to a topic. */
  const writers = new Map<string, Subtopology[]>()
  for (const subtopology of subtopologies) {
    for (const name of new Set(subtopology.repartitionSinkTopics)) addTo(writers, name, subtopology)
    if (inputsOf(subtopology).length === 0) {
      throw new TopologyError(`No source topics found for subtopology ${subtopology.subtopologyId}`)
    }
    for (const { name, partitions } of subtopology.repartitionSourceTopics) {
      if (partitions > 0) counts.set(name, partitions)
      else open.add(name)
    }
  }
  for (let before = -1; open.size > 0 && open.size !== before; ) {
    before = open.size
    for (const name of open) {
      let most = -1
      for (const each of writers.get(name) ?? []) {
        for (const input of inputs.get(each)!)
          if (!open.has(input)) most = Math.max(most, sizeOf(input, counts, topics))
      }
      if (most < 0) continue
      counts.set(name, most)
      open.delete(name)
    }
  }
  if (open.size > 0) {
    throw new TopologyError(
      'Failed to compute number of partitions for all repartition topics. There may be loops in the topology that cannot be resolved.',
    )
  }
  return counts
}

/** Topics that are joined have as many partitions: repartition topics are made so, others must be so. */
function copartition(subtopology: Subtopology, counts: Map<string, number>, topics: Topics): void {
  const { sourceTopics, repartitionSourceTopics, copartitionGroups } = subtopology
  for (const group of copartitionGroups) {
    const given = group.sourceTopics.map((i) => nameAt(sourceTopics, i))
    const made = group.repartitionSourceTopics.map((i) => infoAt(repartitionSourceTopics, i))
    const fixed = made.filter(({ partitions }) => partitions > 0)
    const binding = [...given, ...fixed.map(({ name }) => name)]
    const sizes = new Map(binding.map((name) => [name, sizeOf(name, counts, topics)]))
    if (new Set(sizes.values()).size > 1) {
      const text = [...sizes]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, size]) => `${name}=${size}`)
        .join(', ')
      const message = `Following topics do not have the same number of partitions: [{${text}}]`
      throw new TopicProblem(STATUS.incorrectlyPartitioned, message)
    }
    const names = made.map(({ name }) => name)
    const size = [...sizes.values()][0] ?? Math.max(0, ...names.map((name) => sizeOf(name, counts, topics)))
    for (const name of names) counts.set(name, size)
  }
}

function nameAt(names: readonly string[], index: number): string {
  const name = names[index]
  if (name === undefined) throw new TopologyError(`A copartition group names source topic ${index}, which is not there`)
  return name
}

function infoAt(infos: readonly TopicInfo[], index: number): TopicInfo {
  const info = infos[index]
  if (!info) throw new TopologyError(`A copartition group names repartition topic ${index}, which is not there`)
  return info
}

function missingOf(internal: readonly TopicInfo[], topics: Topics): TopicInfo[] {
  return internal.filter(({ name, partitions }) => {
    const have = topics.get(name)?.partitions.length
    if (have !== undefined && have !== partitions) {
      const message = `Existing topic ${name} has different number of partitions: expected ${partitions}, found ${have}`
      throw new TopicProblem(STATUS.incorrectlyPartitioned, message)
    }
    return have === undefined
  })
}
