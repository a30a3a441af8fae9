import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/session/exchange.ts'
import { Pending } from '../../src/session/pairing.ts'
import { broker, client, close, end, framesOf, play, request, response, script, sized } from './script.ts'

describe('answers in order', () => {
  test('a request and its answer', () => {
    const asked = request('Heartbeat', 3, 7, { groupId: 'g', generationId: 1, memberId: 'm' })
    const answered = response('Heartbeat', 3, 7)
    const { events } = script(
      [client(asked), broker(answered), close],
      [`request 1 Heartbeat c7 v3 h1 ${asked.length}`, `exchange 1 Heartbeat c7 v3 h0 ${answered.length}`, 'closed'],
    )
    const [sent, received] = framesOf(events)
    expect(sent).toMatchObject({ kind: 'request', time: 1000, packet: 1, apiKey: 12, bytes: asked })
    expect(received).toMatchObject({ kind: 'response', time: 2000, packet: 2, apiKey: 12, bytes: answered })
    const closed = events.at(-1)
    if (closed?.type !== 'closed') throw new Error('not closed')
    expect(closed.connection).toMatchObject({
      clientId: 'app',
      requests: 1,
      responses: 1,
      requestBytes: asked.length,
      responseBytes: answered.length,
      closed: 3000,
      opaque: null,
    })
  })

  test('pipelined: three requests at once, three answers at once', () => {
    const ids = [3, 4, 5]
    script(
      [
        client(...ids.map((id) => request('ListGroups', 2, id))),
        broker(...ids.map((id) => response('ListGroups', 2, id))),
      ],
      [
        ...ids.map((id, i) => `request ${i + 1} ListGroups c${id} v2 h1 17`),
        ...ids.map((id, i) => `exchange ${i + 1} ListGroups c${id} v2 h0 18`),
      ],
    )
  })

  test('one correlation id for everything: the oldest is answered first', () => {
    script(
      [
        client(request('ListGroups', 2, 0), request('Heartbeat', 3, 0)),
        broker(response('ListGroups', 2, 0), response('Heartbeat', 3, 0)),
      ],
      [
        'request 1 ListGroups c0 v2 h1 17',
        'request 2 Heartbeat c0 v3 h1 27',
        'exchange 1 ListGroups c0 v2 h0 18',
        'exchange 2 Heartbeat c0 v3 h0 14',
      ],
    )
  })
})

describe('answers out of order, or to nothing', () => {
  test('an answer overtakes: told, paired by its id, the older one may still come', () => {
    script(
      [
        client(request('ListGroups', 2, 1), request('ListGroups', 2, 2)),
        broker(response('ListGroups', 2, 2), response('ListGroups', 2, 1)),
        close,
      ],
      [
        'request 1 ListGroups c1 v2 h1 17',
        'request 2 ListGroups c2 v2 h1 17',
        'anomaly response of 2 correlation expected 1 actual 2',
        'exchange 2 ListGroups c2 v2 h0 18',
        'exchange 1 ListGroups c1 v2 h0 18',
        'closed',
      ],
    )
  })

  test('an id that nobody asked with', () => {
    script(
      [client(request('ListGroups', 2, 1)), broker(response('ListGroups', 2, 9)), close],
      [
        'request 1 ListGroups c1 v2 h1 17',
        'anomaly response correlation expected 1 actual 9',
        'exchange 1 ListGroups c1 connection closed',
        'closed',
      ],
    )
  })

  test('an answer before any request', () => {
    script([broker(response('ListGroups', 2, 9)), end], ['anomaly response correlation expected null actual 9'])
  })

  test('in a capture that began in the middle, it answers what came before', () => {
    const { events } = script(
      [
        broker(response('ListGroups', 2, 9)),
        client(request('ListGroups', 2, 10)),
        broker(response('ListGroups', 2, 10)),
        broker(response('ListGroups', 2, 11)),
      ],
      [
        'exchange 1 Unknown c9 unasked v0 h0 18',
        'request 2 ListGroups c10 v2 h1 17',
        'exchange 2 ListGroups c10 v2 h0 18',
        'anomaly response correlation expected null actual 11',
      ],
      { midstream: true },
    )
    expect(framesOf(events)[0]).toMatchObject({ apiKey: -1, headerVersion: 0, kept: true })
  })

  test('an answer too short for a correlation id', () => {
    script([broker(sized('ab')), end], ['anomaly response short-header size 6 api -1'])
  })
})

