/** Rules over what is produced and fetched: each in a conversation that breaks it, and in the sound one beside it. */
import { describe, expect, test } from 'vitest'
import { type BatchInit, writeBatch } from '../../dissectors/records/write.ts'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { setI32 } from '../../src/bytes/patch.ts'
import { xxh32 } from '../../src/bytes/xxh32.ts'
import { request, response } from '../session/script.ts'
import { findingsIn, foundBy, NOW, observeTalk, type Talk } from './observe.ts'

const value = Buffer.from('v')
const records = (count: number) => Array.from({ length: count }, () => ({ value, timestamp: NOW / 1000 }))
const batch = (init: Partial<BatchInit> & { count?: number } = {}): Uint8Array =>
  writeBatch({ records: records(init.count ?? 1), ...init })

let correlation = 0

interface Answered {
  readonly baseOffset?: number
  readonly errorCode?: number
  readonly index?: number
}

/** A Produce v7 of one partition and its answer. */
function produce(bytes: Uint8Array, answer: Answered = {}, on = 1, version = 7): Talk[] {
  const id = ++correlation
  const topicData = [{ name: 't', partitionData: [{ index: 0, records: bytes }] }]
  const partition = { index: 0, errorCode: 0, baseOffset: 0, ...answer }
  return [
    { asks: request('Produce', version, id, { acks: -1, topicData }), on },
    { answers: response('Produce', version, id, { responses: [{ name: 't', partitionResponses: [partition] }] }), on },
  ]
}

interface Fetch {
  readonly offset?: number
  readonly maxBytes?: number
  readonly partitionMaxBytes?: number
  readonly wait?: number
  readonly version?: number
  readonly after?: number
  readonly session?: readonly [id: number, epoch: number]
  readonly asked?: readonly number[]
}

/** A Fetch v11 and its answer: partitions as given. */
function fetch(partitions: readonly object[], init: Fetch = {}): Talk[] {
  const id = ++correlation
  const { version = 11, session = [0, -1], asked = [0] } = init
  const topics = [
    {
      topic: 't',
      partitions: asked.map((partition) => ({
        partition,
        fetchOffset: init.offset ?? 0,
        partitionMaxBytes: init.partitionMaxBytes ?? 1_000_000,
      })),
    },
  ]
  const ask = {
    maxWaitMs: init.wait ?? 500,
    minBytes: 1,
    maxBytes: init.maxBytes ?? 10_000_000,
    ...(version >= 7 ? { sessionId: session[0], sessionEpoch: session[1] } : {}),
    topics: asked.length > 0 ? topics : [],
  }
  const answered = partitions.map((partition) => ({ partitionIndex: 0, highWatermark: 100, ...partition }))
  const answer = {
    ...(version >= 7 ? { sessionId: session[0] === 0 && session[1] === 0 ? 77 : session[0] } : {}),
    responses: answered.length > 0 ? [{ topic: 't', partitions: answered }] : [],
  }
  return [
    { asks: request('Fetch', version, id, ask) },
    { answers: response('Fetch', version, id, answer), after: init.after ?? 600_000 },
  ]
}

