import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { generate } from 'selfsigned'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { Credentials, MECHANISMS, type Mechanism, type ServerMechanism } from '../../src/broker/sasl.ts'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { Connection, type ConnectionOptions } from '../../src/client/connection.ts'
import { makeCertificate } from '../../src/proxy/certificate.ts'
import { FakeClock, utf8 } from './helpers.ts'

const users = new Map([
  ['alice', 'wonder:land'],
  ['bob, = x', 'pässwörd'],
])
const room = { now: () => 0, random: (size: number) => new Uint8Array(size), altered: () => undefined }

let handle: BrokerHandle
let lines: string[]
const clock = new FakeClock()
const opened: Connection[] = []

beforeEach(async () => {
  lines = []
  const sasl = { users, mechanisms: MECHANISMS, maxReauthMs: 10_000 }
  handle = await startBroker({ sasl, clock, log: (line) => lines.push(line) })
})
afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close()
  await handle.close()
})

async function open(options: ConnectionOptions = {}, { port } = handle): Promise<Connection> {
  const connection = await Connection.open({ host: '127.0.0.1', port }, options)
  opened.push(connection)
  return connection
}
const login = (mechanism: Mechanism, username: string, password: string, more: ConnectionOptions = {}) =>
  open({ sasl: { mechanism, username, password }, ...more })

/** SaslHandshake v0: tokens travel without headers. */
const BARE: ConnectionOptions = { pins: new Map([[17, 0]]) }
const rows = MECHANISMS.flatMap((mechanism) => [
  [mechanism, 'in SaslAuthenticate', {}] as const,
  [mechanism, 'bare', BARE] as const,
])

describe.each(rows)('%s, tokens %s', (mechanism, _how, options) => {
  it.each([...users])('lets %s in', async (username, password) => {
    const connection = await login(mechanism, username, password, options)
    const { body } = await connection.call('Metadata', { topics: [] })
    expect(body.clusterId).toBe(handle.broker.clusterId)
    expect(lines).toEqual([])
  })

  it.each([
    ['a wrong password', 'alice', 'wonderland'],
    ['nobody it knows', 'mallory', 'wonder:land'],
  ])('refuses %s, and closes the connection', async (_name, username, password) => {
    await expect(login(mechanism, username, password, options)).rejects.toThrow()
    expect(lines.join()).toContain('the login is refused')
    expect(lines.join()).not.toContain(password)
  })
})

describe('before the login is done', () => {
  it('nothing is answered but ApiVersions', async () => {
    const connection = await open()
    expect(connection.advertised?.has(36)).toBe(true)
    await expect(connection.call('Metadata', { topics: [] })).rejects.toThrow()
    expect(lines.join()).toContain('Metadata: a request before the login is done')
  })

  it('a mechanism that is not there is refused with those that are', async () => {
    const connection = await open()
    const { body } = await connection.call('SaslHandshake', { mechanism: 'GSSAPI' })
    expect(body).toEqual({ errorCode: errorCode('UNSUPPORTED_SASL_MECHANISM'), mechanisms: [...MECHANISMS] })
    await expect(connection.call('ApiVersions', {})).rejects.toThrow()
  })

  it('a wrong password is told in the words of Apache Kafka', async () => {
    const connection = await open()
    await connection.call('SaslHandshake', { mechanism: 'PLAIN' })
    const { body } = await connection.call('SaslAuthenticate', { authBytes: utf8('\0alice\0wrong') })
    expect(body).toMatchObject({
      errorCode: errorCode('SASL_AUTHENTICATION_FAILED'),
      errorMessage: 'Authentication failed: Invalid username or password',
    })
  })

  it('a frame that is large for a login ends the connection', async () => {
    const connection = await open()
    await connection.call('SaslHandshake', { mechanism: 'PLAIN' })
    const asked = connection.call('SaslAuthenticate', { authBytes: new Uint8Array(600_000) })
    await expect(asked).rejects.toThrow()
    expect(lines.join()).toMatch(/a frame of 6\d+ bytes before the login is done/)
  })
})

