import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestTracker } from '../../src/proxy/requests.ts'
import { HoldBudget, ResponseStream } from '../../src/proxy/responses.ts'
import { requestFrame, responseFrame } from './frames.ts'

const METADATA = { api: 'Metadata', version: 9 }
const HEARTBEAT = { api: 'Heartbeat', version: 4 }
const FETCH = { api: 'Fetch', version: 16 }

const metadata = (id: number): Buffer =>
  responseFrame(METADATA, id, { brokers: [{ nodeId: 1, host: 'kafka', port: 9092 }], controllerId: 1, topics: [] })
const heartbeat = (id: number): Buffer => responseFrame(HEARTBEAT, id, { errorCode: 27 })

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...[...new Set(at)].filter((p) => p > 0 && p < bytes.length).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => bytes.subarray(places[i]!, end))
}

interface Taken {
  passed: Buffer
  frames: Buffer[]
  /** All bytes in the order in which they would be sent. */
  sent: Buffer
}

function takeAll(stream: ResponseStream, chunks: readonly Uint8Array[], flush = true): Taken {
  const passed: Uint8Array[] = []
  const frames: Buffer[] = []
  const sent: Uint8Array[] = []
  const pass = (bytes: Uint8Array): void => {
    passed.push(Buffer.from(bytes))
    sent.push(Buffer.from(bytes))
  }
  for (const chunk of chunks) {
    for (let rest: Uint8Array | null = chunk; rest; rest = stream.rest) {
      const frame = stream.push(rest, pass)
      if (!frame) break
      frames.push(Buffer.from(frame.bytes))
      sent.push(Buffer.from(frame.bytes))
    }
  }
  if (flush) stream.flush(pass)
  return { passed: Buffer.concat(passed), frames, sent: Buffer.concat(sent) }
}

const cuts = fc.array(fc.nat(400), { maxLength: 60 })

