// Apache Kafka of scripts/setup-interop.sh, one node, for benches that compare with it: defaults where they are not about
// being alone or starting fast, the JVM as kafka-server-start.sh has it.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))
const JVM = ['-Xmx1G', '-Xms1G', '-server', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20']

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

/** Starts a node; `{ port, pid, stop }`, or null where it is not installed. */
export async function startKafka(release) {
  const libs = join(resolve(project, process.env.KAFKASCOPE_INTEROP || '.interop'), `kafka-${release}`, 'libs')
  if (!existsSync(libs)) return null
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-bench-'))
  const [port, controllerPort] = [await freePort(), await freePort()]
  const file = join(folder, 'server.properties')
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.num.partitions=4',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=500',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const java = [...JVM, '-cp', join(libs, '*')]
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'a2Fma2FzY29wZS1iZW5jaA', '-c', file]
  execFileSync('java', [...java, ...format], { stdio: 'ignore' })
  const log = join(folder, 'server.log')
  const out = openSync(log, 'a')
  const logger = join(folder, 'log4j2.properties')
  writeFileSync(
    logger,
    'rootLogger.level=INFO\nrootLogger.appenderRef.out.ref=out\nappender.out.type=Console\nappender.out.name=out\n' +
      'appender.out.layout.type=PatternLayout\nappender.out.layout.pattern=%p %m (%c)%n\n',
  )
  const args = [`-Dlog4j2.configurationFile=${logger}`, ...java, 'kafka.Kafka', file]
  const child = spawn('java', args, { stdio: ['ignore', out, out] })
  const stop = async () => {
    const ended = new Promise((done) => child.once('exit', done))
    if (child.exitCode === null && child.kill('SIGKILL')) await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  for (let waited = 0; !readFileSync(log, 'utf8').includes('Kafka Server started'); waited += 100) {
    if (waited > 60_000 || child.exitCode !== null) {
      const text = readFileSync(log, 'utf8').slice(-2000)
      await stop()
      throw new Error(`Kafka did not start:\n${text}`)
    }
    await new Promise((done) => setTimeout(done, 100))
  }
  return { port, pid: child.pid, stop }
}
