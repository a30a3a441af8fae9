/** `kafkascope conform` of what is no broker, or stops being one: bounded time, and one line that says so. */
import { createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { type ConformOptions, run } from '../../src/cli/conform.ts'
import { memoryIo } from './memory-io.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server that does this with each connection. Resolves with its port. */
async function server(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => listener.close(resolve))
  })
  return (listener.address() as { port: number }).port
}

async function conform(port: number, options: ConformOptions = {}) {
  const { stdout, stderr } = memoryIo()
  const signal = new AbortController().signal
  const status = await run(`127.0.0.1:${port}`, options, { stdout, stderr, signal })
  return { status, out: stdout.lines, err: stderr.lines }
}

it('nothing listens', async () => {
  const port = await server(() => {})
  await closing.pop()!()
  await expect(conform(port)).rejects.toThrow(`conform: 127.0.0.1:${port}: nothing listens there (ECONNREFUSED)`)
})

it('takes connections and answers nothing', async () => {
  const port = await server(() => {})
  await expect(conform(port)).rejects.toThrow(/ApiVersions v\d: no answer within 5000 ms$/)
}, 30_000)

it.each([
  ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', /ApiVersions v\d: a frame of 1213486160 bytes/],
  ['a frame of nothing', '\0\0\0\0', /too short for a correlation id/],
  ['a banner', '220 mail.example.org ESMTP\r\n', /ApiVersions v\d: a frame of \d+ bytes/],
])('answers with %s', async (_name, text, problem) => {
  const port = await server((socket) => socket.on('data', () => socket.write(text)))
  await expect(conform(port)).rejects.toThrow(problem)
})

it('closes every connection', async () => {
  const port = await server((socket) => socket.end())
  await expect(conform(port)).rejects.toThrow(/ApiVersions v\d: .*clos/)
})

it('dies in the middle: what was learned is printed, and one line says where it went', async () => {
  const broker = await startBroker()
  setTimeout(() => broker.close(), 300)
  const { status, out, err } = await conform(broker.port, { json: true })
  expect(status).toBe(1)
  expect(err).toEqual([
    expect.stringMatching(
      /^conform: the broker is gone after \d+ of \d+ checks, the last \S+: 127.0.0.1:\d+: nothing listens/,
    ),
  ])
  const summary = JSON.parse(out.at(-1)!)
  expect(summary).toMatchObject({ type: 'summary', gone: expect.stringContaining('nothing listens there') })
  expect(summary.fail + summary.skip).toBeLessThanOrEqual(2)
}, 30_000)

it.each([40, 70])(
  'stops to answer after %i requests: the run ends after the check that waited',
  async (asked) => {
    const broker = await startBroker()
    closing.push(() => broker.close())
    const { connect } = await import('node:net')
    let passed = 0
    const port = await server((socket) => {
      const up = connect(broker.port, broker.host)
      up.on('error', () => socket.destroy())
      up.on('data', (bytes) => passed <= asked && socket.write(bytes))
      socket.on('data', (bytes) => ++passed <= asked && up.write(bytes))
      socket.on('close', () => up.destroy())
      up.on('close', () => socket.destroy())
    })
    const { status, err } = await conform(port)
    expect(status).toBe(1)
    expect(err).toEqual([
      expect.stringMatching(/^conform: the broker is gone .* ApiVersions v0: no answer within 5000 ms$/),
    ])
  },
  60_000,
)

it('a reference that is not there is told before anything is asked', async () => {
  const broker = await startBroker()
  closing.push(() => broker.close())
  const port = await server(() => {})
  await closing.pop()!()
  await expect(conform(broker.port, { reference: `127.0.0.1:${port}` })).rejects.toThrow(/nothing listens there/)
})
