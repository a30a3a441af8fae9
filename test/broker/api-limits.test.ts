import { describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { RELEASES, releaseRanges } from '../../dissectors/releases.ts'
import { answerFrame } from '../../src/broker/dispatch.ts'
import { apiName, requestMessage } from '../../src/codec/messages.ts'
import { limitAnswer } from '../../src/proxy/api-limits.ts'
import { answerBody, ask, type Body, bench, requestFrame } from './helpers.ts'

interface Range {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}
const advertised = (body: Body): Map<number, Range> =>
  new Map((body.apiKeys as unknown as Range[]).map((range) => [range.apiKey, range]))

describe.each(RELEASES)('as %s', (release) => {
  const limits = releaseRanges(release)!
  const on = bench({ apiLimits: limits })

  it('advertises nothing that the release does not', async () => {
    const found = advertised(await ask(on, 'ApiVersions', 0, {}))
    // 0.11 had as many for clients.
    expect(found.size).toBeGreaterThanOrEqual(30)
    for (const { apiKey, minVersion, maxVersion } of found.values()) {
      const [low, high] = limits.get(apiKey)!
      expect(minVersion, `${apiName(apiKey)}`).toBeGreaterThanOrEqual(low)
      expect(maxVersion, `${apiName(apiKey)}`).toBeLessThanOrEqual(high)
    }
    // What everybody needs is there as the release has it.
    for (const apiKey of [0, 1, 3, 10, 11, 18]) expect(found.get(apiKey)!.maxVersion).toBe(limits.get(apiKey)![1])
  })

  it('has only features whose APIs it has', async () => {
    const body = { clientSoftwareName: 'x', clientSoftwareVersion: '1' }
    const version = limits.get(18)![1]
    if (version < 3) return
    const answer = await ask(on, 'ApiVersions', Math.min(version, 5), body)
    const names = ((answer.finalizedFeatures ?? []) as unknown as { name: string }[]).map(({ name }) => name).sort()
    expect(names).toEqual(
      release.startsWith('4.')
        ? [
            'eligible.leader.replicas.version',
            'group.version',
            'metadata.version',
            'share.version',
            'streams.version',
            'transaction.version',
          ]
        : [],
    )
  })

  it('closes the connection on a version beyond', async () => {
    const beyond = limits.get(3)![1] + 1
    if (!requestMessage(3, beyond)) return
    const frame = requestFrame('Metadata', beyond, { topics: [] })
    const reply = await answerFrame(frame, on.broker, { host: 'x', signal: new AbortController().signal })
    expect(reply).toEqual({ kind: 'close', reason: `Metadata v${beyond} is not supported` })
  })

  it('tells a client whose ApiVersions is too new, with the versions it has from KIP-511 on', async () => {
    const high = limits.get(18)![1]
    if (high >= 5) return
    const frame = requestFrame('ApiVersions', 5, { clientSoftwareName: 'x', clientSoftwareVersion: '1' })
    const reply = await answerFrame(frame, on.broker, { host: 'x', signal: new AbortController().signal })
    if (reply.kind !== 'answer') throw new Error('no answer')
    expect(answerBody('ApiVersions', 0, reply.frame)).toEqual({
      errorCode: errorCode('UNSUPPORTED_VERSION'),
      apiKeys: high >= 3 ? [{ apiKey: 18, minVersion: 0, maxVersion: high }] : [],
    })
  })
})

describe("a broker's answer as the proxy limits it", () => {
  const limits = releaseRanges('2.8.2')!

  it.each([0, 1, 2, 3, 4])('v%i: what both have is left, the rest as it was', async (version) => {
    const on = bench()
    const body = { clientSoftwareName: 'x', clientSoftwareVersion: '1' }
    const asked = requestFrame('ApiVersions', version, body)
    const reply = await answerFrame(asked, on.broker, { host: 'x', signal: new AbortController().signal })
    if (reply.kind !== 'answer') throw new Error('no answer')
    const before = answerBody('ApiVersions', version, reply.frame)
    const after = answerBody('ApiVersions', version, limitAnswer(reply.frame, version, limits))
    const found = advertised(after)
    expect(found.get(1)).toEqual({ apiKey: 1, minVersion: 0, maxVersion: limits.get(1)![1] })
    expect(found.has(68)).toBe(false)
    // Features of 4.x would make clients send what the release does not know.
    const { supportedFeatures: _supported, finalizedFeatures: _finalized, ...rest } = before
    expect({ ...after, apiKeys: 0 }).toEqual({ ...rest, apiKeys: 0 })
  })

  it('passes what it cannot read as it is', () => {
    const frame = Uint8Array.from([0, 0, 0, 6, 0, 0, 0, 1, 0xff, 0xff])
    expect(limitAnswer(frame, 3, limits)).toBe(frame)
  })
})
