/**
 * `read --stats` beside `tshark -Y kafka` on a capture of about 1 GB, made by repeating real traffic with new ports.
 * Time and peak memory of both, from one run. `node bench/capture.js [MB]`
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const megabytes = Number(process.argv[2] ?? 1000)
const folder = mkdtempSync(join(tmpdir(), 'kafkascope-bench-'))
const file = join(folder, 'large.pcap')
/** tshark takes a port for Kafka only where it is told so. */
const BROKER = 19092

/** Repeats the packets of a capture, each time with other client ports and later times. */
function make() {
  const source = readFileSync('captures/u-classic.pcap')
  const out = openSync(file, 'w')
  writeSync(out, source.subarray(0, 24))
  let size = 24
  for (let round = 0; size < megabytes * 1_000_000; round++) {
    const copy = Buffer.from(source.subarray(24))
    for (let at = 0; at < copy.length; ) {
      const captured = copy.readUInt32LE(at + 8)
      copy.writeUInt32LE(copy.readUInt32LE(at) + round * 20, at)
      const packet = at + 16
      const ip = packet + 14
      const tcp = ip + (copy.readUInt8(ip) & 15) * 4
      for (const place of [tcp, tcp + 2]) {
        const port = copy.readUInt16BE(place)
        if (port !== BROKER) copy.writeUInt16BE(20_000 + ((port + round * 101) % 40_000), place)
      }
      // Ports come again after a while: the client's address is another one then.
      for (const place of [ip + 12, ip + 16]) {
        const client = copy.readUInt16BE(place === ip + 12 ? tcp : tcp + 2) !== BROKER
        if (client) copy.writeUInt16BE(round & 0xffff, place + 2)
      }
      at = packet + captured
    }
    writeSync(out, copy)
    size += copy.length
  }
  closeSync(out)
}

/** Runs a command; resolves to seconds, and the peak of its resident memory in MB (Linux only). */
function measure(command, args) {
  return new Promise((resolve) => {
    const begun = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let peak = 0
    let last = ''
    child.stdout.on('data', (chunk) => {
      last = (last + chunk).slice(-2000)
    })
    const timer = setInterval(() => {
      try {
        peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak)
      } catch {
        // It has ended.
      }
    }, 50)
    child.on('close', (code) => {
      clearInterval(timer)
      resolve({ seconds: (performance.now() - begun) / 1000, peakMB: peak / 1024, code, last })
    })
  })
}

function print(name, { seconds, peakMB, code }) {
  const rate = statSync(file).size / 1e6 / seconds
  console.log(
    `${name.padEnd(24)} ${seconds.toFixed(1)} s  ${rate.toFixed(0)} MB/s  peak ${peakMB.toFixed(0)} MB  exit ${code}`,
  )
}

try {
  make()
  console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(0)} MB`)
  const ours = await measure(process.execPath, ['bin/kafkascope.js', 'read', '--stats', file])
  print('kafkascope read --stats', ours)
  console.log(ours.last.trimEnd().split('\n').slice(-3).join('\n'))
  if (spawnSync('tshark', ['--version']).error) console.log('tshark is not installed: nothing to compare with')
  else print('tshark -Y kafka', await measure('tshark', ['-r', file, '-d', `tcp.port==${BROKER},kafka`, '-Y', 'kafka']))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
