/** What members of a consumer group tell each other in bytes that the broker passes on, and the range assignor. */
import { i16 } from '../bytes/read.ts'
import { Writer } from '../bytes/write.ts'
import { type Encodable, encodeMessage } from '../codec/encode.ts'
import { decodeBody } from '../codec/frame.ts'
import { messageByName } from '../codec/messages.ts'
import { valueAt } from '../codec/value.ts'

/** Of the messages that are written: what every client reads. */
const VERSION = 1
/** Newer ones begin as this one does (ConsumerProtocol of kafka-clients). */
const NEWEST = 3

export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** Bytes for JoinGroup's `metadata`. */
export const writeSubscription = (topics: readonly string[]): Uint8Array =>
  write('ConsumerProtocolSubscription', { topics, userData: null, ownedPartitions: [] })

/** Bytes for SyncGroup's `assignment`. */
export const writeAssignment = (assignedPartitions: readonly TopicPartitions[]): Uint8Array =>
  write('ConsumerProtocolAssignment', {
    assignedPartitions: assignedPartitions.map(({ topic, partitions }) => ({ topic, partitions })),
    userData: null,
  })

/** The topics that a member wants. Throws an Error where the bytes are no subscription. */
export function readSubscription(bytes: Uint8Array): readonly string[] {
  return (read('ConsumerProtocolSubscription', bytes) as { readonly topics: readonly string[] }).topics
}

/** What a member was given: nothing where there are no bytes. Throws an Error where they are no assignment. */
export function readAssignment(bytes: Uint8Array): readonly TopicPartitions[] {
  if (bytes.length === 0) return []
  return (read('ConsumerProtocolAssignment', bytes) as { readonly assignedPartitions: readonly TopicPartitions[] })
    .assignedPartitions
}

function write(name: string, value: Encodable): Uint8Array {
  const w = new Writer()
  w.i16(VERSION)
  encodeMessage(messageByName(name, VERSION)!.model, value, {}, w)
  return w.view().slice()
}

function read(name: string, bytes: Uint8Array): unknown {
  const version = bytes.length < 2 ? -1 : i16(bytes, 0)
  const message = messageByName(name, Math.min(version, NEWEST))
  if (!message) throw new Error(`${bytes.length} bytes are no ${name}`)
  const body = bytes.subarray(2)
  const run = decodeBody(body, message)
  if (run.stopped) throw new Error(`${bytes.length} bytes are no ${name} v${version}`)
  return valueAt(body, run.t, 0)
}

/**
 * RangeAssignor of kafka-clients: of each topic its members, in the order of their ids, get neighbouring partitions;
 * the first ones get one more where they don't divide evenly. `partitions`: how many each topic has.
 */
export function assignRanges(
  members: ReadonlyMap<string, readonly string[]>,
  partitions: ReadonlyMap<string, number>,
): Map<string, TopicPartitions[]> {
  const given = new Map<string, TopicPartitions[]>([...members.keys()].map((id) => [id, []]))
  for (const [topic, count] of partitions) {
    const takers = [...members].filter(([, topics]) => topics.includes(topic)).map(([id]) => id)
    takers.sort((a, b) => (a < b ? -1 : 1))
    let next = 0
    takers.forEach((id, i) => {
      const share = Math.floor(count / takers.length) + (i < count % takers.length ? 1 : 0)
      const first = next
      if (share > 0) given.get(id)!.push({ topic, partitions: Array.from({ length: share }, (_, n) => first + n) })
      next += share
    })
  }
  return given
}
