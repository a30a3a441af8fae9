/** `proxy --bug`: what the client gets is what is shown, whoever is behind it; sound answers around it stay sound. */
import { describe, expect, it } from 'vitest'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { requestFrame, responseFrame } from '../proxy/frames.ts'
import { fakeBroker, testClient } from '../proxy/sockets.ts'
import { startProxy } from './running-proxy.ts'

const JOIN = { api: 'JoinGroup', version: 5 }
const PLANTED = '000000080000000200000000'
const sound = responseFrame(JOIN, 2, { protocolName: 'range', leader: 'a', memberId: 'a', members: [] })
const heartbeat = responseFrame({ api: 'Heartbeat', version: 3 }, 1, {})

const join = requestFrame(JOIN, 2, { groupId: 'g', sessionTimeoutMs: 10_000, protocolType: 'consumer' })

describe.each([true, false])('proxy --bug shared-error-body, a broker behind it: %s', (behind) => {
  it('the client gets the bug, and so does the view', async () => {
    const broker = behind
      ? await fakeBroker((socket) => void socket.once('data', () => socket.write(Buffer.concat([heartbeat, sound]))))
      : null
    const upstream = broker ? { upstream: `127.0.0.1:${broker.port}` } : {}
    const proxy = await startProxy({ ...upstream, bug: ['shared-error-body'], json: true, hex: true })
    expect(proxy.stderr.text).toContain('planted: shared-error-body in JoinGroup v5 answers')
    const client = await testClient(proxy.port)
    client.socket.write(Buffer.concat([requestFrame({ api: 'Heartbeat', version: 3 }, 1), join]))
    const before = behind ? heartbeat : responseFrame({ api: 'Heartbeat', version: 3 }, 1, { errorCode: 24 })
    const got = await client.bytes(before.length + PLANTED.length / 2)
    expect(got.toString('hex')).toBe(before.toString('hex') + PLANTED)
    expect(await proxy.stop()).toBe(1)
    const lines = proxy.stdout.text.trimEnd().split('\n')
    const shown = lines.map((line) => parseJson(line) as JsonObject).find(({ api }) => api === 'JoinGroup')
    expect(shown).toMatchObject({ response: { hex: PLANTED } })
    const findings = shown!.findings as JsonObject[]
    expect(findings.find(({ code }) => code === 'body/underflow')).toMatchObject({
      clients: {
        librdkafka: 'Protocol read buffer underflow for JoinGroup v5 at 4/4: expected 2 bytes > 0 remaining bytes',
      },
      causes: expect.arrayContaining([expect.objectContaining({ cause: 'other-api' })]),
    })
  })
})
