import { describe, expect, test } from 'vitest'
import type { SessionEvent } from '../../src/session/exchange.ts'
import {
  ascii,
  broker,
  client,
  close,
  join,
  type Played,
  playEveryCut,
  request,
  response,
  type Step,
  script,
  sized,
} from './script.ts'

const mechanism = (name: string, version: number, id = 1) =>
  client(request('SaslHandshake', version, id, { mechanism: name }))
const accepted = (version: number, id = 1) =>
  broker(response('SaslHandshake', version, id, { errorCode: 0, mechanisms: ['X'] }))
const refused = (version: number, id = 1) =>
  broker(response('SaslHandshake', version, id, { errorCode: 33, mechanisms: [] }))

const token = (text: string): Step => client(sized(ascii(text)))
const challenge = (text: string): Step => broker(sized(ascii(text)))
const metadata = client(request('Metadata', 1, 2, { topics: [] }))
const brokers = broker(response('Metadata', 1, 2))

const sasl = ({ events }: Played): unknown => {
  const first: SessionEvent | undefined = events[0]
  return first?.type === 'connection' ? first.connection.sasl : null
}

const handshake = (version: number, name: string) => [
  `request 1 SaslHandshake c1 v${version} h1 ${19 + name.length}`,
  `exchange 1 SaslHandshake c1 v${version} h0 17`,
]
const asked = (id: number, size: number) => `request ${id} SaslToken c-1 v0 h0 ${size}`
const got = (id: number, size: number) => `exchange ${id} SaslToken c-1 v0 h0 ${size}`
const resumed = (id: number) => [`request ${id} Metadata c2 v1 h1 21`, `exchange ${id} Metadata c2 v1 h0 20`]

describe('SaslHandshake v0: raw tokens', () => {
  test('what is no token of its mechanism names nobody: its password may stand where the name should', () => {
    const played = playEveryCut([mechanism('PLAIN', 0), accepted(0), token('alice\0secret')])
    expect(sasl(played)).toEqual({ mechanism: 'PLAIN', user: null, state: 'tokens' })
  })

  test('PLAIN takes one round', () => {
    const played = script(
      [mechanism('PLAIN', 0), accepted(0), token('\0alice\0secret'), challenge(''), metadata, brokers],
      [...handshake(0, 'PLAIN'), asked(3 - 1, 17), got(2, 4), ...resumed(3)],
    )
    expect(sasl(played)).toEqual({ mechanism: 'PLAIN', user: 'alice', state: 'done' })
    expect(played.events[3]).toMatchObject({ exchange: { framing: 'sasl', apiKey: -1, clientId: null, apiVersion: 0 } })
  })

  test('SCRAM takes two', () => {
    const played = script(
      [
        mechanism('SCRAM-SHA-256', 0),
        accepted(0),
        token('n,,n=bo=2Cb,r=abc'),
        challenge('r=abcdef,s=AAAA,i=4096'),
        token('c=biws,r=abcdef,p=AAAA'),
        challenge('v=AAAA'),
        metadata,
        brokers,
      ],
      [...handshake(0, 'SCRAM-SHA-256'), asked(2, 21), got(2, 26), asked(3, 26), got(3, 10), ...resumed(4)],
    )
    expect(sasl(played)).toEqual({ mechanism: 'SCRAM-SHA-256', user: 'bo,b', state: 'done' })
  })

  test('GSSAPI takes as many as it takes, and its last token has no answer', () => {
    const played = script(
      [
        mechanism('GSSAPI', 0),
        accepted(0),
        token('\x60\x82first'),
        challenge('\x60second'),
        token(''),
        challenge('\x05\x04third'),
        token('\x05\x04fourth'),
        metadata,
        brokers,
      ],
      [
        ...handshake(0, 'GSSAPI'),
        asked(2, 11),
        got(2, 11),
        asked(3, 4),
        got(3, 11),
        asked(4, 12),
        resumed(5)[0]!,
        'exchange 4 SaslToken c-1 not captured',
        resumed(5)[1]!,
      ],
    )
    expect(sasl(played)).toEqual({ mechanism: 'GSSAPI', user: null, state: 'done' })
  })

  test('OAUTHBEARER: one round, or two where it is refused', () => {
    const start = [mechanism('OAUTHBEARER', 0), accepted(0), token('n,,\x01auth=Bearer x\x01\x01')]
    const good = playEveryCut([...start, challenge(''), metadata, brokers])
    expect(good.lines.slice(-2)).toEqual(resumed(3))
    expect(sasl(good)).toMatchObject({ state: 'done' })
    const bad = playEveryCut([...start, challenge('{"status":"invalid_token"}'), token('\x01'), close])
    expect(bad.lines.slice(-3)).toEqual([asked(3, 5), 'exchange 3 SaslToken c-1 connection closed', 'closed'])
    expect(sasl(bad)).toMatchObject({ state: 'failed' })
  })

  test('a mechanism that is refused leads to no tokens', () => {
    const played = playEveryCut([mechanism('PLAIN', 0), refused(0), metadata, brokers])
    expect(played.lines.slice(-2)).toEqual(resumed(2))
    expect(sasl(played)).toMatchObject({ state: 'failed' })
  })

  test('a wrong password closes the connection', () => {
    const played = playEveryCut([mechanism('PLAIN', 0), accepted(0), token('\0alice\0wrong'), close])
    expect(played.lines.slice(-2)).toEqual(['exchange 2 SaslToken c-1 connection closed', 'closed'])
    expect(sasl(played)).toEqual({ mechanism: 'PLAIN', user: 'alice', state: 'failed' })
  })

  test('a client that forgets its token is understood', () => {
    const played = playEveryCut([mechanism('PLAIN', 0), accepted(0), metadata, brokers])
    expect(played.lines.slice(-2)).toEqual(resumed(2))
  })
})

