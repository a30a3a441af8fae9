/** Groups of Kafka Streams (KIP-1071): `test/interop/streams.test.ts` runs a real application. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { assignTasks, inRole, taskOf } from '../../src/broker/streams/assignor.ts'
import type { StreamsGroup } from '../../src/broker/streams/group.ts'
import { configure, type Subtopology, TopologyError } from '../../src/broker/streams/topology.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import type { JsonValue } from '../../src/codec/json-text.ts'
import { subtopology } from './admin-requests.ts'
import { ask, at, type Bench, type Body, bench } from './helpers.ts'

const GROUP = 'app'
const info = (name: string, partitions = 0) => ({ name, partitions, replicationFactor: -1, topicConfigs: [] })

/** Words that are counted: what is read is written by word, and counted from there. */
const COUNTING: readonly Subtopology[] = [
  { ...subtopology('words'), repartitionSinkTopics: ['app-by-word'] },
  {
    ...subtopology('x', '1'),
    sourceTopics: [],
    repartitionSourceTopics: [info('app-by-word')],
    stateChangelogTopics: [{ ...info('app-counts'), topicConfigs: [{ key: 'cleanup.policy', value: 'compact' }] }],
  },
]

type Fields = { readonly [field: string]: Encodable }

function stage(standbys = 0, delayMs = 0): Bench {
  const on = bench()
  on.broker.topics.create('words', 3)
  on.broker.settings.groups.set(
    GROUP,
    new Map([
      ['streams.num.standby.replicas', String(standbys)],
      ['streams.initial.rebalance.delay.ms', String(delayMs)],
    ]),
  )
  return on
}

const beat = (on: Bench, more: Fields): Promise<Body> =>
  ask(on, 'StreamsGroupHeartbeat', 1, {
    groupId: GROUP,
    endpointInformationEpoch: 0,
    rebalanceTimeoutMs: -1,
    topology: null,
    activeTasks: null,
    standbyTasks: null,
    warmupTasks: null,
    ...more,
  })

const join = (on: Bench, memberId: string, more: Fields = {}): Promise<Body> =>
  beat(on, {
    memberId,
    memberEpoch: 0,
    rebalanceTimeoutMs: 10_000,
    topology: { epoch: 1, subtopologies: COUNTING as unknown as Encodable },
    activeTasks: [],
    standbyTasks: [],
    warmupTasks: [],
    processId: `process of ${memberId}`,
    clientTags: [],
    ...more,
  })

const codesOf = (answer: Body): JsonValue[] =>
  (at(answer, 'status') as { statusCode: number }[]).map(({ statusCode }) => statusCode)
const groupOf = (on: Bench): StreamsGroup => on.broker.coordinator.streams.get(GROUP)!
const tasks = (answer: Body, role = 'activeTasks'): number =>
  ((at(answer, role) as { partitions: number[] }[] | null) ?? []).reduce((sum, each) => sum + each.partitions.length, 0)

