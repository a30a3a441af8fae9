import { describe, expect, test } from 'vitest'
import { broker, client, type Played, play, playEveryCut, request, response, type Step } from './script.ts'

const uuid = (n: number): string => Buffer.alloc(16, n).toString('base64url')

const connectionOf = ({ events }: Played) => {
  const [first] = events
  if (first?.type !== 'connection') throw new Error('no connection')
  return first.connection
}

describe('topic names by id', () => {
  const cases: [string, number, object, object, [string, string][]][] = [
    [
      'Metadata',
      12,
      { topics: [] },
      {
        topics: [
          { name: 'orders', topicId: uuid(1), partitions: [] },
          { name: null, topicId: uuid(2) },
          { name: 'none', topicId: uuid(0) },
        ],
      },
      [[uuid(1), 'orders']],
    ],
    ['CreateTopics', 7, { topics: [] }, { topics: [{ name: 'a', topicId: uuid(3) }] }, [[uuid(3), 'a']]],
    ['DeleteTopics', 6, { topics: [] }, { responses: [{ name: 'b', topicId: uuid(4) }] }, [[uuid(4), 'b']]],
    ['DescribeTopicPartitions', 0, {}, { topics: [{ name: 'c', topicId: uuid(5) }] }, [[uuid(5), 'c']]],
    [
      'ConsumerGroupDescribe',
      0,
      {},
      {
        groups: [
          {
            members: [
              {
                assignment: { topicPartitions: [{ topicId: uuid(6), topicName: 'd', partitions: [0] }] },
                targetAssignment: { topicPartitions: [] },
              },
            ],
          },
        ],
      },
      [[uuid(6), 'd']],
    ],
  ]
  test.each(cases)('%s v%d', (api, version, asked, answered, names) => {
    const steps: Step[] = [
      client(request(api, version, 1, { ...asked })),
      broker(response(api, version, 1, { ...answered })),
    ]
    expect([...playEveryCut(steps).session.state.topicNames]).toEqual(names)
  })

  test('the newest name wins, and only so many are kept', () => {
    const answer = (from: number, count: number) => {
      const topics = Array.from({ length: count }, (_, i) => {
        const id = Buffer.alloc(16, 9)
        id.writeInt32BE(from + i)
        return { name: `t${from + i}`, topicId: id.toString('base64url') }
      })
      return [client(request('Metadata', 12, 1, { topics: [] })), broker(response('Metadata', 12, 1, { topics }))]
    }
    const names = [...namesAfter(answer(0, 50_000), answer(50_000, 10)).values()]
    expect(names).toHaveLength(50_000)
    expect(names[0]).toBe('t10')
    expect(names.at(-1)).toBe('t50009')
  })
})

test('what a client calls itself, and what the broker advertises', () => {
  const connection = connectionOf(
    playEveryCut([
      client(request('ApiVersions', 3, 1, { clientSoftwareName: 'librdkafka', clientSoftwareVersion: '2.3.0' }, null)),
      broker(
        response('ApiVersions', 3, 1, {
          apiKeys: [
            { apiKey: 0, minVersion: 3, maxVersion: 11 },
            { apiKey: 18, minVersion: 0, maxVersion: 4 },
          ],
        }),
      ),
      client(request('ListGroups', 2, 2, {}, 'late')),
    ]),
  )
  expect(connection).toMatchObject({
    clientId: 'late',
    clientSoftwareName: 'librdkafka',
    clientSoftwareVersion: '2.3.0',
    apiVersions: new Map([
      [0, [3, 11]],
      [18, [0, 4]],
    ]),
  })
})

test('producers', () => {
  const { session } = playEveryCut([
    client(request('InitProducerId', 4, 1, { transactionalId: 'tx', transactionTimeoutMs: 1 })),
    broker(response('InitProducerId', 4, 1, { producerId: 77, producerEpoch: 3 })),
    client(request('InitProducerId', 4, 2, { transactionalId: null, transactionTimeoutMs: 1 })),
    broker(response('InitProducerId', 4, 2, { errorCode: 15, producerId: -1, producerEpoch: -1 })),
  ])
  expect([...session.state.producers]).toEqual([[77, { transactionalId: 'tx', epoch: 3 }]])
})

describe('fetch sessions (KIP-227)', () => {
  const fetch = (id: number, sessionId: number, sessionEpoch: number, topics: [string, number[]][], gone = {}) =>
    client(
      request('Fetch', 11, id, {
        sessionId,
        sessionEpoch,
        maxWaitMs: 1,
        minBytes: 1,
        rackId: '',
        topics: topics.map(([topic, partitions]) => ({
          topic,
          partitions: partitions.map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 })),
        })),
        forgottenTopicsData: Object.entries(gone).map(([topic, partitions]) => ({
          topic,
          partitions: partitions as number[],
        })),
      }),
    )
  const fetched = (id: number, sessionId: number) => broker(response('Fetch', 11, id, { sessionId, responses: [] }))
  const begin = [
    fetch(1, 0, 0, [
      ['a', [0, 1]],
      ['b', [0]],
    ]),
    fetched(1, 5),
  ]

  test('remember what an incremental fetch does not say', () => {
    const { session } = playEveryCut([
      ...begin,
      fetch(2, 5, 1, [['c', [2]]], { b: [0] }),
      fetched(2, 5),
      fetch(3, 5, 2, []),
    ])
    expect(session.state.fetchSession('broker:9092', 5)).toEqual({
      broker: 'broker:9092',
      id: 5,
      epoch: 2,
      partitions: new Map([
        ['a', new Set([0, 1])],
        ['c', new Set([2])],
      ]),
      truncated: false,
    })
    expect(session.state.fetchSession('other:9092', 5)).toBe(null)
  })

  test('end', () => {
    expect(playEveryCut([...begin, fetch(2, 5, -1, [])]).session.state.fetchSession('broker:9092', 5)).toBe(null)
  })
})

/** Without the cuts: for conversations of many megabytes. */
function namesAfter(...rounds: Step[][]): Map<string, string> {
  return play(rounds.flat()).session.state.topicNames
}
