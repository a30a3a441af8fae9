/**
 * Names that a broker gives: what the recorded broker called X, the new one calls Y. Learned from pairs of answers,
 * carried over into requests.
 */
import { ZERO_UUID } from '../bytes/hex.ts'
import { type Encodable, isStruct } from '../codec/encode.ts'
import { isObject, type JsonObject, type JsonValue } from '../codec/json-text.ts'

/** Fields that hold a name of this kind wherever they stand, by their names in the schemas. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['topicId', 'topic id'],
  ['clusterId', 'cluster id'],
  ['memberId', 'member id'],
  ['clientInstanceId', 'client instance id'],
  ['subscriptionId', 'telemetry subscription'],
  ['tokenId', 'token'],
  ['hmac', 'token'],
])

/** Producer ids, and the epochs that stand beside them. */
const PRODUCERS: readonly (readonly [id: string, epoch: string])[] = [
  ['producerId', 'producerEpoch'],
  ['v3AndBelowProducerId', 'v3AndBelowProducerEpoch'],
]

/** What a name is a name in: generations count in a group, member epochs for a member, sessions on a connection. */
interface Scope {
  readonly connection: number
  readonly groupId: string
  readonly memberId: string
}

/** Names that are remembered; of later ones nothing is carried over. */
const MAX_NAMES = 1_000_000

/** Elements of two arrays that are compared by their names; of larger ones those at the same place go together. */
const MAX_COMPARISONS = 4_000_000

/** What follows the client's own part in a member id that a coordinator made. */
const RANDOM_PART = /-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export class Ids {
  private readonly names = new Map<string, JsonValue>()

  /** Learns what an answer calls what the recorded one called otherwise. `asked`: the recorded request's body. */
  learn(connection: number, asked: JsonObject, recorded: JsonValue, answered: JsonValue): void {
    this.learnIn({ connection, ...scopeOf(asked, { groupId: '', memberId: '' }) }, recorded, answered)
  }

  /** The recorded broker with this node id is that one now. */
  node(was: number, is: number): void {
    this.set(`node ${was}`, was, is)
  }

  /** A request's body in the new broker's names; the very same object where nothing changes. */
  carried(connection: number, body: Encodable): Encodable {
    return this.carriedIn({ connection, groupId: '', memberId: '' }, body)
  }

  /** A producer's id and epoch in the new broker's names. */
  producer(id: JsonValue, epoch: number): { readonly id: JsonValue; readonly epoch: number } {
    const known = this.names.get(`producer ${id}`)
    const newEpoch = this.names.get(`producer epoch ${id} ${epoch}`)
    return { id: known ?? id, epoch: typeof newEpoch === 'number' ? newEpoch : epoch }
  }

  private set(key: string, was: JsonValue | undefined, is: JsonValue | undefined): void {
    if (isNothing(was) || isNothing(is)) return
    if (this.names.size < MAX_NAMES || this.names.has(key)) this.names.set(key, is!)
  }

  private learnIn(scope: Scope, recorded: JsonValue | undefined, answered: JsonValue | undefined): void {
    if (Array.isArray(recorded)) {
      if (Array.isArray(answered)) this.learnElements(scope, recorded, answered)
      return
    }
    if (!isObject(recorded) || !isObject(answered)) return
    const inner = { ...scope, ...scopeOf(recorded, scope) }
    for (const [id, epoch] of PRODUCERS) {
      const [was, is] = [recorded[id], answered[id]]
      this.set(`producer ${was}`, was, is)
      // Epoch 0 is one as any other.
      if (!isNothing(was) && !isNothing(is) && isEpoch(recorded[epoch]) && isEpoch(answered[epoch])) {
        this.names.set(`producer epoch ${was} ${recorded[epoch]}`, answered[epoch]!)
      }
    }
    for (const [field, was] of Object.entries(recorded)) {
      const is = answered[field]
      const [key] = keyOf(field, was, inner) ?? []
      if (field === 'nodeId') continue
      if (key !== undefined) this.set(key, was, is)
      else if (typeof was === 'object') this.learnIn(inner, was, is)
    }
  }

  /** Elements go together by what names them, members of a group by what the client chose of their id, else by place. */
  private learnElements(scope: Scope, recorded: readonly JsonValue[], answered: readonly JsonValue[]): void {
    const byPlace = recorded.length * answered.length > MAX_COMPARISONS
    const left = [...answered]
    recorded.forEach((element, at) => {
      const name = byPlace ? null : elementName(element)
      let partner = name === null ? -1 : left.findIndex((other) => elementName(other) === name)
      if (partner < 0 && name !== null && name.startsWith('member ')) {
        const known = this.names.get(`member id ${(element as JsonObject).memberId}`)
        partner = left.findIndex((other) => isObject(other) && other.memberId === known)
        const client = clientPart(element)
        if (partner < 0) partner = left.findIndex((other) => clientPart(other) === client)
      } else if (name === null && recorded.length === answered.length) {
        this.learnIn(scope, element, answered[at])
        return
      }
      if (partner < 0) return
      this.learnIn(scope, element, left[partner])
      left.splice(partner, 1)
    })
  }

  private carriedIn(scope: Scope, value: Encodable): Encodable {
    if (Array.isArray(value)) {
      const items = value.map((item: Encodable) => this.carriedIn(scope, item))
      return items.some((item, i) => item !== value[i]) ? items : value
    }
    if (!isStruct(value)) return value
    const inner = { ...scope, ...scopeOf(value, scope) }
    const changes: Record<string, Encodable> = {}
    for (const [field, was] of Object.entries(value)) {
      const keys = keyOf(field, was, inner)
      const is = keys ? this.firstOf(keys, was) : this.carriedIn(inner, was)
      if (is !== was) changes[field] = is
    }
    for (const [idField, epochField] of PRODUCERS) {
      const [id, epoch] = [value[idField], value[epochField]]
      if (isNothing(id) || typeof epoch !== 'number') continue
      const now = this.producer(id as JsonValue, epoch)
      if (now.id !== id) changes[idField] = now.id
      if (now.epoch !== epoch) changes[epochField] = now.epoch
    }
    return Object.keys(changes).length > 0 ? { ...value, ...changes } : value
  }

  private firstOf(keys: readonly string[], was: Encodable): Encodable {
    if (isNothing(was)) return was
    for (const key of keys) {
      const known = this.names.get(key)
      if (known !== undefined) return known
    }
    return was
  }
}

