/**
 * A real Apache Kafka for tests: one or three nodes in KRaft combined mode, each a JVM of its own, on free loopback
 * ports, with its data in a temporary folder. Installed by `scripts/setup-interop.sh`.
 *
 *     const kafka = await startKafka({ release: '4.4.0' })
 *     ... connect to kafka.bootstrap ...
 *     await kafka.stop()
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, onPath } from './cache.ts'
import { atExit, removeFolder } from './processes.ts'

export type KafkaRelease = '4.4.0' | '3.9.2'

export interface KafkaOptions {
  readonly release?: KafkaRelease
  /** 1 (default) or 3; replication factors of internal and new topics follow it. */
  readonly nodes?: 1 | 3
  /** More or other lines of server.properties. */
  readonly properties?: Readonly<Record<string, string>>
  /** How long a start may take before it counts as failed. */
  readonly timeoutMs?: number
}

export interface KafkaNode {
  readonly id: number
  /** host:port of the broker's plaintext listener */
  readonly address: string
  readonly pid: number
  readonly logFile: string
}

export interface KafkaServer {
  readonly release: KafkaRelease
  /** Comma separated host:port list, as clients want it. */
  readonly bootstrap: string
  readonly nodes: readonly KafkaNode[]
  readonly startedInMs: number
  /** The last lines of every node's log, for a failed test's message. */
  logTail(lines?: number): string
  /** Ends the nodes and removes their folder. Can be called again. */
  stop(): Promise<void>
}

/** Why a broker of this release cannot be started here, or null when it can. */
export function missingKafka(release: KafkaRelease): string | null {
  if (onPath('java') === null) return `Kafka ${release}: no java on the PATH`
  if (!existsSync(join(cacheFolder(), `kafka-${release}`, 'libs', `kafka_2.13-${release}.jar`))) {
    return `Kafka ${release}: not installed, run scripts/setup-interop.sh`
  }
  return null
}

