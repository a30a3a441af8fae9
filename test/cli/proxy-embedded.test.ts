/** The embedded broker behind `kafkascope proxy` takes the options of `kafkascope broker`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { errorCode } from '../../dissectors/errors.ts'
import { proxyCommand, run } from '../../src/cli/proxy.ts'
import type { ProxyOptions } from '../../src/cli/proxy-options.ts'
import { Cluster } from '../../src/client/cluster.ts'
import type { SaslOptions } from '../../src/client/sasl.ts'
import { until } from '../proxy/sockets.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const users = join(folder, 'users')
writeFileSync(users, 'admin:secret\nalice:word\n')
const acls = join(folder, 'acls')
writeFileSync(acls, 'super.users=User:admin\nUser:alice Allow Read Topic:seen\n')

/** Calls `use` with the port of a proxy that is ended afterwards. */
async function through<T>(options: ProxyOptions, use: (port: number) => Promise<T>): Promise<T> {
  let said = ''
  const write = (text: string): boolean => {
    said += text
    return true
  }
  const stderr = { closed: false, write, drained: async () => {} }
  const stdout = { closed: false, write: () => true, drained: async () => {} }
  let interrupt = (): void => {}
  const interrupted = new Promise<void>((done) => {
    interrupt = done
  })
  const all = { listen: '127.0.0.1:0', ...options }
  const status = run(all, { stdout, stderr, screen: false, interrupted, inThread: true })
  try {
    await Promise.race([until(() => said.includes('listening on')), status])
    return await use(Number(/listening on \S+:(\d+)/.exec(said)![1]))
  } finally {
    interrupt()
    await status
  }
}

async function as<T>(port: number, sasl: SaslOptions | null, use: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = new Cluster([{ host: '127.0.0.1', port }], sasl ? { sasl } : {})
  try {
    return await use(cluster)
  } finally {
    await cluster.close()
  }
}

const login = (username: string, password: string): SaslOptions => ({ mechanism: 'PLAIN', username, password })
const make = (name: string) => ({ topics: [{ name, numPartitions: 1, replicationFactor: 1 }], timeoutMs: 5000 })

/** Names of all topics that a user sees. */
async function topics(port: number, sasl: SaslOptions | null): Promise<string[]> {
  return as(port, sasl, async (cluster) => {
    const { body } = await (await cluster.any()).call('Metadata', { topics: null })
    return (body.topics as unknown as { name: string }[]).map(({ name }) => name).sort()
  })
}

describe('the embedded broker behind a proxy', () => {
  it('asks clients to log in, and lets them do what the ACLs say', async () => {
    await through({ saslUsers: users, acls }, async (port) => {
      const made = await as(port, login('admin', 'secret'), async (cluster) => {
        const connection = await cluster.any()
        await connection.call('CreateTopics', make('hidden'))
        return connection.call('CreateTopics', make('seen'))
      })
      expect(made.body.topics).toEqual([expect.objectContaining({ name: 'seen', errorCode: 0 })])
      expect(await topics(port, login('alice', 'word'))).toEqual(['seen'])
      const refused = await as(port, login('alice', 'word'), async (cluster) =>
        (await cluster.any()).call('CreateTopics', make('mine')),
      )
      expect(refused.body.topics).toEqual([
        expect.objectContaining({ errorCode: errorCode('TOPIC_AUTHORIZATION_FAILED') }),
      ])
      await expect(topics(port, login('alice', 'wrong'))).rejects.toMatchObject({ kind: 'auth' })
    })
  })

  it('keeps topics over restarts', async () => {
    const data = join(folder, 'data')
    await through({ data }, (port) =>
      as(port, null, async (cluster) => (await cluster.any()).call('CreateTopics', make('kept'))),
    )
    expect(await through({ data }, (port) => topics(port, null))).toContain('kept')
  })

  it.each<[ProxyOptions, RegExp]>([
    [{ upstream: '127.0.0.1:9', data: folder }, /^proxy: --upstream: --data does not go with it$/],
    [{ upstream: '127.0.0.1:9', acls }, /^proxy: --upstream: --acls does not go with it$/],
    [{ upstream: '127.0.0.1:9', saslUsers: users }, /^proxy: --upstream: --sasl-users does not go with it$/],
    [{ saslReauth: '1' }, /^proxy: --sasl-reauth wants --sasl-users$/],
    [{ acls: users }, /^proxy: --acls: .*users:1: want PRINCIPAL /],
    [{ acls: join(folder, 'none') }, /^proxy: --acls: there is no such file/],
    [{ data: users }, /^proxy: --data: .*users: /],
  ])('%j is refused', async (options, message) => {
    const error = await through(options, async () => {}).catch((thrown: Error) => thrown)
    expect((error as Error).message).toMatch(message)
  })

  it('has the options in its help', () => {
    const help = proxyCommand().helpInformation()
    for (const option of ['--data', '--sasl-users', '--sasl-mechanisms', '--sasl-reauth', '--acls']) {
      expect(help).toContain(`${option} `)
    }
  })
})
