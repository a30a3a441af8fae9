/**
 * What is bound to differ between two runs of the same client, and why. The one list: what is not here, or in a rules
 * file, is a difference. Names are those of the schemas; a pattern is a run of names anywhere in a field's path.
 */

/**
 * How much may differ:
 * - `any`: everything.
 * - `time`: two times of this century, in ms. Negative ones (-1: none, -2: earliest) must be the same.
 * - `duration`: two spans of at most an hour, in ms.
 * - `positive`, `natural`: two numbers above 0, two of 0 or above; others must be the same.
 * - `offset`: any number of 0 or above, once the sessions have differed before: offsets follow from what was written.
 * - `renamed`: X in A must be Y in B everywhere, and only X. Of a kind (`name`); `in a connection` where ids of
 *   different connections have nothing to do with each other. "Nothing" (null, '', 0, -1) is itself.
 * - `order`: the elements' order in an array.
 * - `poll`: how often an API is asked; not whether, and not what it answers.
 * - `exact`: nothing may differ. Only to take back another rule.
 */
export type How =
  | 'any'
  | 'time'
  | 'duration'
  | 'positive'
  | 'natural'
  | 'offset'
  | 'renamed'
  | 'order'
  | 'poll'
  | 'exact'

export interface Rule {
  /** Shown in counts: `correlation ids`. For `renamed`, the kind of name. */
  readonly name: string
  readonly how: How
  /** `Api.request.path`, each part optional: see `rules.ts`. Several, separated by spaces. */
  readonly where: string
  readonly reason: string
  readonly perConnection?: boolean
  /** Of a poll: one of the sessions may have none at all. */
  readonly mayLack?: boolean
  /** Not with these SASL mechanisms. */
  readonly butFor?: readonly string[]
}

