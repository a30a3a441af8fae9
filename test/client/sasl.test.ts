/** A broker that checks what it is sent: PLAIN, and both SCRAMs by RFC 5802, made here a second time from its text. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FrameSplitter } from '../../src/bytes/frame-splitter.ts'
import { Connection } from '../../src/client/connection.ts'
import { ClientError } from '../../src/client/errors.ts'
import type { SaslMechanism } from '../../src/client/sasl.ts'
import { type Encodable, encodeFrame } from '../../src/codec/encode.ts'
import { decodeFrame, frameJson, peekRequest } from '../../src/codec/frame.ts'
import { frameHeader, responseHeaderVersion, responseMessage } from '../../src/codec/messages.ts'

const cleanUps: (() => unknown)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp()
})

const ALICE = { username: 'al=i,ce', password: 'secret' }
const HANDSHAKE = 17
const ILLEGAL = 58

type Token = (token: string) => { readonly errorCode?: number; readonly token: string }

/** The server's end of a SCRAM login; `knows` is the password that it has. */
function scramServer(hash: 'sha256' | 'sha512', knows: string): Token {
  let first = ''
  let serverFirst = ''
  const salt = Buffer.from('pepper and salt')
  const salted = pbkdf2Sync(knows, salt, 4096, hash === 'sha512' ? 64 : 32, hash)
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  return (token) => {
    if (first === '') {
      expect(token).toMatch(/^n,,n=al=3Di=2Cce,r=[^,]+$/)
      first = token.slice(3)
      serverFirst = `${first.split(',')[1]}more,s=${salt.toString('base64')},i=4096`
      return { token: serverFirst }
    }
    const [withoutProof, proof] = token.split(',p=') as [string, string]
    const authMessage = `${first},${serverFirst},${withoutProof}`
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage)
    const expected = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)).toString('base64')
    if (proof !== expected) return { errorCode: ILLEGAL, token: '' }
    return { token: `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}` }
  }
}

/** Answers handshakes and tokens. `bare`: tokens come without SaslAuthenticate, after a handshake of v0. */
async function saslBroker(take: Token, bare = false): Promise<number> {
  const answer = (socket: Socket, frame: Uint8Array): void => {
    const as = peekRequest(frame)!
    if (bare && as.apiKey !== HANDSHAKE) {
      const { token } = take(Buffer.from(frame.subarray(4)).toString())
      const reply = Buffer.alloc(4 + token.length)
      reply.writeInt32BE(token.length)
      reply.write(token, 4)
      socket.write(reply)
      return
    }
    const { header, body } = frameJson(decodeFrame(frame, as)) as unknown as {
      header: { correlationId: number }
      body: { authBytes: string }
    }
    let value: Encodable = { errorCode: 0, mechanisms: [] }
    if (as.apiKey !== HANDSHAKE) {
      const { errorCode = 0, token } = take(Buffer.from(body.authBytes, 'base64').toString())
      value = { errorCode, authBytes: Buffer.from(token) }
    }
    const headerModel = frameHeader('response', responseHeaderVersion(as.apiKey, as.apiVersion)).model
    const { correlationId } = header
    socket.write(encodeFrame(headerModel, { correlationId }, responseMessage(as.apiKey, as.apiVersion)!.model, value))
  }
  const server = createServer((socket) => {
    const splitter = new FrameSplitter(10_000)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      for (const frame of splitter.push(bytes)) answer(socket, frame)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => server.close())
  return (server.address() as { port: number }).port
}

async function login(port: number, mechanism: SaslMechanism, handshake = 1): Promise<Connection> {
  const pins = new Map([[HANDSHAKE, handshake]])
  const options = { askVersions: false, sasl: { mechanism, ...ALICE }, pins, requestTimeoutMs: 2000 }
  const connection = await Connection.open({ host: '127.0.0.1', port }, options)
  cleanUps.push(() => connection.close())
  return connection
}

const refused = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => expect.fail('it should have been refused'),
    (error: ClientError) => {
      expect(error).toBeInstanceOf(ClientError)
      expect(error.kind).toBe('auth')
      return error.message
    },
  )

const plain: Token = (token) =>
  token === `\0${ALICE.username}\0${ALICE.password}` ? { token: '' } : { errorCode: ILLEGAL, token: '' }

describe('logging in', () => {
  it.each([
    ['PLAIN', plain],
    ['SCRAM-SHA-256', scramServer('sha256', 'secret')],
    ['SCRAM-SHA-512', scramServer('sha512', 'secret')],
  ] as const)('with %s', async (mechanism, take) => {
    expect((await login(await saslBroker(take), mechanism)).open).toBe(true)
  })

  it('after a handshake of v0, with bare tokens', async () => {
    const port = await saslBroker(scramServer('sha256', 'secret'), true)
    expect((await login(port, 'SCRAM-SHA-256', 0)).open).toBe(true)
  })

  it.each([
    ['PLAIN', () => ({ errorCode: ILLEGAL, token: '' })],
    ['SCRAM-SHA-512', scramServer('sha512', 'another')],
  ] as const)('is refused with the wrong password, which no error tells: %s', async (mechanism, take) => {
    const message = await refused(login(await saslBroker(take), mechanism))
    expect(message).toMatch(/SaslAuthenticate: the login is refused: SASL_AUTHENTICATION_FAILED$/)
    expect(message).not.toContain('secret')
  })

  it.each([
    ['a nonce that is not ours', 'r=other,s=c2FsdA==,i=4096', /nonce does not go on from ours/],
    ['no answer at all', '', /nonce does not go on from ours/],
  ])('refuses %s', async (_what, token, message) => {
    expect(await refused(login(await saslBroker(() => ({ token })), 'SCRAM-SHA-256'))).toMatch(message)
  })

  it.each(['0', '-5', '1e9', 'many', ''])('does not do %j rounds', async (rounds) => {
    const take: Token = (token) => ({ token: `${/r=[^,]+/.exec(token)![0]}x,s=c2FsdA==,i=${rounds}` })
    expect(await refused(login(await saslBroker(take), 'SCRAM-SHA-256'))).toMatch(/impossible number of iterations/)
  })

  it('refuses a broker that does not know the password', async () => {
    const honest = scramServer('sha256', 'secret')
    const take: Token = (token) => {
      const answer = honest(token)
      return answer.token.startsWith('v=') ? { token: `v=${Buffer.alloc(32).toString('base64')}` } : answer
    }
    expect(await refused(login(await saslBroker(take), 'SCRAM-SHA-256'))).toMatch(/it does not know the password$/)
  })
})