/** Under which keys a field's value is remembered, the one that is learned first; null where it is no name. */
function keyOf(field: string, value: Encodable, { connection, groupId, memberId }: Scope): readonly string[] | null {
  if (typeof value === 'object' && value !== null) return null
  const kind = NAMES.get(field)
  if (kind !== undefined) return [`${kind} ${value}`]
  switch (field) {
    case 'generationId':
      return [`generation ${groupId}\n${value}`]
    case 'memberEpoch':
      return [`member epoch ${memberId}\n${value}`]
    case 'generationIdOrMemberEpoch':
      return [`member epoch ${memberId}\n${value}`, `generation ${groupId}\n${value}`]
    case 'sessionId':
      return [`session ${connection} ${value}`]
    // Of ApiVersions v5 (KIP-1242): to whom the client thinks it talks.
    case 'nodeId':
      return [`node ${value}`]
    default:
      return null
  }
}

function scopeOf(value: { readonly [key: string]: unknown }, around: Pick<Scope, 'groupId' | 'memberId'>) {
  const { groupId, memberId } = value
  return {
    groupId: typeof groupId === 'string' ? groupId : around.groupId,
    memberId: typeof memberId === 'string' && memberId !== '' ? memberId : around.memberId,
  }
}

/** What stands for none: it is itself for every broker. Id 0 is one: the first producer of a cluster has it. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === ZERO_UUID ||
  (typeof value === 'number' && value < 0)

const isEpoch = (value: unknown): boolean => typeof value === 'number' && value >= 0

/** What names an element in both sessions; null where nothing does. */
function elementName(value: JsonValue): string | null {
  if (!isObject(value)) return null
  if (typeof value.memberId === 'string') {
    return typeof value.groupInstanceId === 'string' ? `instance ${value.groupInstanceId}` : `member ${value.memberId}`
  }
  for (const field of ['name', 'topicName', 'topic', 'groupId', 'key', 'transactionalId', 'resourceName']) {
    if (typeof value[field] === 'string') return `${field} ${value[field]}`
  }
  const partition = value.partitionIndex ?? value.partition
  return typeof partition === 'number' ? `partition ${partition}` : null
}

const clientPart = (value: JsonValue): string | null =>
  isObject(value) && typeof value.memberId === 'string' ? value.memberId.replace(RANDOM_PART, '') : null
