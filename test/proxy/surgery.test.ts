import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Encodable } from '../../src/codec/encode.ts'
import { apiKeyOf, messageTable } from '../../src/codec/messages.ts'
import { type Addresses, findAddresses, holdLimit } from '../../src/proxy/carriers.ts'
import { replaceAddresses } from '../../src/proxy/surgery.ts'
import { knownVersions } from '../../src/schema/concretise.ts'
import { includes } from '../../src/schema/versions.ts'
import { requestFrame, responseFrame } from './frames.ts'

type Address = { host: string; port: number }
const BROKERS: Address[] = [
  { host: 'kafka-1.example.org', port: 9092 },
  { host: 'b', port: 65535 },
  { host: '2001:db8::7', port: 1 },
]
const unknownTag = { _unknownTaggedFields: [{ tag: 77, data: Buffer.from('later').toString('base64') }] }

/** Answers of each carrier with these addresses in them; `extra` goes where unknown tags may stand. */
const BODIES: Record<string, (at: Address[], version: number, extra: object) => Encodable> = {
  Metadata: (at, version, extra) => ({
    brokers: at.map((address, nodeId) => ({ nodeId, ...address, ...extra })),
    controllerId: version >= 1 ? 1 : -1,
    topics: [{ name: 'host', partitions: [{ leaderId: 1, replicaNodes: [1, 2], isrNodes: [1], ...extra }], ...extra }],
    ...extra,
  }),
  FindCoordinator: (at, version, extra) =>
    version < 4
      ? { nodeId: 5, ...at[0], ...extra }
      : { coordinators: at.map((address, nodeId) => ({ key: 'host', nodeId, ...address, ...extra })), ...extra },
  DescribeCluster: (at, _version, extra) => ({
    clusterId: 'c',
    brokers: at.map((address, brokerId) => ({ brokerId, ...address, rack: 'r', ...extra })),
    ...extra,
  }),
  Produce: (at, _version, extra) => endpoints(at, extra),
  Fetch: (at, _version, extra) => ({
    ...endpoints(at, extra),
    responses: [{ partitions: [{ errorCode: 6, records: 'AAAA', currentLeader: { leaderId: 3, leaderEpoch: 9 } }] }],
  }),
  ShareFetch: (at, _version, extra) => endpoints(at, extra),
  ShareAcknowledge: (at, _version, extra) => endpoints(at, extra),
}

function endpoints(at: Address[], extra: object): Record<string, Encodable> {
  return { nodeEndpoints: at.map((address, nodeId) => ({ nodeId, ...address, rack: null, ...extra })), ...extra }
}

const CASES = Object.keys(BODIES).flatMap((api) => {
  const table = messageTable(`${api}Response`)!
  return knownVersions(table)
    .filter((version) => holdLimit(apiKeyOf(api)!, version) > 0)
    .map((version) => ({ api, version, extra: includes(table.flexible, version) ? unknownTag : {} }))
})

function found(frame: Uint8Array, api: string, version: number): Addresses {
  const addresses = findAddresses(frame, apiKeyOf(api)!, version)
  if (typeof addresses === 'string') throw new Error(addresses)
  return addresses
}

