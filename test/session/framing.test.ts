import { describe, expect, test } from 'vitest'
import { Assembly, Budget, HEAD } from '../../src/session/assembly.ts'
import {
  broker,
  client,
  close,
  end,
  framesOf,
  join,
  play,
  randomCut,
  request,
  response,
  script,
  sized,
} from './script.ts'

const asked = request('ListGroups', 2, 1)
const answered = response('ListGroups', 2, 1)
const sent = 'request 1 ListGroups c1 v2 h1 17'
const done = 'exchange 1 ListGroups c1 v2 h0 18'

describe('frames', () => {
  test('that lie whole in a segment are views of it, others are put together', () => {
    const segment = join(asked, request('ListGroups', 2, 2))
    const { events } = play([client(segment), end])
    const [first, second] = framesOf(events)
    expect(first!.bytes.buffer).toBe(second!.bytes.buffer)
    expect([first!.bytes.length, second!.bytes.length]).toEqual([17, 17])
  })

  test('are copies where the segments are borrowed, in one piece or many, of any size', () => {
    const large = response('ListGroups', 2, 1, { groups: [{ groupId: 'g'.repeat(32_000), protocolType: 'consumer' }] })
    const halves = (bytes: Uint8Array): Uint8Array[] => [bytes.subarray(0, 20_000), bytes.subarray(20_000)]
    for (const cut of [halves, randomCut(1, 5000), randomCut(1, 50)]) {
      const { events } = play([client(asked), broker(large), end], { borrowed: true, cut })
      expect(framesOf(events).map(({ bytes }) => Array.from(bytes))).toEqual([Array.from(asked), Array.from(large)])
    }
  })

  test('have time and packet of their first byte', () => {
    const second = request('ListGroups', 2, 2)
    const { events } = play([client(join(asked, second.subarray(0, 1))), client(second.subarray(1)), end])
    expect(framesOf(events).map(({ time, packet }) => [time, packet])).toEqual([
      [1000, 1],
      [1000, 1],
    ])
  })

  test('of size 0 are frames', () => {
    script(
      [client(asked), broker(sized('')), broker(answered)],
      [sent, 'anomaly response short-header size 4 api -1', done],
    )
  })
})

describe('frames too large to keep', () => {
  const large = request('Metadata', 1, 2, { topics: [{ name: 'x'.repeat(300) }] })

  test('are paired by what is kept, and what follows is read', () => {
    const { events } = script(
      [client(asked, large), client(request('ListGroups', 2, 3)), broker(answered), close],
      [
        sent,
        'anomaly request of 2 too-large 323',
        'request 2 Metadata c2 v1 h1 cut of 323',
        'request 3 ListGroups c3 v2 h1 17',
        done,
        'exchange 2 Metadata c2 connection closed',
        'exchange 3 ListGroups c3 connection closed',
        'closed',
      ],
      { maxFrame: 100 },
    )
    expect(framesOf(events).find(({ kept }) => !kept)).toMatchObject({ size: 323, bytes: large })
  })

  test('keep their first 64 KB', () => {
    const huge = join(response('ListGroups', 2, 1), new Uint8Array(200_000))
    new DataView(huge.buffer).setInt32(0, huge.length - 4)
    for (const cut of [1, 10_000, huge.length]) {
      const steps = [client(asked)]
      for (let at = 0; at < huge.length; at += cut) steps.push(broker(huge.subarray(at, at + cut)))
      if (cut === 1) steps.splice(70_000)
      const { events, lines } = play(
        [...steps, broker(huge.subarray(steps.length > 60_000 ? steps.length - 1 : huge.length))],
        {
          maxFrame: 100_000,
        },
      )
      expect(lines).toEqual([
        sent,
        'anomaly response of 1 too-large 200018',
        'exchange 1 ListGroups c1 v2 h0 cut of 200018',
      ])
      expect(framesOf(events)[1]!.bytes.length).toBe(HEAD)
    }
  })

  test('also where all unfinished frames together take too much', () => {
    const big = sized(new Uint8Array(500_000))
    const { lines } = play([client(asked), broker(big.subarray(0, 200_000)), broker(big.subarray(200_000))], {
      maxUnfinished: 100_000,
    })
    expect(lines.slice(1)).toEqual(['anomaly response correlation expected 1 actual 0'])
  })
})

