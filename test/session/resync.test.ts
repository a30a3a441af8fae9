import { describe, expect, test } from 'vitest'
import {
  ascii,
  broker,
  client,
  close,
  end,
  framesOf,
  join,
  play,
  request,
  response,
  type Step,
  script,
  sized,
} from './script.ts'

const list = (id: number) => request('ListGroups', 2, id)
const groups = (id: number) => response('ListGroups', 2, id)
const sent = (id: number, correlationId = id) => `request ${id} ListGroups c${correlationId} v2 h1 17`
const done = (id: number, correlationId = id) => `exchange ${id} ListGroups c${correlationId} v2 h0 18`
const lost = (side: 'client' | 'broker', bytes: number): Step => ({ lost: side, bytes })

describe('a gap whose size is known', () => {
  test('inside a request: exactly that frame is damaged, its answer is still paired', () => {
    const topics = request('Metadata', 1, 2, { topics: [{ name: 'x'.repeat(100) }] })
    const { events } = script(
      [
        client(list(1), topics.subarray(0, 30)),
        lost('client', 50),
        client(topics.subarray(80), list(3)),
        broker(groups(1), response('Metadata', 1, 2), groups(3)),
      ],
      [
        sent(1),
        'request 2 Metadata c2 v1 h1 cut of 123',
        'gap request 50 skipped 43',
        sent(3),
        done(1),
        'exchange 2 Metadata c2 v1 h0 20',
        done(3),
      ],
    )
    expect(framesOf(events).find(({ kept }) => !kept)?.bytes.length).toBe(30)
  })

  test('inside a response', () => {
    script(
      [client(list(1), list(2)), broker(groups(1).subarray(0, 10)), lost('broker', 8), broker(groups(2))],
      [sent(1), sent(2), 'exchange 1 ListGroups c1 v2 h0 cut of 18', 'gap response 8 skipped 0', done(2)],
    )
  })

  test('twice in one frame', () => {
    const topics = request('Metadata', 1, 2, { topics: [{ name: 'x'.repeat(100) }] })
    script(
      [
        client(topics.subarray(0, 30)),
        lost('client', 20),
        client(topics.subarray(50, 60)),
        lost('client', 20),
        client(topics.subarray(80), list(3)),
      ],
      ['request 1 Metadata c2 v1 h1 cut of 123', 'gap request 20 skipped 73', 'gap request 20 skipped 0', sent(2, 3)],
    )
  })

  test('over the end of a frame: frames are found again', () => {
    script(
      [client(list(1), list(2).subarray(0, 14)), lost('client', 10), client(list(3).subarray(7), list(4))],
      [sent(1), 'request 2 ListGroups c2 v2 h1 cut of 17', 'gap request 10 skipped 10', sent(3, 4)],
    )
  })
})

describe('a gap between frames', () => {
  test('that lost an answer: the request is not captured', () => {
    script(
      [client(list(1), list(2), list(3)), broker(groups(1)), lost('broker', 18), broker(groups(3)), close],
      [
        sent(1),
        sent(2),
        sent(3),
        done(1),
        'gap response 18 skipped 0',
        'exchange 2 ListGroups c2 not captured',
        done(3),
        'closed',
      ],
    )
  })

  test('that lost a request: its answer is to nothing, and no anomaly', () => {
    script(
      [client(list(1)), lost('client', 17), client(list(3)), broker(groups(1), groups(2), groups(3), groups(4))],
      [
        sent(1),
        'gap request 17 skipped 0',
        sent(2, 3),
        done(1),
        'exchange 3 Unknown c2 unasked v0 h0 18',
        done(2, 3),
        'anomaly response correlation expected null actual 4',
      ],
    )
  })

  test('of unknown size, with rubbish behind it', () => {
    script(
      [client(list(1)), lost('client', 0), client(ascii('rubbish '.repeat(40)), list(5), list(6)), end],
      [
        sent(1),
        'gap request 0 skipped 320',
        sent(2, 5),
        sent(3, 6),
        'exchange 1 ListGroups c1 pending',
        'exchange 2 ListGroups c5 pending',
        'exchange 3 ListGroups c6 pending',
      ],
    )
  })

  test('after which nothing is found: told of at the end', () => {
    script(
      [client(list(1)), lost('broker', 5), broker(ascii('no frame here')), lost('broker', 6), close],
      [sent(1), 'gap response 11 skipped 13', 'exchange 1 ListGroups c1 not captured', 'closed'],
    )
  })
})