describe('a streams group', () => {
  it('makes internal topics, says so, and then gives tasks', async () => {
    const on = stage()
    const first = await join(on, 'a')
    expect(first).toMatchObject({ errorCode: 0, memberEpoch: 2, activeTasks: [] })
    expect(at(first, 'status')).toEqual([
      { statusCode: 3, statusDetail: 'Internal topics are missing: app-by-word, app-counts' },
    ])
    expect(on.broker.topics.get('app-counts')?.partitions).toHaveLength(3)
    expect(on.broker.topics.get('app-counts')?.configs.get('cleanup.policy')).toBe('compact')
    const second = await beat(on, { memberId: 'a', memberEpoch: 2 })
    expect(second).toMatchObject({ memberEpoch: 3, status: [] })
    expect(at(second, 'activeTasks')).toEqual([
      { subtopologyId: '1', partitions: [0, 1, 2] },
      { subtopologyId: '0', partitions: [0, 1, 2] },
    ])
    expect(await beat(on, { memberId: 'a', memberEpoch: 3 })).toMatchObject({ memberEpoch: 3, activeTasks: null })
  })

  it('waits for others before it gives the first tasks', async () => {
    const on = stage(0, 3000)
    on.broker.topics.create('app-by-word', 3)
    on.broker.topics.create('app-counts', 3)
    const first = await join(on, 'a')
    expect(first).toMatchObject({ memberEpoch: 1, activeTasks: [] })
    expect(codesOf(first)).toEqual([5])
    await join(on, 'b')
    await on.clock.advance(3000)
    const given = [await beat(on, { memberId: 'a', memberEpoch: 1 }), await beat(on, { memberId: 'b', memberEpoch: 1 })]
    expect(given.map((each) => tasks(each))).toEqual([3, 3])
  })

  it('takes a task from one member before it gives it to another', async () => {
    const on = stage()
    await join(on, 'a')
    await beat(on, { memberId: 'a', memberEpoch: 2 })
    expect(tasks(await join(on, 'b'))).toBe(0)
    const told = await beat(on, { memberId: 'a', memberEpoch: 3 })
    expect(tasks(told)).toBe(3)
    expect(told).toMatchObject({ memberEpoch: 3 })
    const kept = { activeTasks: at(told, 'activeTasks') as Encodable, standbyTasks: [], warmupTasks: [] }
    expect(await beat(on, { memberId: 'a', memberEpoch: 3, ...kept })).toMatchObject({ memberEpoch: 4 })
    expect(tasks(await beat(on, { memberId: 'b', memberEpoch: 4 }))).toBe(3)
    expect(groupOf(on).state).toBe('Stable')
  })

  it.each([
    ['source topics that are not there', [{ ...subtopology('nowhere') }], 1],
    [
      'joined topics of other sizes',
      [
        {
          ...subtopology('words'),
          sourceTopics: ['words', 'two'],
          copartitionGroups: [{ sourceTopics: [0, 1], sourceTopicRegex: [], repartitionSourceTopics: [] }],
        },
      ],
      2,
    ],
    ['an internal topic of another size', [{ ...subtopology('words'), stateChangelogTopics: [info('two')] }], 2],
  ])('tells of %s by a status, and is not ready', async (_what, subtopologies, status) => {
    const on = stage()
    on.broker.topics.create('two', 2)
    const answer = await join(on, 'a', { topology: { epoch: 1, subtopologies } })
    expect(answer).toMatchObject({ errorCode: 0, activeTasks: [] })
    expect(codesOf(answer)).toEqual([status])
    expect(groupOf(on).state).toBe('NotReady')
  })

  it.each([
    ['no member id', { memberId: '' }, 'INVALID_REQUEST'],
    ['no topology', { topology: null }, 'INVALID_REQUEST'],
    ['tasks of one kind only', { standbyTasks: null }, 'INVALID_REQUEST'],
    ['an epoch that there is none of', { memberEpoch: -3, topology: null }, 'INVALID_REQUEST'],
    [
      'a topic of the broker',
      { topology: { epoch: 1, subtopologies: [subtopology('__consumer_offsets')] } },
      'STREAMS_INVALID_TOPOLOGY',
    ],
    [
      'no source',
      { topology: { epoch: 1, subtopologies: [{ ...subtopology(''), sourceTopics: [] }] } },
      'STREAMS_INVALID_TOPOLOGY',
    ],
  ])('refuses a member with %s', async (_what, more, error) => {
    const on = stage()
    expect(await join(on, 'a', more as Fields)).toMatchObject({ errorCode: errorCode(error), status: [] })
    expect(on.broker.coordinator.streams.get(GROUP)).toBeUndefined()
  })

  it('fences members, ends with all when one asks for it, and is deleted when it is empty', async () => {
    const on = stage()
    expect(await beat(on, { memberId: 'a', memberEpoch: 1 })).toMatchObject({
      errorCode: errorCode('GROUP_ID_NOT_FOUND'),
    })
    await join(on, 'a')
    expect(await beat(on, { memberId: 'x', memberEpoch: 1 })).toMatchObject({
      errorCode: errorCode('UNKNOWN_MEMBER_ID'),
    })
    expect(await beat(on, { memberId: 'a', memberEpoch: 9 })).toMatchObject({
      errorCode: errorCode('FENCED_MEMBER_EPOCH'),
    })
    const stale = await join(on, 'b', { topology: { epoch: 0, subtopologies: [subtopology('words')] } })
    expect(codesOf(stale)).toContain(0)
    const other = await join(on, 'c', { topology: { epoch: 2, subtopologies: [subtopology('words')] } })
    expect(other).toMatchObject({ errorCode: errorCode('INVALID_REQUEST') })
    expect(codesOf(await beat(on, { memberId: 'a', memberEpoch: 2, shutdownApplication: true }))).toContain(4)
    const deleteIt = () => ask(on, 'DeleteGroups', 2, { groupsNames: [GROUP] })
    expect(at(await deleteIt(), 'results', 0, 'errorCode')).toBe(errorCode('NON_EMPTY_GROUP'))
    await beat(on, { memberId: 'a', memberEpoch: -1 })
    await on.clock.advance(45_000)
    expect(groupOf(on).state).toBe('Empty')
    expect(at(await deleteIt(), 'results', 0, 'errorCode')).toBe(0)
  })
})

