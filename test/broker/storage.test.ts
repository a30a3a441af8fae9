import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Storage } from '../../src/broker/storage.ts'
import { ask, at, type Bench, batchOf, bench, createTopic, produceTo } from './helpers.ts'

let folder: string
let lines: string[]
let on: Bench

const start = (): Bench => {
  const storage = Storage.open(folder, (line) => lines.push(line))
  return bench({ storage, initialRebalanceDelayMs: 0 })
}
/** As after kill -9: what was written is all that is left, the lock of a process that is gone included. */
function kill(): Bench {
  const left = new Map(files().map((file) => [file, readFileSync(join(folder, file))]))
  on.broker.close()
  for (const [file, bytes] of left) writeFileSync(join(folder, file), bytes)
  writeFileSync(join(folder, 'lock'), '999999999 1\n')
  on = start()
  return on
}
const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(folder, file)).isFile())
const segmentOf = (topic: string): string =>
  join(folder, files().find((file) => file.includes(on.broker.topics.get(topic)!.id) && file.endsWith('.log'))!)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafkascope-data-'))
  lines = []
  on = start()
})
afterEach(() => {
  on.broker.close()
  rmSync(folder, { recursive: true, force: true })
})

const read = async (topic: string, fetchOffset = 0): Promise<unknown> => {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }]
  const answer = await ask(on, 'Fetch', 12, { maxWaitMs: 0, minBytes: 0, topics: [{ topic, partitions }] })
  return at(answer, 'responses', 0, 'partitions', 0)
}

describe('a broker that was killed', () => {
  it('has all records it acknowledged, byte for byte, and goes on after them', async () => {
    await createTopic(on, 'orders', 1)
    for (let i = 0; i < 20; i++) await produceTo(on, 'orders', batchOf([`a${i}`, `b${i}`]))
    const before = await read('orders')
    const { id, clusterId } = { id: on.broker.topics.get('orders')!.id, clusterId: on.broker.clusterId }
    kill()
    expect(await read('orders')).toEqual(before)
    expect(on.broker.topics.get('orders')!.id).toBe(id)
    expect(on.broker.clusterId).toBe(clusterId)
    const next = await produceTo(on, 'orders', batchOf(['c']))
    expect(at(next, 'responses', 0, 'partitionResponses', 0, 'baseOffset')).toBe(40)
    expect(lines).toEqual([])
  })

  it('knows partitions, configuration and deleted topics', async () => {
    await createTopic(on, 'gone')
    await createTopic(on, 'kept', 2)
    await produceTo(on, 'gone', batchOf(['v']))
    const resources = [
      { resourceType: 2, resourceName: 'kept', configs: [{ name: 'retention.ms', configOperation: 0, value: '7' }] },
    ]
    await ask(on, 'IncrementalAlterConfigs', 1, { resources, validateOnly: false })
    await ask(on, 'CreatePartitions', 3, { topics: [{ name: 'kept', count: 5, assignments: null }] })
    await ask(on, 'DeleteTopics', 5, { topicNames: ['gone'] })
    kill()
    expect(on.broker.topics.get('gone')).toBeUndefined()
    expect(on.broker.topics.get('kept')!.partitions).toHaveLength(5)
    expect(on.broker.topics.get('kept')!.configs.get('retention.ms')).toBe('7')
    expect(files().filter((file) => file.endsWith('.log'))).toEqual([])
  })

  it('knows committed offsets, those that were deleted with their group too', async () => {
    await createTopic(on, 'orders')
    const commit = (groupId: string, committedOffset: number) =>
      ask(on, 'OffsetCommit', 8, {
        groupId,
        topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: 'm' }] }],
      })
    await commit('g', 5)
    await commit('g', 7)
    await commit('dropped', 1)
    await ask(on, 'DeleteGroups', 2, { groupsNames: ['dropped'] })
    kill()
    expect(on.broker.offsets.get('g', 'orders', 0)).toEqual({ offset: 7, leaderEpoch: -1, metadata: 'm' })
    expect(on.broker.offsets.has('dropped')).toBe(false)
  })

  it('gives out no producer id twice', async () => {
    const first = await ask(on, 'InitProducerId', 4, { transactionalId: null, transactionTimeoutMs: 1 })
    kill()
    const second = await ask(on, 'InitProducerId', 4, { transactionalId: null, transactionTimeoutMs: 1 })
    expect(second.producerId).not.toBe(first.producerId)
  })

  it('goes on with a transaction that was open, and knows one that was decided', async () => {
    await createTopic(on, 'orders')
    const txn = { transactionalId: 'tx', transactionTimeoutMs: 10_000 }
    const { producerId, producerEpoch } = await ask(on, 'InitProducerId', 4, txn)
    const topics = [{ name: 'orders', partitions: [0] }]
    await ask(on, 'AddPartitionsToTxn', 3, {
      v3AndBelowTransactionalId: 'tx',
      v3AndBelowProducerId: producerId!,
      v3AndBelowProducerEpoch: producerEpoch!,
      v3AndBelowTopics: topics,
    })
    kill()
    expect(on.broker.transactions.get('tx')).toMatchObject({ state: 'Ongoing', producerId })
    await ask(on, 'EndTxn', 3, {
      transactionalId: 'tx',
      producerId: producerId!,
      producerEpoch: producerEpoch!,
      committed: true,
    })
    kill()
    expect(on.broker.transactions.get('tx')).toMatchObject({ state: 'CompleteCommit' })
    // The marker.
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(1)
  })

  it('does not keep a transactional id that was not used for too long', async () => {
    await ask(on, 'InitProducerId', 4, { transactionalId: 'old', transactionTimeoutMs: 10_000 })
    expect(readFileSync(join(folder, 'state.jsonl'), 'utf8')).toContain('["transaction/old",{')
    await on.clock.advance(on.broker.options.transactionalIdExpirationMs + 1)
    expect(on.broker.transactions.get('old')).toBeUndefined()
    await createTopic(on, 'orders')
    expect(readFileSync(join(folder, 'state.jsonl'), 'utf8')).toContain('["transaction/old",null]')
    kill()
    expect(on.broker.transactions.get('old')).toBeUndefined()
  })

  it('keeps where a log begins after records were deleted', async () => {
    await createTopic(on, 'orders')
    for (let i = 0; i < 4; i++) await produceTo(on, 'orders', batchOf(['a', 'b']))
    await ask(on, 'DeleteRecords', 2, {
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 5 }] }],
      timeoutMs: 1,
    })
    kill()
    expect(on.broker.topics.get('orders')!.partitions[0]).toMatchObject({ startOffset: 5, endOffset: 8 })
  })

  it('keeps what SCRAM users were given', async () => {
    const credential = {
      iterations: 4096,
      salt: new Uint8Array(20).fill(1),
      saltedPassword: new Uint8Array(32).fill(2),
    }
    const upsertions = [{ name: 'alice', mechanism: 1, ...credential }]
    await ask(on, 'AlterUserScramCredentials', 0, { deletions: [], upsertions })
    const before = on.broker.settings.scram.get('alice')
    kill()
    const after = on.broker.settings.scram.get('alice')?.get(1)
    expect([...after!.saltedPassword]).toEqual([...before!.get(1)!.saltedPassword])
  })
})

