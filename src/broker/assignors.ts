/**
 * The server-side assignors of the consumer protocol (KIP-848) and the one of share groups (KIP-932): pure functions
 * from members and topics to who reads what. Partitions are named by `partitionKey`.
 */

/** What an assignor knows of a member. */
export interface Subscriber {
  readonly id: string
  readonly instanceId: string | null
  /** Ids of the topics that it wants. */
  readonly topics: ReadonlySet<string>
  /** What it was assigned before. */
  readonly previous: ReadonlySet<string>
}

/** How many partitions each topic has, by topic id. */
export type TopicSizes = ReadonlyMap<string, number>

/** By member id. */
export type Assignment = Map<string, Set<string>>

export type Assignor = (members: readonly Subscriber[], sizes: TopicSizes) => Assignment

/** Kafka's ids are base64url: there is no slash in them. */
export const partitionKey = (topicId: string, partition: number): string => `${topicId}/${partition}`

export function splitKey(key: string): { topicId: string; partition: number } {
  const slash = key.lastIndexOf('/')
  return { topicId: key.slice(0, slash), partition: Number(key.slice(slash + 1)) }
}

/** Static members come first, by instance id, so that a restart under another member id changes nothing. */
function byRank(a: Subscriber, b: Subscriber): number {
  if ((a.instanceId === null) !== (b.instanceId === null)) return a.instanceId === null ? 1 : -1
  const [x, y] = a.instanceId === null ? [a.id, b.id] : [a.instanceId, b.instanceId ?? '']
  return x < y ? -1 : x > y ? 1 : 0
}

/** Each topic's partitions in runs, one a member: the first partitions of all topics meet at the same member. */
export const range: Assignor = (members, sizes) => {
  const sorted = [...members].sort(byRank)
  const assignment: Assignment = new Map(sorted.map(({ id }) => [id, new Set()]))
  for (const [topicId, count] of sizes) {
    const readers = sorted.filter((member) => member.topics.has(topicId))
    let next = 0
    for (const [i, { id }] of readers.entries()) {
      const share = Math.floor(count / readers.length) + (i < count % readers.length ? 1 : 0)
      for (let end = next + share; next < end; next++) assignment.get(id)!.add(partitionKey(topicId, next))
    }
  }
  return assignment
}

/** Rounds of evening out: each moves at least one partition from a fuller member to an emptier one. */
const MAX_ROUNDS = 5

/** As even as the subscriptions allow, with as little moved as that needs. */
export const uniform: Assignor = (members, sizes) => {
  const sorted = [...members].sort(byRank)
  const assignment: Assignment = new Map(sorted.map(({ id }) => [id, new Set()]))
  const owners = new Map<string, string>()
  for (const { id, topics, previous } of sorted) {
    for (const key of previous) {
      const { topicId, partition } = splitKey(key)
      if (owners.has(key) || !topics.has(topicId) || partition >= (sizes.get(topicId) ?? 0)) continue
      owners.set(key, id)
      assignment.get(id)!.add(key)
    }
  }
  const readers = new Map<string, string[]>()
  for (const topicId of sizes.keys()) {
    readers.set(
      topicId,
      sorted.filter(({ topics }) => topics.has(topicId)).map(({ id }) => id),
    )
  }
  for (const key of allPartitions(sizes)) {
    if (owners.has(key)) continue
    const id = emptiest(readers.get(splitKey(key).topicId)!, assignment)
    if (id === undefined) continue
    owners.set(key, id)
    assignment.get(id)!.add(key)
  }
  for (let round = 0; round < MAX_ROUNDS && evenOut(sizes, readers, owners, assignment); round++);
  return assignment
}

function* allPartitions(sizes: TopicSizes): Generator<string> {
  for (const [topicId, count] of sizes) for (let i = 0; i < count; i++) yield partitionKey(topicId, i)
}

function emptiest(ids: readonly string[], assignment: Assignment): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const id of ids) {
    const { size } = assignment.get(id)!
    if (size < least) [best, least] = [id, size]
  }
  return best
}

/** Moves what makes two members' shares more alike. Returns whether anything moved. */
function evenOut(
  sizes: TopicSizes,
  readers: ReadonlyMap<string, readonly string[]>,
  owners: Map<string, string>,
  assignment: Assignment,
): boolean {
  let moved = false
  for (const key of allPartitions(sizes)) {
    const from = owners.get(key)
    if (from === undefined) continue
    const to = emptiest(readers.get(splitKey(key).topicId)!, assignment)!
    if (assignment.get(from)!.size - assignment.get(to)!.size < 2) continue
    assignment.get(from)!.delete(key)
    assignment.get(to)!.add(key)
    owners.set(key, to)
    moved = true
  }
  return moved
}

/**
 * Of share groups: a partition may be read by several members. Every one is read by someone, and where there are more
 * members than partitions, every member reads one.
 */
export const simple: Assignor = (members, sizes) => {
  const sorted = [...members].sort(byRank)
  const assignment: Assignment = new Map(sorted.map(({ id }) => [id, new Set()]))
  for (const [topicId, count] of sizes) {
    const readers = sorted.filter((member) => member.topics.has(topicId))
    if (readers.length === 0) continue
    for (let i = 0; i < Math.max(count, readers.length); i++) {
      assignment.get(readers[i % readers.length]!.id)!.add(partitionKey(topicId, i % count))
    }
  }
  return assignment
}

/** In order of preference: the first is taken where no member says which. */
export const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', uniform],
  ['range', range],
])