describe('a topology', () => {
  it('with repartition topics that follow from each other in a circle has no sizes', () => {
    const loop = {
      ...subtopology('r'),
      sourceTopics: [],
      repartitionSourceTopics: [info('r')],
      repartitionSinkTopics: ['r'],
    }
    expect(() => configure({ epoch: 1, subtopologies: [loop] }, bench().broker.topics)).toThrow(TopologyError)
  })

  it('of thousands of subtopologies, the last one first, and a source named again and again', () => {
    const { topics } = bench().broker
    topics.create('words', 3)
    const chain = Array.from({ length: 2000 }, (_, i) => ({
      ...subtopology('words', `${i}`),
      sourceTopics: i === 1999 ? Array.from({ length: 300_000 }, () => 'words') : [],
      repartitionSourceTopics: i === 1999 ? [] : [info(`r${i + 1}`)],
      repartitionSinkTopics: [`r${i}`],
    }))
    const { counts } = configure({ epoch: 1, subtopologies: chain }, topics)
    expect([counts.size, new Set(counts.values())]).toEqual([1999, new Set([3])])
  }, 20_000)

  it('makes repartition topics as large as what they are joined with', () => {
    const { topics } = bench().broker
    topics.create('four', 4)
    topics.create('two', 2)
    const from = { ...subtopology('two'), repartitionSinkTopics: ['r'] }
    const joined = {
      ...subtopology('four', '1'),
      repartitionSourceTopics: [info('r')],
      copartitionGroups: [{ sourceTopics: [0], repartitionSourceTopics: [0] }],
    }
    expect(configure({ epoch: 1, subtopologies: [from, joined] }, topics).counts.get('r')).toBe(4)
  })
})

