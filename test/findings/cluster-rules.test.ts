/** Rules over metadata, clients and transactions: each in a conversation that breaks it, and in a sound one beside it. */
import { describe, expect, test } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import { Tally } from '../../src/report/tally.ts'
import { request, response, sized } from '../session/script.ts'
import { findingsIn, foundBy, observeTalk, type Talk } from './observe.ts'

type Fields = Parameters<typeof request>[3]

let correlation = 0

/** A request and its answer. */
function call(api: string, version: number, asked: Fields, answered: Fields, on = 1): Talk[] {
  const id = ++correlation
  return [
    { asks: request(api, version, id, asked), on },
    { answers: response(api, version, id, answered), on },
  ]
}

const ID = 'AAAAAAAAAAAAAAAAAAAABQ'
const OTHER_ID = 'AAAAAAAAAAAAAAAAAAAABg'

interface Cluster {
  readonly brokers?: readonly (readonly [nodeId: number, port: number])[]
  readonly controllerId?: number
  readonly leaderId?: number
  readonly isr?: readonly number[]
  readonly epoch?: number
  readonly topicId?: string
}

/** A Metadata v12 exchange of two brokers and one partition. */
function metadata(cluster: Cluster = {}): Talk[] {
  const {
    brokers = [
      [1, 9092],
      [2, 9093],
    ],
    controllerId = 1,
    leaderId = 1,
    isr = [1, 2],
    epoch = 5,
    topicId = ID,
  } = cluster
  const partition = { partitionIndex: 0, leaderId, leaderEpoch: epoch, replicaNodes: [1, 2], isrNodes: [...isr] }
  return call(
    'Metadata',
    12,
    { topics: [{ name: 't' }] },
    {
      brokers: brokers.map(([nodeId, port]) => ({ nodeId, host: 'h', port })),
      controllerId,
      topics: [{ name: 't', topicId, partitions: [partition] }],
    },
  )
}

const coordinator = (nodeId: number, port: number): Talk[] =>
  call('FindCoordinator', 2, { key: 'g' }, { errorCode: 0, nodeId, host: 'h', port })

const versions = (maxVersion: number): Talk[] =>
  call('ApiVersions', 0, {}, { errorCode: 0, apiKeys: [{ apiKey: 3, minVersion: 0, maxVersion }] })

const handshake = call('SaslHandshake', 1, { mechanism: 'PLAIN' }, { errorCode: 0, mechanisms: ['PLAIN'] })
const login = call('SaslAuthenticate', 1, { authBytes: 'AGEAYg==' }, { errorCode: 0 })

const heartbeat = (errorCode: number, on = 1): Talk[] => call('Heartbeat', 1, { groupId: 'g' }, { errorCode }, on)
const times = (n: number, make: (i: number) => Talk[]): Talk[] =>
  Array.from({ length: n }, (_, i) => make(i + 1)).flat()

const closing = (on: number, closes: 'client' | 'broker' = 'client'): Talk => ({ closes, on })
/** An answer to Heartbeat v1 that ends after its throttle time. */
function cutAnswer(closes: 'client' | 'broker'): Talk[] {
  const id = ++correlation
  return [
    { asks: request('Heartbeat', 1, id) },
    { answers: sized(Uint8Array.of(0, 0, 0, id, 0, 0, 0, 0)) },
    closing(1, closes),
  ]
}

const TXN = { producerId: 9, producerEpoch: 0 }
const init = (producerEpoch = 0): Talk[] =>
  call('InitProducerId', 1, { transactionalId: 'tx' }, { errorCode: 0, producerId: 9, producerEpoch })
const add = (partition: number): Talk[] =>
  call(
    'AddPartitionsToTxn',
    1,
    { ...added, v3AndBelowTopics: [{ name: 't', partitions: [partition] }] },
    {
      resultsByTopicV3AndBelow: [
        { name: 't', resultsByPartition: [{ partitionIndex: partition, partitionErrorCode: 0 }] },
      ],
    },
  )
const added = { v3AndBelowTransactionalId: 'tx', v3AndBelowProducerId: 9, v3AndBelowProducerEpoch: 0 }
const endTxn = (committed: boolean, errorCode = 0): Talk[] =>
  call('EndTxn', 1, { transactionalId: 'tx', ...TXN, committed }, { errorCode })

function transactional(index: number, producerEpoch = 0): Talk[] {
  const batch = { records: [{ value: null }], producerId: 9, producerEpoch, baseSequence: 0, isTransactional: true }
  return call(
    'Produce',
    7,
    {
      transactionalId: 'tx',
      acks: -1,
      topicData: [{ name: 't', partitionData: [{ index, records: writeBatch(batch) }] }],
    },
    { responses: [{ name: 't', partitionResponses: [{ index, baseOffset: 0 }] }] },
  )
}

