/**
 * Groups on their way from the classic protocol to the consumer protocol of KIP-848, and back, while their members are at
 * work (group.consumer.migration.policy=bidirectional, the default of Apache Kafka 4.4): the first member of the new
 * protocol brings the whole group to it, the last one that leaves takes it back; in between members of both are in it.
 */
import { errorCode } from '../../dissectors/errors.ts'
import { partitionKey } from './assignors.ts'
import type { ConsumerGroup, ConsumerMember, Origin } from './consumer-group.ts'
import type { ConsumerGroups } from './consumer-groups.ts'
import {
  type NamedPartitions,
  PROTOCOL_TYPE,
  readAssignment,
  readSubscription,
  type Subscription,
  writeAssignment,
} from './consumer-protocol.ts'
import { GroupError } from './epoch-group.ts'
import { failedJoin, failedSync, type Join, type Sync } from './group.ts'
import type { Groups } from './groups.ts'
import type { GroupProtocol, JoinAnswer, Member, SyncAnswer } from './members.ts'
import { namedPartitions } from './topic-partitions.ts'
import type { Topics } from './topics.ts'

export class MixedGroups {
  private readonly consumer: ConsumerGroups
  private readonly classic: Groups
  private readonly topics: Topics

  constructor(consumer: ConsumerGroups, classic: Groups, topics: Topics) {
    this.consumer = consumer
    this.classic = classic
    this.topics = topics
  }

  /** A group of the consumer protocol that has members; clients of the classic one may join those. */
  get(groupId: string): ConsumerGroup | undefined {
    const group = this.consumer.get(groupId)
    return group && group.members.size > 0 ? group : undefined
  }

  /** JoinGroup. It is answered at once: each member goes its own way to what it shall have. */
  join(group: ConsumerGroup, join: Join): JoinAnswer {
    const fail = (name: string, memberId = join.memberId): JoinAnswer => failedJoin(errorCode(name), memberId)
    const problem = this.classic.joinProblem(join)
    if (problem !== 0) return failedJoin(problem, join.memberId)
    const first = join.protocols[0]
    const subscription = first && readSubscription(first.metadata)
    if (join.protocolType !== PROTOCOL_TYPE || !subscription || !supports(group, join.protocols)) {
      return fail('INCONSISTENT_GROUP_PROTOCOL')
    }
    const { instanceId } = join
    const known = group.staticOf(instanceId)
    if (known && join.memberId !== '' && known.id !== join.memberId) return fail('FENCED_INSTANCE_ID')
    const memberId = join.memberId === '' ? this.classic.newMemberId(instanceId ?? join.clientId) : join.memberId
    if (join.memberId === '' && instanceId === null && join.requireMemberId) return fail('MEMBER_ID_REQUIRED', memberId)
    try {
      const member = group.joinClassic(
        {
          memberId,
          memberEpoch: 0,
          instanceId,
          rackId: subscription.rackId ?? null,
          rebalanceTimeoutMs: join.rebalanceTimeoutMs,
          topicNames: subscription.topics,
          regex: null,
          assignor: null,
          owned: this.keysOf(subscription.ownedPartitions ?? []),
          clientId: join.clientId,
          clientHost: join.clientHost,
        },
        { sessionTimeoutMs: join.sessionTimeoutMs, protocols: join.protocols },
      )
      return {
        ...failedJoin(0, member.id),
        generationId: member.progress.epoch,
        protocolType: PROTOCOL_TYPE,
        protocolName: first.name,
      }
    } catch (error) {
      if (error instanceof GroupError) return failedJoin(error.code, memberId)
      throw error
    }
  }

