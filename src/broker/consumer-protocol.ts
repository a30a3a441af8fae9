/** What clients of classic groups tell each other in bytes (ConsumerProtocol of kafka-clients), where a broker must read it. */
import { i16 } from '../bytes/read.ts'
import { Writer } from '../bytes/write.ts'
import { encodeMessage } from '../codec/encode.ts'
import { decodeBody } from '../codec/frame.ts'
import { messageByName } from '../codec/messages.ts'
import { valueAt } from '../codec/value.ts'

export const PROTOCOL_TYPE = 'consumer'
/** Newer ones begin as this one does. */
const NEWEST = 3

export interface NamedPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

export interface Subscription {
  readonly topics: readonly string[]
  /** v1+ */
  readonly ownedPartitions?: readonly NamedPartitions[]
  /** v3+ */
  readonly rackId?: string | null
}

/** What a member wants, and has; null where the bytes do not say. */
export const readSubscription = (bytes: Uint8Array): Subscription | null =>
  read('ConsumerProtocolSubscription', bytes) as Subscription | null

/** What a member was given; `userData` is what an assignor of the client's own has added. Null where the bytes are none. */
export function readAssignment(
  bytes: Uint8Array,
): { readonly assignedPartitions: readonly NamedPartitions[]; readonly userData: unknown } | null {
  if (bytes.length === 0) return { assignedPartitions: [], userData: null }
  return read('ConsumerProtocolAssignment', bytes) as ReturnType<typeof readAssignment>
}

/** An assignment that whoever wrote `subscription` can read. */
export function writeAssignment(subscription: Uint8Array, assigned: readonly NamedPartitions[]): Uint8Array {
  const version = Math.max(0, Math.min(versionOf(subscription), NEWEST))
  const assignedPartitions = assigned.map(({ topic, partitions }) => ({ topic, partitions }))
  const w = new Writer()
  w.i16(version)
  const { model } = messageByName('ConsumerProtocolAssignment', version)!
  encodeMessage(model, { assignedPartitions, userData: null }, {}, w)
  return w.view().slice()
}

const versionOf = (bytes: Uint8Array): number => (bytes.length < 2 ? -1 : i16(bytes, 0))

function read(name: string, bytes: Uint8Array): unknown {
  const message = messageByName(name, Math.min(versionOf(bytes), NEWEST))
  if (!message) return null
  const body = bytes.subarray(2)
  const run = decodeBody(body, message)
  return run.stopped ? null : valueAt(body, run.t, 0)
}