describe('the answers of a connection', () => {
  const asked = Buffer.concat([
    requestFrame(HEARTBEAT, 1),
    requestFrame(METADATA, 2),
    requestFrame(HEARTBEAT, 3),
    requestFrame(METADATA, 4),
  ])
  const answered = Buffer.concat([heartbeat(1), metadata(2), heartbeat(3), metadata(4), heartbeat(99)])

  it('are held back where they carry addresses, in any cut, and no others are', () => {
    fc.assert(
      fc.property(cuts, cuts, (requestCuts, responseCuts) => {
        const tracker = new RequestTracker()
        for (const chunk of cut(asked, requestCuts)) tracker.scan(chunk)
        const budget = new HoldBudget()
        const taken = takeAll(new ResponseStream(tracker, budget), cut(answered, responseCuts))
        expect(taken.frames).toEqual([metadata(2), metadata(4)])
        expect(taken.passed).toEqual(Buffer.concat([heartbeat(1), heartbeat(3), heartbeat(99)]))
        expect(taken.sent).toEqual(answered)
        expect(tracker.carriers).toBe(0)
        expect(budget.used).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('pass as the same memory, uncopied, where none carries addresses', () => {
    const tracker = new RequestTracker()
    tracker.scan(requestFrame(HEARTBEAT, 1))
    const passed: Uint8Array[] = []
    const chunk = Buffer.concat([heartbeat(1), heartbeat(2)]).subarray(0, 25)
    new ResponseStream(tracker, new HoldBudget()).push(chunk, (bytes) => passed.push(bytes))
    expect(passed).toEqual([chunk])
    expect(passed[0]).toBe(chunk)
  })

  it('pass byte by byte at once, even the first of a frame, where no addresses are awaited', () => {
    const stream = new ResponseStream(new RequestTracker(), new HoldBudget())
    let passed = 0
    for (const byte of answered) {
      stream.push(Uint8Array.of(byte), (bytes) => {
        passed += bytes.length
      })
    }
    expect(passed).toBe(answered.length)
  })

  it('that end in the middle of a held frame pass what there was', () => {
    for (let end = 1; end < metadata(2).length; end++) {
      const tracker = new RequestTracker()
      tracker.scan(requestFrame(METADATA, 2))
      const taken = takeAll(
        new ResponseStream(tracker, new HoldBudget()),
        cut(metadata(2).subarray(0, end), [3, 9, 20]),
      )
      expect(taken.sent).toEqual(metadata(2).subarray(0, end))
    }
  })

  it.each([
    ['a raw SASL token of no bytes', '00000000'],
    ['a size that is negative', 'ffffffff00000000'],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex')],
    ['a TLS alert', '15030300020228'],
  ])('%s passes whole', (_name, hex) => {
    const tracker = new RequestTracker()
    tracker.scan(requestFrame(METADATA, 2))
    const bytes = Buffer.from(hex, 'hex')
    for (let at = 0; at <= bytes.length; at++) {
      expect(takeAll(new ResponseStream(tracker, new HoldBudget()), cut(bytes, [at])).sent).toEqual(bytes)
    }
  })

  it('after raw SASL tokens are seen as before', () => {
    const tracker = new RequestTracker()
    const token = Buffer.from('0000000b0075736572007365637265', 'hex')
    tracker.scan(Buffer.concat([requestFrame({ api: 'SaslHandshake', version: 0 }, 1), token, Buffer.alloc(4)]))
    tracker.scan(requestFrame(METADATA, 2))
    const stream = new ResponseStream(tracker, new HoldBudget())
    const handshake = responseFrame({ api: 'SaslHandshake', version: 0 }, 1, { mechanisms: ['PLAIN'] })
    const taken = takeAll(stream, [Buffer.concat([handshake, Buffer.alloc(4), Buffer.alloc(4), metadata(2)])])
    expect(taken.frames).toEqual([metadata(2)])
  })
})

describe('what is held back is bounded', () => {
  it('a large Fetch answer passes as it comes; without addresses in it nothing need be said', () => {
    const tracker = new RequestTracker()
    tracker.scan(requestFrame(FETCH, 2))
    tracker.scan(requestFrame(METADATA, 3))
    const large: number[] = []
    const stream = new ResponseStream(tracker, new HoldBudget(), (_request, size) => large.push(size))
    const fetched = responseFrame(FETCH, 2, { responses: [{ partitions: [{ records: Buffer.alloc(2 << 20) }] }] })
    const first = takeAll(stream, [fetched.subarray(0, 100)], false)
    expect(first.passed.length).toBe(100)
    const taken = takeAll(stream, [fetched.subarray(100), metadata(3)])
    expect(taken.frames).toEqual([metadata(3)])
    expect(large).toEqual([])
  })

  it('a claimed size takes no memory before the bytes come, and the budget ends the holding', () => {
    const tracker = new RequestTracker()
    tracker.scan(requestFrame(METADATA, 2))
    const budget = new HoldBudget(64 * 1024)
    const told: number[] = []
    const stream = new ResponseStream(tracker, budget, (_request, size) => told.push(size))
    const head = Buffer.from('0000f00000000002', 'hex')
    const other = new ResponseStream(tracker, budget)
    expect(takeAll(stream, [head], false).sent.length).toBe(0)
    expect(budget.used).toBe(8)
    tracker.scan(requestFrame(METADATA, 3))
    takeAll(other, [Buffer.from('0000f00000000003', 'hex'), Buffer.alloc(0xef00)], false)
    const taken = takeAll(stream, [Buffer.alloc(0x2000)], false)
    expect(taken.passed.length).toBe(0x2008)
    expect(told).toEqual([0x2008])
    expect(budget.used).toBe(8 + 0xef00)
  })

  it('thousands of requests without an answer are forgotten, oldest first', () => {
    const tracker = new RequestTracker()
    tracker.scan(requestFrame(METADATA, -1))
    for (let id = 0; id < 10_000; id++) tracker.scan(requestFrame(HEARTBEAT, id))
    tracker.scan(requestFrame(METADATA, 10_000))
    expect(tracker.answered(-1)).toBeNull()
    expect(tracker.carriers).toBe(1)
    expect(tracker.answered(10_000)?.hold).toBeGreaterThan(0)
  })

  it('any bytes both ways come out as they went in', () => {
    const chunks = fc.array(
      fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom<Uint8Array>(metadata(2), heartbeat(1), asId(0))),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(chunks, fc.array(fc.uint8Array({ maxLength: 30 })), cuts, (answers, noise, places) => {
        const tracker = new RequestTracker()
        tracker.scan(requestFrame(METADATA, 2))
        tracker.scan(requestFrame(METADATA, 0))
        for (const bytes of noise) tracker.scan(bytes)
        const all = Buffer.concat(answers)
        expect(takeAll(new ResponseStream(tracker, new HoldBudget()), cut(all, places)).sent).toEqual(all)
      }),
      { numRuns: 1000 },
    )
  })
})

/** A held frame of no body. */
function asId(id: number): Buffer {
  const frame = Buffer.alloc(8)
  frame.writeInt32BE(4)
  frame.writeInt32BE(id, 4)
  return frame
}
