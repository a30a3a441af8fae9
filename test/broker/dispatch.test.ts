import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { answerFrame, type Reply } from '../../src/broker/dispatch.ts'
import { HANDLERS } from '../../src/broker/handlers/index.ts'
import { apiHeader, apiName } from '../../src/codec/messages.ts'
import { openGroups, REFUSED } from './admin-requests.ts'
import { answerBody, at, type Bench, bench, createTopic, requestFrame, settle } from './helpers.ts'
import { openTransaction, ROWS, soundRequest } from './requests.ts'

const send = (on: Bench, frame: Uint8Array): Promise<Reply> =>
  answerFrame(frame, on.broker, { host: '127.0.0.1', signal: new AbortController().signal })

describe('every version that is advertised', () => {
  it.each(HANDLERS.map((handler) => [apiName(handler.apiKey)!, handler] as const))(
    '%s: all that are known',
    (_, handler) => {
      const { versions, removed } = apiHeader(handler.apiKey)!
      const low = removed.high >= removed.low ? Math.min(versions.low, removed.low) : versions.low
      expect(handler.versions).toEqual([low, versions.high])
    },
  )

  it.each(ROWS)('%s v%i is answered, to its last byte', async (api, version) => {
    const on = bench({ initialRebalanceDelayMs: 0 })
    await createTopic(on, 'orders')
    await openTransaction(on)
    const topicId = on.broker.topics.get('orders')!.id
    await openGroups(on, topicId)
    const asked = send(on, requestFrame(api, version, soundRequest(api, version, topicId), 99))
    await settle()
    await on.clock.advance(10)
    const reply = await asked
    expect(reply).toMatchObject({ kind: 'answer' })
    if (reply.kind !== 'answer') return
    const body = answerBody(api, version, reply.frame)
    const failing = ['SyncGroup', 'Heartbeat', 'LeaveGroup', 'DescribeGroups', 'DeleteGroups']
    // A group that a sound request made: its member is another one.
    const refused = REFUSED.get(api) ?? (api === 'JoinGroup' && version >= 4 ? errorCode('MEMBER_ID_REQUIRED') : null)
    if (!failing.includes(api)) expect(errorsIn(body)).toEqual(refused === null ? [] : [refused])
    on.broker.close()
  })
})

/** All error codes of an answer that are not 0. */
function errorsIn(value: unknown): number[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'errorCode' && inner !== 0 ? [inner as number] : errorsIn(inner),
  )
}

describe('what is not answered as asked', () => {
  it.each([6, 99, 32767, -1])('ApiVersions v%i gets v0 and the versions that are (KIP-511)', async (version) => {
    const on = bench()
    const frame = requestFrame('ApiVersions', 3, { clientSoftwareName: 'x', clientSoftwareVersion: '1' })
    frame[6] = version >> 8
    frame[7] = version
    const reply = await send(on, frame)
    if (reply.kind !== 'answer') throw new Error('no answer')
    expect(answerBody('ApiVersions', 0, reply.frame)).toEqual({
      errorCode: errorCode('UNSUPPORTED_VERSION'),
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 5 }],
    })
  })

  it('ApiVersions with a bad software name is refused', async () => {
    const reply = await send(
      bench(),
      requestFrame('ApiVersions', 3, { clientSoftwareName: '-', clientSoftwareVersion: '1' }),
    )
    if (reply.kind !== 'answer') throw new Error('no answer')
    expect(at(answerBody('ApiVersions', 3, reply.frame), 'errorCode')).toBe(errorCode('INVALID_REQUEST'))
  })

  it('unknown APIs and versions, and requests that make no sense, close the connection', async () => {
    const on = bench()
    const metadata = requestFrame('Metadata', 12, { topics: null })
    const broken: [string, Uint8Array][] = [
      ['another API', patched(metadata, 4, [0x27, 0x10])],
      ['another version', patched(metadata, 6, [0, 14])],
      ['a version below 0', patched(metadata, 6, [0xff, 0xff])],
      ['cut short', metadata.subarray(0, metadata.length - 3)],
      ['no header', metadata.subarray(0, 6)],
      ['nothing', new Uint8Array(0)],
    ]
    for (const [name, frame] of broken) expect((await send(on, frame)).kind, name).toBe('close')
  })

  it('null where a version has none closes the connection', async () => {
    const frame = requestFrame('Heartbeat', 0, { groupId: 'g', generationId: 1, memberId: 'm' })
    // The group id's length is behind size, key, version, correlation id and a client id of four bytes.
    expect((await send(bench(), patched(frame, 18, [0xff, 0xff]))).kind).toBe('close')
  })

  it('survives any damage to any request', async () => {
    const on = bench({ initialRebalanceDelayMs: 0 })
    await createTopic(on, 'orders')
    const topicId = on.broker.topics.get('orders')!.id
    const index = fc.nat(ROWS.length - 1)
    await fc.assert(
      fc.asyncProperty(index, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), async (row, damage) => {
        const [api, version] = ROWS[row]!
        const frame = requestFrame(api, version, soundRequest(api, version, topicId))
        for (const [at, byte] of damage) frame[8 + (at % (frame.length - 8))] = byte
        void send(on, frame).then((reply) => expect(reply.kind).toMatch(/answer|none|close/))
        await settle()
      }),
      { numRuns: 2000 },
    )
    on.broker.close()
  })
})

function patched(frame: Uint8Array, at: number, bytes: readonly number[]): Uint8Array {
  const copy = new Uint8Array(frame)
  copy.set(bytes, at)
  return copy
}