/** What breaks a rule, what it says then, and what is like it and sound. */
const CASES: readonly (readonly [code: string, broken: Talk[], said: readonly string[], sound: Talk[]])[] = [
  [
    'records/produce-offset',
    produce(batch({ baseOffset: 7 })),
    ['error topicData[0].partitionData[0].records[batch 0].baseOffset@44'],
    produce(batch()),
  ],
  [
    'records/produce-batches',
    produce(Buffer.concat([batch(), batch()])),
    ['error topicData[0].partitionData[0].records[batch 1]@113'],
    produce(batch({ count: 2 })),
  ],
  [
    'records/produce-count',
    produce(batch({ records: [{ value }, { value, offsetDelta: 2 }] })),
    ['error topicData[0].partitionData[0].records[batch 0].lastOffsetDelta@67'],
    produce(batch({ count: 3 })),
  ],
  [
    'records/magic-version',
    fetch([{ records: batch() }], { version: 3 }),
    ['error responses[0].partitions[0].records[batch 0].magic@57'],
    fetch([{ records: batch() }], { version: 4 }),
  ],
  [
    'records/codec-version',
    produce(batch({ codec: 'zstd' }), {}, 1, 5),
    ['error topicData[0].partitionData[0].records[batch 0].attributes@65'],
    produce(batch({ codec: 'zstd' }), {}, 1, 7),
  ],
  [
    'records/timestamp-absurd',
    produce(batch({ records: [{ value, timestamp: NOW / 1_000_000 }] })),
    ['warning topicData[0].partitionData[0].records[batch 0].maxTimestamp@79'],
    produce(batch({ records: [{ value, timestamp: NOW / 1000 - 10_000 }] })),
  ],
  [
    'protocol/offsets-overlap',
    [...produce(batch({ count: 5 }), { baseOffset: 10 }), ...produce(batch({ count: 5 }), { baseOffset: 12 }, 2)],
    ['error responses[0].partitionResponses[0].baseOffset@25'],
    [...produce(batch({ count: 5 }), { baseOffset: 15 }), ...produce(batch({ count: 5 }), { baseOffset: 10 }, 2)],
  ],
  [
    'protocol/fetch-below',
    fetch([{ records: batch({ baseOffset: 3, count: 2 }) }], { offset: 5 }),
    ['error responses[0].partitions[0].records[batch 0].baseOffset@71'],
    fetch([{ records: batch({ baseOffset: 3, count: 3 }) }], { offset: 5 }),
  ],
  [
    'protocol/fetch-skip',
    fetch([{ records: batch({ baseOffset: 8 }), logStartOffset: 0 }], { offset: 5 }),
    ['note responses[0].partitions[0].records[batch 0].baseOffset@71'],
    fetch([{ records: batch({ baseOffset: 8 }), logStartOffset: 8 }], { offset: 5 }),
  ],
  [
    'protocol/high-watermark',
    [...fetch([{ highWatermark: 9 }]), ...fetch([{ highWatermark: 8 }])],
    ['warning responses[0].partitions[0].highWatermark@35'],
    [
      ...fetch([{ highWatermark: 9 }]),
      ...fetch([{ highWatermark: -1, errorCode: 3 }]),
      ...fetch([{ highWatermark: 9 }]),
    ],
  ],
  [
    'protocol/last-stable-offset',
    fetch([{ highWatermark: 9, lastStableOffset: 10 }]),
    ['warning responses[0].partitions[0].lastStableOffset@43'],
    fetch([{ highWatermark: 9, lastStableOffset: 9 }]),
  ],
  [
    'protocol/log-start-offset',
    fetch([{ highWatermark: 9, logStartOffset: 10 }]),
    ['warning responses[0].partitions[0].logStartOffset@51'],
    fetch([{ highWatermark: 9, logStartOffset: 9 }]),
  ],
  [
    'protocol/answer-size',
    fetch([{ records: Buffer.concat([batch(), batch({ baseOffset: 1 })]) }], { partitionMaxBytes: 10 }),
    ['warning responses[0].partitions[0].records@67'],
    fetch([{ records: batch() }], { partitionMaxBytes: 10, maxBytes: 20 }),
  ],
  ['protocol/fetch-wait', fetch([{}], { after: 1000 }), ['note @0'], fetch([{}], { after: 490_000 })],
  [
    'protocol/producer-sequence',
    [
      ...produce(batch({ producerId: 1, producerEpoch: 0, baseSequence: 0, count: 3 })),
      ...produce(batch({ producerId: 1, producerEpoch: 0, baseSequence: 5 }), { errorCode: 45 }),
    ],
    ['warning topicData[0].partitionData[0].records[batch 0].baseSequence@97'],
    [
      ...produce(batch({ producerId: 1, producerEpoch: 0, baseSequence: 2 ** 31 - 2, count: 3 })),
      ...produce(batch({ producerId: 1, producerEpoch: 0, baseSequence: 1 })),
    ],
  ],
  [
    'protocol/leader-epoch',
    fetch([
      {
        records: Buffer.concat([batch({ partitionLeaderEpoch: 4 }), batch({ baseOffset: 1, partitionLeaderEpoch: 3 })]),
      },
    ]),
    ['warning responses[0].partitions[0].records[batch 1].partitionLeaderEpoch@152'],
    fetch([
      {
        records: Buffer.concat([batch({ partitionLeaderEpoch: 3 }), batch({ baseOffset: 1, partitionLeaderEpoch: 4 })]),
      },
    ]),
  ],
]

describe.each(CASES)('%s', (code, broken, said, sound) => {
  test('is said where it breaks, at its place', () => expect(foundBy(code, broken)).toEqual(said))
  test('is not said of what is sound', () => expect(foundBy(code, sound)).toEqual([]))
})