describe('sizes that can not be', () => {
  test('after frames: the framing is lost, the other direction goes on', () => {
    const { events } = script(
      [
        client(asked),
        client(sized('').fill(0xff), new Uint8Array(9)),
        broker(answered),
        broker(response('ListGroups', 2, 2)),
        close,
      ],
      [
        sent,
        'anomaly request frame-size claimed -1 had 9 bytes 13',
        done,
        'exchange 2 Unknown c2 unasked v0 h0 18',
        'closed',
      ],
    )
    expect(events[0]).toMatchObject({ connection: { opaque: 'the client sends a frame size of -1', requestBytes: 30 } })
  })

  test('in front of what reads like Kafka otherwise: only the size is wrong', () => {
    const little = new Uint8Array(asked)
    little.set([13 + 64, 0, 0, 0])
    script([client(little), close], [`anomaly request frame-size claimed ${77 * 2 ** 24} had 13 bytes 17`, 'closed'])
    const wrong = new Uint8Array(answered)
    wrong.set([0x80, 0, 0, 14])
    script(
      [client(asked), broker(wrong), client(request('ListGroups', 2, 2)), close],
      [
        sent,
        'anomaly response frame-size claimed -2147483634 had 14 bytes 18',
        'request 2 ListGroups c2 v2 h1 17',
        'exchange 1 ListGroups c1 connection closed',
        'exchange 2 ListGroups c2 connection closed',
        'closed',
      ],
    )
  })
})

describe('a frame that ends with the connection', () => {
  test.each([
    [1, 'claimed 4 had 1 bytes 1'],
    [4, 'claimed 13 had 0 bytes 4'],
    [16, 'claimed 13 had 12 bytes 16'],
  ])('after %d bytes', (length, what) => {
    script([client(asked.subarray(0, length)), close], [`anomaly request frame-size ${what}`, 'closed'])
    script([client(asked.subarray(0, length)), { close: 'client' }], [`anomaly request frame-size ${what}`])
  })

  test('belongs to the request it would have answered', () => {
    script(
      [client(asked), broker(answered.subarray(0, 10)), close],
      [
        sent,
        'anomaly response of 1 frame-size claimed 14 had 6 bytes 10',
        'exchange 1 ListGroups c1 connection closed',
        'closed',
      ],
    )
  })

  test('is no anomaly where whoever reads it has left before', () => {
    script(
      [client(asked), { close: 'client' }, broker(answered.subarray(0, 10)), close],
      [sent, 'exchange 1 ListGroups c1 connection closed', 'closed'],
    )
    script([client(asked.subarray(0, 9)), { close: 'broker' }, { close: 'client' }], ['closed'])
  })

  test('is no anomaly where only the session ends', () => {
    script([client(asked.subarray(0, 10)), end], [])
  })
})

test('a claim costs no memory: 512 MB claimed, 10 bytes had', () => {
  const before = process.memoryUsage().arrayBuffers
  const played = Array.from({ length: 200 }, () =>
    play([client(join(new Uint8Array([0x1f, 0, 0, 0]), new Uint8Array(6)))]),
  )
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
  expect(played.flatMap(({ lines }) => lines)).toEqual([])
})

test('an unfinished frame holds at most twice what came', () => {
  const frame = new Assembly(0, null, new Budget(2 ** 30))
  frame.claimed = 2 ** 26
  const piece = new Uint8Array(1000).fill(7)
  for (let i = 0; i < 1000; i++) frame.append(piece, 0, 1000)
  expect(frame.view().length).toBe(1_000_000)
  expect(frame.view().buffer.byteLength).toBeLessThanOrEqual(2_000_000)
  expect(frame.view().every((byte) => byte === 7)).toBe(true)
})
