import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carrierModel } from '../../src/proxy/carriers.ts'
import { EndpointScan, HIDDEN_TAG } from '../../src/proxy/endpoint-scan.ts'
import { RequestTracker } from '../../src/proxy/requests.ts'
import { HoldBudget, ResponseStream } from '../../src/proxy/responses.ts'
import { requestFrame, responseFrame } from './frames.ts'

const nodeEndpoints = [{ nodeId: 3, host: 'kafka-3', port: 9092, rack: null }]
const unknown = [{ tag: 9, data: 'AAAA' }]
const partition = { records: Buffer.alloc(3000, 1), abortedTransactions: [{ producerId: 1, firstOffset: 2 }] }
const fetched = {
  responses: [
    {
      partitions: [
        partition,
        { ...partition, currentLeader: { leaderId: 3, leaderEpoch: 1 }, _unknownTaggedFields: unknown },
      ],
    },
    { partitions: [{ records: null, abortedTransactions: null }] },
  ],
  _unknownTaggedFields: unknown,
}
const produced = {
  responses: [
    {
      name: 'orders',
      partitionResponses: [
        { errorCode: 6, recordErrors: [{ batchIndex: 1, batchIndexErrorMessage: null }], errorMessage: 'moved' },
      ],
    },
  ],
}
const CASES = [
  { api: 'Fetch', apiKey: 1, versions: [16, 17, 18], body: fetched },
  { api: 'Produce', apiKey: 0, versions: [10, 11, 12, 13], body: produced },
].flatMap(({ versions, ...rest }) => versions.map((version) => ({ ...rest, version })))

/** Scans a frame from after the correlation id, in pieces that end at these places. */
function scanAll(
  frame: Buffer,
  apiKey: number,
  version: number,
  cuts: readonly number[],
): { tag: number; seen: boolean } {
  const scan = new EndpointScan(carrierModel(apiKey, version)!)
  let from = 8
  for (const end of [...cuts.filter((c) => c > 8 && c < frame.length).sort((a, b) => a - b), frame.length]) {
    const tag = scan.scan(frame, from, end)
    if (tag >= 0) return { tag, seen: scan.seen }
    from = end
  }
  return { tag: -1, seen: scan.seen }
}

describe('endpoints in answers that pass', () => {
  it.each(CASES)('$api v$version: the tag is found in any cut, and no other', ({ api, apiKey, version, body }) => {
    const withThem = responseFrame({ api, version }, 1, { ...body, nodeEndpoints })
    const without = responseFrame({ api, version }, 1, body)
    const host = withThem.indexOf('kafka-3')
    fc.assert(
      fc.property(fc.array(fc.nat(withThem.length), { maxLength: 40 }), (cuts) => {
        const { tag } = scanAll(withThem, apiKey, version, cuts)
        // In front of the host: tag, size, count, node id (4), the host's length.
        expect(tag).toBe(host - 8)
        expect(withThem[tag]).toBe(0)
        expect(scanAll(without, apiKey, version, cuts)).toEqual({ tag: -1, seen: false })
      }),
    )
  })

  it.each([1, 2])('ShareFetch v%i: they are seen, though nothing can be done', (version) => {
    const frame = responseFrame({ api: 'ShareFetch', version }, 1, { nodeEndpoints })
    expect(scanAll(frame, 78, version, [])).toEqual({ tag: -1, seen: true })
    expect(scanAll(responseFrame({ api: 'ShareFetch', version }, 1, {}), 78, version, [])).toEqual({
      tag: -1,
      seen: false,
    })
  })

  it('any bytes are looked at without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...CASES), (bytes, { apiKey, version }) => {
        scanAll(Buffer.concat([Buffer.alloc(8), bytes]), apiKey, version, [100, 200])
      }),
      { numRuns: 2000 },
    )
  })

  it('one byte of a large answer is changed, and the client that reads it finds no endpoints', () => {
    const tracker = new RequestTracker()
    const told: boolean[] = []
    const stream = new ResponseStream(tracker, new HoldBudget(), (_request, _size, hidden) => told.push(hidden))
    const large = { responses: [{ partitions: [{ records: Buffer.alloc(2 << 20) }] }] }
    const frame = responseFrame({ api: 'Fetch', version: 16 }, 1, { ...large, nodeEndpoints })
    const plain = responseFrame({ api: 'Fetch', version: 16 }, 2, large)
    tracker.scan(requestFrame({ api: 'Fetch', version: 16 }, 1))
    tracker.scan(requestFrame({ api: 'Fetch', version: 16 }, 2))
    const passed: Uint8Array[] = []
    const both = Buffer.concat([frame, plain])
    for (let at = 0; at < both.length; at += 65_536) {
      stream.push(both.subarray(at, at + 65_536), (bytes) => passed.push(Buffer.from(bytes)))
    }
    const wanted = Buffer.from(both)
    wanted[frame.indexOf('kafka-3') - 8] = HIDDEN_TAG
    expect(Buffer.concat(passed).equals(wanted)).toBe(true)
    expect(told).toEqual([true])
  })
})
