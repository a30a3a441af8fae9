/** Early data (0-RTT): requests that a client sends before it has heard the broker. By OpenSSL, which can do it. */
import { afterAll, describe, expect, test } from 'vitest'
import { TlsDecryptor } from '../../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../../src/capture/tls/key-log.ts'
import type { Segment } from '../../../src/session/segment.ts'
import { exchange } from '../../tui/frames.ts'
import { hasOpenssl, OpensslServer } from './openssl.ts'
import { recut, textOf } from './tap.ts'

const asked = exchange({ api: 'ApiVersions', version: 0, correlationId: 1, response: { errorCode: 0 } })
const EARLY = asked.request!.bytes
const ANSWER = asked.response!.bytes
const LATER = exchange({ api: 'Metadata', version: 1, correlationId: 2 }).request!.bytes

const servers: OpensslServer[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

interface Played {
  /** The connection that has early data, and the one before it which gave the ticket. */
  readonly segments: readonly Segment[]
  readonly keyLog: string
}

/** A connection for a ticket, then one with early data; `resume`: options of its client; `used`: one before has used the ticket. */
async function play(options: { server?: string[]; resume?: string[]; used?: boolean }): Promise<Played> {
  const server = await OpensslServer.start(['-tls1_3', ...(options.server ?? [])])
  servers.push(server)
  const session = server.file('session')
  const early = server.file('early', EARLY)
  const ticket = async (): Promise<void> =>
    server.client(['-sess_out', session], async (client) => {
      server.say(ANSWER)
      await client.hears(ANSWER)
    })
  await ticket()
  const resumed = ['-sess_in', session, '-early_data', early, ...(options.resume ?? [])]
  if (options.used) await server.client(resumed, async () => {})
  server.relay.segments = []
  await server.client(resumed, async (client) => {
    server.say(ANSWER)
    await client.hears(ANSWER)
    client.say(LATER)
    await server.hears(LATER)
  })
  return { segments: server.relay.segments, keyLog: server.keyLog }
}

function read(segments: readonly Segment[], keyLog: string) {
  const decryptor = new TlsDecryptor(new KeyLog(keyLog))
  const out = [...segments.flatMap((segment) => decryptor.push(segment)), ...decryptor.end()]
  const problems = [...decryptor.infos()].map(({ problem }) => problem)
  return { out, problems, request: textOf(out, 'request'), response: textOf(out, 'response') }
}

const without = (keyLog: string, label: string): string =>
  keyLog
    .split('\n')
    .filter((line) => !line.startsWith(label))
    .join('\n')

const ACCEPTING = ['-early_data', '-max_early_data', '16384']

describe.runIf(hasOpenssl)('early data', () => {
  describe('that the broker took', () => {
    const played = play({ server: ACCEPTING })

    test.each([1e9, 100, 1])('is read, before its answer, in pieces of %d', async (size) => {
      const { segments, keyLog } = await played
      const { out, problems, request, response } = read(recut(segments, size), keyLog)
      expect(request).toEqual(Buffer.concat([EARLY, LATER]))
      expect(response).toEqual(Buffer.from(ANSWER))
      expect(problems).toEqual([null])
      const order = out.flatMap((segment) => (segment.type === 'data' ? [segment.direction] : []))
      expect(order.indexOf('request')).toBeLessThan(order.indexOf('response'))
      expect(out.filter(({ type }) => type === 'gap')).toEqual([])
    })

    test('has the time of its own record, before the broker’s hello', async () => {
      const { segments, keyLog } = await played
      const first = read(segments, keyLog).out.find((segment) => segment.type === 'data')!
      const hello = segments.find((segment) => segment.type === 'data' && segment.direction === 'response')!
      expect(first.time).toBeLessThan(hello.time)
    })

    test('is a gap where the log lacks its key; what follows is read', async () => {
      const { segments, keyLog } = await played
      const { out, problems, request, response } = read(segments, without(keyLog, 'CLIENT_EARLY_TRAFFIC_SECRET'))
      expect(request).toEqual(Buffer.from(LATER))
      expect(response).toEqual(Buffer.from(ANSWER))
      expect(out.filter(({ type }) => type === 'gap')).toHaveLength(1)
      expect(problems).toEqual(['no key for its early data (0-RTT)'])
    })

    test('is a gap where the broker’s answer to it can’t be read', async () => {
      const { segments, keyLog } = await played
      const { request, problems } = read(segments, without(keyLog, 'SERVER_HANDSHAKE_TRAFFIC_SECRET'))
      expect(request).toEqual(Buffer.from(LATER))
      expect(problems).toEqual(['whether its early data (0-RTT) was taken is not known'])
    })
  })

  test('that the broker refused is passed over: it never got it', async () => {
    const { segments, keyLog } = await play({ server: ACCEPTING, used: true })
    for (const size of [1e9, 50]) {
      const { problems, request, response } = read(recut(segments, size), keyLog)
      expect(request).toEqual(Buffer.from(LATER))
      expect(response).toEqual(Buffer.from(ANSWER))
      expect(problems).toEqual([null])
    }
  })

  test('is passed over where the broker asks for another hello', async () => {
    const groups = ['-groups', 'X25519:P-384']
    const { segments, keyLog } = await play({
      server: [...ACCEPTING, '-groups', 'P-384'],
      resume: groups,
    })
    const hellos = segments.filter((segment) => segment.type === 'data' && segment.direction === 'request')
    expect(hellos.length).toBeGreaterThan(2)
    const { problems, request, response } = read(segments, keyLog)
    expect(request).toEqual(Buffer.from(LATER))
    expect(response).toEqual(Buffer.from(ANSWER))
    expect(problems).toEqual([null])
  })

  test('any of its segments lost: nothing is made up, and what comes later is read', async () => {
    const { segments, keyLog } = await play({ server: ACCEPTING })
    const pieces = recut(segments, 150)
    const whole = Buffer.concat([EARLY, LATER])
    for (const [i, segment] of pieces.entries()) {
      if (segment.type !== 'data') continue
      const { connection, direction, time, bytes } = segment
      const lossy = pieces.with(i, { type: 'gap', connection, direction, time, bytes: bytes.length })
      const { out } = read(lossy, keyLog)
      // Where the hellos are not whole it goes on as it is.
      if (out.some((each) => each.type === 'data' && each.bytes.length > 0 && each.bytes[0] === 22)) continue
      for (const each of out) {
        if (each.type !== 'data') continue
        const said = each.direction === 'request' ? whole : Buffer.from(ANSWER)
        expect(said.includes(Buffer.from(each.bytes))).toBe(true)
      }
    }
  })
})
