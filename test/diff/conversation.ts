/** A client that says the same whatever it is answered, against the embedded broker: what passed, as a session. */
import { answerFrame } from '../../src/broker/dispatch.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { apiKeyOf } from '../../src/codec/messages.ts'
import { valueAt } from '../../src/codec/value.ts'
import type { Segment } from '../../src/session/segment.ts'
import { batchOf, bench, requestFrame, settle } from '../broker/helpers.ts'

/** Knows what the answer was before a bug was planted in it: this client reads through every bug. */
class SoundMemory extends Planter {
  sound: Uint8Array | null = null

  override wants(): boolean {
    return true
  }

  override plant(bytes: Uint8Array, apiKey: number, version: number) {
    this.sound = bytes
    return super.wants(apiKey, version) ? super.plant(bytes, apiKey, version) : bytes
  }
}

type Body = Parameters<typeof requestFrame>[2]
type Step = readonly [api: string, version: number, body: (known: Known) => Body]

interface Known {
  memberId: string
  generationId: number
  topicId: string
}

const join = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, protocolType: 'consumer' }
const topics =
  (version: number) =>
  ({ topicId }: Known): Body => ({
    ...{ maxWaitMs: 0, minBytes: 1, maxBytes: 1e6, sessionId: 0, sessionEpoch: -1 },
    topics: [
      {
        ...(version < 13 ? { topic: 'orders' } : { topicId }),
        partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }],
      },
    ],
  })

/** ConsumerProtocolAssignment v0: partitions 0 to 2 of orders. */
const ASSIGNMENT = Buffer.from(
  '0000' + '00000001' + '0006' + '6f7264657273' + '00000003' + '000000000000000100000002' + 'ffffffff',
  'hex',
)

const joining = (groupId: string, known: Known | null): Body => ({
  ...join,
  groupId,
  memberId: known?.memberId ?? '',
  protocols: [
    { name: 'range', metadata: Buffer.from('0001000000010006' + '6f7264657273' + 'ffffffff00000000', 'hex') },
  ],
})

const membership =
  (groupId: string) =>
  ({ memberId, generationId }: Known): { [field: string]: string | number } => ({ groupId, generationId, memberId })

const syncing =
  (groupId: string) =>
  (known: Known): Body => ({
    ...membership(groupId)(known),
    ...{ protocolType: 'consumer', protocolName: 'range' },
    assignments: [{ memberId: known.memberId, assignment: ASSIGNMENT }],
  })

const SCRIPT: readonly Step[] = [
  ['ApiVersions', 3, () => ({ clientSoftwareName: 'test', clientSoftwareVersion: '1.0' })],
  ['Metadata', 12, () => ({ topics: [{ name: 'orders' }], allowAutoTopicCreation: true })],
  ['FindCoordinator', 2, () => ({ key: 'g', keyType: 0 })],
  [
    'Produce',
    9,
    () => ({
      ...{ acks: 1, timeoutMs: 1000 },
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['a', 'b', 'c']) }] }],
    }),
  ],
  ['JoinGroup', 5, () => joining('g5', null)],
  ['JoinGroup', 5, (known) => joining('g5', known)],
  ['SyncGroup', 3, syncing('g5')],
  ['Fetch', 11, topics(11)],
  ['Heartbeat', 3, membership('g5')],
  ['Fetch', 12, topics(12)],
  ['JoinGroup', 9, () => joining('g9', null)],
  ['JoinGroup', 9, (known) => joining('g9', known)],
  ['SyncGroup', 5, syncing('g9')],
  ['Heartbeat', 4, membership('g9')],
  ['Metadata', 12, () => ({ topics: [{ name: 'orders' }], allowAutoTopicCreation: true })],
  [
    'ListOffsets',
    5,
    () => ({ replicaId: -1, topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }] }),
  ],
]

/** `seed`: what the broker's random ids are made of. */
export async function conversation(seed: number, bugs: readonly string[] = []): Promise<Segment[]> {
  const memory = new SoundMemory(bugs.map(parseBug))
  let count = seed
  const random = (size: number): Uint8Array => {
    count++
    return new Uint8Array(size).map((_, i) => (count * 31 + i * 7) & 0xff)
  }
  const on = bench({ bugs: memory, random })
  const known: Known = { memberId: '', generationId: -1, topicId: '' }
  const peer = { host: '127.0.0.1', signal: new AbortController().signal }
  const segments: Segment[] = []
  let time = 1_750_000_000_000_000 + seed * 1e6
  segments.push({
    type: 'open',
    connection: { id: 1, client: `10.0.0.1:${5000 + seed}`, broker: 'broker.test:9092' },
    time,
  })
  for (const [index, [api, version, body]] of SCRIPT.entries()) {
    const data = (direction: 'request' | 'response', bytes: Uint8Array): void => {
      time += 1000 + seed
      segments.push({ type: 'data', connection: 1, direction, time, bytes })
    }
    const request = requestFrame(api, version, body(known), seed * 100 + index)
    data('request', request)
    const replied = answerFrame(request, on.broker, peer)
    for (let i = 0; i < 20; i++) await settle()
    await on.clock.advance(4000)
    const reply = await replied
    if (reply.kind === 'answer') data('response', reply.frame)
    learn(known, memory.sound!, api, version)
  }
  on.broker.close()
  return segments
}

function learn(known: Known, sound: Uint8Array, api: string, version: number): void {
  const frame = decodeFrame(sound, { kind: 'response', apiKey: apiKeyOf(api)!, apiVersion: version })
  const body = valueAt(frame.bytes, frame.table, frame.bodyLine) as JsonObject
  if (api === 'JoinGroup') Object.assign(known, { memberId: body.memberId, generationId: body.generationId })
  if (api === 'Metadata') known.topicId = String(((body.topics as JsonObject[])[0] as JsonObject).topicId)
}