describe('the assignor', () => {
  const workers = fc
    .uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) => fc.integer({ min: 0, max: 3 }).map((process) => ({ id: `${id}`, processId: `${process}` }))),
      ),
    )
  const works = fc.array(fc.record({ tasks: fc.integer({ min: 1, max: 9 }), stateful: fc.boolean() }), { maxLength: 4 })

  it('gives every task to one, equally many to each, keeps them, and copies to other processes', () => {
    fc.assert(
      fc.property(workers, works, fc.integer({ min: 0, max: 2 }), (all, sizes, standbys) => {
        const work = new Map(sizes.map((each, i) => [`${i}`, { ...each, inputs: new Map<string, number>() }]))
        const fresh = all.map((each) => ({ ...each, previous: new Set<string>() }))
        const first = assignTasks(fresh, work, standbys)
        const keys = [...first.values()].flatMap((own) => [...own])
        const active = keys.filter((key) => taskOf(key).role === 'active')
        expect(active).toHaveLength(sizes.reduce((sum, { tasks }) => sum + tasks, 0))
        expect(new Set(active).size).toBe(active.length)
        const counts = [...first.values()].map((own) => [...own].filter((key) => taskOf(key).role === 'active').length)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        for (const key of active) {
          const holders = fresh.filter(
            ({ id }) => first.get(id)!.has(key) || first.get(id)!.has(inRole(key, 'standby')),
          )
          const stateful = work.get(taskOf(key).subtopologyId)!.stateful
          const processes = new Set(fresh.map(({ processId }) => processId)).size
          expect(holders).toHaveLength(stateful ? Math.min(processes, 1 + standbys) : 1)
          expect(new Set(holders.map(({ processId }) => processId)).size).toBe(holders.length)
        }
        const again = assignTasks(
          fresh.map((each) => ({ ...each, previous: first.get(each.id)! })),
          work,
          standbys,
        )
        for (const { id } of fresh) {
          const own = (keys: Set<string>): string[] => [...keys].filter((key) => taskOf(key).role === 'active').sort()
          expect(own(again.get(id)!)).toEqual(own(first.get(id)!))
        }
      }),
    )
  })
})

describe('histories of a streams group', () => {
  it("no active task is two members', no process has a task twice, and all is done when it is quiet", async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 3 }),
      what: fc.constantFrom('beat', 'beat', 'beat', 'leave', 'wait', 'grow'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 0, max: 1 }), async (steps, standbys) => {
        const on = stage(standbys)
        const epochs = new Map<string, number>()
        const owned = new Map<string, Fields>()
        const act = async (id: string): Promise<void> => {
          const epoch = epochs.get(id) ?? 0
          const own = owned.get(id) ?? { activeTasks: [], standbyTasks: [], warmupTasks: [] }
          const process = { processId: id < 'c' ? 'one' : id }
          const answer =
            epoch === 0 ? await join(on, id, process) : await beat(on, { memberId: id, memberEpoch: epoch, ...own })
          if (at(answer, 'errorCode') !== 0) {
            epochs.delete(id)
            owned.delete(id)
            return
          }
          epochs.set(id, Number(at(answer, 'memberEpoch')))
          const { activeTasks, standbyTasks, warmupTasks } = answer as unknown as Fields
          if (activeTasks !== null) owned.set(id, { activeTasks, standbyTasks, warmupTasks } as Fields)
        }
        const check = (): void => {
          const seen = new Set<string>()
          for (const { progress, processId } of groupOf(on)?.members.values() ?? []) {
            for (const key of [...progress.assigned, ...progress.revoking]) {
              const place = taskOf(key).role === 'active' ? key : `${processId} ${inRole(key, 'active')}`
              expect(seen.has(place), place).toBe(false)
              seen.add(place)
            }
          }
        }
        for (const { who, what } of steps) {
          const id = 'abcd'[who]!
          if (what === 'wait') await on.clock.advance(20_000)
          else if (what === 'grow') on.broker.topics.grow(on.broker.topics.get('words')!, 3)
          else if (what === 'leave' && epochs.has(id)) {
            await beat(on, { memberId: id, memberEpoch: -1 })
            epochs.delete(id)
            owned.delete(id)
          } else await act(id)
          check()
        }
        await act('d')
        for (let round = 0; round < 12; round++) for (const id of [...epochs.keys()]) await act(id)
        await on.clock.advance(50_000)
        for (const id of 'abcd') if (!epochs.has(id)) continue
        for (let round = 0; round < 12; round++) {
          await act('d')
          check()
        }
        const active = [...groupOf(on).members.values()].flatMap(({ progress }) =>
          [...progress.assigned].filter((key) => taskOf(key).role === 'active'),
        )
        expect(active).toHaveLength(6)
        on.broker.close()
      }),
      { numRuns: 200 },
    )
  }, 60_000)
})
