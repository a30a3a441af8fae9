/** What only the whole pipeline shows: findings that need a conversation. */
import { describe, expect, test } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import type { Finding } from '../../src/findings/finding.ts'
import { Pipeline } from '../../src/findings/pipeline.ts'
import { join, request, response } from '../session/script.ts'

/** Findings of a conversation on one connection, client and broker by turns. */
function findingsOf(...frames: readonly Uint8Array[]): Finding[] {
  const pipeline = new Pipeline()
  pipeline.push({ type: 'open', connection: { id: 1, client: 'c:1', broker: 'b:1' }, time: 0 })
  const observed = frames.flatMap((bytes, i) =>
    pipeline.push({ type: 'data', connection: 1, direction: i % 2 === 0 ? 'request' : 'response', time: i, bytes }),
  )
  return observed.flatMap((event) =>
    event.type === 'exchange' ? event.findings : event.type === 'finding' ? [event.finding] : [],
  )
}

const codes = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code)

const versions = (apiKey: number, maxVersion: number): Uint8Array[] => [
  request('ApiVersions', 0, 1),
  response('ApiVersions', 0, 1, { errorCode: 0, apiKeys: [{ apiKey, minVersion: 0, maxVersion }] }),
]

describe('protocol/advertised-refused', () => {
  test('an advertised version that is refused, in the schema of the answer or as a bare error code', () => {
    const refused = response('Heartbeat', 1, 2, { errorCode: 35 })
    expect(codes(findingsOf(...versions(12, 4), request('Heartbeat', 1, 2), refused))).toEqual([
      'protocol/advertised-refused',
    ])
    const bare = join(Uint8Array.of(0, 0, 0, 6, 0, 0, 0, 2), Uint8Array.of(0, 35))
    expect(codes(findingsOf(...versions(3, 4), request('Metadata', 1, 2), bare))).toContain(
      'protocol/advertised-refused',
    )
  })

  test('35 where an answer has something else is no error code', () => {
    const topic = { name: 't'.repeat(35), partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 1 }] }
    const produced = response('Produce', 7, 2, { responses: [topic] })
    const records = writeBatch({ records: [{ value: null }] })
    const asked = { acks: 1, topicData: [{ name: topic.name, partitionData: [{ index: 0, records }] }] }
    expect(codes(findingsOf(...versions(0, 9), request('Produce', 7, 2, asked), produced))).toEqual([])
    const coordinator = response('FindCoordinator', 0, 2, { errorCode: 0, nodeId: 35, host: 'h', port: 9092 })
    expect(codes(findingsOf(...versions(10, 4), request('FindCoordinator', 0, 2), coordinator))).toEqual([])
    const joined = response('JoinGroup', 5, 2, { errorCode: 0, generationId: 35 })
    expect(codes(findingsOf(...versions(11, 9), request('JoinGroup', 5, 2), joined))).toEqual([])
  })
})

describe('records/batch-too-large', () => {
  test('what a fetch decompresses to is bounded for all its fields together', () => {
    const records = writeBatch({ codec: 'gzip', records: [{ value: new Uint8Array(15 << 20) }] })
    const partitions = Array.from({ length: 10 }, (_, partitionIndex) => ({ partitionIndex, records }))
    const fetched = response('Fetch', 11, 1, { responses: [{ topic: 't', partitions }] })
    const found = codes(findingsOf(request('Fetch', 11, 1), fetched))
    expect(found.filter((code) => code === 'records/batch-too-large').length).toBeGreaterThan(2)
  })
})

describe('frame/size', () => {
  test('a size that no frame has is not called a frame that was cut', () => {
    const insane = new Uint8Array(300).fill(0x81)
    insane.set([0x7f, 0, 0, 0])
    const [finding] = findingsOf(...versions(0, 9), insane)
    expect(finding).toMatchObject({ code: 'frame/size', causes: [{ cause: 'frame-size' }] })
    expect(finding!.message).toContain('no frame has it')
  })
})
