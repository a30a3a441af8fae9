/**
 * Which broker a recorded connection goes to now. By what answers say: the recorded broker that led a partition or
 * coordinated a group is the one that does so now.
 */
import type { Address } from '../client/socket.ts'
import { addressText } from '../client/socket.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'

/** Brokers that are remembered. */
const MAX_NODES = 10_000

export class Nodes {
  private readonly target: Address
  /** Recorded `host:port` to node id, as recorded answers advertise them. */
  private readonly recorded = new Map<string, number>()
  /** Node ids of the target to where they listen. */
  private readonly now = new Map<number, Address>()
  /** Recorded node id to new node ids, and how many partitions, groups and transactions they have in common. */
  private readonly shared = new Map<number, Map<number, number>>()

  /** `target`: where a recorded broker is that no answer has told of. */
  constructor(target: Address) {
    this.target = target
  }

  /** Takes the addresses in a recorded answer. All of a recording are to be told before it is replayed. */
  tellRecorded(body: JsonValue): void {
    for (const { nodeId, address } of endpoints(body)) {
      if (this.recorded.size < MAX_NODES) this.recorded.set(addressText(address), nodeId)
    }
  }

  /** Takes a recorded answer and the new one to the same request. Returns the recorded node ids that it told of. */
  learn(recorded: JsonValue, answered: JsonValue): number[] {
    for (const { nodeId, address } of endpoints(answered)) {
      if (this.now.size < MAX_NODES) this.now.set(nodeId, address)
    }
    const after = new Map(duties(answered))
    for (const [duty, was] of duties(recorded)) {
      const is = after.get(duty)
      if (is === undefined || is < 0 || was < 0) continue
      const counts = this.shared.get(was) ?? new Map<number, number>()
      counts.set(is, (counts.get(is) ?? 0) + 1)
      this.shared.set(was, counts)
    }
    return endpoints(recorded).map(({ nodeId }) => nodeId)
  }

  /** Who the recorded broker with this node id is now; null where nobody knows. */
  nodeOf(recorded: number): number | null {
    const [best] = [...(this.shared.get(recorded) ?? [])].sort(([, a], [, b]) => b - a)
    if (best) return best[0]
    if (this.now.has(recorded)) return recorded
    const [only] = this.now.keys()
    return this.now.size === 1 ? only! : null
  }

  /** Where a connection goes that went to this recorded `host:port`. */
  addressOf(recorded: string): Address {
    const node = this.recorded.get(recorded)
    const now = node === undefined ? null : this.nodeOf(node)
    return (now === null ? null : this.now.get(now)) ?? this.target
  }
}

interface Endpoint {
  readonly nodeId: number
  readonly address: Address
}

/** Every object in an answer that names a broker: `nodeId` (DescribeCluster: `brokerId`), `host`, `port`. */
function endpoints(value: JsonValue | undefined, found: Endpoint[] = []): Endpoint[] {
  if (Array.isArray(value)) for (const item of value) endpoints(item, found)
  else if (typeof value === 'object' && value !== null) {
    const { nodeId, brokerId, host, port } = value as JsonObject
    const id = nodeId ?? brokerId
    if (typeof id === 'number' && id >= 0 && typeof host === 'string' && host !== '' && typeof port === 'number') {
      if (port > 0 && port < 65_536) found.push({ nodeId: id, address: { host, port } })
    }
    for (const inner of Object.values(value)) if (typeof inner === 'object') endpoints(inner, found)
  }
  return found
}

/** What brokers do: `partition orders 0`, `coordinator g`, with the broker's node id. */
function duties(body: JsonValue): [duty: string, nodeId: number][] {
  const found: [string, number][] = []
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return found
  const { topics, coordinators, nodeId } = body
  for (const topic of objects(topics)) {
    for (const { partitionIndex, leaderId } of objects(topic.partitions)) {
      if (typeof leaderId === 'number') found.push([`partition ${topic.name} ${partitionIndex}`, leaderId])
    }
  }
  for (const { key, nodeId: id } of objects(coordinators))
    if (typeof id === 'number') found.push([`coordinator ${key}`, id])
  if (typeof nodeId === 'number') found.push(['coordinator', nodeId])
  return found
}

const objects = (value: JsonValue | undefined): JsonObject[] =>
  Array.isArray(value)
    ? value.filter((item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item))
    : []
