// The embedded broker beside Apache Kafka 4.4.0, in one run: how many 1-KB messages a second librdkafka (kcat) gets in with
// acks 1, and out again; and the latencies of the original test (load --scenario groups) at 20,000 messages a second.
//
//     node bench/load.js [MESSAGES=300000] [ROUNDS=3]        (after npm run build; other targets: BENCH_DIST=dir)
//
// Each broker is a process of its own, whose CPU time is what "cpu" says; kcat and load take their part of the machine
// beside it. Rounds alternate between the brokers and the best of each is shown: the machine's other work is nobody's fault.
import { execFileSync, fork, spawn, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startKafka } from './kafka.js'

const DIST = resolve(process.env.BENCH_DIST ?? fileURLToPath(new URL('../dist', import.meta.url)))
const self = fileURLToPath(import.meta.url)
const SIZE = 1000
const RATE = 20_000

/**
 * A process that does nothing but wait a millisecond, again and again, and says by how much it overslept: what the
 * machine adds to every latency, whoever is measured.
 */
function hiccups() {
  const late = []
  let due = performance.now() + 1
  const tick = () => {
    late.push(Math.max(0, performance.now() - due))
    due = performance.now() + 1
    setTimeout(tick, 1)
  }
  setTimeout(tick, 1)
  process.on('message', () => {
    late.sort((a, b) => a - b)
    process.send({ p50: late[late.length >> 1], p99: late[Math.floor(late.length * 0.99)], max: late.at(-1) }, () =>
      process.exit(),
    )
  })
}

/** The embedded broker; keeps what a round writes, as Kafka does. */
async function child() {
  if (process.argv[2] === 'hiccups') return hiccups()
  const { startBroker } = await import(pathToFileURL(join(DIST, 'src/broker/server.js')).href)
  const { port } = await startBroker({ retentionBytes: 2 ** 31, numPartitions: 6 })
  process.send({ port })
}

async function startEmbedded() {
  const process = fork(self)
  const { port } = await new Promise((done) => process.once('message', done))
  return { port, pid: process.pid, stop: async () => process.kill('SIGKILL') }
}

/** Seconds of CPU that a process has used (Linux: utime and stime, in ticks of 10 ms); NaN elsewhere. */
function cpuSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}

async function timed(broker, run) {
  const cpu = cpuSeconds(broker.pid)
  const start = performance.now()
  await run()
  return { seconds: (performance.now() - start) / 1000, cpu: cpuSeconds(broker.pid) - cpu }
}

const program = (name, args) =>
  new Promise((done, fail) => {
    const process = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    process.stderr.on('data', (text) => {
      said += text
    })
    process.once('error', fail)
    process.once('exit', (code) => (code === 0 ? done() : fail(new Error(`${name} ${args.join(' ')}: ${said}`))))
  })

async function librdkafka(broker, file, messages, round) {
  const to = ['-b', `127.0.0.1:${broker.port}`, '-t', `bench-${round}`]
  const settings = ['-X', 'acks=1', '-X', 'linger.ms=5', '-X', 'queue.buffering.max.messages=1000000']
  // The topic is made before: its making is not what is measured.
  await program('kcat', ['-L', ...to, '-X', 'allow.auto.create.topics=true'])
  const into = await timed(broker, () => program('kcat', ['-P', ...to, ...settings, '-l', file]))
  const out = await timed(broker, () =>
    program('kcat', ['-C', ...to, '-q', '-o', 'beginning', '-e', '-c', String(messages)]),
  )
  return { into, out }
}

async function original(broker) {
  const idle = fork(self, ['hiccups'])
  const options = ['--scenario', 'groups', '--rate', String(RATE), '--duration', '10s', '--warmup', '4s', '--acks', '1']
  const args = [
    join(DIST, 'src/cli/main.js'),
    'load',
    `127.0.0.1:${broker.port}`,
    ...options,
    '--no-inspect',
    '--json',
    '-q',
  ]
  const start = `import(${JSON.stringify(pathToFileURL(args[0]).href)}).then(({ main }) => main(process.argv.slice(1)))`
  const { stdout } = spawnSync(process.execPath, ['-e', start, ...args.slice(1)], { encoding: 'utf8' })
  const machineMs = await new Promise((done) => {
    idle.once('message', done)
    idle.send('how late?')
  })
  return { ...JSON.parse(stdout.trim().split('\n').at(-1)), machineMs }
}

async function parent() {
  const messages = Number(process.argv[2] ?? 300_000)
  const rounds = Number(process.argv[3] ?? 3)
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-bench-'))
  const file = join(folder, 'messages')
  const out = createWriteStream(file)
  for (let i = 0; i < messages; i++) out.write(`${String(i).padEnd(SIZE, ' kafkascope')}\n`)
  await new Promise((done) => out.end(done))
  const brokers = { embedded: await startEmbedded(), 'Kafka 4.4.0': await startKafka('4.4.0') }
  const has = (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
  const kcat = has('kcat') ? execFileSync('kcat', ['-V'], { encoding: 'utf8' }).match(/librdkafka [\d.]+/)?.[0] : null
  const best = Object.fromEntries(Object.keys(brokers).map((name) => [name, { into: null, out: null, load: null }]))
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const [name, broker] of Object.entries(brokers)) {
        if (!broker) continue
        const mine = best[name]
        if (kcat) {
          const result = await librdkafka(broker, file, messages, round)
          for (const way of ['into', 'out'])
            if (!mine[way] || result[way].seconds < mine[way].seconds) mine[way] = result[way]
        }
        const load = await original(broker)
        if (!mine.load || load.produceMs.p99 < mine.load.produceMs.p99) mine.load = load
      }
    }
  } finally {
    for (const broker of Object.values(brokers)) await broker?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  report(best, messages, kcat)
}

function report(best, messages, kcat) {
  const [load] = loadavg()
  console.log(
    `${cpus().length} cores, load average ${load.toFixed(1)}: where it is above 1 the machine does other work too`,
  )
  console.log(kcat ? `\n${messages} messages of ${SIZE} bytes, ${kcat}, acks 1` : '\nno kcat here')
  for (const [name, { into, out }] of Object.entries(best)) {
    if (!into) continue
    for (const [way, { seconds, cpu }] of [
      ['in', into],
      ['out', out],
    ]) {
      const rate = Math.round(messages / seconds)
      const perCore = Math.round(messages / cpu)
      console.log(`  ${name.padEnd(12)} ${way.padEnd(3)} ${rate} a second, ${perCore} a second of the broker's CPU`)
    }
  }
  console.log(`\nload --scenario groups at ${RATE} messages a second, 100 bytes, acks 1, after 4 s`)
  for (const [name, { load: result }] of Object.entries(best)) {
    if (!result) continue
    const text = (ms) => ['p50', 'p99', 'p999', 'max'].map((key) => `${key} ${ms[key]}`).join('  ')
    const verdict = result.ok ? 'passed' : `failed: ${result.problems.join('; ')}`
    console.log(`  ${name.padEnd(12)} ${Math.round(result.messagesPerSecond)} a second, ${verdict}`)
    console.log(`  ${''.padEnd(12)} produce ms ${text(result.produceMs)}`)
    console.log(`  ${''.padEnd(12)} consume ms ${text(result.consumeMs)}`)
    const { p50, p99, max } = result.machineMs
    const late = [p50, p99, max].map((ms) => ms.toFixed(2))
    console.log(
      `  ${''.padEnd(12)} an idle process beside it was late by p50 ${late[0]}  p99 ${late[1]}  max ${late[2]} ms`,
    )
  }
}

if (process.send) await child()
else await parent()