/** A fetch of a marker: type 0 aborts, 1 commits. */
function marker(type: number): Talk[] {
  const record = { key: Uint8Array.of(0, 0, 0, type), value: Uint8Array.of(0, 0, 0, 0, 0, 0) }
  const records = writeBatch({
    records: [record],
    producerId: 9,
    producerEpoch: 0,
    isTransactional: true,
    isControl: true,
  })
  return call(
    'Fetch',
    11,
    {
      topics: [{ topic: 't', partitions: [{ partition: 0, partitionMaxBytes: 1000 }] }],
      sessionEpoch: -1,
      maxBytes: 1000,
    },
    { responses: [{ topic: 't', partitions: [{ partitionIndex: 0, highWatermark: 9, records }] }] },
    2,
  )
}

const listOffsets = (...answered: readonly number[]): Talk[] =>
  call(
    'ListOffsets',
    1,
    { topics: [{ name: 't', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }] },
    { topics: [{ name: 't', partitions: answered.map((partitionIndex) => ({ partitionIndex })) }] },
  )

/** What breaks a rule, what it says then, and what is like it and sound. */
const CASES: readonly (readonly [code: string, broken: Talk[], said: readonly string[], sound: Talk[]])[] = [
  [
    'protocol/answer-entries',
    listOffsets(0, 2),
    ['error topics[0].partitions[1]@44', 'warning topics[0].partitions[1]@41'],
    listOffsets(1, 0),
  ],
  [
    'protocol/metadata-leader',
    metadata({ leaderId: 3 }),
    ['error topics[0].partitions[0].leaderId@72'],
    metadata({ leaderId: 2 }),
  ],
  [
    'protocol/metadata-replicas',
    metadata({ isr: [1, 3] }),
    ['warning topics[0].partitions[0].isrNodes@89'],
    metadata({ isr: [2] }),
  ],
  [
    'protocol/broker-twice',
    metadata({
      brokers: [
        [1, 9092],
        [2, 9092],
      ],
    }),
    ['warning brokers[1].host@30'],
    metadata(),
  ],
  ['protocol/controller', metadata({ controllerId: 3 }), ['warning controllerId@39'], metadata({ controllerId: -1 })],
  [
    'protocol/topic-id-changed',
    [...metadata(), ...metadata({ topicId: OTHER_ID }), ...metadata()],
    ['note topics[0].topicId@48', 'warning topics[0].topicId@48'],
    [...metadata(), ...metadata()],
  ],
  [
    'protocol/leader-epoch',
    [...metadata({ epoch: 5 }), ...metadata({ epoch: 4 })],
    ['warning topics[0].partitions[0].leaderEpoch@76'],
    [...metadata({ epoch: 5 }), ...metadata({ epoch: 6 })],
  ],
  [
    'protocol/unknown-topic-id',
    call(
      'Fetch',
      13,
      { topics: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partitions: [{ partition: 0 }] }] },
      { responses: [{ topicId: ID, partitions: [{ partitionIndex: 0, errorCode: 100 }] }] },
    ),
    ['warning topics[0].topicId@44', 'note responses[0].partitions[0].errorCode@41'],
    call(
      'Fetch',
      13,
      { topics: [{ topicId: ID, partitions: [{ partition: 0 }] }] },
      { responses: [{ topicId: ID, partitions: [{ partitionIndex: 0 }] }] },
    ),
  ],
  [
    'protocol/unknown-coordinator',
    [...metadata(), ...coordinator(3, 9094), ...coordinator(2, 9094)],
    ['warning nodeId@16', 'warning host@20'],
    [...coordinator(3, 9094), ...metadata(), ...coordinator(2, 9093)],
  ],
  [
    'protocol/correlation-reused',
    [
      { asks: request('Heartbeat', 1, 900) },
      { asks: request('Heartbeat', 1, 900) },
      { answers: response('Heartbeat', 1, 900) },
    ],
    ['warning header.correlationId@8'],
    [
      { asks: request('Heartbeat', 1, 900) },
      { answers: response('Heartbeat', 1, 900) },
      { asks: request('Heartbeat', 1, 900) },
    ],
  ],
  [
    'protocol/unadvertised-version',
    [...versions(11), ...metadata()],
    ['warning header.requestApiVersion@6'],
    [...versions(12), ...metadata()],
  ],
  [
    'protocol/no-api-versions',
    times(6, (i) => [{ asks: request('Heartbeat', 1, i) }, { answers: response('Heartbeat', 1, i) }]),
    ['note header.requestApiVersion@6'],
    [...versions(12), ...times(6, () => heartbeat(0)), ...times(6, () => heartbeat(0, 2))],
  ],
  [
    'protocol/before-sasl',
    [...handshake, ...heartbeat(0)],
    ['error header.requestApiKey@4'],
    [...handshake, ...login, ...heartbeat(0)],
  ],
  [
    'protocol/retry-loop',
    times(12, () => heartbeat(27)),
    ['warning @0'],
    times(12, (i) => heartbeat(i === 6 ? 0 : 27)),
  ],
  ['protocol/dropped-after-answer', cutAnswer('client'), ['warning @0'], cutAnswer('broker')],
  [
    'protocol/txn-partition',
    [...init(), ...add(0), ...transactional(1)],
    ['warning topicData[0].partitionData[0].records@42'],
    [...init(), ...add(1), ...transactional(1)],
  ],
  [
    'protocol/txn-state',
    [...init(), ...add(0), ...endTxn(true), ...endTxn(false)],
    ['error committed@31'],
    [...init(), ...add(0), ...endTxn(true), ...endTxn(true), ...add(0), ...endTxn(false)],
  ],
  [
    'protocol/fenced-producer',
    [...init(1), ...add(0), ...transactional(0, 0)],
    ['warning topicData[0].partitionData[0].records[batch 0].producerEpoch@97'],
    [...init(1), ...add(0), ...transactional(0, 1)],
  ],
  ['protocol/producer-epoch', [...init(4), ...init(3)], ['error producerEpoch@22'], [...init(3), ...init(4)]],
  [
    'protocol/txn-marker',
    [...init(), ...add(0), ...endTxn(true), ...marker(0)],
    ['error responses[0].partitions[0].records[batch 0].records[0].key@137'],
    [...init(), ...add(0), ...endTxn(true), ...marker(1)],
  ],
]

