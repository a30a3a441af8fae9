/** Headers, and the negotiation of versions. */
import { errorCode, errorName } from '../../dissectors/errors.ts'
import { SOFTWARE } from '../client/connection.ts'
import type { Advertised } from '../client/versions.ts'
import { decodeFrame, peekCorrelationId } from '../codec/frame.ts'
import { apiName, requestHeaderVersion, requestMessage } from '../codec/messages.ts'
import type { Bench } from './bench.ts'
import { type Check, must, Skipped, type Theme } from './check.ts'
import { API_VERSIONS, mustClose, plainFrame, probe, requestFrame } from './frames.ts'

const check = (theme: Theme, id: string, title: string, source: string, run: Check['run']): Check => ({
  id: `${theme}/${id}`,
  theme,
  title,
  source,
  run,
})

/** Nobody's version. */
const FAR = 99

/** Its header is the newest, a flexible one (ApiKeys.requestHeaderVersion): a byte for an empty tag buffer. */
const farFrame = (): Uint8Array => plainFrame(API_VERSIONS, FAR, 1, new Uint8Array(1))

export function headerChecks(advertised: Advertised): Check[] {
  const highest = Math.min(advertised.get(API_VERSIONS)?.max ?? 0, 5)
  const versions = Array.from({ length: highest + 1 }, (_, version) => version)
  const checks: Check[] = []
  for (const version of versions) {
    for (const [name, clientId] of [
      ['null', null],
      ['empty', ''],
      ['long', 'x'.repeat(1000)],
    ] as const) {
      const title = `ApiVersions v${version} with a client id that is ${name} is answered`
      checks.push(
        check('header', `client-id-${name}/v${version}`, title, 'RequestHeader.json', (bench) =>
          answered(bench, version, { clientId }),
        ),
      )
    }
    if (requestHeaderVersion(API_VERSIONS, version) < 2) continue
    const tags = [{ tag: 9, data: new Uint8Array(3) }]
    checks.push(
      check(
        'header',
        `unknown-tag/v${version}`,
        `ApiVersions v${version}: an unknown tag in the header is skipped`,
        'KIP-482',
        (bench) => answered(bench, version, { _unknownTaggedFields: tags }),
      ),
      check(
        'header',
        `answer-v0/v${version}`,
        `ApiVersions v${version} is answered with a header of v0`,
        'KIP-511',
        (bench) => answered(bench, version, {}),
      ),
    )
  }
  for (const id of [0, 1, -1, 2_147_483_647, -2_147_483_648]) {
    const title = `correlation id ${id} comes back`
    checks.push(check('header', `correlation-id/${id}`, title, 'ResponseHeader.json', (bench) => echoed(bench, id)))
  }
  return checks
}

async function answered(bench: Bench, version: number, header: Parameters<typeof requestFrame>[2]): Promise<void> {
  const connection = await bench.connect()
  const frame = await connection.raw(requestFrame(API_VERSIONS, version, { correlationId: 7, ...header }, SOFTWARE))
  bench.keepAnswer('ApiVersions', version, frame)
  const { body } = connection.read<{ errorCode: number; apiKeys: unknown[] }>(API_VERSIONS, version, frame)
  must(body.errorCode === 0, () => `the answer's error is ${errorName(body.errorCode)}`)
  must(body.apiKeys.length > 0, 'the answer names no API')
}

async function echoed(bench: Bench, correlationId: number): Promise<void> {
  const connection = await bench.connect()
  const found = peekCorrelationId(await connection.raw(probe(correlationId)), 'response')
  must(found === correlationId, `the answer's correlation id is ${found}, not ${correlationId}`)
}

export function versionChecks(advertised: Advertised): Check[] {
  const checks = [
    check(
      'version',
      'fallback',
      `ApiVersions v${FAR} is answered with v0 and UNSUPPORTED_VERSION`,
      'KIP-511',
      fallback,
    ),
    check('version', 'fallback-then-on', 'after that the same connection goes on', 'KIP-511', async (bench) => {
      const connection = await bench.connect()
      await connection.raw(farFrame())
      await connection.raw(probe(2), { correlationId: 2 })
    }),
    check(
      'version',
      'unknown-api',
      'a request with an unknown API key closes the connection',
      CLOSES,
      async (bench) => {
        const connection = await bench.connect()
        connection.wire.write(plainFrame(9999, 0, 1))
        await mustClose(connection, 'a request with API key 9999')
        await lives(bench)
      },
    ),
    check('version', 'negative-api', 'a request with API key -1 closes the connection', CLOSES, async (bench) => {
      const connection = await bench.connect()
      connection.wire.write(plainFrame(-1, 0, 1))
      await mustClose(connection, 'a request with API key -1')
      await lives(bench)
    }),
  ]
  for (const [apiKey, { min, max }] of advertised) {
    const api = apiName(apiKey)
    if (api === null || apiKey === API_VERSIONS) continue
    checks.push(refused(api, apiKey, max + 1, 'too-new'))
    if (min > 0) checks.push(refused(api, apiKey, min - 1, 'too-old'))
  }
  return checks
}

const CLOSES = 'observed: Apache Kafka closes the connection (RequestContext, SocketServer)'

function refused(api: string, apiKey: number, version: number, what: 'too-new' | 'too-old'): Check {
  const title = `${api} v${version}, which is not advertised, closes the connection`
  return check('version', `${what}/${api}`, title, CLOSES, async (bench) => {
    const connection = await bench.connect()
    // A body of zeros: if it were read, most would be empty arrays.
    const flexible = requestMessage(apiKey, version)?.model.flexible ?? true
    connection.wire.write(plainFrame(apiKey, version, 1, new Uint8Array(flexible ? 24 : 32)))
    await mustClose(connection, `${api} v${version}`)
  })
}

async function fallback(bench: Bench): Promise<void> {
  const connection = await bench.connect()
  const frame = await connection.raw(farFrame())
  const decoded = decodeFrame(frame, { kind: 'response', apiKey: API_VERSIONS, apiVersion: 0 })
  must(!decoded.stopped && decoded.flaws.length === 0, 'the answer is no ApiVersions v0')
  const { body } = connection.read<{ errorCode: number; apiKeys: { apiKey: number; maxVersion: number }[] }>(
    API_VERSIONS,
    0,
    frame,
  )
  must(body.errorCode === errorCode('UNSUPPORTED_VERSION'), () => `the answer's error is ${errorName(body.errorCode)}`)
  const own = body.apiKeys.find(({ apiKey }) => apiKey === API_VERSIONS)
  must(own !== undefined, 'the answer does not say which versions of ApiVersions there are')
  if (!bench.lab.offers('ApiVersions')) throw new Skipped('the broker does not advertise ApiVersions')
}

/** The broker takes new connections and answers. */
export async function lives(bench: Bench): Promise<void> {
  const connection = await bench.connect()
  await connection.raw(probe(1), { request: 'ApiVersions v0 on a new connection', correlationId: 1 })
}
