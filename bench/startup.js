// Start-up: from the process's start to the first frame seen, with the embedded broker and --json, a few times.
// node bench/startup.js [times]
import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = join(dirname(fileURLToPath(import.meta.url)), '../bin/kafkascope.js')
const TIMES = Number(process.argv[2] ?? 9)
/** ApiVersions v0: size, key 18, version 0, correlation id 1, client id "bench". */
const REQUEST = Buffer.from('0000000f00120000000000010005', 'hex')

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

async function once() {
  const port = await freePort()
  const start = performance.now()
  const child = spawn(process.execPath, [program, 'proxy', '--listen', `127.0.0.1:${port}`, '--json', '-q'])
  const firstLine = new Promise((resolve) => child.stdout.once('data', () => resolve(performance.now() - start)))
  let answered = null
  const knock = () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([REQUEST, Buffer.from('bench')])))
    socket.on('error', () => setTimeout(knock, 2))
    socket.once('data', () => {
      answered = performance.now() - start
      socket.destroy()
    })
  }
  knock()
  const seen = await firstLine
  child.kill('SIGINT')
  await new Promise((resolve) => child.once('exit', resolve))
  return { answered, seen }
}

const runs = []
for (let i = 0; i < TIMES; i++) runs.push(await once())
const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[TIMES >> 1]
console.log(
  `start-up, median of ${TIMES}: first answer relayed after ${median('answered').toFixed(0)} ms, its line printed after ${median('seen').toFixed(0)} ms`,
)