describe.each(CASES)('%s', (code, broken, said, sound) => {
  test('is said where it breaks, at its place', () => expect(foundBy(code, broken)).toEqual(said))
  test('is not said of what is sound', () => expect(foundBy(code, sound)).toEqual([]))
})

describe('protocol/txn-partition and protocol/txn-marker', () => {
  test('after lost bytes nothing is known of a transaction', () => {
    const lost: Talk = { lost: 100, on: 3 }
    expect(foundBy('protocol/txn-partition', [...init(), ...add(0), lost, ...transactional(1)])).toEqual([])
    expect(foundBy('protocol/txn-marker', [...init(), ...add(0), ...endTxn(true), lost, ...marker(0)])).toEqual([])
  })

  test('a marker may be fetched before EndTxn is answered', () => {
    const done = [...init(), ...add(0), ...endTxn(true), ...add(0)]
    const [asks, answers] = endTxn(false)
    expect(foundBy('protocol/txn-marker', [...done, asks!, ...marker(0), answers!])).toEqual([])
  })

  test('a transaction that is ended without having begun', () => {
    expect(foundBy('protocol/txn-state', [...init(), ...endTxn(true, 48)])).toEqual(['warning committed@31'])
  })
})

describe('protocol/before-sasl', () => {
  test('a request that does not wait for the answer to SaslAuthenticate, once that comes after it', () => {
    const [asks, answers] = login
    const early = heartbeat(0)
    const found = ['error header.requestApiKey@4']
    expect(foundBy('protocol/before-sasl', [...handshake, asks!, early[0]!, answers!])).toEqual(found)
    expect(foundBy('protocol/before-sasl', [...handshake, asks!, early[0]!])).toEqual([])
  })
})

describe('protocol/dropped-after-answer', () => {
  const dropped = (on: number): Talk[] => [...heartbeat(0, on), closing(on)]

  test('a sound answer counts only if it happens again and again', () => {
    expect(foundBy('protocol/dropped-after-answer', [...dropped(1), ...dropped(2)])).toEqual([])
    expect(foundBy('protocol/dropped-after-answer', [...dropped(1), ...dropped(2), ...dropped(3)])).toEqual(['note @0'])
  })

  test('the answer is named', () => {
    const [finding] = findingsIn(observeTalk(cutAnswer('client'))).filter(({ code }) => code.endsWith('after-answer'))
    expect(finding).toMatchObject({ api: 'Heartbeat', apiVersion: 1, kind: 'response', exchanges: [1] })
    expect(finding!.message).toContain('very likely')
  })
})

describe('protocol/repeated-cause', () => {
  /** An answer to JoinGroup v5 that is four zero bytes. */
  const broken = (): Talk[] => {
    const id = ++correlation
    return [{ asks: request('JoinGroup', 5, id) }, { answers: sized(Uint8Array.of(0, 0, 0, id, 0, 0, 0, 0)) }]
  }
  const repeated = (count: number) =>
    findingsIn(observeTalk(times(count, broken))).filter(({ code }) => code === 'protocol/repeated-cause')

  test('is told at the third frame, and with the whole number at the end', () => {
    correlation = 0
    expect(repeated(2)).toEqual([])
    expect(repeated(3).map(({ explains }) => explains)).toEqual([3])
    const [third, last] = repeated(30)
    expect([third!.explains, last!.explains]).toEqual([3, 30])
    expect(last).toMatchObject({ severity: 'note', api: 'JoinGroup', apiVersion: 5, kind: 'response' })
    expect(last!.exchanges).toHaveLength(20)
    expect(last!.causes).toHaveLength(1)
  })

  test('counts once in a summary', () => {
    correlation = 0
    const tally = new Tally()
    for (const observed of observeTalk(times(30, broken))) tally.add(observed)
    expect(tally.findings.byName.get('protocol/repeated-cause')).toBe(1)
    expect(tally.severities).toMatchObject({ error: 30 })
  })
})
