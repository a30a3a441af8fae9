/**
 * Real Kafka clients, each run as a child process that plays a scenario and says in JSON how it went.
 *
 *     const reason = missing('franz-go')                    // why it cannot run here, or null
 *     const run = await runClient('franz-go', kafka.bootstrap)
 *     expect(run.ok, describeRun(run)).toBe(true)
 *
 * The scenario is described in clients/py/scenario.py. `scripts/setup-interop.sh` installs the clients.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, isExecutable, onPath } from './cache.ts'
import { atExit, killGroup } from './processes.ts'

export type Client =
  | 'kcat'
  | 'confluent'
  | 'kafkajs'
  | 'kafka-python'
  | 'kafka-python-2'
  | 'aiokafka'
  | 'franz-go'
  | 'java-4.4'
  | 'java-3.9'

export const clients: readonly Client[] = [
  ...(['kcat', 'confluent', 'kafkajs', 'kafka-python', 'kafka-python-2'] as const),
  ...(['aiokafka', 'franz-go', 'java-4.4', 'java-3.9'] as const),
]

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
export const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/**
 * `full` is create, produce and consume in one, with half of the messages written while the group is already reading.
 * `share` is `full` with a share group (KIP-932): only java-4.4, and only where the broker has them (4.x).
 */
export type Scenario = 'full' | 'create' | 'produce' | 'consume' | 'share'

/** The clients that take transactional: true. */
export const transactionalClients: readonly Client[] = clients.filter((c) => c !== 'kcat' && c !== 'kafka-python-2')

/** The clients that take properties of their own with `config`; group.protocol=consumer only where it is known. */
export const configurableClients: readonly Client[] = ['kcat', 'confluent', 'java-4.4', 'java-3.9']

export interface ClientOptions {
  /** Default: a new name, so that runs do not meet. */
  readonly topic?: string
  /** Default: a new name. */
  readonly group?: string
  /** Default: the client's name; consumers add their number to it (`kafkajs-0`). */
  readonly clientId?: string
  /** Default 3. kcat lets the broker make topics, so there it must be the broker's num.partitions. */
  readonly partitions?: number
  /** Default 1. kcat leaves this to the broker, too. */
  readonly replicationFactor?: number
  /** Default 60 */
  readonly messagesPerCodec?: number
  /** Default: all five; the result says which the client cannot do. */
  readonly codecs?: readonly Codec[]
  /** Members of the group, default 3. */
  readonly consumers?: number
  /** Time between their starts, default 1000. */
  readonly staggerMs?: number
  /** How many different messages the topic holds; needed by `consume` and by nothing else. */
  readonly expect?: number
  /** Talk TLS and trust this CA (PEM). */
  readonly caFile?: string
  /** Log in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  readonly sasl?: { readonly mechanism: string; readonly username: string; readonly password: string }
  /** Produce each batch set in a transaction, read committed; only transactionalClients. */
  readonly transactional?: boolean
  /** Properties of librdkafka or of Apache Kafka's client; only configurableClients. */
  readonly config?: Readonly<Record<string, string>>
  /** When the client gives up and reports what it has, default 30 s; it is killed 20 s later. */
  readonly timeoutMs?: number
}

/** What a client's program prints. The second half is there when the scenario reads. */
export interface ClientResult {
  readonly client: Client
  readonly version: string
  readonly topic: string
  readonly group: string
  readonly codecs: readonly Codec[]
  /** Codecs it was asked for and cannot do, with the reason. */
  readonly skipped: Readonly<Partial<Record<Codec, string>>>
  readonly produced: number
  readonly ms: number
  /** Whether all consumers had a partition at the same time before the second half was written. */
  readonly settled?: boolean
  readonly expected?: number
  /** Different messages that were read; fewer than expected is a loss. */
  readonly consumed?: number
  /** Messages per consumer, those read twice counted twice. */
  readonly perConsumer?: readonly number[]
  readonly duplicates?: number
  /** How often a consumer was told of a new assignment or of its loss. */
  readonly assignments?: number
  /** Messages whose content is not what was written. */
  readonly altered?: readonly string[]
  readonly errors?: readonly string[]
  /** The group's offset per partition, as asked of the broker in the end. */
  readonly committed?: Readonly<Record<string, number>>
}

