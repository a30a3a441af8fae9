/**
 * The quorum of controllers (KRaft), as a node that is broker and controller in one shows it: DescribeQuorum, the voters'
 * APIs (KIP-853), and who may be taken off the cluster's list.
 */
import { errorCode } from '../../../dissectors/errors.ts'
import { ZERO_UUID } from '../../bytes/hex.ts'
import type { Answer, Handler } from '../api.ts'
import type { Broker } from '../broker.ts'
import { type Problem, problem } from '../resources.ts'

interface TopicData {
  readonly topicName: string
  readonly partitions: readonly { readonly partitionIndex: number }[]
}

const METADATA_TOPIC = '__cluster_metadata'

export const describeQuorum: Handler<{ readonly topics: readonly TopicData[] }> = {
  apiKey: 55,
  versions: [0, 2],
  handle({ topics }, { broker }) {
    const asked = topics.some(
      ({ topicName, partitions }) =>
        topicName === METADATA_TOPIC && partitions.some(({ partitionIndex }) => partitionIndex === 0),
    )
    return {
      errorMessage: '',
      topics: topics.map(({ topicName, partitions }) => ({
        topicName,
        partitions: partitions.map(({ partitionIndex }) => describe(topicName, partitionIndex, broker)),
      })),
      nodes: asked ? [controllerOf(broker)] : [],
    }
  },
}

function controllerOf({ cluster }: Broker): Answer {
  const { nodeId, host, port } = cluster.controller
  return { nodeId, listeners: [{ name: 'CONTROLLER', host, port }] }
}

function describe(topicName: string, partitionIndex: number, { clock, topics, cluster }: Broker): Answer {
  if (topicName !== METADATA_TOPIC || partitionIndex !== 0) {
    const text = 'This server does not host this topic-partition.'
    return { partitionIndex, ...problem('UNKNOWN_TOPIC_OR_PARTITION', text) }
  }
  // There is no such log here: each change of topics counts as a record of it.
  const logEndOffset = topics.version + 1
  const now = clock.now()
  const voter = { replicaId: cluster.controller.nodeId, replicaDirectoryId: ZERO_UUID, logEndOffset }
  return {
    partitionIndex,
    errorMessage: '',
    leaderId: cluster.controller.nodeId,
    leaderEpoch: 1,
    highWatermark: logEndOffset,
    currentVoters: [{ ...voter, lastFetchTimestamp: now, lastCaughtUpTimestamp: now }],
    observers: [],
  }
}

interface Voter {
  readonly clusterId: string | null
  readonly voterId: number
  readonly voterDirectoryId: string
}

function clusterProblem({ clusterId }: Voter, broker: Broker): Problem | null {
  if (clusterId === null || clusterId === broker.clusterId) return null
  const text = `The given id "${clusterId}" doesn't match the cluster id "${broker.clusterId}"`
  return problem('INCONSISTENT_CLUSTER_ID', text)
}

const keyText = ({ voterId, voterDirectoryId }: Voter): string =>
  `ReplicaKey(id=${voterId}, directoryId=${voterDirectoryId})`

export const addRaftVoter: Handler<Voter> = {
  apiKey: 80,
  versions: [0, 1],
  handle: (voter, { broker }) => ({
    ...(clusterProblem(voter, broker) ??
      problem('REQUEST_TIMED_OUT', `New voter ${keyText(voter)} is not ready to receive requests`)),
  }),
}

export const removeRaftVoter: Handler<Voter> = {
  apiKey: 81,
  versions: [0, 0],
  handle(voter, { broker }) {
    const me = `ReplicaKey(id=${broker.cluster.controller.nodeId}, directoryId=${ZERO_UUID})`
    const text = `Cannot remove voter ${keyText(voter)} from the set of voters [${me}]`
    return { ...(clusterProblem(voter, broker) ?? problem('VOTER_NOT_FOUND', text)) }
  },
}

export const unregisterBroker: Handler<{ readonly brokerId: number }> = {
  apiKey: 64,
  versions: [0, 0],
  handle({ brokerId }, { broker }) {
    if (broker.cluster.node(brokerId)) return { ...problem('INVALID_REQUEST', 'This broker is in use.') }
    return { ...problem('BROKER_ID_NOT_REGISTERED', `Broker ID ${brokerId} is not currently registered`) }
  },
}

export const unregisterController: Handler<{ readonly controllerId: number }> = {
  apiKey: 94,
  versions: [0, 0],
  handle({ controllerId }, { broker }) {
    if (controllerId === broker.cluster.controller.nodeId)
      return { ...problem('INVALID_REQUEST', 'This is the only controller.') }
    return {
      errorCode: errorCode('CONTROLLER_ID_NOT_REGISTERED'),
      errorMessage: `Controller ID ${controllerId} is not currently registered.`,
    }
  },
}