describe('headers', () => {
  test.each([
    ['ControlledShutdown', 0, 'h0', 'h0'],
    ['ControlledShutdown', 3, 'h2', 'h1'],
    ['Metadata', 8, 'h1', 'h0'],
    ['Metadata', 12, 'h2', 'h1'],
    ['ApiVersions', 0, 'h1', 'h0'],
    ['ApiVersions', 3, 'h2', 'h0'],
  ])('%s v%d: request %s, response %s', (api, version, asked, answered) => {
    const { lines } = script(
      [client(request(api, version, 1)), broker(response(api, version, 1))],
      [expect.stringContaining(` v${version} ${asked} `), expect.stringContaining(` v${version} ${answered} `)],
    )
    expect(lines).toHaveLength(2)
  })

  test('APIs that are unknown: key, version, correlation id and client id are read, and paired', () => {
    const header = Buffer.from('2711000500000063000376656e', 'hex')
    const { events } = script(
      [
        client(sized(Buffer.concat([header, Buffer.from('dead', 'hex')]))),
        broker(sized(Buffer.from('00000063beef', 'hex'))),
      ],
      ['request 1 Unknown(10001) c99 v5 h1 19', 'exchange 1 Unknown(10001) c99 v5 h0 10'],
    )
    expect(events[2]).toMatchObject({ exchange: { clientId: 'ven', apiKey: 10001 } })
  })

  test('a request too short for its header', () => {
    script(
      [client(sized(Buffer.from('00120003', 'hex')), sized(''), request('ListGroups', 2, 1)), end],
      [
        'anomaly request short-header size 8 api 18',
        'anomaly request short-header size 4 api -1',
        'request 1 ListGroups c1 v2 h1 17',
        'exchange 1 ListGroups c1 pending',
      ],
    )
  })

  test('a client id that does not fit is null; the rest is for the decoder to flag', () => {
    const { events } = script(
      [client(sized(Buffer.from('0010000200000001' + '7fff6162', 'hex')))],
      ['request 1 ListGroups c1 v2 h1 16'],
    )
    expect(events[1]).toMatchObject({ exchange: { clientId: null } })
  })
})

describe('no answer', () => {
  const acks = (version: number, value: number) =>
    request('Produce', version, 5, { acks: value, timeoutMs: 1, topicData: [] })

  test.each([0, 2, 3, 8, 9, 11])('Produce v%d with acks=0 is complete at once', (version) => {
    script([client(acks(version, 0))], ['exchange 1 Produce c5 acks=0'])
    script([client(acks(version, 1))], [expect.stringMatching(/^request 1 Produce c5/)])
  })

  test('acks are found behind a transactional id, and behind tags of the header', () => {
    const long = request('Produce', 9, 5, { transactionalId: 't'.repeat(30000), acks: 0, timeoutMs: 1 })
    expect(play([client(long)]).lines).toEqual(['exchange 1 Produce c5 acks=0'])
    const plain = acks(9, 0)
    // int16 length and "app", then the tag buffer: one tag, number 9, of 2 bytes.
    const tagged = sized(Buffer.concat([plain.subarray(4, 17), Buffer.from('010902abcd', 'hex'), plain.subarray(18)]))
    script([client(tagged)], ['exchange 1 Produce c5 acks=0'])
  })

  test('an answer to acks=0 answers nothing', () => {
    script(
      [client(acks(7, 0)), broker(response('Produce', 7, 5)), end],
      ['exchange 1 Produce c5 acks=0', 'anomaly response correlation expected null actual 5'],
    )
  })

  test('the connection closes, or the session ends', () => {
    const asked = client(request('ListGroups', 2, 1))
    const sent = 'request 1 ListGroups c1 v2 h1 17'
    script([asked, close], [sent, 'exchange 1 ListGroups c1 connection closed', 'closed'])
    script([asked, end], [sent, 'exchange 1 ListGroups c1 pending'])
  })

  test('half-closed: the client may end first, and is answered; no answer comes after the broker ended', () => {
    const asked = client(request('ListGroups', 2, 1))
    const answered = broker(response('ListGroups', 2, 1))
    const sent = 'request 1 ListGroups c1 v2 h1 17'
    script(
      [asked, { close: 'client' }, answered, { close: 'broker' }, close],
      [sent, 'exchange 1 ListGroups c1 v2 h0 18', 'closed'],
    )
    script([asked, { close: 'broker' }], [sent, 'exchange 1 ListGroups c1 connection closed'])
  })

  test('more wait than are kept: the oldest is given up', () => {
    const asked = [1, 2, 3].map((id) => request('ListGroups', 2, id))
    script(
      [client(...asked), broker(response('ListGroups', 2, 2))],
      [
        'request 1 ListGroups c1 v2 h1 17',
        'request 2 ListGroups c2 v2 h1 17',
        'request 3 ListGroups c3 v2 h1 17',
        'exchange 1 ListGroups c1 not captured',
        'exchange 2 ListGroups c2 v2 h0 18',
      ],
      { maxPending: 2 },
    )
  })

  test('answers to those given up are not taken for answers to others, even under one correlation id', () => {
    script(
      [
        client(request('ListGroups', 0, 7)),
        client(request('Heartbeat', 0, 7)),
        client(request('ListGroups', 0, 7)),
        broker(response('ListGroups', 0, 7)),
        broker(response('Heartbeat', 0, 7)),
      ],
      [
        expect.stringContaining('request 1'),
        expect.stringContaining('request 2'),
        expect.stringContaining('request 3'),
        'exchange 1 ListGroups c7 not captured',
        expect.stringContaining('exchange 2 Heartbeat c7'),
      ],
      { maxPending: 2 },
    )
  })
})

