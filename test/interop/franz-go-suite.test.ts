/**
 * franz-go's own tests against the embedded broker, one node and three, and against a real Kafka on the same machine: what
 * passes there passes here. `scripts/suites/franz-go.sh` builds the suite; docs/SUITES.md says what came of it.
 */
import { execFile } from 'node:child_process'
import { pbkdf2Sync } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { Connection } from '../../src/client/connection.ts'
import { cacheFolder, isExecutable } from './cache.ts'
import { freePorts, missingKafka, startKafka } from './kafka-server.ts'

const script = fileURLToPath(new URL('../../scripts/suites/franz-go.sh', import.meta.url))
const built = isExecutable(join(cacheFolder(), 'suites', 'franz-go', 'kgo.test'))
const reason = built ? missingKafka('4.4.0') : 'franz-go suite: not built, run scripts/suites/franz-go.sh'

const USER = 'testuser'
const PASSWORD = 'testpass'

interface Target {
  readonly seeds: string
  /** Where clients must log in. */
  readonly saslSeeds: string
  readonly replicas: number
  stop(): Promise<void>
}

async function embedded(nodes: number): Promise<Target> {
  const broker = await startBroker({ nodes, numPartitions: 1 })
  const withLogins = await startBroker({
    sasl: { users: new Map([[USER, PASSWORD]]), mechanisms: ['SCRAM-SHA-256', 'OAUTHBEARER'], maxReauthMs: 0 },
  })
  return {
    seeds: broker.endpoints.map(({ host, port }) => `${host}:${port}`).join(','),
    saslSeeds: `127.0.0.1:${withLogins.port}`,
    replicas: nodes,
    stop: async () => void (await Promise.all([broker.close(), withLogins.close()])),
  }
}

const LOGIN_MODULES = 'org.apache.kafka.common.security'

/** One node, configured as franz-go's own runs of the suite have it. */
async function real(): Promise<Target> {
  const [plain, sasl, controller] = (await freePorts(3)) as [number, number, number]
  const listeners = `PLAINTEXT://127.0.0.1:${plain},SASL_PLAINTEXT://127.0.0.1:${sasl}`
  const kafka = await startKafka({
    release: '4.4.0',
    properties: {
      listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': listeners,
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-256,OAUTHBEARER',
      'listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
      'listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config': `${LOGIN_MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";`,
      'group.share.delivery.count.limit': '10',
    },
  })
  const connection = await Connection.open({ host: '127.0.0.1', port: plain })
  const salt = Buffer.from('salt of the suite')
  const saltedPassword = pbkdf2Sync(PASSWORD, salt, 4096, 32, 'sha256')
  const upsertions = [{ name: USER, mechanism: 1, iterations: 4096, salt, saltedPassword }]
  await connection.call('AlterUserScramCredentials', { deletions: [], upsertions })
  connection.close()
  return {
    seeds: `127.0.0.1:${plain}`,
    saslSeeds: `127.0.0.1:${sasl}`,
    replicas: 1,
    stop: () => kafka.stop(),
  }
}

type Outcome = 'PASS' | 'FAIL' | 'SKIP'

interface Run {
  /** Of tests and their parts, by name. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly output: string
}

async function run({ seeds, saslSeeds, replicas }: Target): Promise<Run> {
  const env = {
    ...process.env,
    KGO_TEST_RF: String(replicas),
    KGO_TEST_SCRAM: `${USER}:${PASSWORD}`,
    KGO_TEST_SCRAM_SEEDS: saslSeeds,
    KGO_TEST_OAUTH_SEEDS: saslSeeds,
  }
  const output = await new Promise<string>((resolve) => {
    execFile(script, [seeds], { env, maxBuffer: 1e9 }, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
  const outcomes = new Map<string, Outcome>()
  for (const [, outcome, name] of output.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+)/gm)) {
    outcomes.set(name!, outcome as Outcome)
  }
  return { outcomes, output }
}

const named = ({ outcomes }: Run, wanted: Outcome): string[] =>
  [...outcomes].filter(([, outcome]) => outcome === wanted).map(([name]) => name)
const count = (run: Run): string => {
  const whole = [...run.outcomes].filter(([name]) => !name.includes('/'))
  const passed = whole.filter(([, outcome]) => outcome === 'PASS').length
  return `${passed} of ${whole.length} tests pass, ${named(run, 'PASS').length} of ${run.outcomes.size} with their parts`
}

describe('franz-go', () => {
  it.skipIf(reason !== null)(
    `passes as often as against a real Kafka${reason === null ? '' : ` (skipped: ${reason})`}`,
    async () => {
      const targets = [
        ['Apache Kafka 4.4.0', real],
        ['the embedded broker', () => embedded(1)],
        ['the embedded broker, three nodes', () => embedded(3)],
      ] as const
      const runs: Run[] = []
      for (const [name, start] of targets) {
        const target = await start()
        try {
          const done = await run(target)
          console.log(`franz-go against ${name}: ${count(done)}; not: ${named(done, 'FAIL').join(' ') || 'none'}`)
          runs.push(done)
        } finally {
          await target.stop()
        }
      }
      const [there, ...here] = runs as [Run, ...Run[]]
      expect(named(there, 'PASS').length, there.output.slice(-3000)).toBeGreaterThan(500)
      for (const own of here) {
        const worse = named(there, 'PASS').filter((name) => own.outcomes.get(name) !== 'PASS')
        expect(worse, own.output.slice(-3000)).toEqual([])
      }
    },
    1_800_000,
  )
})