/** `count` different loopback ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(0, '127.0.0.1', resolve)
      })
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

const jvmOptions = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
// A fixed id lets one test compare what two runs of a broker say about themselves.
const clusterId = 'a2Fma2FzY29wZS10ZXN0Mw'

type Properties = Readonly<Record<string, string>>

interface NodePlan {
  readonly id: number
  readonly port: number
  readonly controllerPort: number
  readonly folder: string
}

/** server.properties of one node. Everything that would make a first request slow is set to small or none. */
function properties(node: NodePlan, all: readonly NodePlan[], release: KafkaRelease, extra: Properties): string {
  const replicas = String(all.length)
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': all.map((n) => `${n.id}@127.0.0.1:${n.controllerPort}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(node.folder, 'data'),
    'num.partitions': '3',
    'default.replication.factor': replicas,
    'auto.create.topics.enable': 'true',
    'delete.topic.enable': 'true',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': '1',
    'min.insync.replicas': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.consumer.heartbeat.interval.ms': '500',
    'group.consumer.min.heartbeat.interval.ms': '500',
    ...(release.startsWith('3.')
      ? {}
      : { 'group.share.heartbeat.interval.ms': '500', 'group.share.min.heartbeat.interval.ms': '500' }),
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '2097152',
    'controller.quorum.election.timeout.ms': '300',
    'controller.quorum.fetch.timeout.ms': '1000',
    'controlled.shutdown.enable': 'false',
    ...extra,
  }
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`
}

/** Writes one node's folder: properties, logger, formatted storage. */
async function prepareNode(release: KafkaRelease, node: NodePlan, text: string): Promise<void> {
  const file = join(node.folder, 'server.properties')
  writeFileSync(file, text)
  writeFileSync(
    join(node.folder, 'log4j.properties'),
    [
      'log4j.rootLogger=INFO, out',
      'log4j.appender.out=org.apache.log4j.ConsoleAppender',
      'log4j.appender.out.layout=org.apache.log4j.PatternLayout',
      'log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n\n',
    ].join('\n'),
  )
  writeFileSync(
    join(node.folder, 'log4j2.properties'),
    [
      'rootLogger.level=INFO',
      'rootLogger.appenderRef.out.ref=out',
      'appender.out.type=Console',
      'appender.out.name=out',
      'appender.out.layout.type=PatternLayout',
      'appender.out.layout.pattern=[%d] %p %m (%c)%n\n',
    ].join('\n'),
  )
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file]
  await promisify(execFile)('java', [...javaArguments(release, node), ...format])
}

function javaArguments(release: KafkaRelease, node: NodePlan): string[] {
  const logger = release.startsWith('3.')
    ? `-Dlog4j.configuration=file:${join(node.folder, 'log4j.properties')}`
    : `-Dlog4j2.configurationFile=${join(node.folder, 'log4j2.properties')}`
  return [...jvmOptions, logger, '-cp', join(cacheFolder(), `kafka-${release}`, 'libs', '*')]
}

function launch(release: KafkaRelease, node: NodePlan): ChildProcess {
  const log = openSync(join(node.folder, 'server.log'), 'a')
  const main = ['kafka.Kafka', join(node.folder, 'server.properties')]
  return spawn('java', [...javaArguments(release, node), ...main], { cwd: node.folder, stdio: ['ignore', log, log] })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

/** A node is ready when it says so: the line comes after the broker was unfenced and its listeners are open. */
async function untilReady(node: NodePlan, child: ChildProcess, deadline: number): Promise<void> {
  const logFile = join(node.folder, 'server.log')
  for (;;) {
    const log = readFileSync(logFile, 'utf8')
    if (log.includes('Kafka Server started')) return
    if (hasEnded(child)) throw new Error(`Kafka node ${node.id} ended while starting:\n${log.slice(-3000)}`)
    if (Date.now() > deadline) throw new Error(`Kafka node ${node.id} is not ready in time:\n${log.slice(-3000)}`)
    await pause(50)
  }
}

/** SIGTERM, then SIGKILL: nothing of the data is kept, and nodes of a dying quorum wait long for each other. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 1500)
  await ended
  clearTimeout(timer)
}

/** Starts a cluster and resolves when every node serves clients. Rejects with the log's end when one does not. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const { release = '4.4.0', nodes: count = 1, properties: extra = {}, timeoutMs = 60_000 } = options
  const reason = missingKafka(release)
  if (reason !== null) throw new Error(reason)
  const began = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-kafka-'))
  const ports = await freePorts(count * 2)
  const plans: NodePlan[] = Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    port: ports[i]!,
    controllerPort: ports[count + i]!,
    folder: mkdtempSync(join(folder, `node-${i + 1}-`)),
  }))
  let children: ChildProcess[] = []
  const stop = async () => {
    await Promise.all(children.map(end))
    forget()
    removeFolder(folder)
  }
  // What runs ends with the test process, however that ends.
  const forget = atExit(() => {
    for (const child of children) child.kill('SIGKILL')
    removeFolder(folder)
  })
  try {
    await Promise.all(plans.map((plan) => prepareNode(release, plan, properties(plan, plans, release, extra))))
    children = plans.map((plan) => launch(release, plan))
    await Promise.all(plans.map((plan, i) => untilReady(plan, children[i]!, began + timeoutMs)))
  } catch (error) {
    await stop()
    throw error
  }
  const nodes = plans.map((plan, i) => ({
    id: plan.id,
    address: `127.0.0.1:${plan.port}`,
    pid: children[i]!.pid!,
    logFile: join(plan.folder, 'server.log'),
  }))
  return {
    release,
    bootstrap: nodes.map((node) => node.address).join(','),
    nodes,
    startedInMs: Date.now() - began,
    logTail: (lines = 30) =>
      nodes.map((node) => readFileSync(node.logFile, 'utf8').split('\n').slice(-lines).join('\n')).join('\n---\n'),
    stop,
  }
}
