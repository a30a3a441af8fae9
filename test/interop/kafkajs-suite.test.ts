/**
 * kafkajs's own tests against the embedded broker and against real Kafkas on the same machine: what passes on a real one
 * passes here. `scripts/suites/kafkajs.sh` makes the suite ready; docs/SUITES.md says what came of it.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cacheFolder } from './cache.ts'
import { missingKafka } from './kafka-server.ts'
import { notBuilt } from './proxy-process.ts'
import {
  embeddedCluster,
  embeddedServers,
  kafkaCluster,
  kafkaServers,
  type SuiteServers,
  throughProxy,
} from './suite-servers.ts'

const root = join(cacheFolder(), 'suites', 'kafkajs')
const suites = (process.env.KAFKASCOPE_SUITE ?? '0.2.0 current')
  .split(' ')
  .filter((name) => existsSync(join(root, name, 'jest.config.suite.js')))
/** For work on one thing: a target's name, and patterns of spec files. */
const only = process.env.KAFKASCOPE_SUITE_ONLY ?? ''
const FILES = process.env.KAFKASCOPE_SUITE_FILES?.split(' ') ?? []

interface Result {
  readonly name: string
  readonly passed: boolean
  readonly failure: string
}

/** Tests that pass on a real broker and not here, by name, with the reason. */
const EXPLAINED: ReadonlyMap<string, string> = new Map([
  [
    'Broker > Produce request to a topic with max timestamp difference configured',
    'Apache Kafka 4.0 removed message.timestamp.difference.max.ms, and the embedded broker has the settings of 4.4',
  ],
])

const certs = join(root, 'certs')
const reason = suites.length === 0 ? 'kafkajs suite: not installed, run scripts/suites/kafkajs.sh' : null

type Target = readonly [name: string, missing: string | null, start: () => Promise<SuiteServers>]

const ONE_NODE: readonly Target[] = [
  ['embedded', null, () => embeddedServers(certs)],
  ['4.4.0', missingKafka('4.4.0'), () => kafkaServers('4.4.0', certs)],
  ['3.9.2', missingKafka('3.9.2'), () => kafkaServers('3.9.2', certs)],
]
const THREE_NODES: readonly Target[] = [
  ['embedded', null, embeddedCluster],
  ['4.4.0', missingKafka('4.4.0'), () => kafkaCluster('4.4.0')],
]

describe.skipIf(reason !== null)(`kafkajs's own suite${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const started: SuiteServers[] = []
  afterAll(() => Promise.all(started.map((servers) => servers.stop())))

  /** What passes on a real Kafka and not here, without what is explained. */
  async function worse(suite: string, targets: readonly Target[], files: readonly string[]): Promise<string[]> {
    const results = new Map<string, Result[]>()
    for (const [name, missing, start] of targets) {
      if (missing !== null || !name.includes(only)) continue
      const servers = await start()
      started.push(servers)
      results.set(name, await run(suite, servers, files))
      await servers.stop()
    }
    report(suite, results)
    const failed = new Set(results.get('embedded')?.flatMap(({ name, passed }) => (passed ? [] : [name])))
    const passed = [...results].flatMap(([, tests]) => tests.flatMap(({ name, passed }) => (passed ? [name] : [])))
    return [...new Set(passed)].filter((name) => failed.has(name) && !EXPLAINED.has(name))
  }

  it.skipIf(!suites.includes('current') || notBuilt() !== null)(
    'passes through the proxy wherever it passes without it',
    async () => {
      const here = () => embeddedServers(certs)
      const targets: Target[] = [
        ['embedded', null, () => throughProxy(here)],
        ['without the proxy', null, here],
      ]
      expect(await worse('current', targets, FILES)).toEqual([])
    },
    900_000,
  )

  for (const suite of suites) {
    it(`${suite} passes wherever it passes on a real Kafka of one node`, async () => {
      expect(await worse(suite, ONE_NODE, FILES)).toEqual([])
    }, 1_800_000)
  }

  it.skipIf(!suites.includes('current'))(
    'its tests of several nodes pass wherever they pass on a real Kafka of three',
    async () => {
      expect(
        await worse('current', THREE_NODES, ['admin/.*(Records|onfigs|Topics|Partitions)', 'broker/.*(Records|data)']),
      ).toEqual([])
    },
    600_000,
  )
})

function report(suite: string, results: ReadonlyMap<string, readonly Result[]>): void {
  for (const [name, tests] of results) {
    const failed = tests.filter((test) => !test.passed)
    console.log(`kafkajs ${suite} against ${name}: ${tests.length - failed.length} of ${tests.length} pass`)
    for (const test of failed)
      console.log(`  not: ${test.name}: ${test.failure.split('\n').slice(0, 3).join(' | ').slice(0, 300)}`)
  }
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Runs a suite's tests one file after the other; a test that is repeated in a file has its number behind its name. */
async function run(suite: string, servers: SuiteServers, files: readonly string[]): Promise<Result[]> {
  const folder = join(root, suite)
  const file = join(root, `${suite}.json`)
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
  const args = [jest, '-c', 'jest.config.suite.js', '--runInBand', '--forceExit', '--json', `--outputFile=${file}`]
  const env = {
    ...process.env,
    KAFKA_VERSION: '2.4',
    KAFKA_NODE: '1',
    KAFKA_PLAIN: String(servers.plain),
    KAFKA_SSL: String(servers.ssl),
    KAFKA_SASL: String(servers.sasl),
  }
  await new Promise<void>((resolve) => {
    execFile(process.execPath, [...args, ...files], { cwd: folder, env, maxBuffer: 1e9 }, () => resolve())
  })
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as JestReport
  const seen = new Map<string, number>()
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status, failureMessages }) => {
        const count = (seen.get(fullName) ?? 0) + 1
        seen.set(fullName, count)
        const name = count === 1 ? fullName : `${fullName} #${count}`
        return { name, passed: status === 'passed', failure: failureMessages[0] ?? '' }
      }),
  )
}
