// The relay beside a plain node:net pipe (and haproxy and socat, where they are installed), in one run: throughput, CPU
// per GB, ping-pong latency. Everything that our relay passes goes through the whole pipeline (frames, exchanges, every
// field and record batch checked).
//
//     node bench/relay.js [MB=1500] [PINGS=20000] [ROUNDS=3]      (after npm run build; other targets: BENCH_DIST=dir)
//
// This process plays client and broker; each relay is a child of its own, whose CPU time is what is reported. Rounds
// alternate between the relays, and the best of each is shown: the machine's other work is nobody's fault.
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const DIST = process.env.BENCH_DIST
  ? resolve(process.env.BENCH_DIST)
  : fileURLToPath(new URL('../dist', import.meta.url))
const load = (path) => import(pathToFileURL(join(DIST, path)).href)
const self = fileURLToPath(import.meta.url)
const RECORDS = 64 * 1024
const OK = { responses: [{ name: 'orders', partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0 }] }] }

/** A relay in this process; says its port, and its CPU time when asked. */
async function child(kind, upstream) {
  const counts = { exchanges: 0, errors: 0 }
  let port = 0
  if (kind === 'pipe') {
    const server = createServer({ noDelay: true }, (client) => {
      const broker = connect({ host: '127.0.0.1', port: upstream, noDelay: true })
      client.pipe(broker).pipe(client)
      for (const socket of [client, broker]) socket.on('error', () => {})
    })
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
    port = server.address().port
  } else {
    const { startRelay } = await load('src/proxy/relay-host.js')
    const { Pipeline } = await load('src/findings/pipeline.js')
    const pipeline = new Pipeline()
    const onSegment = (segment) => {
      for (const observed of pipeline.push(segment)) {
        if (observed.type === 'exchange') counts.exchanges++
        for (const finding of observed.findings ?? []) if (finding.severity === 'error') counts.errors++
      }
    }
    const options = { listen: { host: '127.0.0.1', port: 0 }, upstream: { host: '127.0.0.1', port: upstream } }
    const relay = await startRelay(
      { ...options, strict: kind === 'strict' },
      {
        onSegment: kind === 'blind' ? () => {} : onSegment,
        onNotice: ({ text }) => console.error(`  (${kind}: ${text})`),
      },
    )
    // As the proxy does it.
    const { yieldToRelay } = await load('src/proxy/priority.js')
    yieldToRelay()
    port = relay.address.port
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpu: (user + system) / 1e6, rss: process.memoryUsage.rss(), ...counts })
  })
  process.send({ port })
}

async function frames() {
  const { encodeFrame } = await load('src/codec/encode.js')
  const { frameHeader, requestMessage, responseMessage } = await load('src/codec/messages.js')
  const { writeBatch } = await load('dissectors/records/write.js')
  const value = Buffer.alloc(1000, 'kafkascope ')
  const records = Array.from({ length: RECORDS / 1000 }, (_, i) => ({
    offset: i,
    timestamp: 1_700_000_000_000 + i,
    key: null,
    value,
    headers: [],
  }))
  const batch = writeBatch({ baseOffset: 0, records })
  const header = { requestApiKey: 0, requestApiVersion: 9, correlationId: 1, clientId: 'bench' }
  const body = {
    acks: 1,
    timeoutMs: 1000,
    topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batch }] }],
  }
  const heartbeat = { requestApiKey: 12, requestApiVersion: 4, correlationId: 1, clientId: 'bench' }
  const copy = (bytes) => Buffer.from(bytes)
  return {
    produce: copy(encodeFrame(frameHeader('request', 2).model, header, requestMessage(0, 9).model, body)),
    produced: copy(
      encodeFrame(frameHeader('response', 1).model, { correlationId: 1 }, responseMessage(0, 9).model, OK),
    ),
    beat: copy(
      encodeFrame(frameHeader('request', 2).model, heartbeat, requestMessage(12, 4).model, {
        groupId: 'g',
        generationId: 1,
        memberId: 'm',
      }),
    ),
    beaten: copy(encodeFrame(frameHeader('response', 1).model, { correlationId: 1 }, responseMessage(12, 4).model, {})),
  }
}

/** A broker that answers frames of one size without looking at them. */
async function broker(size, answer) {
  const server = createServer({ noDelay: true }, (socket) => {
    let left = size
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      let whole = 0
      let had = chunk.length
      while (had >= left) {
        had -= left
        left = size
        whole++
      }
      left -= had
      for (; whole > 0; whole--) socket.write(answer)
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { server, port: server.address().port }
}

async function open(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((done, failed) => socket.once('connect', done).once('error', failed))
  return socket
}

/** Produces so many frames, at most 16 of them unanswered; returns seconds. */
async function produce(port, { produce: frame, produced }, count) {
  const socket = await open(port)
  const start = performance.now()
  await new Promise((done) => {
    let sent = 0
    let answered = 0
    const more = () => {
      while (sent < count && sent - answered < 16) {
        sent++
        socket.write(frame)
      }
    }
    socket.on('data', (chunk) => {
      bytes += chunk.length
      answered = Math.floor(bytes / produced.length)
      if (answered === count) done()
      else more()
    })
    let bytes = 0
    more()
  })
  const seconds = (performance.now() - start) / 1000
  socket.destroy()
  return seconds
}

/** One frame at a time; returns microseconds of each, sorted. */
async function pingPong(port, { beat, beaten }, count) {
  const socket = await open(port)
  const times = new Float64Array(count)
  await new Promise((done) => {
    let i = 0
    let had = 0
    let start = performance.now()
    socket.on('data', (chunk) => {
      had += chunk.length
      if (had < beaten.length) return
      had = 0
      const now = performance.now()
      times[i++] = (now - start) * 1000
      if (i === count) return done()
      start = performance.now()
      socket.write(beat)
    })
    socket.write(beat)
  })
  socket.destroy()
  return times.sort()
}

const usage = (process) => new Promise((done) => process.once('message', done) && process.send('usage'))

async function nodeRelay(kind, upstream) {
  const relay = fork(self, ['--child', kind, String(upstream)])
  const { port } = await new Promise((done) => relay.once('message', done))
  return { port, usage: () => usage(relay), stop: () => relay.kill() }
}

/** CPU seconds of a process that isn't ours to ask. */
function procUsage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100 }
}