describe('ApiVersions that the broker lacks (KIP-511)', () => {
  const fallback = response('ApiVersions', 0, 1, {
    errorCode: 35,
    apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 3 }],
  })

  test('is answered in version 0', () => {
    const { events } = script(
      [client(request('ApiVersions', 5, 1)), broker(fallback)],
      [expect.stringContaining('v5 h2'), 'exchange 1 ApiVersions c1 v0 h0 20'],
    )
    const exchange = events[2]
    if (exchange?.type !== 'exchange') throw new Error('no exchange')
    expect(exchange.exchange.apiVersion).toBe(5)
    expect(exchange.exchange.connection.apiVersions).toBe(null)
  })

  test('also where the version is one that nobody knows yet', () => {
    const unknown = request('ApiVersions', 5, 1)
    const newer = Buffer.from(unknown)
    newer.writeInt16BE(99, 6)
    script([client(newer), broker(fallback)], [expect.stringContaining('v99 h2'), 'exchange 1 ApiVersions c1 v0 h0 20'])
  })

  test('an error 35 in the version asked for stays in it', () => {
    script(
      [client(request('ApiVersions', 3, 1)), broker(response('ApiVersions', 3, 1, { errorCode: 35 }))],
      [expect.stringContaining('v3 h2'), expect.stringContaining('exchange 1 ApiVersions c1 v3 h0')],
    )
  })
})

test('requests wait in O(1), whatever their ids', () => {
  const pending = new Pending()
  const exchange = (id: number, correlationId: number): Exchange =>
    ({ id, correlationId, framing: 'kafka' }) as unknown as Exchange
  const list: Exchange[] = []
  let seed = 1
  for (let i = 0; i < 20_000; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    const id = (seed >>> 8) % 5
    if ((seed >>> 16) % 3 > 0) {
      const added = exchange(i, id)
      list.push(added)
      pending.add(added)
    } else if ((seed >>> 12) % 2 === 0) expect(pending.shift()).toBe(list.shift() ?? null)
    else {
      const at = list.findIndex(({ correlationId }) => correlationId === id)
      expect(pending.find(id)).toBe(list[at] ?? null)
      pending.remove(id)
      if (at >= 0) list.splice(at, 1)
    }
    if (list.length > 50) for (const first of list.splice(0, 20)) expect(pending.shift()).toBe(first)
    expect(pending.size).toBe(list.length)
    expect(pending.oldest).toBe(list[0] ?? null)
  }
})