describe('what is no frame', () => {
  test('another client id, a version that is unknown, a body with bytes left over', () => {
    const other = request('ListGroups', 2, 8, {}, 'another')
    const version = list(8)
    version.set([0, 99], 6)
    const longer = join(list(8), new Uint8Array(1))
    longer.set([0, 0, 0, 14])
    const noise = join(other, version, longer)
    script(
      [client(list(1)), lost('client', 9), client(noise, list(9)), end],
      [
        sent(1),
        `gap request 9 skipped ${noise.length}`,
        sent(2, 9),
        'exchange 1 ListGroups c1 pending',
        'exchange 2 ListGroups c9 pending',
      ],
    )
  })

  test('an answer to nobody, or one that does not read as what was asked', () => {
    const noise = join(groups(77), sized(new Uint8Array([0, 0, 0, 1, 0xff])))
    script(
      [client(list(1)), lost('broker', 9), broker(noise, groups(1))],
      [sent(1), `gap response 9 skipped ${noise.length}`, done(1)],
    )
  })

  test('frames too large to wait for are taken by their header', () => {
    const size = 3_000_000
    const huge = join(request('Produce', 7, 2, { acks: 1 }), new Uint8Array(size))
    new DataView(huge.buffer).setInt32(0, huge.length - 4)
    const { lines } = play([client(list(1)), lost('client', 3), client(huge), client(list(3))])
    expect(lines.slice(1)).toEqual(['gap request 3 skipped 0', `request 2 Produce c2 v7 h1 ${huge.length}`, sent(3)])
  })
})

describe('a capture that begins in the middle', () => {
  test('of a frame in both directions', () => {
    script(
      [broker(groups(3).subarray(9)), client(list(4).subarray(5), list(5)), broker(groups(4), groups(5)), close],
      ['gap request 0 skipped 12', sent(1, 5), 'gap response 0 skipped 27', done(1, 5), 'closed'],
      { midstream: true },
    )
  })

  test('of nothing: the first frames are taken', () => {
    script([client(list(4)), broker(groups(4))], [sent(1, 4), done(1, 4)], { midstream: true })
  })

  test('a first answer that was guessed wrong is told of, and frames are found again', () => {
    const guess = join(sized(new Uint8Array([0, 0, 0, 7, 1])), ascii('\xff\xff\xff\xff\xff'))
    const { lines } = script(
      [broker(guess), client(list(4)), broker(groups(4))],
      ['exchange 1 Unknown c7 unasked v0 h0 9', sent(2, 4), 'gap response 0 skipped 5', done(2, 4)],
      { midstream: true },
    )
    expect(lines.join()).not.toContain('frame-size')
  })
})

test('bytes made to look like frames at every offset do not take time without end', () => {
  // Each 14 bytes: a size of about 1 MB, ListGroups v2, a client id of no length: a candidate that does not fit.
  const piece = request('ListGroups', 2, 1, {}, '')
  piece.set([0, 0x0f, 0, 0])
  const noise = new Uint8Array(6_000_000)
  for (let at = 0; at + 14 <= noise.length; at += 14) noise.set(piece.subarray(0, 14), at)
  const started = performance.now()
  const { lines } = play([lost('client', 1), client(noise), end])
  expect(lines).toEqual([`gap request 1 skipped ${noise.length}`])
  expect(performance.now() - started).toBeLessThan(5000)
})