async function foreign(command, args) {
  const relay = spawn(command, args, { stdio: 'ignore' })
  await new Promise((done) => setTimeout(done, 500))
  return { usage: async () => procUsage(relay.pid), stop: () => relay.kill() }
}

async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}

async function haproxy(upstream, folder) {
  const port = await freePort()
  const file = join(folder, `haproxy-${port}.cfg`)
  writeFileSync(
    file,
    `defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\nlisten k\n bind 127.0.0.1:${port}\n server b 127.0.0.1:${upstream}\n`,
  )
  return { port, ...(await foreign('haproxy', ['-db', '-f', file])) }
}

const has = (command) => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function measure(make, makeFrames, mb, pings) {
  const fast = await broker(makeFrames.produce.length, makeFrames.produced)
  const relay = await make(fast.port)
  const count = Math.ceil((mb * 1e6) / makeFrames.produce.length)
  await produce(relay.port, makeFrames, Math.ceil(count / 10))
  const before = await relay.usage()
  const seconds = await produce(relay.port, makeFrames, count)
  await new Promise((done) => setTimeout(done, 300))
  const after = await relay.usage()
  relay.stop()
  fast.server.close()

  const quick = await broker(makeFrames.beat.length, makeFrames.beaten)
  const second = await make(quick.port)
  await pingPong(second.port, makeFrames, Math.ceil(pings / 5))
  const pingBefore = await second.usage()
  const times = await pingPong(second.port, makeFrames, pings)
  const pingAfter = await second.usage()
  second.stop()
  quick.server.close()
  const gb = (count * makeFrames.produce.length) / 1e9
  return {
    mbs: (gb * 1000) / seconds,
    cpuPerGb: (after.cpu - before.cpu) / gb,
    p50: times[Math.floor(pings * 0.5)],
    p99: times[Math.floor(pings * 0.99)],
    cpuPerPing: ((pingAfter.cpu - pingBefore.cpu) / pings) * 1e6,
    exchanges: after.exchanges === undefined ? null : after.exchanges,
    errors: after.errors ?? 0,
    rss: after.rss ?? 0,
  }
}

async function main(mb, pings, rounds) {
  const made = await frames()
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-bench-'))
  const relays = [
    ['node pipe', (upstream) => nodeRelay('pipe', upstream)],
    ['kafkascope, observed', (upstream) => nodeRelay('relay', upstream)],
    ['kafkascope, --strict', (upstream) => nodeRelay('strict', upstream)],
    ['kafkascope, no pipeline', (upstream) => nodeRelay('blind', upstream)],
  ]
  if (has('haproxy')) relays.push(['haproxy', (upstream) => haproxy(upstream, folder)])
  const best = new Map()
  for (let round = 0; round < rounds; round++) {
    for (const [name, make] of relays) {
      const result = await measure(make, made, mb, pings)
      const so = best.get(name)
      if (!so) best.set(name, result)
      else {
        for (const key of ['cpuPerGb', 'p50', 'p99', 'cpuPerPing']) so[key] = Math.min(so[key], result[key])
        so.mbs = Math.max(so.mbs, result.mbs)
      }
    }
  }
  rmSync(folder, { recursive: true, force: true })
  console.log(
    `${mb} MB in Produce requests of ${made.produce.length} bytes, ${pings} Heartbeats one at a time, best of ${rounds}`,
  )
  console.log('relay                        MB/s  CPU s/GB   p50 us   p99 us  CPU us/ping  exchanges  errors   RSS MB')
  for (const [name, r] of best) {
    const cells = [
      name.padEnd(24),
      r.mbs.toFixed(0).padStart(8),
      r.cpuPerGb.toFixed(2).padStart(9),
      r.p50.toFixed(0).padStart(8),
      r.p99.toFixed(0).padStart(8),
      r.cpuPerPing.toFixed(0).padStart(12),
      String(r.exchanges ?? '-').padStart(10),
      String(r.errors).padStart(7),
      (r.rss / 1e6).toFixed(0).padStart(8),
    ]
    console.log(cells.join(' '))
  }
}

if (process.argv[2] === '--child') await child(process.argv[3], Number(process.argv[4]))
else await main(Number(process.argv[2] ?? 1500), Number(process.argv[3] ?? 20_000), Number(process.argv[4] ?? 3))