describe('a login that lasts ten seconds (KIP-368)', () => {
  const again = async (connection: Connection, user: string, password: string) => {
    await connection.call('SaslHandshake', { mechanism: 'PLAIN' })
    const { body } = await connection.call('SaslAuthenticate', { authBytes: utf8(`\0${user}\0${password}`) })
    return body
  }

  it('is done anew on the same connection, and says how long it lasts', async () => {
    const connection = await login('PLAIN', 'alice', 'wonder:land')
    await clock.advance(9_000)
    expect(await again(connection, 'alice', 'wonder:land')).toMatchObject({ errorCode: 0, sessionLifetimeMs: 10_000 })
    await clock.advance(9_000)
    await connection.call('Metadata', { topics: [] })
  })

  it('ends with the first request after it', async () => {
    const connection = await login('PLAIN', 'alice', 'wonder:land')
    await clock.advance(10_001)
    await expect(connection.call('Metadata', { topics: [] })).rejects.toThrow()
    expect(lines.join()).toContain('the login has expired')
  })

  it('can be done anew after it has expired, but not as somebody else', async () => {
    const connection = await login('PLAIN', 'alice', 'wonder:land')
    await clock.advance(20_000)
    expect(await again(connection, 'alice', 'wonder:land')).toMatchObject({ errorCode: 0 })
    expect(await again(connection, 'bob, = x', 'pässwörd')).toMatchObject({
      errorCode: errorCode('SASL_AUTHENTICATION_FAILED'),
      errorMessage: 'Cannot change principals during re-authentication from alice',
    })
  })

  it('SaslAuthenticate without a handshake comes at a wrong time', async () => {
    const connection = await login('PLAIN', 'alice', 'wonder:land')
    const { body } = await connection.call('SaslAuthenticate', { authBytes: new Uint8Array(0) })
    expect(body.errorCode).toBe(errorCode('ILLEGAL_SASL_STATE'))
  })
})

it('without logins, a handshake comes at a wrong time', async () => {
  const free = await startBroker()
  const connection = await open({}, free)
  const { body } = await connection.call('SaslHandshake', { mechanism: 'PLAIN' })
  expect(body.errorCode).toBe(errorCode('ILLEGAL_SASL_STATE'))
  await free.close()
})