describe('addresses in answers', () => {
  it('are looked for in every version that has them', () => {
    const from = Object.fromEntries(Object.keys(BODIES).map((api) => [api, CASES.find((c) => c.api === api)?.version]))
    expect(from).toEqual({
      Metadata: 0,
      FindCoordinator: 0,
      DescribeCluster: 0,
      Produce: 10,
      Fetch: 16,
      ShareFetch: 0,
      ShareAcknowledge: 0,
    })
    expect(holdLimit(apiKeyOf('Produce')!, 9)).toBe(0)
    expect(holdLimit(apiKeyOf('Fetch')!, 15)).toBe(0)
    expect(holdLimit(18, 3)).toBe(0)
    expect(holdLimit(10001, 0)).toBe(0)
  })

  it.each(CASES)('$api v$version: hosts and ports change, nothing else', ({ api, version, extra }) => {
    const make = (at: Address[]): Buffer => responseFrame({ api, version }, 7, BODIES[api]!(at, version, extra))
    const others = BROKERS.map((_, i) => ({ host: i === 1 ? 'b' : `proxy-${'x'.repeat(i * 70)}`, port: 19000 + i }))
    const before = make(BROKERS)
    const addresses = found(before, api, version)
    const one = api === 'FindCoordinator' && version < 4
    expect(addresses.spans.map(({ host, port }) => ({ host, port }))).toEqual(one ? BROKERS.slice(0, 1) : BROKERS)
    expect(addresses.spans.map(({ nodeId }) => nodeId)).toEqual(one ? [5] : [0, 1, 2])
    const after = replaceAddresses(before, addresses, ({ host }) => others[BROKERS.findIndex((b) => b.host === host)]!)
    expect(Buffer.from(after).toString('hex')).toBe(make(others).toString('hex'))
  })

  it.each(CASES)('$api v$version: any addresses, there and back again', ({ api, version, extra }) => {
    const address = fc.record({
      host: fc.string({ minLength: 1, maxLength: 140 }),
      port: fc.integer({ min: 0, max: 65535 }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(address, address), { minLength: 1, maxLength: 3 }), (pairs) => {
        const before = responseFrame(
          { api, version },
          7,
          BODIES[api]!(
            pairs.map(([from]) => from),
            version,
            extra,
          ),
        )
        let i = 0
        const there = replaceAddresses(before, found(before, api, version), () => pairs[i++]![1])
        i = 0
        const back = replaceAddresses(there, found(there, api, version), () => pairs[i++]![0])
        expect(Buffer.from(back).equals(before)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })
})

describe('odd encodings', () => {
  it('keep their bytes: an overlong varint, tags out of order, a boolean of 7, bytes after the end', () => {
    const make = (at: Address): string =>
      responseFrame({ api: 'FindCoordinator', version: 4 }, 7, { coordinators: [{ key: 'g', nodeId: 1, ...at }] })
        .toString('hex')
        .slice(8)
    // coordinators' count 02 as 82 00; the body's tag buffer with tags 9 and 3; then two bytes too many.
    const odd = (hex: string): Buffer => {
      const body = `${hex.slice(0, 18)}8200${hex.slice(20, -2)}0209000300ffff`
      const frame = Buffer.from(`00000000${body}`, 'hex')
      frame.writeInt32BE(frame.length - 4)
      return frame
    }
    const before = odd(make({ host: 'kafka', port: 9092 }))
    const addresses = found(before, 'FindCoordinator', 4)
    const after = replaceAddresses(before, addresses, () => ({ host: 'localhost', port: 19092 }))
    expect(Buffer.from(after)).toEqual(odd(make({ host: 'localhost', port: 19092 })))
  })

  it('a frame that does not decode has no addresses, and the reason is told', () => {
    const frame = responseFrame({ api: 'Metadata', version: 9 }, 7, BODIES.Metadata!(BROKERS, 9, {}))
    for (let end = 8; end < frame.length; end++) {
      expect(findAddresses(frame.subarray(0, end), 3, 9)).toMatch(/does not fit at byte \d+/)
    }
    expect(findAddresses(frame, 3, 99)).toBe('the version is unknown')
    expect(findAddresses(requestFrame({ api: 'Metadata', version: 9 }, 1), 3, 12)).toBeTypeOf('string')
  })

  it('a tag whose size is wrong is left alone', () => {
    const frame = responseFrame({ api: 'Produce', version: 10 }, 7, endpoints(BROKERS.slice(1, 2), {}))
    // One tag, number 0, then its size.
    const at = frame.indexOf(Buffer.from('0100', 'hex'), 10)
    expect(frame[at + 2]).toBe(frame.length - at - 3)
    frame[at + 2] = frame[at + 2]! + 1
    expect(findAddresses(frame, 0, 10)).toMatch(/tag-size/)
  })

  it('any bytes at all are read without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...CASES), (bytes, { api, version }) => {
        const addresses = findAddresses(bytes, apiKeyOf(api)!, version)
        if (typeof addresses !== 'string') replaceAddresses(bytes, addresses, () => ({ host: 'x', port: 1 }))
      }),
      { numRuns: 2000 },
    )
  })
})

it('an answer that names more addresses than is sane is not taken apart', () => {
  const brokers = Array.from({ length: 20_001 }, (_, nodeId) => ({ nodeId, host: 'h', port: 1 }))
  const frame = responseFrame({ api: 'Metadata', version: 1 }, 1, { brokers, controllerId: 1, topics: [] })
  expect(findAddresses(frame, apiKeyOf('Metadata')!, 1)).toBe('it names more than 20000 addresses')
})
