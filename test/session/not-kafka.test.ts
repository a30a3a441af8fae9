import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import {
  ascii,
  broker,
  client,
  close,
  end,
  join,
  play,
  playEveryCut,
  request,
  response,
  type Step,
  script,
} from './script.ts'

const asked = request('ListGroups', 2, 1)
const sent = 'request 1 ListGroups c1 v2 h1 17'
const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, 'hex'))

describe('a client that is none', () => {
  test.each([
    ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'http: the HTTP request "GET / HTTP/1.1"'],
    ['POST /topics/a HTTP/1.1\r\n\r\n', 'http: the HTTP request "POST /topics/a HTTP/1.1"'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2: the preface of HTTP/2 (or gRPC)'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'ssh: the SSH banner "SSH-2.0-OpenSSH_9.6"'],
    ['PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n', 'text: the PROXY protocol header "PROXY TCP4 10.0.0.1 10.0.0.2 1 2"'],
    ['*1\r\n$4\r\nPING\r\n', 'text: the text "*1"'],
    ['hi\n', 'text: the text "hi"'],
    ['\r\n\r\n', 'text: the text ""'],
  ])('%j', (bytes, what) => {
    const { events } = script([client(ascii(bytes)), close], [`anomaly request not-kafka ${what}`, 'closed'])
    expect(events[0]).toMatchObject({
      connection: { opaque: expect.stringMatching(/^the client sends /), requests: 0 },
    })
  })

  test.each([
    ['0d0a0d0a000d0a515549540a2111000c', 'unknown: a PROXY protocol v2 header'],
    ['fffefdfc0102030405', 'unknown: bytes of no protocol that is known here'],
    ['16030100', 'tls: a TLS handshake record (TLS 1.0)'],
    ['1703030010aabb', 'tls: a TLS record (TLS 1.2)'],
  ])('%s', (digits, what) => {
    script([client(hex(digits)), close], [`anomaly request not-kafka ${what}`, 'closed'])
  })

  test('is told of as soon as its first line is there', () => {
    expect(play([client(ascii('GET / HTTP/1.1\r\n'))]).lines).toHaveLength(1)
  })

  test('is told of when the broker says something, or the session ends', () => {
    const lines = ['anomaly request not-kafka http: the HTTP request "GET /"']
    script([client(ascii('GET /')), broker(ascii('x'))], lines)
    script([client(ascii('GET /')), end], lines)
  })

  test('is not listened to any more, but counted', () => {
    const { events } = script(
      [client(ascii('GET / HTTP/1.1\r\n')), client(asked), close],
      ['anomaly request not-kafka http: the HTTP request "GET / HTTP/1.1"', 'closed'],
    )
    expect(events[0]).toMatchObject({ connection: { requestBytes: 16 + 17 } })
  })
})

describe('a broker that is none', () => {
  test('answers with HTTP, which a client reads as a size of 1213486160', () => {
    const { events } = script(
      [client(asked), broker(ascii('HTTP/1.1 400 Bad Request\r\n\r\n')), close],
      [
        sent,
        'anomaly response not-kafka http: the HTTP answer "HTTP/1.1 400 Bad Request"',
        'exchange 1 ListGroups c1 connection closed',
        'closed',
      ],
    )
    expect(events[2]).toMatchObject({ anomaly: { bytes: ascii('HTTP/1.1 400 Bad Request\r\n') } })
  })

  test('answers with a TLS alert', () => {
    script(
      [client(asked), broker(hex('15030300020228')), close],
      [
        sent,
        'anomaly response not-kafka tls-alert: the TLS alert handshake_failure (TLS 1.2 record)',
        'exchange 1 ListGroups c1 connection closed',
        'closed',
      ],
    )
  })

  test('sends an SSH banner first', () => {
    script(
      [broker(ascii('SSH-2.0-x\r\n')), client(asked), close],
      [
        'anomaly response not-kafka ssh: the SSH banner "SSH-2.0-x"',
        sent,
        'exchange 1 ListGroups c1 connection closed',
        'closed',
      ],
    )
  })
})

/** What node's TLS client says first. */
async function clientHello(options: { servername?: string; maxVersion?: 'TLSv1.2' }): Promise<Uint8Array> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const accepted = once(server, 'connection')
  const socket = tlsConnect({ socket: connect(address.port, '127.0.0.1'), ...options })
  socket.on('error', () => {})
  const [peer] = await accepted
  const [bytes] = await once(peer, 'data')
  socket.destroy()
  peer.destroy()
  server.close()
  return new Uint8Array(bytes)
}

describe('TLS on a plain port', () => {
  test('by name and version', async () => {
    const hello = await clientHello({ servername: 'kafka-1.example.com' })
    const old = await clientHello({ maxVersion: 'TLSv1.2' })
    const named = 'anomaly request not-kafka tls: a TLS ClientHello for kafka-1.example.com (up to TLS 1.3)'
    script([client(hello), close], [named, 'closed'])
    script([client(old), close], ['anomaly request not-kafka tls: a TLS ClientHello (up to TLS 1.2)', 'closed'])
    script([client(hello.subarray(0, 60)), close], [expect.stringContaining('a TLS ClientHello'), 'closed'])
  })

  test('a whole TLS connection is told of once', async () => {
    const hello = await clientHello({})
    const { lines } = playEveryCut([
      client(hello),
      broker(hex('160303000402000000')),
      client(hex('1703030001aa')),
      close,
    ])
    expect(lines).toEqual([expect.stringContaining('encrypted: a TLS ClientHello'), 'closed'])
  })

  test('an alert in answer to a ClientHello is told of', async () => {
    const hello = await clientHello({})
    const { lines } = playEveryCut([client(hello), broker(hex('15030300020246'))])
    expect(lines[1]).toContain('tls-alert: the TLS alert protocol_version')
  })

  test('in a capture that began in the middle', () => {
    const records: Step[] = [
      client(hex('1703030010'), new Uint8Array(16)),
      broker(hex('1703030004'), new Uint8Array(4)),
      close,
    ]
    script(records, ['anomaly request encrypted: a TLS record (TLS 1.2)', 'closed'], { midstream: true })
  })

  test('a name that could do harm where it is shown is left out', () => {
    const name = ascii('a\u001b[2Jb')
    const extension = join(hex('0000000c000a000007'), name)
    const hello = join(
      hex('160301003f0100003b0303'),
      new Uint8Array(32),
      hex('00' + '00021301' + '0100' + '0010'),
      extension,
    )
    expect(play([client(hello), end]).lines).toEqual([
      'anomaly request not-kafka tls: a TLS ClientHello (up to TLS 1.2)',
    ])
  })
})

test('Kafka frames of every size up to what is believed are not taken for anything else', () => {
  for (const size of [12, 20, 0xffff, 0x100000, 0x13ffffff]) {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setInt32(0, size)
    expect(play([client(bytes)]).lines).toEqual([])
  }
  expect(play([client(asked), broker(response('ListGroups', 2, 1))]).lines).toHaveLength(2)
})
