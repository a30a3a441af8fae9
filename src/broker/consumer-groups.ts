/** All groups of the consumer protocol (KIP-848), and the checks that come before a group is looked at. */
import { RE2JS } from 're2js'
import { ASSIGNORS } from './assignors.ts'
import { type Beat, ConsumerGroup, type Origin } from './consumer-group.ts'
import { GroupError, LEAVING, LEAVING_FOR_NOW } from './epoch-group.ts'
import { EpochGroups, type GroupsInit } from './epoch-groups.ts'

export interface ConsumerGroupsInit extends GroupsInit {
  /** consumer.session.timeout.ms and consumer.heartbeat.interval.ms of a group. */
  readonly timing: (groupId: string) => { readonly sessionTimeoutMs: number; readonly heartbeatIntervalMs: number }
  /** Makes the name free for a group of this type, if it can: a classic group that is empty goes, as in Apache Kafka. */
  readonly claim: (groupId: string) => boolean
  /** Ends a classic group whose members can go on in one of this type (KIP-848): what it was; null where none can. */
  readonly upgrade: (groupId: string) => Origin | null
  /** Goes on with the members of a group, none of which speaks the protocol of this type, as a classic group. */
  readonly downgrade: (group: ConsumerGroup) => void
}

export interface BeatAnswer {
  readonly memberId: string
  readonly memberEpoch: number
  readonly heartbeatIntervalMs: number
  /** Partition keys; null where nothing new is to be told. */
  readonly assignment: ReadonlySet<string> | null
}

/** Expressions whose topics are remembered. */
const MAX_EXPRESSIONS = 1000

export class ConsumerGroups extends EpochGroups<ConsumerGroup> {
  private readonly init: ConsumerGroupsInit
  /** Ids of the topics that an expression stands for, as of a version of the topics. */
  private readonly matched = new Map<string, readonly string[]>()
  private matchedAt = -1

  constructor(init: ConsumerGroupsInit) {
    super(init)
    this.init = init
  }

  /** Throws GroupError. `version` is that of the request: from v1 on the client makes its id. */
  heartbeat(groupId: string, beat: Beat, version: number): BeatAnswer {
    checkBeat(groupId, beat, version)
    const { memberId, memberEpoch, instanceId } = beat
    if (memberEpoch === LEAVING || memberEpoch === LEAVING_FOR_NOW) {
      const group = this.byId.get(groupId)
      if (!group) throw new GroupError('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`)
      group.leave(memberId, instanceId, memberEpoch)
      return { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }
    }
    const group = this.groupFor(groupId, memberEpoch === 0)
    const { member, tell } = group.heartbeat(beat)
    const { heartbeatIntervalMs } = this.init.timing(groupId)
    const { epoch, assigned } = member.progress
    return { memberId: member.id, memberEpoch: epoch, heartbeatIntervalMs, assignment: tell ? assigned : null }
  }

  private groupFor(id: string, mayCreate: boolean): ConsumerGroup {
    const known = this.byId.get(id)
    if (known) {
      if (mayCreate) this.checkRoom(false)
      return known
    }
    const origin = mayCreate && !this.init.claim(id) ? this.init.upgrade(id) : undefined
    if (mayCreate ? origin === null : this.init.isOther(id)) {
      throw new GroupError('GROUP_ID_NOT_FOUND', `Group ${id} is not a consumer group.`)
    }
    if (!mayCreate) throw new GroupError('GROUP_ID_NOT_FOUND', `Consumer group ${id} not found.`)
    if (!origin) this.checkRoom(true)
    const { clock, groupMaxSize, topics } = this.init
    const group = new ConsumerGroup({
      id,
      clock,
      maxSize: groupMaxSize,
      sessionTimeoutMs: () => this.init.timing(id).sessionTimeoutMs,
      resolve: (names, regex, sees) => this.resolve(names, regex, sees),
      topicsVersion: () => topics.version,
      onlyClassic: (each) => {
        this.byId.delete(id)
        each.close()
        this.init.downgrade(each)
      },
    })
    if (origin) group.inherit(origin)
    this.byId.set(id, group)
    return group
  }

  private resolve(
    names: readonly string[],
    regex: string | null,
    sees: (topicName: string) => boolean,
  ): Map<string, number> {
    const { topics } = this.init
    const sizes = new Map<string, number>()
    for (const name of names) {
      const topic = topics.get(name)
      if (topic) sizes.set(topic.id, topic.partitions.length)
    }
    for (const id of regex ? this.matching(regex) : []) {
      const topic = topics.getById(id)
      if (topic && sees(topic.name)) sizes.set(id, topic.partitions.length)
    }
    return sizes
  }

  private matching(regex: string): readonly string[] {
    const { topics } = this.init
    if (topics.version !== this.matchedAt || this.matched.size >= MAX_EXPRESSIONS) this.matched.clear()
    this.matchedAt = topics.version
    let ids = this.matched.get(regex)
    if (!ids) {
      const pattern = RE2JS.compile(regex)
      ids = topics.all().flatMap(({ name, id }) => (pattern.matches(name) ? [id] : []))
      this.matched.set(regex, ids)
    }
    return ids
  }
}

/** From v1 on (KIP-1082) the client makes its member id; v0 may come without one. */
const FIRST_WITH_CLIENT_ID = 1

/** What GroupMetadataManager.throwIfConsumerGroupHeartbeatRequestIsInvalid of Apache Kafka refuses. */
function checkBeat(groupId: string, beat: Beat, version: number): void {
  const { memberId, memberEpoch, instanceId, rackId, assignor } = beat
  const refuse = (message: string): never => {
    throw new GroupError('INVALID_REQUEST', message)
  }
  if (groupId === '') refuse("GroupId can't be empty.")
  if (memberId === '' && (version >= FIRST_WITH_CLIENT_ID || memberEpoch !== 0)) refuse("MemberId can't be empty.")
  if (instanceId === '') refuse("InstanceId can't be empty.")
  if (rackId === '') refuse("RackId can't be empty.")
  if (memberEpoch === LEAVING_FOR_NOW && instanceId === null) refuse("InstanceId can't be null.")
  if (memberEpoch < LEAVING_FOR_NOW) refuse('MemberEpoch is invalid.')
  if (memberEpoch === 0) {
    if (beat.rebalanceTimeoutMs === -1) refuse('RebalanceTimeoutMs must be provided in first request.')
    if (beat.owned === null || beat.owned.size > 0) refuse('TopicPartitions must be empty when (re-)joining.')
    // An empty expression is a subscription to nothing.
    if (beat.topicNames === null && beat.regex === null) {
      refuse('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.')
    }
  }
  if (assignor !== null && !ASSIGNORS.has(assignor)) {
    const known = [...ASSIGNORS.keys()].join(', ')
    throw new GroupError(
      'UNSUPPORTED_ASSIGNOR',
      `ServerAssignor ${assignor} is not supported. Supported assignors: ${known}.`,
    )
  }
  if (beat.regex) checkExpression(beat.regex)
}

function checkExpression(regex: string): void {
  try {
    RE2JS.compile(regex)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const text = `SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${why}.`
    throw new GroupError('INVALID_REGULAR_EXPRESSION', text)
  }
}