export const VOLATILE: readonly Rule[] = [
  {
    name: 'correlation ids',
    how: 'any',
    where: 'header.correlationId',
    reason: 'counted by the client; that an answer has the id of its request is a finding of its own',
  },
  {
    name: 'throttle times',
    how: 'duration',
    where: 'throttleTimeMs',
    reason: 'quotas are a matter of load',
  },
  {
    name: 'time left',
    how: 'duration',
    where: [
      'CreateTopics.request.timeoutMs DeleteTopics.request.timeoutMs CreatePartitions.request.timeoutMs',
      'DeleteRecords.request.timeoutMs ElectLeaders.request.timeoutMs AlterPartitionReassignments.request.timeoutMs',
      'ListPartitionReassignments.request.timeoutMs',
    ].join(' '),
    reason: "what the Java admin client's deadline leaves when the request goes out",
  },
  {
    name: 'times',
    how: 'time',
    where: [
      'timestamp baseTimestamp maxTimestamp logAppendTimeMs maxTimestampMs issueTimestamp issueTimestampMs',
      'expiryTimestamp expiryTimestampMs expireTimestamp expirationTimestamp commitTimestamp createTimestamp',
      'assignmentTimestamp eventTimestampMs transactionStartTimeMs transactionStartTimestampMs writeTimestamp',
      'transactionLastUpdateTimestampMs lastCaughtUpTimestamp lastFetchTimestamp currentStateTimestamp lastTimestamp',
      'lastContainedLogTimestamp',
    ].join(' '),
    reason: 'clocks go on',
  },
  {
    name: 'member id',
    how: 'renamed',
    where: 'memberId JoinGroup.response.leader',
    reason: 'made by the coordinator (KIP-394) or by the client (KIP-848), with a random part',
  },
  {
    name: 'generation',
    how: 'renamed',
    perConnection: true,
    where: 'generationId',
    reason: 'goes on counting in a group that was there before',
  },
  {
    name: 'member epochs',
    how: 'positive',
    where:
      'memberEpoch previousMemberEpoch generationIdOrMemberEpoch groupEpoch assignmentEpoch assignmentEpochs stateEpoch',
    reason: 'raised by each reconciliation (KIP-848): how many there are is a matter of time',
  },
  {
    name: 'topic id',
    how: 'renamed',
    where: 'topicId',
    reason: 'random, made when a topic is (KIP-516)',
  },
  {
    name: 'producer id',
    how: 'renamed',
    where: 'producerId currentProducerId ongoingTxnProducerId previousProducerId nextProducerId',
    reason: 'given out by the controller in blocks (KIP-730)',
  },
  {
    name: 'producer epochs',
    how: 'natural',
    where: 'producerEpoch nextProducerEpoch ongoingTxnProducerEpoch',
    reason: 'raised by each InitProducerId of a transactional id that was there before',
  },
  {
    name: 'fetch session id',
    how: 'renamed',
    perConnection: true,
    where: 'Fetch.sessionId',
    reason: 'random, made by the broker (KIP-227)',
  },
  {
    name: 'fetch session epochs',
    how: 'positive',
    where: 'Fetch.sessionEpoch ShareFetch.shareSessionEpoch ShareAcknowledge.shareSessionEpoch',
    reason: 'counts the fetches of a session, and how many there are is a matter of time',
  },
  { name: 'cluster id', how: 'renamed', where: 'clusterId', reason: 'random, made when a cluster is' },
  {
    name: 'node id',
    how: 'renamed',
    where: [
      'nodeId leaderId controllerId replicaNodes isrNodes offlineReplicas eligibleLeaderReplicas lastKnownElr',
      'brokerId brokerIds Metadata.controllerId LeaderAndIsr.leader voterId candidateId replicaId',
    ].join(' '),
    reason: 'chosen by whoever runs the broker',
  },
  {
    name: 'host',
    how: 'renamed',
    where:
      'Metadata.brokers.host nodeEndpoints.host FindCoordinator.host coordinators.host DescribeCluster.brokers.host',
    reason: 'where a broker runs',
  },
  {
    name: 'port',
    how: 'renamed',
    where:
      'Metadata.brokers.port nodeEndpoints.port FindCoordinator.port coordinators.port DescribeCluster.brokers.port',
    reason: 'tests listen on any free port',
  },
  { name: 'client addresses', how: 'any', where: 'clientHost', reason: 'where a client runs' },
  { name: 'log directory', how: 'renamed', where: 'logDir', reason: "a folder of the broker's machine" },
  {
    name: 'directory id',
    how: 'renamed',
    where: 'replicaDirectoryId voterDirectoryId votedDirectoryId candidateDirectoryId',
    reason: 'random, made when storage is formatted (KIP-853, KIP-858)',
  },
  { name: 'incarnation id', how: 'renamed', where: 'incarnationId', reason: 'random, made when a broker starts' },
  {
    name: 'client instance id',
    how: 'renamed',
    where: 'clientInstanceId',
    reason: 'random, given to a client for its metrics (KIP-714)',
  },
  { name: 'metrics', how: 'any', where: 'PushTelemetry.metrics subscriptionId', reason: 'what a client measured' },
  {
    name: 'leader epochs',
    how: 'natural',
    where: [
      'leaderEpoch currentLeaderEpoch partitionLeaderEpoch committedLeaderEpoch lastFetchedEpoch partitionEpoch',
      'controllerEpoch brokerEpoch previousBrokerEpoch replicaEpoch finalizedFeaturesEpoch coordinatorEpoch',
    ].join(' '),
    reason: 'raised by each election: a broker that was there before has had more',
  },
  {
    name: 'offsets',
    how: 'offset',
    where: [
      'baseOffset lastOffset offset committedOffset fetchOffset highWatermark lastStableOffset logStartOffset',
      'startOffset endOffset firstOffset logEndOffset lowWatermark logAppendOffset nextOffset',
    ].join(' '),
    reason: 'follow from what was written before: after a first difference they all may differ',
  },
  {
    name: 'batch checksums and sizes',
    how: 'any',
    where: 'records.crc records.sizeInBytes records.batchLength records.timestampDelta',
    reason: 'follow from times and compression; that a checksum is right is a finding of its own',
  },
  {
    name: 'login proofs',
    how: 'any',
    where: 'SaslAuthenticate.authBytes SaslToken.token',
    butFor: ['PLAIN'],
    reason: 'a nonce on both sides, and what is computed of it (RFC 5802)',
  },
  {
    name: 'token',
    how: 'renamed',
    where: 'tokenId hmac',
    reason: 'made by the broker (KIP-48)',
  },
  {
    name: 'order of brokers and topics',
    how: 'order',
    where: [
      'Metadata.response.brokers Metadata.response.topics DescribeCluster.response.brokers',
      'Metadata.response.topics.partitions Produce.response.responses Produce.response.responses.partitionResponses',
      'ApiVersions.response.supportedFeatures ApiVersions.response.finalizedFeatures',
    ].join(' '),
    reason: 'brokers list them as their hash tables do',
  },
  {
    name: 'heartbeats',
    how: 'poll',
    mayLack: true,
    where: 'Heartbeat BrokerHeartbeat PushTelemetry',
    reason: 'sent by a timer: a run may end before the first',
  },
  {
    name: 'polls',
    how: 'poll',
    where: [
      'Fetch Metadata FindCoordinator ConsumerGroupHeartbeat ShareGroupHeartbeat StreamsGroupHeartbeat',
      'ShareFetch ShareAcknowledge FetchSnapshot DescribeQuorum',
    ].join(' '),
    reason: 'repeated until something happens: how often is a matter of time',
  },
]

/** Errors that a poll has while a broker makes a topic or a coordinator, or a group settles: retried by every client. */
export const PASSING_ERRORS: ReadonlySet<number> = new Set([
  3, // UNKNOWN_TOPIC_OR_PARTITION, of a topic that is being made
  5, // LEADER_NOT_AVAILABLE
  14, // COORDINATOR_LOAD_IN_PROGRESS
  15, // COORDINATOR_NOT_AVAILABLE
  16, // NOT_COORDINATOR
  27, // REBALANCE_IN_PROGRESS
])
