/** The order of a SASL login, where the listener has one (KIP-43, KIP-152). */
import { errorName } from '../../dissectors/errors.ts'
import type { Bench } from './bench.ts'
import { type Check, must, Skipped } from './check.ts'
import { mustClose, probe } from './frames.ts'

const check = (id: string, title: string, source: string, run: Check['run']): Check => ({
  id: `sasl/${id}`,
  theme: 'sasl',
  title,
  source,
  run: async (bench) => {
    if (!bench.lab.options.sasl) throw new Skipped('the run does not log in: see --sasl')
    await run(bench)
  },
})

const METADATA = { topics: [], allowAutoTopicCreation: false }

const GUIDE = 'Kafka protocol guide, SASL Authentication Sequence'

export const SASL_CHECKS: readonly Check[] = [
  check('versions-first', 'ApiVersions is answered before the login', GUIDE, async (bench) => {
    await (await bench.connectBare()).raw(probe(1), { correlationId: 1 })
  }),
  check(
    'before-login',
    'any other request before the login closes the connection',
    'SaslServerAuthenticator',
    (bench) => closes(bench, 'Metadata', METADATA),
  ),
  check(
    'token-first',
    'SaslAuthenticate before SaslHandshake closes the connection',
    'SaslServerAuthenticator',
    (bench) => closes(bench, 'SaslAuthenticate', { authBytes: '' }),
  ),
  check('mechanism', 'an unknown mechanism is refused, and the enabled ones are told', 'KIP-43', async (bench) => {
    const connection = await bench.connectBare()
    const { body } = await bench.call<{ errorCode: number; mechanisms: string[] }>(connection, 'SaslHandshake', {
      mechanism: 'NONE-SUCH',
    })
    must(
      errorName(body.errorCode) === 'UNSUPPORTED_SASL_MECHANISM',
      `SaslHandshake is answered with ${errorName(body.errorCode)}`,
    )
    must(body.mechanisms.length > 0, 'no mechanism is told')
  }),
  check('login', 'after the login requests are answered', 'KIP-152', async (bench) => {
    await bench.call(await bench.connect(), 'Metadata', METADATA)
  }),
]

async function closes(bench: Bench, api: string, body: Parameters<Bench['call']>[2]): Promise<void> {
  const connection = await bench.connectBare()
  const answered = connection.call(api, body, { timeoutMs: 6000 }).then(
    () => true,
    () => false,
  )
  must(!(await answered), `${api} is answered before the login`)
  await mustClose(connection, `${api} before the login`)
}