describe('records/lz4-linked', () => {
  /** A batch whose LZ4 frame has other flags; its checksums are made right again. */
  function withFlags(flags: number): Uint8Array {
    const bytes = batch({ codec: 'lz4' })
    bytes[61 + 4] = flags
    bytes[61 + 6] = (xxh32(bytes, 61 + 4, 61 + 6) >>> 8) & 0xff
    setI32(bytes, 17, crc32c(bytes, 21))
    return bytes
  }

  test('a frame without the block independence flag can be read, and is refused by brokers', () => {
    const said = foundBy('records/lz4-linked', produce(withFlags(0x40)))
    expect(said).toEqual(['error topicData[0].partitionData[0].records[batch 0].records@109'])
    expect(findingsIn(observeTalk(produce(withFlags(0x40)))).map(({ code }) => code)).toEqual(['records/lz4-linked'])
    expect(foundBy('records/lz4-linked', produce(withFlags(0x60)))).toEqual([])
  })
})

describe('protocol/offsets-overlap', () => {
  const idempotent = batch({ producerId: 5, producerEpoch: 0, baseSequence: 0, count: 5 })

  test('an idempotent batch that is sent again gets its old offset', () => {
    const talk = [...produce(idempotent, { baseOffset: 10 }), ...produce(idempotent, { baseOffset: 10 })]
    expect(foundBy('protocol/offsets-overlap', talk)).toEqual([])
  })

  test('a topic that is made anew begins at 0', () => {
    const id = ++correlation
    const topics = [{ name: 't', numPartitions: 1, replicationFactor: 1 }]
    const created: Talk[] = [
      { asks: request('CreateTopics', 2, id, { topics, timeoutMs: 1 }), on: 3 },
      { answers: response('CreateTopics', 2, id, { topics: [{ name: 't', errorCode: 0 }] }), on: 3 },
    ]
    const before = produce(batch({ count: 5 }), { baseOffset: 0 })
    const after = produce(batch({ count: 2 }), { baseOffset: 0 })
    expect(foundBy('protocol/offsets-overlap', [...before, ...created, ...after])).toEqual([])
    expect(foundBy('protocol/offsets-overlap', [...before, ...after])).toHaveLength(1)
  })
})

describe('fetch sessions', () => {
  const begun = fetch([{}, { partitionIndex: 1 }], { session: [0, 0], asked: [0, 1] })

  test('what an incremental fetch asks for stands in those before it', () => {
    const next = fetch([{ partitionIndex: 1, records: batch() }], { session: [77, 1], asked: [] })
    expect(foundBy('protocol/answer-entries', [...begun, ...next])).toEqual([])
    const other = fetch([{ partitionIndex: 2 }], { session: [77, 1], asked: [] })
    expect(foundBy('protocol/answer-entries', [...begun, ...other])).toEqual(['warning responses[0].partitions[0]@29'])
  })

  test('after lost bytes nothing is known of a session', () => {
    const other = fetch([{ partitionIndex: 2 }], { session: [77, 1], asked: [] })
    expect(foundBy('protocol/answer-entries', [...begun, { lost: 100 }, ...other])).toEqual([])
  })

  test('a full fetch has all that was asked for', () => {
    const half = fetch([{}], { asked: [0, 1] })
    expect(foundBy('protocol/answer-entries', half)).toEqual(['error responses@18'])
  })
})

describe('protocol/producer-sequence', () => {
  const first = batch({ producerId: 1, producerEpoch: 0, baseSequence: 0, count: 3 })

  test('going back is legal unless it was acknowledged', () => {
    const failed = [...produce(first, { errorCode: 6 }), ...produce(first)]
    expect(foundBy('protocol/producer-sequence', failed)).toEqual([])
    expect(foundBy('protocol/producer-sequence', [...produce(first), ...produce(first)])).toHaveLength(1)
  })

  test('on another connection, or after lost bytes, a jump means nothing', () => {
    const later = batch({ producerId: 1, producerEpoch: 0, baseSequence: 9 })
    expect(foundBy('protocol/producer-sequence', [...produce(first), ...produce(later, {}, 2)])).toEqual([])
    expect(foundBy('protocol/producer-sequence', [...produce(first), { lost: 9 }, ...produce(later)])).toEqual([])
  })
})
