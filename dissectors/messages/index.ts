// Written by `kafkascope schema import`: every table there is.
import AbortTransactionRecord from './AbortTransactionRecord.ts'
import AbortedTxn from './AbortedTxn.ts'
import AccessControlEntryRecord from './AccessControlEntryRecord.ts'
import AddOffsetsToTxn from './AddOffsetsToTxn.ts'
import AddPartitionsToTxn from './AddPartitionsToTxn.ts'
import AddRaftVoter from './AddRaftVoter.ts'
import AllocateProducerIds from './AllocateProducerIds.ts'
import AlterClientQuotas from './AlterClientQuotas.ts'
import AlterConfigs from './AlterConfigs.ts'
import AlterPartitionReassignments from './AlterPartitionReassignments.ts'
import AlterPartition from './AlterPartition.ts'
import AlterReplicaLogDirs from './AlterReplicaLogDirs.ts'
import AlterShareGroupOffsets from './AlterShareGroupOffsets.ts'
import AlterUserScramCredentials from './AlterUserScramCredentials.ts'
import ApiVersions from './ApiVersions.ts'
import AssignReplicasToDirs from './AssignReplicasToDirs.ts'
import BeginQuorumEpoch from './BeginQuorumEpoch.ts'
import BeginTransactionRecord from './BeginTransactionRecord.ts'
import BrokerHeartbeat from './BrokerHeartbeat.ts'
import BrokerRegistrationChangeRecord from './BrokerRegistrationChangeRecord.ts'
import BrokerRegistration from './BrokerRegistration.ts'
import ClearElrRecord from './ClearElrRecord.ts'
import ClientQuotaRecord from './ClientQuotaRecord.ts'
import ConfigRecord from './ConfigRecord.ts'
import ConsumerGroupCurrentMemberAssignmentKey from './ConsumerGroupCurrentMemberAssignmentKey.ts'
import ConsumerGroupCurrentMemberAssignmentValue from './ConsumerGroupCurrentMemberAssignmentValue.ts'
import ConsumerGroupDescribe from './ConsumerGroupDescribe.ts'
import ConsumerGroupHeartbeat from './ConsumerGroupHeartbeat.ts'
import ConsumerGroupMemberMetadataKey from './ConsumerGroupMemberMetadataKey.ts'
import ConsumerGroupMemberMetadataValue from './ConsumerGroupMemberMetadataValue.ts'
import ConsumerGroupMetadataKey from './ConsumerGroupMetadataKey.ts'
import ConsumerGroupMetadataValue from './ConsumerGroupMetadataValue.ts'
import ConsumerGroupPartitionMetadataKey from './ConsumerGroupPartitionMetadataKey.ts'
import ConsumerGroupPartitionMetadataValue from './ConsumerGroupPartitionMetadataValue.ts'
import ConsumerGroupRegularExpressionKey from './ConsumerGroupRegularExpressionKey.ts'
import ConsumerGroupRegularExpressionValue from './ConsumerGroupRegularExpressionValue.ts'
import ConsumerGroupTargetAssignmentMemberKey from './ConsumerGroupTargetAssignmentMemberKey.ts'
import ConsumerGroupTargetAssignmentMemberValue from './ConsumerGroupTargetAssignmentMemberValue.ts'
import ConsumerGroupTargetAssignmentMetadataKey from './ConsumerGroupTargetAssignmentMetadataKey.ts'
import ConsumerGroupTargetAssignmentMetadataValue from './ConsumerGroupTargetAssignmentMetadataValue.ts'
import ConsumerProtocolAssignment from './ConsumerProtocolAssignment.ts'
import ConsumerProtocolSubscription from './ConsumerProtocolSubscription.ts'
import ControlRecordTypeSchema from './ControlRecordTypeSchema.ts'
import ControlledShutdown from './ControlledShutdown.ts'
import ControllerRegistration from './ControllerRegistration.ts'
import CreateAcls from './CreateAcls.ts'
import CreateDelegationToken from './CreateDelegationToken.ts'
import CreatePartitions from './CreatePartitions.ts'
import CreateTopics from './CreateTopics.ts'
import DefaultPrincipalData from './DefaultPrincipalData.ts'
import DelegationTokenRecord from './DelegationTokenRecord.ts'
import DeleteAcls from './DeleteAcls.ts'
import DeleteGroups from './DeleteGroups.ts'
import DeleteRecords from './DeleteRecords.ts'
import DeleteShareGroupOffsets from './DeleteShareGroupOffsets.ts'
import DeleteShareGroupState from './DeleteShareGroupState.ts'
import DeleteTopics from './DeleteTopics.ts'
import DescribeAcls from './DescribeAcls.ts'
import DescribeClientQuotas from './DescribeClientQuotas.ts'
import DescribeCluster from './DescribeCluster.ts'
import DescribeConfigs from './DescribeConfigs.ts'
import DescribeDelegationToken from './DescribeDelegationToken.ts'
import DescribeGroups from './DescribeGroups.ts'
import DescribeLogDirs from './DescribeLogDirs.ts'
import DescribeProducers from './DescribeProducers.ts'
import DescribeQuorum from './DescribeQuorum.ts'
import DescribeShareGroupOffsets from './DescribeShareGroupOffsets.ts'
import DescribeTopicPartitions from './DescribeTopicPartitions.ts'
import DescribeTransactions from './DescribeTransactions.ts'
import DescribeUserScramCredentials from './DescribeUserScramCredentials.ts'
import ElectLeaders from './ElectLeaders.ts'
import EndQuorumEpoch from './EndQuorumEpoch.ts'
import EndTransactionRecord from './EndTransactionRecord.ts'
import EndTxnMarker from './EndTxnMarker.ts'
import EndTxn from './EndTxn.ts'
import Envelope from './Envelope.ts'
import ExpireDelegationToken from './ExpireDelegationToken.ts'
import FeatureLevelRecord from './FeatureLevelRecord.ts'
import FenceBrokerRecord from './FenceBrokerRecord.ts'
import Fetch from './Fetch.ts'
import FetchSnapshot from './FetchSnapshot.ts'
import FindCoordinator from './FindCoordinator.ts'
import GetTelemetrySubscriptions from './GetTelemetrySubscriptions.ts'
import GroupMetadataKey from './GroupMetadataKey.ts'
import GroupMetadataValue from './GroupMetadataValue.ts'
import Heartbeat from './Heartbeat.ts'
import IncrementalAlterConfigs from './IncrementalAlterConfigs.ts'
import InitProducerId from './InitProducerId.ts'
import InitializeShareGroupState from './InitializeShareGroupState.ts'
import JoinGroup from './JoinGroup.ts'
import KRaftVersionRecord from './KRaftVersionRecord.ts'
import LeaderAndIsr from './LeaderAndIsr.ts'
import LeaderChangeMessage from './LeaderChangeMessage.ts'
import LeaveGroup from './LeaveGroup.ts'
import LegacyOffsetCommitKey from './LegacyOffsetCommitKey.ts'
import LegacyOffsetCommitValue from './LegacyOffsetCommitValue.ts'
import ListClientMetricsResources from './ListClientMetricsResources.ts'
import ListConfigResources from './ListConfigResources.ts'
import ListGroups from './ListGroups.ts'
import ListOffsets from './ListOffsets.ts'
import ListPartitionReassignments from './ListPartitionReassignments.ts'
import ListTransactions from './ListTransactions.ts'
import Metadata from './Metadata.ts'
import NoOpRecord from './NoOpRecord.ts'
import OffsetCommitKey from './OffsetCommitKey.ts'
import OffsetCommit from './OffsetCommit.ts'
import OffsetCommitValue from './OffsetCommitValue.ts'
import OffsetDelete from './OffsetDelete.ts'
import OffsetFetch from './OffsetFetch.ts'
import OffsetForLeaderEpoch from './OffsetForLeaderEpoch.ts'
import PartitionChangeRecord from './PartitionChangeRecord.ts'
import PartitionRecord from './PartitionRecord.ts'
import Produce from './Produce.ts'
import ProducerIdsRecord from './ProducerIdsRecord.ts'
import ProducerSnapshot from './ProducerSnapshot.ts'
import PushTelemetry from './PushTelemetry.ts'
import QuorumStateData from './QuorumStateData.ts'
import ReadShareGroupState from './ReadShareGroupState.ts'
import ReadShareGroupStateSummary from './ReadShareGroupStateSummary.ts'
import RegisterBrokerRecord from './RegisterBrokerRecord.ts'
import RegisterControllerRecord from './RegisterControllerRecord.ts'
import RemoteLogSegmentMetadataRecord from './RemoteLogSegmentMetadataRecord.ts'
import RemoteLogSegmentMetadataSnapshotRecord from './RemoteLogSegmentMetadataSnapshotRecord.ts'
import RemoteLogSegmentMetadataUpdateRecord from './RemoteLogSegmentMetadataUpdateRecord.ts'
import RemotePartitionDeleteMetadataRecord from './RemotePartitionDeleteMetadataRecord.ts'
import RemoveAccessControlEntryRecord from './RemoveAccessControlEntryRecord.ts'
import RemoveDelegationTokenRecord from './RemoveDelegationTokenRecord.ts'
import RemoveRaftVoter from './RemoveRaftVoter.ts'
import RemoveTopicRecord from './RemoveTopicRecord.ts'
import RemoveUserScramCredentialRecord from './RemoveUserScramCredentialRecord.ts'
import RenewDelegationToken from './RenewDelegationToken.ts'
import RequestHeader from './RequestHeader.ts'
import ResponseHeader from './ResponseHeader.ts'
import SaslAuthenticate from './SaslAuthenticate.ts'
import SaslHandshake from './SaslHandshake.ts'
import ShareAcknowledge from './ShareAcknowledge.ts'
import ShareFetch from './ShareFetch.ts'
import ShareGroupCurrentMemberAssignmentKey from './ShareGroupCurrentMemberAssignmentKey.ts'
import ShareGroupCurrentMemberAssignmentValue from './ShareGroupCurrentMemberAssignmentValue.ts'
import ShareGroupDescribe from './ShareGroupDescribe.ts'
import ShareGroupHeartbeat from './ShareGroupHeartbeat.ts'
import ShareGroupMemberMetadataKey from './ShareGroupMemberMetadataKey.ts'
import ShareGroupMemberMetadataValue from './ShareGroupMemberMetadataValue.ts'
import ShareGroupMetadataKey from './ShareGroupMetadataKey.ts'
import ShareGroupMetadataValue from './ShareGroupMetadataValue.ts'
import ShareGroupPartitionMetadataKey from './ShareGroupPartitionMetadataKey.ts'
import ShareGroupPartitionMetadataValue from './ShareGroupPartitionMetadataValue.ts'
import ShareGroupStatePartitionMetadataKey from './ShareGroupStatePartitionMetadataKey.ts'
import ShareGroupStatePartitionMetadataValue from './ShareGroupStatePartitionMetadataValue.ts'
import ShareGroupTargetAssignmentMemberKey from './ShareGroupTargetAssignmentMemberKey.ts'
import ShareGroupTargetAssignmentMemberValue from './ShareGroupTargetAssignmentMemberValue.ts'
import ShareGroupTargetAssignmentMetadataKey from './ShareGroupTargetAssignmentMetadataKey.ts'
import ShareGroupTargetAssignmentMetadataValue from './ShareGroupTargetAssignmentMetadataValue.ts'
import ShareSnapshotKey from './ShareSnapshotKey.ts'
import ShareSnapshotValue from './ShareSnapshotValue.ts'
import ShareUpdateKey from './ShareUpdateKey.ts'
import ShareUpdateValue from './ShareUpdateValue.ts'
import SnapshotFooterRecord from './SnapshotFooterRecord.ts'
import SnapshotHeaderRecord from './SnapshotHeaderRecord.ts'
import StopReplica from './StopReplica.ts'
import StreamsGroupCurrentMemberAssignmentKey from './StreamsGroupCurrentMemberAssignmentKey.ts'
import StreamsGroupCurrentMemberAssignmentValue from './StreamsGroupCurrentMemberAssignmentValue.ts'
import StreamsGroupDescribe from './StreamsGroupDescribe.ts'
import StreamsGroupHeartbeat from './StreamsGroupHeartbeat.ts'
import StreamsGroupMemberMetadataKey from './StreamsGroupMemberMetadataKey.ts'
import StreamsGroupMemberMetadataValue from './StreamsGroupMemberMetadataValue.ts'
import StreamsGroupMetadataKey from './StreamsGroupMetadataKey.ts'
import StreamsGroupMetadataValue from './StreamsGroupMetadataValue.ts'
import StreamsGroupTargetAssignmentMemberKey from './StreamsGroupTargetAssignmentMemberKey.ts'
import StreamsGroupTargetAssignmentMemberValue from './StreamsGroupTargetAssignmentMemberValue.ts'
import StreamsGroupTargetAssignmentMetadataKey from './StreamsGroupTargetAssignmentMetadataKey.ts'
import StreamsGroupTargetAssignmentMetadataValue from './StreamsGroupTargetAssignmentMetadataValue.ts'
import StreamsGroupTopologyDescriptionUpdate from './StreamsGroupTopologyDescriptionUpdate.ts'
import StreamsGroupTopologyKey from './StreamsGroupTopologyKey.ts'
import StreamsGroupTopologyValue from './StreamsGroupTopologyValue.ts'
import SyncGroup from './SyncGroup.ts'
import TopicRecord from './TopicRecord.ts'
import TransactionLogKey from './TransactionLogKey.ts'
import TransactionLogValue from './TransactionLogValue.ts'
import TxnOffsetCommit from './TxnOffsetCommit.ts'
import UnfenceBrokerRecord from './UnfenceBrokerRecord.ts'
import UnregisterBrokerRecord from './UnregisterBrokerRecord.ts'
import UnregisterBroker from './UnregisterBroker.ts'
import UnregisterControllerRecord from './UnregisterControllerRecord.ts'
import UnregisterController from './UnregisterController.ts'
import UpdateFeatures from './UpdateFeatures.ts'
import UpdateMetadata from './UpdateMetadata.ts'
import UpdateRaftVoter from './UpdateRaftVoter.ts'
import UserScramCredentialRecord from './UserScramCredentialRecord.ts'
import Vote from './Vote.ts'
import VotersRecord from './VotersRecord.ts'
import WriteShareGroupState from './WriteShareGroupState.ts'
import WriteTxnMarkers from './WriteTxnMarkers.ts'
import ZkMigrationStateRecord from './ZkMigrationStateRecord.ts'

