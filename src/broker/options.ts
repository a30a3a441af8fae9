/** What can be set on an embedded broker. Names and units are those of Apache Kafka's configuration where it has one. */
export interface BrokerOptions {
  /** num.partitions: of topics made without saying how many. */
  readonly numPartitions: number
  /** group.initial.rebalance.delay.ms; Kafka's default is 3000. */
  readonly initialRebalanceDelayMs: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  /** group.consumer.heartbeat.interval.ms and group.share.heartbeat.interval.ms */
  readonly groupHeartbeatIntervalMs: number
  /** Members in one group at most. */
  readonly groupMaxSize: number
  /** Groups at most. Beyond, one that is empty and has no offsets makes room, or the join is refused. */
  readonly maxGroups: number
  /** What members of all groups say of themselves, in bytes; beyond, joins are refused. */
  readonly maxGroupBytes: number
  /** Committed offsets at most, over all groups. */
  readonly maxOffsets: number
  /** transaction.max.timeout.ms */
  readonly transactionMaxTimeoutMs: number
  /** transactional.id.expiration.ms */
  readonly transactionalIdExpirationMs: number
  /** Transactional ids at most; beyond, new ones are refused. */
  readonly maxTransactionalIds: number
  /** max.incremental.fetch.session.cache.slots */
  readonly fetchSessionSlots: number
  /** offset.metadata.max.bytes */
  readonly offsetMetadataMaxBytes: number
  /** auto.create.topics.enable */
  readonly autoCreateTopics: boolean
  /** message.max.bytes: a batch as it is on the wire. */
  readonly messageMaxBytes: number
  /** Records kept in memory, over all partitions; the oldest batches of the largest partition go first. */
  readonly retentionBytes: number
  /** Partitions at most, over all topics. */
  readonly maxPartitions: number
  /** Bytes that a record set may decompress to at most, where the broker must look into it. */
  readonly maxDecompressedBytes: number
  /** fetch.max.bytes: what one answer to Fetch holds at most, but for a first batch that is larger. */
  readonly fetchMaxBytes: number
  /** socket.request.max.bytes */
  readonly requestMaxBytes: number
  readonly maxConnections: number
  /** Bytes of requests that all connections hold together, not yet answered; who goes beyond is dropped. */
  readonly bufferedMaxBytes: number
  /** Bytes of answers that clients have not taken, on all connections together; who goes beyond is dropped. */
  readonly unsentMaxBytes: number
  /** How long a client may take for one answer before it is dropped. */
  readonly slowReaderTimeoutMs: number
}

export const DEFAULT_OPTIONS: BrokerOptions = {
  // Kafka's default is 1; with 3 a group has something to share, and a try-out shows rebalances.
  numPartitions: 3,
  initialRebalanceDelayMs: 500,
  minSessionTimeoutMs: 6000,
  maxSessionTimeoutMs: 1_800_000,
  groupHeartbeatIntervalMs: 5000,
  groupMaxSize: 500,
  maxGroups: 1000,
  maxGroupBytes: 64 * 1024 * 1024,
  maxOffsets: 1_000_000,
  transactionMaxTimeoutMs: 900_000,
  transactionalIdExpirationMs: 604_800_000,
  maxTransactionalIds: 10_000,
  fetchSessionSlots: 1000,
  offsetMetadataMaxBytes: 4096,
  autoCreateTopics: true,
  messageMaxBytes: 1_048_588,
  retentionBytes: 128 * 1024 * 1024,
  maxPartitions: 20_000,
  maxDecompressedBytes: 64 * 1024 * 1024,
  fetchMaxBytes: 55 * 1024 * 1024,
  requestMaxBytes: 100 * 1024 * 1024,
  maxConnections: 2000,
  bufferedMaxBytes: 256 * 1024 * 1024,
  unsentMaxBytes: 256 * 1024 * 1024,
  slowReaderTimeoutMs: 60_000,
}
