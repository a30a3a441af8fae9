import { spawn } from 'node:child_process'
import { constants, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TlsDecryptor } from '../../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../../src/capture/tls/key-log.ts'
import type { Segment } from '../../../src/session/segment.ts'
import { hasOpenssl } from './openssl.ts'
import { recut, START, say, type Tap, type Tapped, tap, textOf } from './tap.ts'

const taps: Tap[] = []
const open = async (options?: TlsOptions): Promise<Tap> => {
  const made = await tap(options)
  taps.push(made)
  return made
}
afterAll(() => {
  for (const made of taps) made.close()
})

const run = (segments: readonly Segment[], keys: string | KeyLog): { out: Segment[]; decryptor: TlsDecryptor } => {
  const decryptor = new TlsDecryptor(typeof keys === 'string' ? new KeyLog(keys) : keys)
  const out = segments.flatMap((segment) => decryptor.push(segment))
  return { out: [...out, ...decryptor.end()], decryptor }
}

/** A conversation: short and long, empty and not. */
const talk: Parameters<Tap['connect']>[1] = async (client, server) => {
  await say(client, server, Buffer.from('first'))
  await say(server, client, randomBytes(50_000))
  await say(client, server, randomBytes(20_000))
  await say(server, client, Buffer.from('last'))
}

/** OpenSSL's option, which node has no name for: the MAC is made of the plaintext, as before RFC 7366. */
const NO_ENCRYPT_THEN_MAC = 1 << 19

const CIPHERS: [string, ConnectionOptions][] = [
  ...['TLS_AES_128_CCM_SHA256', 'TLS_AES_128_CCM_8_SHA256'].map((ciphers): [string, ConnectionOptions] => [
    ciphers,
    { ciphers, minVersion: 'TLSv1.3' },
  ]),
  ...['AES128-SHA256', 'ECDHE-RSA-AES256-SHA', 'ECDHE-ECDSA-AES256-SHA384'].map(
    (ciphers): [string, ConnectionOptions] => [
      ciphers,
      { ciphers, maxVersion: 'TLSv1.2', secureOptions: NO_ENCRYPT_THEN_MAC },
    ],
  ),
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].map(
    (ciphers): [string, ConnectionOptions] => [ciphers, { ciphers, minVersion: 'TLSv1.3' }],
  ),
  ...[
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES128-CCM',
    'ECDHE-ECDSA-AES256-CCM8',
    'AES128-CCM8',
    'AES128-SHA',
    'AES256-SHA256',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-RSA-AES256-SHA384',
    'ECDHE-ECDSA-AES256-SHA',
  ].map((ciphers): [string, ConnectionOptions] => [ciphers, { ciphers, maxVersion: 'TLSv1.2' }]),
]