export const MESSAGE_TABLES: readonly string[] = [
  AbortTransactionRecord,
  AbortedTxn,
  AccessControlEntryRecord,
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  AddRaftVoter,
  AllocateProducerIds,
  AlterClientQuotas,
  AlterConfigs,
  AlterPartitionReassignments,
  AlterPartition,
  AlterReplicaLogDirs,
  AlterShareGroupOffsets,
  AlterUserScramCredentials,
  ApiVersions,
  AssignReplicasToDirs,
  BeginQuorumEpoch,
  BeginTransactionRecord,
  BrokerHeartbeat,
  BrokerRegistrationChangeRecord,
  BrokerRegistration,
  ClearElrRecord,
  ClientQuotaRecord,
  ConfigRecord,
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  ControlRecordTypeSchema,
  ControlledShutdown,
  ControllerRegistration,
  CreateAcls,
  CreateDelegationToken,
  CreatePartitions,
  CreateTopics,
  DefaultPrincipalData,
  DelegationTokenRecord,
  DeleteAcls,
  DeleteGroups,
  DeleteRecords,
  DeleteShareGroupOffsets,
  DeleteShareGroupState,
  DeleteTopics,
  DescribeAcls,
  DescribeClientQuotas,
  DescribeCluster,
  DescribeConfigs,
  DescribeDelegationToken,
  DescribeGroups,
  DescribeLogDirs,
  DescribeProducers,
  DescribeQuorum,
  DescribeShareGroupOffsets,
  DescribeTopicPartitions,
  DescribeTransactions,
  DescribeUserScramCredentials,
  ElectLeaders,
  EndQuorumEpoch,
  EndTransactionRecord,
  EndTxnMarker,
  EndTxn,
  Envelope,
  ExpireDelegationToken,
  FeatureLevelRecord,
  FenceBrokerRecord,
  Fetch,
  FetchSnapshot,
  FindCoordinator,
  GetTelemetrySubscriptions,
  GroupMetadataKey,
  GroupMetadataValue,
  Heartbeat,
  IncrementalAlterConfigs,
  InitProducerId,
  InitializeShareGroupState,
  JoinGroup,
  KRaftVersionRecord,
  LeaderAndIsr,
  LeaderChangeMessage,
  LeaveGroup,
  LegacyOffsetCommitKey,
  LegacyOffsetCommitValue,
  ListClientMetricsResources,
  ListConfigResources,
  ListGroups,
  ListOffsets,
  ListPartitionReassignments,
  ListTransactions,
  Metadata,
  NoOpRecord,
  OffsetCommitKey,
  OffsetCommit,
  OffsetCommitValue,
  OffsetDelete,
  OffsetFetch,
  OffsetForLeaderEpoch,
  PartitionChangeRecord,
  PartitionRecord,
  Produce,
  ProducerIdsRecord,
  ProducerSnapshot,
  PushTelemetry,
  QuorumStateData,
  ReadShareGroupState,
  ReadShareGroupStateSummary,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  RemoteLogSegmentMetadataRecord,
  RemoteLogSegmentMetadataSnapshotRecord,
  RemoteLogSegmentMetadataUpdateRecord,
  RemotePartitionDeleteMetadataRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveRaftVoter,
  RemoveTopicRecord,
  RemoveUserScramCredentialRecord,
  RenewDelegationToken,
  RequestHeader,
  ResponseHeader,
  SaslAuthenticate,
  SaslHandshake,
  ShareAcknowledge,
  ShareFetch,
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
  ShareGroupDescribe,
  ShareGroupHeartbeat,
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
  ShareGroupMetadataKey,
  ShareGroupMetadataValue,
  ShareGroupPartitionMetadataKey,
  ShareGroupPartitionMetadataValue,
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
  ShareSnapshotKey,
  ShareSnapshotValue,
  ShareUpdateKey,
  ShareUpdateValue,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  StopReplica,
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
  StreamsGroupDescribe,
  StreamsGroupHeartbeat,
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
  StreamsGroupMetadataKey,
  StreamsGroupMetadataValue,
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
  StreamsGroupTopologyDescriptionUpdate,
  StreamsGroupTopologyKey,
  StreamsGroupTopologyValue,
  SyncGroup,
  TopicRecord,
  TransactionLogKey,
  TransactionLogValue,
  TxnOffsetCommit,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
  UnregisterBroker,
  UnregisterControllerRecord,
  UnregisterController,
  UpdateFeatures,
  UpdateMetadata,
  UpdateRaftVoter,
  UserScramCredentialRecord,
  Vote,
  VotersRecord,
  WriteShareGroupState,
  WriteTxnMarkers,
  ZkMigrationStateRecord,
]