export interface ClientRun {
  readonly client: Client
  /** The exit status was 0: nothing lost or altered, no errors, all committed. */
  readonly ok: boolean
  /** null when it was killed */
  readonly code: number | null
  /** null when the program failed before it could say how it went; stderr says why */
  readonly result: ClientResult | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

const here = fileURLToPath(new URL('./clients/', import.meta.url))
const python = (venv: string) => join(cacheFolder(), `venv-${venv}`, 'bin', 'python')

const javaRelease = { 'java-4.4': '4.4.0', 'java-3.9': '3.9.2' } as const

function java(client: keyof typeof javaRelease): string[] {
  const release = javaRelease[client]
  return [
    ...['java', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    `-Dlog4j.configuration=file:${join(here, 'java', 'log4j.properties')}`,
    `-Dlog4j2.configurationFile=${join(here, 'java', 'log4j2.properties')}`,
    ...['-cp', [join(cacheFolder(), `java-${release}`), javaLibraries(release)].join(delimiter), 'InteropClient'],
  ]
}

const javaLibraries = (release: string) => join(cacheFolder(), `kafka-${release}`, 'libs', '*')

/** The command line that starts a client's program. */
function command(client: Client): string[] {
  switch (client) {
    case 'kcat':
    case 'kafkajs':
      return [process.execPath, join(here, 'js', `${client}.js`)]
    case 'confluent':
      return [python('current'), join(here, 'py', 'confluent_client.py')]
    case 'kafka-python':
      return [python('current'), join(here, 'py', 'kafka_python_client.py')]
    case 'kafka-python-2':
      return [python('kafka-python-2'), join(here, 'py', 'kafka_python_client.py')]
    case 'aiokafka':
      return [python('current'), join(here, 'py', 'aiokafka_client.py')]
    case 'franz-go':
      return [join(cacheFolder(), 'go', 'franz-client')]
    case 'java-4.4':
    case 'java-3.9':
      return java(client)
  }
}

/** Why this client cannot run on this machine, with its name in it; null when it can. */
export function missing(client: Client): string | null {
  const notInstalled = `${client}: not installed, run scripts/setup-interop.sh`
  switch (client) {
    case 'kcat':
      return onPath('kcat') === null ? 'kcat: not on the PATH, run scripts/setup-interop.sh kcat' : null
    case 'kafkajs':
      try {
        createRequire(import.meta.url).resolve('kafkajs')
        return null
      } catch {
        return 'kafkajs: not in node_modules, run npm install'
      }
    case 'java-4.4':
    case 'java-3.9': {
      if (onPath('java') === null) return `${client}: no java on the PATH`
      return existsSync(join(cacheFolder(), `java-${javaRelease[client]}`, 'InteropClient.class')) ? null : notInstalled
    }
    default:
      return isExecutable(command(client)[0]!) ? null : notInstalled
  }
}

function checkOptions(client: Client, scenario: Scenario, options: ClientOptions): void {
  const reason = missing(client)
  if (reason !== null) throw new Error(reason)
  if (options.transactional && !transactionalClients.includes(client)) throw new Error(`${client} has no transactions`)
  if (options.config && !configurableClients.includes(client)) throw new Error(`${client} takes no config`)
  if (scenario === 'share' && client !== 'java-4.4') throw new Error(`${client} has no share groups`)
  if (scenario === 'consume' && options.expect === undefined) throw new Error('consume needs the option expect')
}

/** Runs a client's program to its end. Rejects only when it cannot be started; whatever else happens is in the run. */
export async function runClient(
  client: Client,
  bootstrap: string,
  scenario: Scenario = 'full',
  options: ClientOptions = {},
): Promise<ClientRun> {
  checkOptions(client, scenario, options)
  const id = randomBytes(4).toString('hex')
  const full = {
    ...{ topic: `${client}-${id}`, group: `${client}-${id}-group`, clientId: client },
    ...{ partitions: 3, replicationFactor: 1, messagesPerCodec: 60, codecs },
    ...{ consumers: 3, staggerMs: 1000, timeoutMs: 30_000 },
    ...options,
  }
  const [program, ...args] = command(client)
  const began = Date.now()
  // A group of its own, so that a program that hangs is killed with its children.
  const child = spawn(program!, [...args, bootstrap, scenario, JSON.stringify(full)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  })
  const kill = () => killGroup(child.pid)
  const forget = atExit(kill)
  const timer = setTimeout(kill, full.timeoutMs + 20_000)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { client, ok: code === 0, code, result: parseResult(stdout), stdout, stderr, ms: Date.now() - began }
  } finally {
    clearTimeout(timer)
    forget()
  }
}

/** The last line of a program's stdout is its result. */
function parseResult(stdout: string): ClientResult | null {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as ClientResult
  } catch {
    return null
  }
}

/** One text about a run, for the message of a failed assertion. */
export function describeRun(run: ClientRun): string {
  const result = run.result === null ? 'no result' : JSON.stringify(run.result)
  return `${run.client} ended with ${run.code} after ${run.ms} ms\n${result}\n${run.stderr.slice(-4000)}`
}

/**
 * What is wrong with a run of `full` or `consume`, checked here once more and not only by the client's program; empty
 * when all is well. `expect(problems(run)).toEqual([])` shows everything a failure needs.
 */
export function problems(run: ClientRun, mayIdle = false): string[] {
  const result = run.result
  if (result === null) return [describeRun(run)]
  const found: string[] = []
  const check = (fine: boolean, text: string) => {
    if (!fine) found.push(text)
  }
  const { expected = 0, consumed = 0, perConsumer = [], committed = {}, errors = [], altered = [] } = result
  const reached = Object.values(committed).reduce((sum, offset) => sum + offset, 0)
  check(run.ok, `exit status ${run.code}`)
  check(expected > 0, 'nothing was expected')
  check(consumed === expected, `${consumed} of ${expected} messages were read`)
  check(altered.length === 0, `altered: ${altered.slice(0, 3).join(', ')}`)
  check(errors.length === 0, `errors: ${errors.join('; ')}`)
  check(result.settled === true, 'the consumers never all had a partition')
  check(reached >= expected, `the committed offsets add up to ${reached}, not ${expected}`)
  // Records of a share group go to whoever asks: one that asks late may get none (mayIdle).
  check(mayIdle || perConsumer.every((n) => n > 0) || result.produced === 0, `a consumer read nothing: ${perConsumer}`)
  if (found.length > 0) found.push(describeRun(run))
  return found
}