it('whatever the token, no login throws, and none but the right one succeeds', () => {
  const credentials = new Credentials({ users, mechanisms: MECHANISMS, maxReauthMs: 0 }, room)
  const piece = fc.oneof(
    fc.constantFrom('n,,', 'n=alice', ',r=abc', '\0', 'alice', 'c=biws', ',p=', 'y,,', 'a=bob'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const token = fc.array(piece, { maxLength: 8 }).map((parts) => utf8(parts.join('')))
  fc.assert(
    fc.property(fc.constantFrom(...MECHANISMS), token, token, (mechanism, first, second) => {
      const own = credentials.login()
      own.handshake(mechanism, 1)
      own.authenticate(first)
      if (!own.failed) own.authenticate(second)
      expect(own.user).toBeNull()
    }),
    { numRuns: 2000 },
  )
})

describe('OAUTHBEARER with unsecured tokens', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokenOf = (claims: object, header: object = { alg: 'none' }, signature = ''): string =>
    `${encode(header)}.${encode(claims)}.${signature}`
  const first = (token: string, gs2 = 'n,,'): Uint8Array => utf8(`${gs2}\x01auth=Bearer ${token}\x01\x01`)
  const NOW = 1_000_000
  const begin = (maxReauthMs = 0, mechanisms: readonly ServerMechanism[] = ['OAUTHBEARER']) => {
    const own = new Credentials({ users, mechanisms, maxReauthMs }, { ...room, now: () => NOW }).login()
    return { own, handshake: own.handshake('OAUTHBEARER', 1) }
  }
  const good = { sub: 'alice', exp: 1060 }

  it.each([
    ['the token ends first', 0, 60_000],
    ['the token ends first, both have an end', 100_000, 60_000],
    ['logins end first', 5_000, 5_000],
  ])('lets in whom the token names; %s', (_, maxReauthMs, sessionLifetimeMs) => {
    const { own } = begin(maxReauthMs)
    expect(own.authenticate(first(tokenOf(good)))).toMatchObject({ errorCode: 0, sessionLifetimeMs })
    expect(own.user).toBe('alice')
  })

  it.each([1e16, 1e300, 1e308])('lets in who has a token until %s, the end of time', (exp) => {
    const { own } = begin()
    const answer = own.authenticate(first(tokenOf({ sub: 'alice', exp })))
    expect(answer.errorCode).toBe(0)
    expect(Number.isSafeInteger(answer.sessionLifetimeMs ?? 0)).toBe(true)
  })

  it.each([
    ['one that has expired', tokenOf({ sub: 'alice', exp: 1000 })],
    ['one that expires at no time', tokenOf({ sub: 'alice' })],
    ['one of nobody', tokenOf({ exp: 1060 })],
    ['one that is from the future', tokenOf({ ...good, iat: 1030 })],
    ['one that is signed', tokenOf(good, { alg: 'none' }, 'c2ln')],
    ['one of another algorithm', tokenOf(good, { alg: 'HS256' })],
    ['one without claims', 'e30..'],
    ['one in one part', 'e30'],
  ])('tells a client that its token is not good: %s; and refuses it when it has been told', (_, token) => {
    const { own } = begin()
    expect(own.authenticate(first(token))).toMatchObject({
      errorCode: 0,
      authBytes: utf8('{"status":"invalid_token"}'),
    })
    expect(own.user).toBeNull()
    expect(own.authenticate(utf8('\x01'))).toMatchObject({
      errorCode: errorCode('SASL_AUTHENTICATION_FAILED'),
      errorMessage: '{"status":"invalid_token"}',
    })
    expect(own.failed).toBe(true)
  })

  it.each([
    ['no first message', utf8('hello')],
    ['no end', utf8(`n,,\x01auth=Bearer ${tokenOf(good)}\x01`)],
    ['no token', utf8('n,,\x01host=x\x01\x01')],
    ['another scheme', utf8(`n,,\x01auth=Basic ${tokenOf(good)}\x01\x01`)],
    ['on behalf of another', first(tokenOf(good), 'n,a=bob,')],
  ])('refuses %s', (_, token) => {
    const { own } = begin()
    expect(own.authenticate(token)).toMatchObject({ errorCode: errorCode('SASL_AUTHENTICATION_FAILED') })
    expect([own.user, own.failed]).toEqual([null, true])
  })

  it('is not there unless it is asked for', () => {
    expect(begin(0, MECHANISMS).handshake).toMatchObject({ errorCode: errorCode('UNSUPPORTED_SASL_MECHANISM') })
  })

  it('whatever the token, nothing throws and nobody is let in', () => {
    const piece = fc.oneof(
      fc.constantFrom('n,,', '\x01', 'auth=', 'Bearer ', 'e30', '.', tokenOf({ sub: 'x' }), 'n,a=b,', '='),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
        const { own } = begin()
        own.authenticate(utf8(parts.join('')))
        expect(own.user).toBeNull()
      }),
      { numRuns: 2000 },
    )
  })
})

/** A client's certificate and its CA, PEM. */
async function clientCertificate(name: string): Promise<{ ca: string; cert: string; key: string }> {
  const own = { keyType: 'ec', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: `CA of ${name}` }], {
    ...own,
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  })
  const made = await generate([{ name: 'commonName', value: name }], {
    ...own,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'extKeyUsage', clientAuth: true }],
  })
  return { ca: authority.cert, cert: made.cert, key: made.private }
}

describe('with TLS', () => {
  it('answers who trusts its CA, and nobody who wants a plain connection', async () => {
    const { ca, cert, key } = await makeCertificate([])
    const secure = await startBroker({ tls: { cert, key }, log: (line) => lines.push(line) })
    const connection = await open({ tls: { ca } }, secure)
    await connection.call('Metadata', { topics: [] })
    await expect(open({ connectTimeoutMs: 2000, requestTimeoutMs: 2000 }, secure)).rejects.toThrow()
    await expect(open({ tls: {} }, secure)).rejects.toThrow()
    expect(lines.join()).toContain('no TLS connection')
    connection.close()
    await secure.close()
  })

  it('takes clients with a certificate of its CA only, where it wants one', async () => {
    const { ca, cert, key } = await makeCertificate([])
    const clients = await clientCertificate('carol')
    const stranger = await clientCertificate('mallory')
    const secure = await startBroker({ tls: { cert, key, clientCa: clients.ca }, log: (line) => lines.push(line) })
    const known = await open({ tls: { ca, cert: clients.cert, key: clients.key } }, secure)
    await known.call('Metadata', { topics: [] })
    await expect(open({ tls: { ca } }, secure)).rejects.toThrow()
    await expect(open({ tls: { ca, cert: stranger.cert, key: stranger.key } }, secure)).rejects.toThrow()
    for (const connection of opened.splice(0)) connection.close()
    await secure.close()
  })
})
