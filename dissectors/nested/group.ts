/**
 * What members of a group tell each other through the coordinator, who does not read it. Which format it is follows
 * from the group's protocol type: `consumer` (ConsumerProtocol of kafka-clients), `connect` (ConnectProtocol and
 * IncrementalCooperativeConnectProtocol of connect-runtime), `sr` (JSON, SchemaRegistryProtocol). Versions of JoinGroup
 * and SyncGroup that do not carry the protocol type leave it to the protocol's name, and to trying.
 */
import type { BytesField, NestedFormat } from './format.ts'
import { STREAMS_ASSIGNMENT, STREAMS_SUBSCRIPTION } from './streams.ts'

const told = { protocolType: 'protocolType' } as const

export const GROUP_FIELDS: readonly BytesField[] = [
  { message: 'JoinGroupRequest', field: 'metadata', holds: 'group-subscription', ...told, protocol: 'name' },
  { message: 'JoinGroupResponse', field: 'metadata', holds: 'group-subscription', ...told, protocol: 'protocolName' },
  { message: 'SyncGroupRequest', field: 'assignment', holds: 'group-assignment', ...told, protocol: 'protocolName' },
  { message: 'SyncGroupResponse', field: 'assignment', holds: 'group-assignment', ...told, protocol: 'protocolName' },
  {
    message: 'DescribeGroupsResponse',
    field: 'memberMetadata',
    holds: 'group-subscription',
    ...told,
    protocol: 'protocolData',
  },
  {
    message: 'DescribeGroupsResponse',
    field: 'memberAssignment',
    holds: 'group-assignment',
    ...told,
    protocol: 'protocolData',
  },
  { message: 'GroupMetadataValue', field: 'subscription', holds: 'group-subscription', ...told, protocol: 'protocol' },
  { message: 'GroupMetadataValue', field: 'assignment', holds: 'group-assignment', ...told, protocol: 'protocol' },
  // Classic members of a new consumer group (KIP-848): always consumers, though nothing says so.
  { message: 'ConsumerGroupMemberMetadataValue', field: 'metadata', holds: 'group-subscription', protocol: 'name' },
  { message: 'ConsumerProtocolSubscription', field: 'userData', holds: 'subscription-user-data' },
  { message: 'ConsumerProtocolAssignment', field: 'userData', holds: 'assignment-user-data' },
  { message: 'ConnectWorkerState', field: 'allocation', holds: 'connect-assignment' },
]

/** Structs that Kafka's sources write by hand, as tables; field names are theirs, in camel case. */
export const GROUP_TABLES: readonly string[] = [
  // StickyAssignor of kafka-clients; the same in librdkafka. No version in front.
  `
StickyAssignorUserData  data  versions=0-1 flexible=none
  previousAssignment  []TopicAssignment  0+
    topic             string             0+
    partitions        []int32            0+
  generation          int32              1+
`,
  `
CooperativeStickyAssignorUserData  data  versions=0 flexible=none
  generation  int32  0
`,
  // Version 1 (KIP-415) added what the worker has, version 2 (KIP-507) changed no field.
  `
ConnectWorkerState  data  versions=0-2 flexible=none
  url           string  0+
  configOffset  int64   0+
  allocation    bytes   1+ nullable=1+
`,
  `
ConnectAssignment  data  versions=0-2 flexible=none
  error         int16                  0+
  leader        string                 0+
  leaderUrl     string                 0+
  configOffset  int64                  0+
  assignment    []ConnectorAssignment  0+ nullable=1+
    connector   string                 0+
    tasks       []int32                0+
  revoked       []RevokedConnector     1+ nullable=1+
    connector   string                 1+
    tasks       []int32                1+
  delay         int32                  1+
`,
]

/** Protocols of Connect's groups (ConnectProtocolCompatibility). */
const CONNECT_PROTOCOLS: ReadonlySet<string> = new Set(['default', 'compatible', 'sessioned'])

export type GroupPart = 'subscription' | 'assignment'

const consumer = (part: GroupPart, certain: boolean): NestedFormat => ({
  form: 'message',
  message: part === 'subscription' ? 'ConsumerProtocolSubscription' : 'ConsumerProtocolAssignment',
  version: 'int16',
  newer: true,
  certain,
})

const connect = (part: GroupPart, certain: boolean): NestedFormat => ({
  form: 'message',
  message: part === 'subscription' ? 'ConnectWorkerState' : 'ConnectAssignment',
  version: 'int16',
  newer: true,
  certain,
})

export const CONNECT_ASSIGNMENT: readonly NestedFormat[] = [connect('assignment', true)]

/** What a member's metadata or assignment may be, the likeliest first; none for a protocol type that is unknown. */
export function groupFormats(part: GroupPart, protocolType: string | null, protocol: string | null): NestedFormat[] {
  if (protocolType === 'consumer') return [consumer(part, true)]
  if (protocolType === 'connect') return [connect(part, true)]
  if (protocolType === 'sr') {
    return [{ form: 'json', title: `Schema Registry ${part}`, certain: true }]
  }
  if (protocolType) return []
  if (protocol !== null && CONNECT_PROTOCOLS.has(protocol)) return [connect(part, false), consumer(part, false)]
  return [consumer(part, false), connect(part, false)]
}

const sticky = (version: number): NestedFormat => ({
  form: 'message',
  message: 'StickyAssignorUserData',
  version,
  certain: false,
})

/** What an assignor put into its user data; never certain, since other clients' assignors of that name may differ. */
export function userDataFormats(part: GroupPart, protocol: string | null): readonly NestedFormat[] {
  if (protocol === 'stream') return [part === 'subscription' ? STREAMS_SUBSCRIPTION : STREAMS_ASSIGNMENT]
  if (part === 'assignment') return []
  if (protocol === 'sticky') return [sticky(1), sticky(0)]
  if (protocol === 'cooperative-sticky') {
    // librdkafka writes what its sticky assignor writes.
    const own: NestedFormat = {
      form: 'message',
      message: 'CooperativeStickyAssignorUserData',
      version: 0,
      certain: false,
    }
    return [own, sticky(1), sticky(0)]
  }
  return []
}
