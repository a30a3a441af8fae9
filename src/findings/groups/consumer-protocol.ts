/** What members of `consumer` groups say in bytes: subscriptions and assignments, from their base64. */
import { crc32c } from '../../bytes/crc32c.ts'
import { fromBase64 } from '../../bytes/hex.ts'
import { i16 } from '../../bytes/read.ts'
import { decodeBody } from '../../codec/frame.ts'
import type { JsonObject, JsonValue } from '../../codec/json-text.ts'
import { messageByName, messageHeader } from '../../codec/messages.ts'
import { Run } from '../../codec/run.ts'
import { valueAt } from '../../codec/value.ts'
import type { Partitions } from './group.ts'
import { numbersOf, objectOf, objectsOf, textOf, textsOf } from './values.ts'

export interface Subscription {
  readonly topics: readonly string[]
  readonly owned: Partitions
}

/** Partitions of one member that are looked at; what has more is taken for unknown. */
const MAX_PARTITIONS = 5000
const MAX_TOPICS = 1000

const run = new Run()

/** The subscription of a member; null where the bytes are none. */
export function subscriptionOf(metadata: JsonValue | undefined): Subscription | null {
  const value = read(metadata, 'ConsumerProtocolSubscription')
  if (!value) return null
  const topics = textsOf(value.topics)
  const owned = partitionsIn(value.ownedPartitions, 'topic')
  return topics.length > MAX_TOPICS || !owned ? null : { topics, owned }
}

/** Partitions in an assignment: none in empty bytes; null where the bytes are no assignment. */
export function assignmentOf(assignment: JsonValue | undefined): Partitions | null {
  if (assignment === '') return new Map()
  const value = read(assignment, 'ConsumerProtocolAssignment')
  return value && partitionsIn(value.assignedPartitions, 'topic')
}

/** Partitions by topic of `[{topic, partitions}]`; null where there are too many to keep. */
export function partitionsIn(value: JsonValue | undefined, name: 'topic' | 'topicId'): Partitions | null {
  const found = new Map<string, Set<number>>()
  let count = 0
  for (const one of objectsOf(value)) {
    const topic = textOf(one[name])
    const partitions = found.get(topic) ?? new Set()
    for (const partition of numbersOf(one.partitions)) partitions.add(partition)
    count += 1 + numbersOf(one.partitions).length
    if (count > MAX_PARTITIONS) return null
    if (partitions.size > 0) found.set(topic, partitions)
  }
  return found
}

/** The version stands in front; one that is newer than known is read as the newest known, as members do. */
function read(value: JsonValue | undefined, name: string): JsonObject | null {
  const bytes = typeof value === 'string' ? fromBase64(value) : null
  if (!bytes || bytes.length < 2) return null
  const version = i16(bytes, 0)
  const message = messageByName(name, Math.min(version, messageHeader(name)?.versions.high ?? version))
  if (!message) return null
  const body = bytes.subarray(2)
  const { stopped, t } = decodeBody(body, message, run)
  return stopped ? null : objectOf(valueAt(body, t, 0))
}

/** Tells bytes (in base64) apart without keeping them. */
export function fingerprint(base64: string): string {
  const bytes = fromBase64(base64)
  return bytes ? `${bytes.length}:${crc32c(bytes)}` : base64
}

/** What empty bytes have. */
export const NOTHING = fingerprint('')

/** Topics and partitions that are shown in a few words. */
const SHOWN = 3

/** `orders 0-2, returns 0`. */
export function partitionsText(partitions: Partitions, name: (topic: string) => string = (topic) => topic): string {
  const topics = [...partitions].slice(0, SHOWN).map(([topic, numbers]) => `${name(topic)} ${ranges(numbers)}`)
  if (partitions.size > SHOWN) topics.push(`${partitions.size - SHOWN} more topics`)
  return topics.join(', ')
}

/** `0-2 5`; long ones are cut. */
function ranges(numbers: ReadonlySet<number>): string {
  const sorted = [...numbers].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; i++) {
    const from = sorted[i]!
    while (sorted[i + 1] === sorted[i]! + 1) i++
    parts.push(from === sorted[i] ? String(from) : `${from}-${sorted[i]}`)
  }
  return parts.length > 6 ? `${parts.slice(0, 6).join(' ')} ... (${numbers.size})` : parts.join(' ')
}