describe('no handshake (Kafka 0.9)', () => {
  test.each([
    ['\x60\x82\x01\x02token', 'GSSAPI', null],
    ['\0ALICE\0secret', 'PLAIN', 'ALICE'],
    ['admin\0alice\0secret', 'PLAIN', 'alice'],
    ['n,,n=alice,r=xyz', 'SCRAM', 'alice'],
  ])('%j is the first frame', (text, name, user) => {
    const played = playEveryCut([token(text), challenge('v='), ...(name === 'SCRAM' ? [token('c=')] : []), metadata])
    expect(played.lines.slice(0, 2)).toEqual([asked(1, text.length + 4), got(1, 6)])
    expect(played.lines.at(-1)).toContain('Metadata c2')
    expect(sasl(played)).toEqual({ mechanism: name, user, state: 'done' })
  })

  test('a Kafka request is none, nor are odd frames later on', () => {
    const played = playEveryCut([metadata, token('\x60\x82\x01\x02tokentoken')])
    expect(played.lines[1]).toContain('Unknown(24706)')
    expect(sasl(played)).toBe(null)
  })
})

describe('SaslHandshake v1 and SaslAuthenticate', () => {
  const authenticate = (text: string, id: number, version = 2) =>
    client(request('SaslAuthenticate', version, id, { authBytes: ascii(text) }))
  const authenticated = (text: string, id: number, errorCode = 0, version = 2) =>
    broker(response('SaslAuthenticate', version, id, { errorCode, errorMessage: null, authBytes: ascii(text) }))

  test('are Kafka frames', () => {
    const played = playEveryCut([
      mechanism('PLAIN', 1),
      accepted(1),
      authenticate('\0alice\0secret', 2),
      authenticated('', 2),
      client(request('Metadata', 1, 3, { topics: [] })),
    ])
    expect(played.lines.map((text) => text.split(' ')[2])).toEqual([
      'SaslHandshake',
      'SaslHandshake',
      'SaslAuthenticate',
      'SaslAuthenticate',
      'Metadata',
    ])
    expect(sasl(played)).toEqual({ mechanism: 'PLAIN', user: 'alice', state: 'done' })
  })

  test('again on the same connection (KIP-368)', () => {
    const login = (id: number, user: string): Step[] => [
      mechanism('SCRAM-SHA-512', 1, id),
      accepted(1, id),
      authenticate(`n,,n=${user},r=x`, id + 1),
      authenticated('r=x,s=,i=1', id + 1),
      authenticate('c=biws,r=x,p=', id + 2),
    ]
    const first = login(1, 'alice')
    expect(sasl(playEveryCut(first))).toEqual({ mechanism: 'SCRAM-SHA-512', user: 'alice', state: 'tokens' })
    const once = [
      ...first,
      authenticated('v=', 3),
      client(request('ListGroups', 2, 4)),
      broker(response('ListGroups', 2, 4)),
    ]
    const again = playEveryCut([...once, ...login(5, 'bob'), authenticated('v=', 7)])
    expect(sasl(again)).toEqual({ mechanism: 'SCRAM-SHA-512', user: 'bob', state: 'done' })
    expect(again.lines.filter((text) => text.startsWith('anomaly'))).toEqual([])
  })

  test('refused: by mechanism, by password', () => {
    expect(sasl(playEveryCut([mechanism('X', 1), refused(1)]))).toEqual({ mechanism: 'X', user: null, state: 'failed' })
    const wrong = [mechanism('PLAIN', 1), accepted(1), authenticate('\0bob\0x', 2, 0), authenticated('', 2, 58, 0)]
    expect(sasl(playEveryCut(wrong))).toEqual({ mechanism: 'PLAIN', user: 'bob', state: 'failed' })
  })
})

test('a token larger than is kept is paired', () => {
  const large = sized(join(ascii('\x60'), new Uint8Array(500)))
  script(
    [mechanism('GSSAPI', 0), accepted(0), client(large), challenge('x')],
    [
      ...handshake(0, 'GSSAPI'),
      'anomaly request of 2 too-large 505',
      'request 2 SaslToken c-1 v0 h0 cut of 505',
      got(2, 5),
    ],
    { maxFrame: 100 },
  )
})