  /** SyncGroup: what the member has now. There is no leader: what is sent with it is not looked at. */
  sync(group: ConsumerGroup, sync: Sync): SyncAnswer {
    const problem = group.classicProblem(sync.memberId, sync.instanceId, sync.generationId)
    if (problem !== 0) return failedSync(problem)
    const member = group.members.get(sync.memberId)!
    const { name, metadata } = member.classic!.protocols[0]!
    const otherType = sync.protocolType != null && sync.protocolType !== PROTOCOL_TYPE
    if (otherType || (sync.protocolName != null && sync.protocolName !== name)) {
      return failedSync(errorCode('INCONSISTENT_GROUP_PROTOCOL'))
    }
    const { epoch, state, assigned } = member.progress
    if (group.epoch > epoch && state !== 'UnrevokedPartitions') return failedSync(group.askToJoin(member))
    const assignment = writeAssignment(metadata, this.named(assigned))
    return { errorCode: 0, protocolType: PROTOCOL_TYPE, protocolName: name, assignment }
  }

  /** Heartbeat. An error code. */
  heartbeat(group: ConsumerGroup, memberId: string, instanceId: string | null, generationId: number): number {
    const problem = group.classicProblem(memberId, instanceId, generationId)
    return problem === 0 ? group.heartbeatClassic(group.members.get(memberId)!) : problem
  }

  /** Ends a classic group whose members can go on in the consumer protocol: what it was; null where they can't. */
  upgrade(groupId: string): Origin | null {
    const group = this.classic.get(groupId)
    if (!group || group.protocolType !== PROTOCOL_TYPE) return null
    const members: ConsumerMember[] = []
    for (const member of group.members.all()) {
      const protocol = member.protocols.find(({ name }) => name === group.protocolName) ?? member.protocols[0]
      const subscription = protocol && readSubscription(protocol.metadata)
      const assignment = readAssignment(member.assignment)
      // What a client's own assignor has said would be lost.
      if (!subscription || !assignment || bytesIn(assignment.userData) > 0) return null
      members.push(memberOf(member, subscription, group.generation, this.keysOf(assignment.assignedPartitions)))
    }
    const { generation } = group
    this.classic.dissolve(groupId)
    return { generation, members }
  }

  /** All members that are left speak the classic protocol: they go on in a classic group, and join it anew. */
  downgrade(group: ConsumerGroup): void {
    const members = [...group.members.values()].map((member) => ({
      id: member.id,
      instanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      sessionTimeoutMs: member.classic!.sessionTimeoutMs,
      protocols: member.classic!.protocols,
      assignment: writeAssignment(member.classic!.protocols[0]!.metadata, this.named(member.progress.assigned)),
    }))
    this.classic.takeOver(group.id, group.epoch, members)
  }

  /** Keys of partitions of topics that there are. */
  private keysOf(partitions: readonly NamedPartitions[]): Set<string> {
    return new Set(
      partitions.flatMap(({ topic, partitions: indexes }) => {
        const found = this.topics.get(topic)
        return found ? indexes.map((index) => partitionKey(found.id, index)) : []
      }),
    )
  }

  private named(keys: ReadonlySet<string>): NamedPartitions[] {
    return namedPartitions(keys, this.topics).map(({ topicName: topic, partitions }) => ({ topic, partitions }))
  }
}

const bytesIn = (value: unknown): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : 0

/** Whether there is a protocol that all members of the classic one, and this one, have. */
const supports = (group: ConsumerGroup, protocols: readonly GroupProtocol[]): boolean =>
  protocols.some(({ name }) =>
    [...group.members.values()].every(({ classic }) => classic?.protocols.some((each) => each.name === name) ?? true),
  )

function memberOf(
  member: Member,
  { topics, rackId }: Subscription,
  generation: number,
  assigned: Set<string>,
): ConsumerMember {
  return {
    id: member.id,
    instanceId: member.instanceId,
    rackId: rackId ?? null,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    topicNames: [...new Set(topics)].sort(),
    regex: null,
    sees: () => true,
    assignor: null,
    previousEpoch: generation,
    progress: { state: 'Stable', epoch: generation, assigned, revoking: new Set() },
    since: new Map([...assigned].map((key) => [key, generation])),
    cancelSession: null,
    cancelRevocation: null,
    cancelJoin: null,
    classic: { sessionTimeoutMs: member.sessionTimeoutMs, protocols: member.protocols },
  }
}