describe('files that are not whole', () => {
  it.each([1, 30, 60])('%i bytes of a batch at the end of a log are cut off, and it is said', async (more) => {
    await createTopic(on, 'orders')
    await produceTo(on, 'orders', batchOf(['a']))
    const file = segmentOf('orders')
    const sound = readFileSync(file)
    appendFileSync(file, sound.subarray(0, more))
    kill()
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(1)
    expect(lines).toEqual([
      expect.stringContaining(`${more} bytes after the last whole batch are cut off, at byte ${sound.length}`),
    ])
    expect(readFileSync(file)).toEqual(sound)
  })

  it('a batch whose CRC is wrong is cut off with all after it', async () => {
    await createTopic(on, 'orders')
    for (const value of ['a', 'b', 'c']) await produceTo(on, 'orders', batchOf([value]))
    const file = segmentOf('orders')
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8((bytes.length / 3) * 2 - 1) ^ 1, (bytes.length / 3) * 2 - 1)
    writeFileSync(file, bytes)
    kill()
    expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(1)
    expect(lines.join()).toContain('are cut off')
  })

  it('half a line at the end of the journal is cut off, and it is said', async () => {
    await createTopic(on, 'orders')
    const file = join(folder, 'state.jsonl')
    appendFileSync(file, '["topic/xyz",{"na')
    kill()
    expect(on.broker.topics.get('orders')).toBeDefined()
    expect(lines.join()).toContain('17 bytes after the last whole line are cut off')
  })

  it('a journal that is broken elsewhere is refused with the place', async () => {
    await createTopic(on, 'orders')
    on.broker.close()
    const file = join(folder, 'state.jsonl')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, `nonsense\n${text}`)
    expect(start).toThrow(/state\.jsonl: the line at byte 0 can't be read/)
    writeFileSync(file, text)
    on = start()
  })

  it('every length that a log may be cut to leaves a broker that starts', async () => {
    await createTopic(on, 'orders')
    for (const value of ['a', 'b', 'c']) await produceTo(on, 'orders', batchOf([value]))
    const file = segmentOf('orders')
    const size = statSync(file).size
    for (let cut = size - 1; cut >= 0; cut -= 7) {
      truncateSync(file, cut)
      kill()
      expect(on.broker.topics.get('orders')!.partitions[0]!.endOffset).toBe(Math.floor(cut / (size / 3)))
    }
  })
})

it('a directory in use is refused; one that was left is not', () => {
  expect(() => Storage.open(folder, () => {})).toThrow(`in use by process ${process.pid}`)
  kill()
})
