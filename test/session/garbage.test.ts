/** Hostile bytes: nothing throws, nothing hangs, no memory is held; and no cut of any stream changes what is seen. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Segment } from '../../src/session/segment.ts'
import { Session } from '../../src/session/session.ts'
import { ascii, broker, client, close, end, play, playEveryCut, request, response, type Step, sized } from './script.ts'

const frames: readonly Uint8Array[] = [
  request('ApiVersions', 3, 1, { clientSoftwareName: 'x', clientSoftwareVersion: '1' }),
  request('Metadata', 12, 2, { topics: [{ name: 'a' }] }),
  request('Produce', 7, 3, { acks: 0, topicData: [] }),
  request('Produce', 9, 4, { acks: 1, topicData: [] }),
  request('SaslHandshake', 0, 5, { mechanism: 'PLAIN' }),
  request('SaslHandshake', 0, 5, { mechanism: 'GSSAPI' }),
  request('SaslAuthenticate', 2, 6, { authBytes: ascii('\0u\0p') }),
  request('Fetch', 12, 7, { topics: [] }),
  response('ApiVersions', 0, 1, { errorCode: 35 }),
  response('ApiVersions', 3, 1, { apiKeys: [{ apiKey: 1, minVersion: 0, maxVersion: 9 }] }),
  response('Metadata', 12, 2, { topics: [{ name: 'a', topicId: Buffer.alloc(16, 1).toString('base64url') }] }),
  response('Produce', 9, 4),
  response('SaslHandshake', 0, 5),
  response('SaslAuthenticate', 2, 6, { authBytes: ascii('') }),
  response('Fetch', 12, 7, { sessionId: 3 }),
  sized(''),
  sized('\0user\0password'),
  sized('\x60token'),
  ascii('GET / HTTP/1.1\r\n'),
  ascii('\x16\x03\x01\x00\x05\x01'),
]

const bytes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...frames) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...frames), fc.nat(), fc.nat(255)).map(([frame, at, byte]) => {
      const damaged = new Uint8Array(frame)
      damaged.fill(byte, at % (frame.length + 1), (at % (frame.length + 1)) + 1)
      return damaged
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...frames), fc.nat()).map(([frame, at]) => frame.subarray(at % frame.length)),
  },
)

const side = fc.constantFrom('client' as const, 'broker' as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ from: side, bytes }) },
  { weight: 1, arbitrary: fc.record({ lost: side, bytes: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ close: side }) },
)
const conversation = fc.array(step, { maxLength: 14 })
const options = fc.record({
  midstream: fc.boolean(),
  maxFrame: fc.constantFrom(20, 40, 1000),
  maxPending: fc.constantFrom(1, 3, 100),
})

describe('any conversation', () => {
  test('gives the same events in any cut', () => {
    fc.assert(
      fc.property(conversation, options, fc.constantFrom(close, end), (steps, play, last) => {
        playEveryCut([...steps, last], play)
      }),
      { numRuns: 400 },
    )
  })

  test('ends every exchange once, in a request of its own or none', () => {
    fc.assert(
      fc.property(conversation, options, fc.constantFrom(close, end), (steps, how, last) => {
        const { events } = play([...steps, last], how)
        const asked = events.flatMap((event) => (event.type === 'request' ? [event.exchange.id] : []))
        const done = events.flatMap((event) => (event.type === 'exchange' ? [event.exchange] : []))
        expect(new Set(done.map(({ id }) => id)).size).toBe(done.length)
        for (const id of asked) expect(done.some((exchange) => exchange.id === id)).toBe(true)
        for (const { response: answer, noResponse } of done) expect(answer === null).toBe(noResponse !== null)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('noise', () => {
  const noise = (seed: number, length: number): Uint8Array => {
    let state = seed
    return Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      // Half of it zeros: those are what small sizes and lengths are made of.
      return state & 0x80000000 ? 0 : state >>> 24
    })
  }

  test('never throws, whatever it is cut into and wherever it begins', () => {
    for (let seed = 0; seed < 300; seed++) {
      const steps = Array.from({ length: 6 }, (_, i): Step => {
        const piece = noise(seed * 7 + i, 50 + ((seed * 13) % 3000))
        if (i === 3 && seed % 3 === 0) return { lost: 'client', bytes: seed }
        return i % 2 ? broker(piece) : client(piece)
      })
      play([...steps, close], { midstream: seed % 2 === 0 })
    }
  })

  test('is not kept', () => {
    const session = new Session()
    const before = process.memoryUsage().arrayBuffers
    for (let id = 1; id <= 50; id++) {
      session.push({ type: 'open', connection: { id, client: 'a', broker: 'b', midstream: id % 2 === 0 }, time: 0 })
      for (let i = 0; i < 20; i++) {
        const segment: Segment = {
          type: 'data',
          connection: id,
          direction: i % 2 ? 'request' : 'response',
          time: i,
          bytes: noise(id * 100 + i, 50_000),
        }
        session.push(segment)
      }
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
  })
})
