/** Requests as they are sent again: the recorded bytes, or the same with what has changed. */
import { expect, test } from 'vitest'
import { ATTRIBUTES_AT } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { fromHex, toHex } from '../../src/bytes/hex.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import { Ids } from '../../src/replay/ids.ts'
import { Leaders } from '../../src/replay/leaders.ts'
import { bodyOf } from '../../src/replay/player.ts'
import { merged, producerBatches, rewritten } from '../../src/replay/request.ts'
import type { Frame } from '../../src/session/exchange.ts'
import { requestFrame } from '../broker/helpers.ts'
import { loadTraffic } from '../vectors.ts'

function frameOf(bytes: Uint8Array, apiKey: number, apiVersion: number): Frame {
  const { headerVersion } = decodeFrame(bytes, { kind: 'request', apiKey, apiVersion })
  const size = bytes.length
  return { kind: 'request', time: 0, packet: null, bytes, size, kept: true, apiKey, apiVersion, headerVersion }
}

const requests = loadTraffic().filter(({ kind }) => kind === 'request')

test('where nothing changes, the recorded bytes go out', () => {
  for (const { frame, apiKey, version } of requests) {
    const recorded = frameOf(fromHex(frame), apiKey, version)
    expect(rewritten(recorded, undefined, new Ids(), 1).frame).toBe(recorded.bytes)
  }
})

test('written anew from its values, every request of real clients is the same, byte for byte', () => {
  let written = 0
  for (const { frame, apiKey, version } of requests) {
    const { frame: bytes, changed } = rewritten(frameOf(fromHex(frame), apiKey, version), {}, new Ids(), 1)
    expect(toHex(bytes)).toBe(frame)
    if (changed) written++
  }
  expect(written).toBe(requests.length)
})

test('an edit is a merge patch: null takes a field away, what is not named stays', () => {
  expect(merged({ a: 1, b: { c: 2, d: 3 }, e: [1, 2] }, { a: null, b: { c: 4 }, e: [9] })).toEqual({
    b: { c: 4, d: 3 },
    e: [9],
  })
  const bytes = requestFrame('Heartbeat', 3, { groupId: 'g', generationId: 1, memberId: 'm' })
  const { frame } = rewritten(frameOf(bytes, 12, 3), { generationId: 2 }, new Ids(), 1)
  expect(bodyOf(frameOf(frame, 12, 3))).toMatchObject({ groupId: 'g', generationId: 2, memberId: 'm' })
  expect(() => rewritten(frameOf(bytes, 12, 3), { generationId: 'x' }, new Ids(), 1)).toThrow('generationId')
})

test('batches get the producer ids that the new broker gave, and a CRC that fits', () => {
  const produce = requests.find(({ apiKey, capture }) => apiKey === 0 && capture.includes('eos'))!
  const ids = new Ids()
  const recorded = frameOf(fromHex(produce.frame), 0, produce.version)
  const batch = recordsOf(recorded)
  const before = batchHeader(batch, 0)!
  expect(before.producerId).not.toBe(-1)
  expect(producerBatches(batch, ids)).toBe(batch)
  const asked = { producerId: before.producerId, producerEpoch: before.producerEpoch }
  ids.learn(1, {}, asked, { producerId: 4_294_967_299, producerEpoch: 12 })
  const now = recordsOf(frameOf(rewritten(recorded, undefined, ids, 1).frame, 0, produce.version))
  const after = batchHeader(now, 0)!
  expect(after).toMatchObject({ producerId: 4_294_967_299, producerEpoch: 12, baseSequence: before.baseSequence })
  expect(after.crc).toBe(crc32c(now, ATTRIBUTES_AT, after.size))
  expect(recordsOf(recorded)).toEqual(batch)
})

/** The records of the first partition of a Produce request, as bytes. */
function recordsOf(frame: Frame): Uint8Array {
  const body = bodyOf(frame, true) as { topicData: { partitionData: { records: string }[] }[] }
  return Buffer.from(body.topicData[0]!.partitionData[0]!.records, 'base64')
}

test('who leads a group sends the assignments, whoever did in the recording', () => {
  const sync = (memberId: string, assignments: { memberId: string; assignment: string }[]) =>
    frameOf(requestFrame('SyncGroup', 3, { groupId: 'g', generationId: 1, memberId, assignments }), 14, 3)
  const both = ['a', 'b'].map((memberId) => ({ memberId, assignment: 'AAAA' }))
  const [ofLeader, ofFollower] = [sync('a', both), sync('b', [])]
  const leaders = new Leaders()
  leaders.tellRecorded(bodyOf(ofLeader, true))
  const ids = new Ids()
  ids.learn(1, { groupId: 'g' }, { generationId: 1 }, { generationId: 5 })
  // Before anybody knows who leads now, all stays.
  expect(bodyOf(sent(ofFollower), true)).toMatchObject({ assignments: [] })
  leaders.joined({ groupId: 'g' }, { leader: 'b', generationId: 5 })
  expect(bodyOf(sent(ofFollower), true)).toMatchObject({ generationId: 5, assignments: both })
  expect(bodyOf(sent(ofLeader), true)).toMatchObject({ generationId: 5, assignments: [] })

  function sent(frame: Frame): Frame {
    return frameOf(rewritten(frame, undefined, ids, 1, leaders).frame, 14, 3)
  }
})
