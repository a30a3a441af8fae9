/** The groups of all four protocols under one roof: a name belongs to one type at a time. */
import { errorCode } from '../../dissectors/errors.ts'
import type { Clock } from './clock.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { ConsumerGroups } from './consumer-groups.ts'
import type { Groups } from './groups.ts'
import { MixedGroups } from './mixed-groups.ts'
import type { CommittedOffsets } from './offsets.ts'
import type { BrokerOptions } from './options.ts'
import type { Settings } from './settings.ts'
import { ShareGroups } from './share-groups.ts'
import type { StreamsGroup } from './streams/group.ts'
import { StreamsGroups } from './streams/groups.ts'
import type { Topics } from './topics.ts'

export type GroupType = 'classic' | 'consumer' | 'share' | 'streams'

export interface CoordinatorInit {
  readonly options: BrokerOptions
  readonly clock: Clock
  readonly topics: Topics
  readonly classic: Groups
  readonly offsets: CommittedOffsets
  readonly settings: Settings
}

/** Of OffsetCommit. */
export interface Commit {
  readonly groupId: string
  readonly memberId: string
  readonly instanceId: string | null
  /** Or generation; below 0: of nobody in the group. */
  readonly epoch: number
  readonly version: number
  readonly partitions: readonly (string | null)[]
  /** By TxnOffsetCommit, whose clients need not say who they are. */
  readonly inTransaction?: boolean
}

/** OffsetCommit and OffsetFetch know epochs of members, and groups that are not there, from v9 on. */
const FIRST_WITH_EPOCHS = 9

export class Coordinator {
  readonly consumer: ConsumerGroups
  readonly share: ShareGroups
  readonly streams: StreamsGroups
  /** Members of the classic protocol in groups of the consumer protocol. */
  readonly mixed: MixedGroups
  private readonly classic: Groups
  private readonly offsets: CommittedOffsets

  constructor({ options, clock, topics, classic, offsets, settings }: CoordinatorInit) {
    const { groupMaxSize, maxGroups, maxGroupBytes } = options
    const timing = (type: 'consumer' | 'share') => (groupId: string) => ({
      sessionTimeoutMs: Number(settings.ofGroup(groupId, `${type}.session.timeout.ms`)),
      heartbeatIntervalMs: Number(settings.ofGroup(groupId, `${type}.heartbeat.interval.ms`)),
    })
    // No group takes a name that offsets were committed under, unless it can claim that.
    const isOther = (id: string): boolean => this.typeOf(id) !== undefined
    const shared = { clock, topics, groupMaxSize, maxGroups, maxGroupBytes, isOther }
    this.classic = classic
    this.offsets = offsets
    this.consumer = new ConsumerGroups({
      ...shared,
      timing: timing('consumer'),
      claim: (id) => !this.share.get(id) && !this.streams.get(id) && this.classic.deleteEmpty(id),
      upgrade: (id) => this.mixed.upgrade(id),
      downgrade: (group) => this.mixed.downgrade(group),
    })
    this.mixed = new MixedGroups(this.consumer, classic, topics)
    this.share = new ShareGroups({
      ...shared,
      timing: timing('share'),
      settings,
    })
    this.streams = new StreamsGroups({
      ...shared,
      settings,
      claim: (id) => !this.share.get(id) && this.consumer.deleteEmpty(id) && this.classic.deleteEmpty(id),
    })
  }

  /** A group whose members are led by epochs. */
  epochGroup(groupId: string): ConsumerGroup | StreamsGroup | undefined {
    return this.consumer.get(groupId) ?? this.streams.get(groupId)
  }

  /** The type of a group; undefined where there is none of this name. */
  typeOf(groupId: string): GroupType | undefined {
    if (this.consumer.get(groupId)) return 'consumer'
    if (this.share.get(groupId)) return 'share'
    if (this.streams.get(groupId)) return 'streams'
    return this.classic.get(groupId) || this.offsets.has(groupId) ? 'classic' : undefined
  }

  /** Whether a client of the classic protocol may join: an empty group of the new one becomes a classic group. */
  claimForClassic(groupId: string): boolean {
    return !this.share.get(groupId) && this.streams.deleteEmpty(groupId) && this.consumer.deleteEmpty(groupId)
  }

  /**
   * Whether a member may commit offsets of these partitions (keys; null for a topic that is unknown). An error code,
   * for all of them.
   */
  commitProblem(commit: Commit): number {
    const { groupId, memberId, instanceId, epoch, version, partitions, inTransaction = false } = commit
    if (this.share.get(groupId)) return errorCode('GROUP_ID_NOT_FOUND')
    const group = this.epochGroup(groupId)
    if (group) {
      if (inTransaction && epoch < 0 && memberId === '' && instanceId === null) return 0
      const nobody = epoch < 0 && group.members.size === 0
      const isClassic = this.consumer.get(groupId)?.members.get(memberId)?.classic != null
      const isMember = !isClassic && group.members.has(memberId)
      if (!inTransaction && !nobody && isMember && version < FIRST_WITH_EPOCHS) return errorCode('UNSUPPORTED_VERSION')
      const problems = partitions.map((partition) => group.commitProblem(memberId, epoch, partition))
      return problems.find((problem) => problem !== 0) ?? 0
    }
    const unknown = !inTransaction && !this.classic.get(groupId) && epoch >= 0 && version >= FIRST_WITH_EPOCHS
    if (unknown) return errorCode('GROUP_ID_NOT_FOUND')
    return this.classic.commitProblem(groupId, memberId, instanceId, epoch, inTransaction)
  }

  /** Deletes a group that nobody is in, with its offsets. Returns an error code. */
  delete(groupId: string): number {
    const group = this.epochGroup(groupId) ?? this.share.get(groupId)
    if (!group) return this.classic.delete(groupId)
    if (group.members.size > 0) return errorCode('NON_EMPTY_GROUP')
    this.consumer.deleteEmpty(groupId)
    this.streams.deleteEmpty(groupId)
    this.share.delete(groupId)
    this.offsets.deleteGroup(groupId)
    return 0
  }

  /** Ends all timers. */
  close(): void {
    this.consumer.close()
    this.share.close()
    this.streams.close()
  }
}
