/** The kinds of lines that records leave in a span table. Names are those of the Kafka protocol guide. */
import { defineNode, type LengthPrefix, NodeKind, type SpanNode } from '../../src/schema/node.ts'

function fixed(kind: NodeKind, name: string, type: string, width: number): SpanNode {
  return defineNode({ kind, name, type, width })
}

function bytes(name: string, type: string, prefix: LengthPrefix): SpanNode {
  return defineNode({ kind: NodeKind.bytes, name, type, prefix })
}

const int8 = (name: string): SpanNode => fixed(NodeKind.int8, name, 'int8', 1)
const int16 = (name: string): SpanNode => fixed(NodeKind.int16, name, 'int16', 2)
const int32 = (name: string): SpanNode => fixed(NodeKind.int32, name, 'int32', 4)
const uint32 = (name: string): SpanNode => fixed(NodeKind.uint32, name, 'uint32', 4)
const int64 = (name: string): SpanNode => fixed(NodeKind.int64, name, 'int64', 8)

/** The top line of a table that holds a field's batches: elements are `batch` lines, `records[batch 0]`. */
export const BATCHES = defineNode({ kind: NodeKind.array, name: 'records', type: 'record_batches' })
export const BATCH = defineNode({ kind: NodeKind.struct, name: 'batch', type: 'record_batch_v2' })
export const MESSAGE_BATCHES = [
  defineNode({ kind: NodeKind.struct, name: 'batch', type: 'message_v0' }),
  defineNode({ kind: NodeKind.struct, name: 'batch', type: 'message_v1' }),
] as const
/** A batch that the field's end cuts short. */
export const PARTIAL_BATCH = defineNode({ kind: NodeKind.struct, name: 'batch', type: 'partial_batch' })
/** Bytes where a batch should begin and none does. */
export const NO_BATCH = defineNode({ kind: NodeKind.unread, name: 'batch', type: 'unread' })

/** The header of magic 2, in order; all of fixed width. */
export const HEADER: readonly SpanNode[] = [
  int64('baseOffset'),
  int32('batchLength'),
  int32('partitionLeaderEpoch'),
  int8('magic'),
  uint32('crc'),
  int16('attributes'),
  int32('lastOffsetDelta'),
  int64('baseTimestamp'),
  int64('maxTimestamp'),
  int64('producerId'),
  int16('producerEpoch'),
  int32('baseSequence'),
  int32('recordCount'),
]

/** The header of a message, in order; the timestamp is in magic 1 only. */
export const MESSAGE_HEADER: readonly SpanNode[] = [
  int64('offset'),
  int32('messageSize'),
  uint32('crc'),
  int8('magic'),
  int8('attributes'),
]
export const MESSAGE_TIMESTAMP = int64('timestamp')
export const MESSAGE_KEY = bytes('key', 'nullable_bytes', 'int32')
export const MESSAGE_VALUE = bytes('value', 'nullable_bytes', 'int32')

/** Also the top line of the table over a decompressed payload. */
export const RECORDS = defineNode({ kind: NodeKind.array, name: 'records', type: 'records' })
/** Records as compressed bytes: what they hold is in a table of its own. */
export const COMPRESSED = bytes('records', 'compressed_records', 'none')
export const RECORD = defineNode({ kind: NodeKind.struct, name: 'record', type: 'record' })
export const MESSAGES = [
  defineNode({ kind: NodeKind.struct, name: 'message', type: 'message_v0' }),
  defineNode({ kind: NodeKind.struct, name: 'message', type: 'message_v1' }),
] as const
export const RECORD_LENGTH = defineNode({ kind: NodeKind.varint, name: 'length', type: 'varint' })
export const RECORD_ATTRIBUTES = int8('attributes')
export const TIMESTAMP_DELTA = defineNode({ kind: NodeKind.varlong, name: 'timestampDelta', type: 'varlong' })
export const OFFSET_DELTA = defineNode({ kind: NodeKind.varint, name: 'offsetDelta', type: 'varint' })
export const KEY = bytes('key', 'varint_bytes', 'varint')
export const VALUE = bytes('value', 'varint_bytes', 'varint')
export const HEADERS = defineNode({ kind: NodeKind.array, name: 'headers', type: 'array', prefix: 'varint' })
export const RECORD_HEADER = defineNode({ kind: NodeKind.struct, name: 'header', type: 'record_header' })
export const HEADER_KEY = defineNode({
  kind: NodeKind.string,
  name: 'key',
  type: 'varint_string',
  prefix: 'varint',
})
export const HEADER_VALUE = bytes('value', 'varint_bytes', 'varint')
/** Bytes after what could be read: behind a fault, or more lines than were wanted. */
export const UNREAD = defineNode({ kind: NodeKind.unread, name: '_unread', type: 'unread' })