describe('a connection whose keys are known', () => {
  let usual: Tap
  beforeAll(async () => {
    // OpenSSL offers the short tags of CCM_8 at its lowest level only.
    usual = await open({
      ciphers: `${constants.defaultCoreCipherList}:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256:ALL:@SECLEVEL=0`,
    })
  })

  it.each(CIPHERS)('%s: out comes what was sent', async (name, options) => {
    const tapped = await usual.connect(options, talk)
    expect(tapped.cipher).toBe(name)
    for (const size of [Number.POSITIVE_INFINITY, 1000, 1]) {
      const { out, decryptor } = run(recut(tapped.segments, Math.min(size, 1e9)), tapped.keyLog)
      expect(textOf(out, 'request').equals(tapped.sent.request)).toBe(true)
      expect(textOf(out, 'response').equals(tapped.sent.response)).toBe(true)
      expect(out.map(({ type }) => type).filter((type) => type !== 'data')).toEqual(['open', 'close'])
      expect(decryptor.info(out[0]!.type === 'open' ? out[0]!.connection.id : 0)).toMatchObject({
        serverName: 'localhost',
        version: tapped.protocol === 'TLSv1.3' ? 'TLS 1.3' : 'TLS 1.2',
        decrypted: true,
        problem: null,
      })
    }
  })

  it('plaintext has the time and packet of its record’s first byte', async () => {
    const tapped = await usual.connect({}, async (client, server) => say(client, server, randomBytes(40_000)))
    const whole = run(tapped.segments, tapped.keyLog).out
    const data = whole.filter((segment) => segment.type === 'data')
    for (const { time, packet } of data) expect(time).toBe(START + packet! * 1000)
    const cut = run(recut(tapped.segments, 7), tapped.keyLog).out.filter((segment) => segment.type === 'data')
    expect(cut.map(({ packet, bytes }) => [packet, bytes.length])).toEqual(
      data.map(({ packet, bytes }) => [packet, bytes.length]),
    )
  })

  it.each([
    ['TLSv1.3', {}],
    ['TLSv1.2 by ticket', { maxVersion: 'TLSv1.2' }],
  ] as const)('%s: resumed', async (_name, options) => {
    const first = await usual.connect(options, talk)
    const again = await usual.connect({ ...options, session: first.session! }, async (client, server) => {
      expect(client.isSessionReused()).toBe(true)
      await talk(client, server)
    })
    const { out } = run(again.segments, again.keyLog)
    expect(textOf(out, 'request').equals(again.sent.request)).toBe(true)
    expect(textOf(out, 'response').equals(again.sent.response)).toBe(true)
  })

  it('TLS 1.2: resumed with the keys of the first connection alone', async () => {
    const options = { maxVersion: 'TLSv1.2' } as const
    const first = await usual.connect(options, talk)
    const again = await usual.connect({ ...options, session: first.session! }, talk)
    const { out, decryptor } = run([...first.segments, ...again.segments], first.keyLog)
    expect(decryptor.decrypted).toBe(2)
    expect(textOf(out, 'request').equals(Buffer.concat([first.sent.request, again.sent.request]))).toBe(true)
  })

  it('HelloRetryRequest: the second hellos are the ones that count', async () => {
    const picky = await open({ ecdhCurve: 'P-384' })
    const tapped = await picky.connect({ ecdhCurve: 'X25519:P-384', minVersion: 'TLSv1.3' }, talk)
    const hellos = tapped.segments.filter((segment) => segment.type === 'data' && segment.bytes[5] === 2)
    expect(hellos.length).toBe(2)
    const { out } = run(tapped.segments, tapped.keyLog)
    expect(textOf(out, 'response').equals(tapped.sent.response)).toBe(true)
  })

  it('a capture that did not see the connection begin, but its first byte, reads as one that did', async () => {
    const tapped = await usual.connect({}, talk)
    const [first, ...rest] = tapped.segments
    if (first?.type !== 'open') throw new Error('no open')
    const late: Segment = { ...first, connection: { ...first.connection, midstream: true } }
    const { out } = run([late, ...rest], tapped.keyLog)
    expect(out[0]).toMatchObject({ type: 'open', connection: { midstream: false } })
    expect(textOf(out, 'request').equals(tapped.sent.request)).toBe(true)
  })

  it('TLS 1.2: resumed by session id', async () => {
    const made = await open({ maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET })
    const known = new Map<string, Buffer>()
    made.server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
      known.set(id.toString('hex'), session)
      done()
    })
    made.server.on('resumeSession', (id: Buffer, done: (error: null, session: Buffer | null) => void) => {
      done(null, known.get(id.toString('hex')) ?? null)
    })
    const first = await made.connect({}, talk)
    const again = await made.connect({ session: first.session! }, async (client, server) => {
      expect(client.isSessionReused()).toBe(true)
      await talk(client, server)
    })
    const { out } = run([...first.segments, ...again.segments], first.keyLog.split('\n')[0]!)
    expect(textOf(out, 'request').equals(Buffer.concat([first.sent.request, again.sent.request]))).toBe(true)
  })

  it('TLS 1.2: renegotiated', async () => {
    const tapped = await usual.connect({ maxVersion: 'TLSv1.2' }, async (client, server) => {
      await say(client, server, Buffer.from('before'))
      await new Promise<void>((done, failed) => {
        client.renegotiate({ rejectUnauthorized: false }, (error) => (error ? failed(error) : done()))
      })
      await talk(client, server)
    })
    const { out, decryptor } = run(tapped.segments, tapped.keyLog)
    expect(textOf(out, 'request').equals(tapped.sent.request)).toBe(true)
    expect(textOf(out, 'response').equals(tapped.sent.response)).toBe(true)
    expect([...decryptor.infos()][0]?.problem).toBeNull()
  })

  it.runIf(hasOpenssl)('TLS 1.3: keys updated in both directions (by openssl s_client)', async () => {
    const made = await open({ minVersion: 'TLSv1.3' })
    let keyLog = ''
    made.server.on('keylog', (line: Buffer) => {
      keyLog += line.toString()
    })
    const accepted = once(made.server, 'secureConnection') as Promise<[TLSSocket]>
    const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${made.port}`])
    const [server] = await accepted
    const lines = ['one\n', 'two\n', 'three\n']
    for (const line of lines) {
      const heard = once(server, 'data')
      client.stdin.write(line)
      expect(String((await heard)[0])).toBe(line)
      // K on a line of its own: new keys from now on, and the other side asked for the same.
      client.stdin.write('K\n')
      server.write(line.toUpperCase())
      await new Promise((done) => setTimeout(done, 100))
    }
    server.write('END')
    const gone = once(client, 'close')
    server.end()
    client.stdin.end()
    await gone
    const { out } = run(made.segments(), keyLog)
    expect(textOf(out, 'request').toString()).toBe('one\ntwo\nthree\n')
    expect(textOf(out, 'response').toString()).toBe('ONE\nTWO\nTHREE\nEND')
    // Losing a key update, with all else of a direction up to it.
    const updates = lose(recut(made.segments(), 50), new Set([45]), false)
    expect(() => run(updates, keyLog)).not.toThrow()
  })
})

it.runIf(hasOpenssl)(
  'an alert within the connection is told of: a client that does not trust the certificate',
  async () => {
    const made = await open()
    let keyLog = ''
    made.server.on('keylog', (line: Buffer) => {
      keyLog += line.toString()
    })
    const to = `127.0.0.1:${made.port}`
    const client = spawn('openssl', [
      's_client',
      '-connect',
      to,
      '-verify_return_error',
      '-verify',
      '1',
      '-quiet',
      '-tls1_3',
    ])
    await once(client, 'close')
    const { out, decryptor } = run(made.segments(), keyLog)
    expect([...decryptor.infos()].map(({ problem }) => problem)).toEqual([
      expect.stringMatching(
        /^the client ended it with the alert (unknown_ca|bad_certificate|unsupported_certificate)$/,
      ),
    ])
    expect(textOf(out, 'request').length + textOf(out, 'response').length).toBe(0)
  },
)

/** A gap in the broker's part of the handshake. */
const lossy = (segments: readonly Segment[]): Segment[] =>
  segments.toSpliced(2, 0, { type: 'gap', connection: 1, direction: 'response', time: START, bytes: 10 })

describe('a handshake with a gap in it', () => {
  it('TLS 1.3: what follows is read, as the log’s secrets are enough', async () => {
    const tapped = await (await open()).connect({}, talk)
    const { out, decryptor } = run(lossy(tapped.segments), tapped.keyLog)
    expect(textOf(out, 'request').equals(tapped.sent.request)).toBe(true)
    expect(textOf(out, 'response').equals(tapped.sent.response)).toBe(true)
    expect(out.some(({ type }) => type === 'gap')).toBe(true)
    expect([...decryptor.infos()]).toMatchObject([{ serverName: 'localhost', decrypted: true, problem: null }])
  })

  it('TLS 1.2: it goes on as it came, as keys are made of both hellos', async () => {
    const tapped = await (await open()).connect({ maxVersion: 'TLSv1.2' }, talk)
    const segments = lossy(tapped.segments)
    const { out, decryptor } = run(segments, tapped.keyLog)
    expect(out).toEqual(segments)
    expect([...decryptor.infos()][0]!.problem).toMatch(/^its handshake is not in the capture/)
  })
})

it('what is captured from its middle is read with secrets that the log has had a line of before', async () => {
  const tapped = await (await open()).connect({}, talk)
  const lines = tapped.keyLog.split('\n')
  const keys = new KeyLog(lines.filter((line) => !line.startsWith('CLIENT_TRAFFIC')).join('\n'))
  const decryptor = new TlsDecryptor(keys)
  const middle = (connection: number): Segment[] => [
    { type: 'open', connection: { id: connection, client: 'a:1', broker: 'b:2', midstream: true }, time: START },
    ...tapped.segments
      .flatMap((segment): Segment[] =>
        segment.type === 'data' && segment.direction === 'request' ? [{ ...segment, connection }] : [],
      )
      .slice(1),
  ]
  const before = middle(1).flatMap((segment) => decryptor.push(segment))
  expect(textOf(before, 'request').equals(tapped.sent.request)).toBe(false)
  keys.add(lines.filter((line) => line.startsWith('CLIENT_TRAFFIC')).join('\n'))
  const after = middle(2).flatMap((segment) => decryptor.push(segment))
  expect(textOf(after, 'request').equals(tapped.sent.request)).toBe(true)
})

describe('what is not decrypted goes on as it came', () => {
  let tapped: Tapped
  beforeAll(async () => {
    tapped = await (await open()).connect({}, talk)
  })

  it('without keys; what the handshake shows is known', () => {
    const { out, decryptor } = run(tapped.segments, '')
    expect(out).toEqual(tapped.segments)
    expect([...decryptor.infos()]).toEqual([
      {
        connection: 1,
        client: '127.0.0.1:40000',
        broker: '127.0.0.1:9093',
        serverName: 'localhost',
        protocols: [],
        version: 'TLS 1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        decrypted: false,
        problem: 'no keys for it',
      },
    ])
  })

  it('a cipher whose records are not read here', async () => {
    const options = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ARIA128-GCM-SHA256' } as const
    const old = await (await open(options)).connect(options, talk)
    const { out, decryptor } = run(old.segments, old.keyLog)
    expect(out).toEqual(old.segments)
    expect([...decryptor.infos()][0]!.problem).toBe('TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256 is not read here')
  })

  it.each<[string, Uint8Array[]]>([
    ['plain Kafka', [Buffer.from('0000000a001200000000000100', 'hex')]],
    ['one byte of a handshake', [Buffer.from('16', 'hex')]],
    ['a record of another type', [Buffer.from('1603010005', 'hex'), Buffer.from('02000001ff', 'hex')]],
    ['a record of impossible size', [Buffer.from('160301ffff', 'hex'), randomBytes(20)]],
    ['nothing', [new Uint8Array(0)]],
  ])('%s', (_name, pieces) => {
    const segments: Segment[] = [tapped.segments[0]!]
    for (const bytes of pieces) segments.push({ type: 'data', connection: 1, direction: 'request', time: START, bytes })
    expect(run(segments, tapped.keyLog).out).toEqual(segments)
  })
})

it.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '%s: keys of another connection give nothing, say so, and take no long time',
  async (maxVersion) => {
    const tapped = await (await open()).connect({ maxVersion }, async (client, server) => {
      for (let i = 0; i < 10; i++) await say(client, server, randomBytes(100_000))
    })
    const wrong = tapped.keyLog.replace(/.(?=\n)/g, (digit) => (digit === '0' ? '1' : '0'))
    const start = performance.now()
    const { out, decryptor } = run(tapped.segments, wrong)
    expect(performance.now() - start).toBeLessThan(20_000)
    expect(textOf(out, 'request').length + textOf(out, 'response').length).toBe(0)
    expect([...decryptor.infos()][0]).toMatchObject({ problem: expect.stringMatching(/does not decrypt/) })
  },
)

it('memory is bounded: where too much waits, connections pass as they are', () => {
  const decryptor = new TlsDecryptor(new KeyLog(), 100_000)
  let came = 0
  for (let id = 1; id <= 100; id++) {
    decryptor.push({ type: 'open', connection: { id, client: 'a:1', broker: 'b:2' }, time: START })
    // The beginning of a hello of 16,000 bytes.
    const bytes = Buffer.concat([Buffer.from('1603013e8001003e7c', 'hex'), Buffer.alloc(4000)])
    const out = decryptor.push({ type: 'data', connection: id, direction: 'request', time: START, bytes })
    came += out.length
  }
  expect(came).toBeGreaterThan(80)
  expect(decryptor.end().length).toBe(100 - came)
})

/** Loses some data segments: a gap in their place. */
const lose = (segments: readonly Segment[], lost: ReadonlySet<number>, known: boolean): Segment[] =>
  segments.map((segment, i) => {
    if (segment.type !== 'data' || !lost.has(i)) return segment
    const { connection, direction, time, bytes } = segment
    return { type: 'gap', connection, direction, time, bytes: known ? bytes.length : 0 }
  })

describe('with bytes lost', () => {
  const sessions: Tapped[] = []
  beforeAll(async () => {
    const made = await open()
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      sessions.push(
        await made.connect({ maxVersion }, async (client, server) => {
          for (let i = 0; i < 30; i++) {
            await say(client, server, Buffer.from(`request ${i};`))
            await say(server, client, Buffer.from(`answer ${i};`))
          }
        }),
      )
    }
  })

  it('what comes after is decrypted, what is lost is a gap, nothing else comes out', () => {
    for (const { segments, keyLog } of sessions) {
      const data = segments.findLastIndex((segment) => segment.type === 'data') - 20
      for (const known of [true, false]) {
        const { out } = run(lose(segments, new Set([data, data + 1]), known), keyLog)
        expect(out.filter(({ type }) => type === 'gap').map((gap) => gap.type === 'gap' && gap.bytes)).toEqual([0, 0])
        for (const direction of ['request', 'response'] as const) {
          const said = textOf(out, direction).toString().split(';').slice(0, -1)
          expect(said.length).toBe(29)
        }
      }
    }
  })

  it('any cut of any loss gives words that were said, in order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1),
        fc.uniqueArray(fc.integer({ min: 6, max: 60 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 80 }),
        fc.boolean(),
        (which, lost, size, known) => {
          const { segments, keyLog, sent } = sessions[which]!
          const whole = recut(segments, size)
          const { out } = run(lose(whole, new Set(lost), known), keyLog)
          for (const direction of ['request', 'response'] as const) {
            const all = sent[direction].toString()
            let at = 0
            for (const segment of out) {
              if (segment.type !== 'data' || segment.direction !== direction) continue
              const said = Buffer.from(segment.bytes).toString()
              // A handshake that was not seen whole goes on as it is.
              if (!/^[a-z]+ \d+;$/.test(said)) continue
              const found = all.indexOf(said, at)
              expect(found).toBeGreaterThanOrEqual(at)
              at = found + said.length
            }
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('bytes changed anywhere never throw and never come out as plaintext', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, place, flip) => {
        const { segments, keyLog, sent } = sessions[which]!
        const at = place % segments.length
        const damaged = segments.map((segment, i) => {
          if (segment.type !== 'data' || i !== at || segment.bytes.length === 0) return segment
          const bytes = new Uint8Array(segment.bytes)
          bytes[place % bytes.length]! ^= flip
          return { ...segment, bytes }
        })
        const { out, decryptor } = run(damaged, keyLog)
        if (![...decryptor.infos()][0]?.decrypted) return
        for (const segment of out) {
          if (segment.type === 'data') expect(sent[segment.direction].includes(Buffer.from(segment.bytes))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
