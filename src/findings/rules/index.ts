/** Every rule there is. A test compares this list with the folder and with `docs/FINDINGS.md`. */
import type { Rule } from '../rule.ts'
import { advertisedRefused } from './advertised-refused.ts'
import { answerEntries } from './answer-entries.ts'
import { answerSize } from './answer-size.ts'
import { batchCodec } from './batch-codec.ts'
import { batchCount } from './batch-count.ts'
import { batchCrc } from './batch-crc.ts'
import { batchLength } from './batch-length.ts'
import { batchMagic } from './batch-magic.ts'
import { batchOffsetDelta } from './batch-offset-delta.ts'
import { batchOrder } from './batch-order.ts'
import { batchPayload } from './batch-payload.ts'
import { batchTimestamp } from './batch-timestamp.ts'
import { batchTooLarge } from './batch-too-large.ts'
import { batchTrailing } from './batch-trailing.ts'
import { beforeSasl } from './before-sasl.ts'
import { boolean } from './boolean.ts'
import { brokerTwice } from './broker-twice.ts'
import { claimedCount } from './claimed-count.ts'
import { claimedLength } from './claimed-length.ts'
import { codecVersion } from './codec-version.ts'
import { correlation } from './correlation.ts'
import { correlationReused } from './correlation-reused.ts'
import { droppedAfterAnswer } from './dropped-after-answer.ts'
import { droppedVersion } from './dropped-version.ts'
import { encrypted } from './encrypted.ts'
import { fencedProducer } from './fenced-producer.ts'
import { fetchBelow } from './fetch-below.ts'
import { fetchSkip } from './fetch-skip.ts'
import { fetchWait } from './fetch-wait.ts'
import { forbiddenNull } from './forbidden-null.ts'
import { frameSize } from './frame-size.ts'
import { groupAssignmentChanged } from './group-assignment-changed.ts'
import { groupAssignmentLeftOut } from './group-assignment-left-out.ts'
import { groupAssignmentOverlap } from './group-assignment-overlap.ts'
import { groupAssignmentUnsubscribed } from './group-assignment-unsubscribed.ts'
import { groupDeadGeneration } from './group-dead-generation.ts'
import { groupEpochBack } from './group-epoch-back.ts'
import { groupGenerationBack } from './group-generation-back.ts'
import { groupGenerationSkipped } from './group-generation-skipped.ts'
import { groupGhosts } from './group-ghosts.ts'
import { groupJoinEarly } from './group-join-early.ts'
import { groupLeaderUnknown } from './group-leader-unknown.ts'
import { groupMembersUntold } from './group-members-untold.ts'
import { groupNoDelay } from './group-no-delay.ts'
import { groupOwnedTwice } from './group-owned-twice.ts'
import { groupStorm } from './group-storm.ts'
import { groupSyncEarly } from './group-sync-early.ts'
import { groupTwoLeaders } from './group-two-leaders.ts'
import { groupUnknownMember } from './group-unknown-member.ts'
import { highWatermark } from './high-watermark.ts'
import { lastStableOffset } from './last-stable-offset.ts'
import { leaderEpoch } from './leader-epoch.ts'
import { limit } from './limit.ts'
import { logStartOffset } from './log-start-offset.ts'
import { lz4Linked } from './lz4-linked.ts'
import { magicVersion } from './magic-version.ts'
import { metadataLeader } from './metadata-leader.ts'
import { metadataReplicas } from './metadata-replicas.ts'
import { negativeLength } from './negative-length.ts'
import { nested } from './nested.ts'
import { noApiVersions } from './no-api-versions.ts'
import { notKafka } from './not-kafka.ts'
import { offsetsOverlap } from './offsets-overlap.ts'
import { produceBatches } from './produce-batches.ts'
import { produceCount } from './produce-count.ts'
import { produceOffset } from './produce-offset.ts'
import { producerEpoch } from './producer-epoch.ts'
import { producerSequence } from './producer-sequence.ts'
import { recordLength } from './record-length.ts'
import { recordNegative } from './record-negative.ts'
import { recordVarint } from './record-varint.ts'
import { repeatedCause } from './repeated-cause.ts'
import { retryLoop } from './retry-loop.ts'
import { shortHeader } from './short-header.ts'
import { stringSize } from './string-size.ts'
import { tagOrder } from './tag-order.ts'
import { tagSize } from './tag-size.ts'
import { tagTwice } from './tag-twice.ts'
import { tagVersion } from './tag-version.ts'
import { timestampAbsurd } from './timestamp-absurd.ts'
import { tooLarge } from './too-large.ts'
import { topicIdChanged } from './topic-id-changed.ts'
import { trailing } from './trailing.ts'
import { txnMarker } from './txn-marker.ts'
import { txnPartition } from './txn-partition.ts'
import { txnState } from './txn-state.ts'
import { unadvertisedVersion } from './unadvertised-version.ts'
import { underflow } from './underflow.ts'
import { unknownApi } from './unknown-api.ts'
import { unknownController } from './unknown-controller.ts'
import { unknownCoordinator } from './unknown-coordinator.ts'
import { unknownTopicId } from './unknown-topic-id.ts'
import { unknownVersion } from './unknown-version.ts'
import { unlikely } from './unlikely.ts'
import { utf8 } from './utf8.ts'
import { varint } from './varint.ts'
import { varintSize } from './varint-size.ts'

export const RULES: readonly Rule[] = [
  underflow,
  claimedLength,
  claimedCount,
  negativeLength,
  forbiddenNull,
  boolean,
  utf8,
  stringSize,
  varint,
  varintSize,
  tagOrder,
  tagTwice,
  tagVersion,
  tagSize,
  trailing,
  limit,
  nested,
  unlikely,
  batchCrc,
  batchLength,
  batchMagic,
  batchCount,
  batchOffsetDelta,
  batchCodec,
  batchPayload,
  batchTooLarge,
  batchTimestamp,
  batchTrailing,
  batchOrder,
  recordLength,
  recordVarint,
  recordNegative,
  advertisedRefused,
  droppedVersion,
  unknownApi,
  unknownVersion,
  frameSize,
  notKafka,
  encrypted,
  correlation,
  shortHeader,
  tooLarge,
  produceOffset,
  produceBatches,
  produceCount,
  magicVersion,
  codecVersion,
  timestampAbsurd,
  offsetsOverlap,
  fetchBelow,
  fetchSkip,
  highWatermark,
  lastStableOffset,
  logStartOffset,
  answerSize,
  fetchWait,
  producerSequence,
  leaderEpoch,
  answerEntries,
  metadataLeader,
  metadataReplicas,
  brokerTwice,
  topicIdChanged,
  unknownTopicId,
  unknownCoordinator,
  unknownController,
  groupAssignmentChanged,
  groupAssignmentLeftOut,
  groupAssignmentOverlap,
  groupAssignmentUnsubscribed,
  groupDeadGeneration,
  groupEpochBack,
  groupGenerationBack,
  groupGenerationSkipped,
  groupGhosts,
  groupJoinEarly,
  groupLeaderUnknown,
  groupMembersUntold,
  groupNoDelay,
  groupOwnedTwice,
  groupStorm,
  groupSyncEarly,
  groupTwoLeaders,
  groupUnknownMember,
  correlationReused,
  unadvertisedVersion,
  noApiVersions,
  beforeSasl,
  retryLoop,
  droppedAfterAnswer,
  lz4Linked,
  txnPartition,
  txnState,
  fencedProducer,
  producerEpoch,
  txnMarker,
  repeatedCause,
]
