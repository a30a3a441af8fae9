import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { CliError } from '../../src/cli/errors.ts'
import type { Sink } from '../../src/cli/io.ts'
import { proxyCommand, run } from '../../src/cli/proxy.ts'
import { listenAddress, type ProxyOptions } from '../../src/cli/proxy-options.ts'
import { requestFrame, responseFrame } from '../proxy/frames.ts'
import { atEnd, fakeBroker, freePort, keeper, testClient, until } from '../proxy/sockets.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

class TextSink implements Sink {
  text = ''
  readonly closed = false
  write(text: string): boolean {
    this.text += text
    return true
  }
  async drained(): Promise<void> {}
}

interface Running {
  stdout: TextSink
  stderr: TextSink
  port: number
  /** Interrupts it, and resolves with the exit status. */
  stop(): Promise<number>
}

/** `whenClosed`: when stdout's reader goes away. */
async function start(options: ProxyOptions, whenClosed?: Promise<void>): Promise<Running> {
  const { ready, stdout, stderr, stop, status } = begin(options, whenClosed)
  await Promise.race([until(ready), status])
  return { stdout, stderr, port: Number(/listening on \S+:(\d+)/.exec(stderr.text)![1]), stop }
}

/** One that says nothing of where it listens. */
async function startQuiet(options: ProxyOptions): Promise<Omit<Running, 'port'>> {
  const running = begin(options)
  const port = Number(options.listen!.split(':')[1])
  const reached = (): Promise<boolean> =>
    new Promise((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        done(true)
      })
      socket.on('error', () => done(false))
    })
  while (!(await reached())) await new Promise((done) => setTimeout(done, 20))
  return running
}

function begin(options: ProxyOptions, whenClosed?: Promise<void>) {
  const stdout = Object.assign(new TextSink(), whenClosed ? { whenClosed } : {})
  const stderr = new TextSink()
  let interrupt = (): void => {}
  const interrupted = new Promise<void>((done) => {
    interrupt = done
  })
  const status = run(
    { listen: '127.0.0.1:0', ...options },
    { stdout, stderr, screen: false, interrupted, inThread: true },
  )
  const stop = (): Promise<number> => {
    interrupt()
    return status
  }
  // A refusal is what the test looks at, not how it is cleaned up.
  atEnd(async () => void (await stop().catch(() => 0)))
  return { stdout, stderr, stop, status, ready: () => stderr.text.includes('listening on') }
}

const VERSIONS = { api: 'ApiVersions', version: 3 }

describe('kafkascope proxy', () => {
  it('without an upstream stands in front of the embedded broker; a line per exchange, a summary at the end', async () => {
    const { port, stdout, stderr, stop } = await start({})
    const client = await testClient(port)
    client.socket.write(requestFrame(VERSIONS, 1, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }))
    await client.bytes(100)
    await until(() => stdout.text.includes('\n'))
    await until(() => stdout.text.includes('ApiVersions'))
    expect(stdout.text).toMatch(/^ +1 {2}\d\d:.* 1 {2}test +ApiVersions v3 +1 /)
    expect(await stop()).toBe(0)
    expect(stderr.text).toMatch(/^ +id {2}time +conn .*$/m)
    expect(stderr.text).toMatch(/proxy: upstream -> 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+\n/)
    expect(stderr.text).toMatch(/1 exchange on 1 connection/)
    expect(stdout.text.split('\n').length).toBe(2)
  })

  it('has a line for what is no exchange: a client that speaks HTTP', async () => {
    const { port, stdout, stop } = await start({ filter: 'api == "Fetch"' })
    const client = await testClient(port)
    client.socket.write('GET / HTTP/1.1\r\n\r\n')
    await until(() => stdout.text.includes('\n'))
    expect(stdout.text).toMatch(/ 1 {2}x frame\/not-kafka: The client does not speak Kafka here, but HTTP/)
    expect(await stop()).toBe(1)
  })

  it('with --json prints JSON and nothing else, the summary last', async () => {
    const { port, stdout, stop } = await start({ json: true, hex: true })
    const client = await testClient(port)
    const sent = requestFrame(VERSIONS, 1, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
    client.socket.write(sent)
    await client.bytes(100)
    await until(() => stdout.text.includes('\n'))
    await stop()
    const lines = stdout.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.length).toBe(2)
    expect(lines[0]).toMatchObject({ type: 'exchange', api: 'ApiVersions', request: { hex: sent.toString('hex') } })
    expect(lines[1]).toMatchObject({ type: 'summary', exchanges: 1, droppedLines: 0, skippedBytes: 0 })
  })

  it('shows what --filter holds for, and counts the rest', async () => {
    const { port, stdout, stop } = await start({ json: true, filter: 'correlationId > 1' })
    const client = await testClient(port)
    for (const id of [1, 2])
      client.socket.write(requestFrame(VERSIONS, id, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }))
    await until(() => stdout.text.includes('\n'))
    await stop()
    const lines = stdout.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => line.correlationId ?? line.type)).toEqual([2, 'summary'])
    expect(lines[1].exchanges).toBe(2)
  })

  it('ends with status 1 when a finding was an error', async () => {
    const broken = responseFrame({ api: 'Heartbeat', version: 4 }, 1, { errorCode: 0 }).subarray(0, 12)
    broken.writeInt32BE(8)
    const broker = await fakeBroker((socket) => void socket.on('data', () => socket.write(broken)))
    const { port, stdout, stop } = await start({ upstream: `127.0.0.1:${broker.port}` })
    const client = await testClient(port)
    client.socket.write(requestFrame({ api: 'Heartbeat', version: 4 }, 1))
    await until(() => stdout.text.includes('\n'))
    expect(await stop()).toBe(1)
  })

  it('names the CA of the certificate it made; a client that trusts it is served', async () => {
    const caOut = join(folder, 'ca.pem')
    const keylog = join(folder, 'keys.log')
    const { port, stderr, stop } = await start({ tls: true, tlsCaOut: caOut, keylogOut: keylog })
    expect(stderr.text).toContain(`clients must trust the CA in ${caOut}`)
    const socket = tlsConnect({ host: '127.0.0.1', port, ca: readFileSync(caOut) })
    const client = keeper(socket)
    socket.write(requestFrame(VERSIONS, 1, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }))
    await client.bytes(100)
    await stop()
    expect(readFileSync(keylog, 'utf8')).toMatch(/^CLIENT_HANDSHAKE_TRAFFIC_SECRET /m)
    expect(statSync(keylog).mode & 0o777).toBe(0o600)
  })

  it('leaves no port open and no broker running', async () => {
    const { port, stop } = await start({})
    await stop()
    await expect(start({ listen: `127.0.0.1:${port}` })).resolves.toBeDefined()
  })
})

describe('a bad command line', () => {
  const pem = join(folder, 'not.pem')
  writeFileSync(pem, 'no certificate')
  it.each<[ProxyOptions, RegExp]>([
    [{ listen: 'here' }, /--listen: want HOST:PORT.*"here"/],
    [{ listen: '127.0.0.1:99999' }, /--listen/],
    [{ upstream: 'kafka' }, /--upstream: want HOST:PORT/],
    [{ upstream: 'kafka:0' }, /--upstream/],
    [{ upstream: 'kafka:9092', advertise: 'a b' }, /--advertise/],
    [{ filter: 'api ==' }, /^proxy: --filter: character 7: /],
    [{ fields: true }, /^proxy: --fields wants --json$/],
    [{ expand: true }, /^proxy: --expand wants --json or --filter$/],
    [{ quiet: true, verbose: true }, /^proxy: --quiet: --verbose does not go with it$/],
    [{ advertise: 'host:1' }, /^proxy: --advertise: want a host without a port, have "host:1"$/],
    [
      { listen: '127.0.0.1:9', upstream: 'localhost:9' },
      /^proxy: --upstream: localhost:9 is where this proxy listens; /,
    ],
    [{ listen: '0.0.0.0:9', upstream: '127.0.0.2:9' }, /is where this proxy listens/],
    [{ listen: '127.0.0.1:9', upstream: '0.0.0.0:9' }, /is where this proxy listens/],
    [{ tlsCert: 'x' }, /--tls-cert wants --tls/],
    [{ tls: true, tlsCert: 'x' }, /want each other/],
    [
      { tls: true, tlsCert: join(folder, 'none'), tlsKey: pem },
      /--tls-cert: there is no such file or folder \(ENOENT\)/,
    ],
    [{ tls: true, tlsCert: pem, tlsKey: pem }, /--tls-cert, --tls-key: no PEM file: there is no -----BEGIN line$/],
    [{ upstreamTls: true }, /wants --upstream/],
    [{ upstream: 'k:1', upstreamCa: pem }, /--upstream-ca wants --upstream-tls/],
    [{ upstream: 'k:1', upstreamTls: true, upstreamKey: pem }, /want each other/],
    [{ keylogOut: join(folder, 'k') }, /--keylog-out wants --tls/],
    [{ tls: true, keylogOut: join(folder, 'no/such/folder') }, /--keylog-out: there is no such/],
    [{ tls: true, tlsCaOut: join(folder, 'no/such/folder') }, /CA: there is no such/],
    [{ listen: '192.0.2.1:0' }, /can't listen on 192\.0\.2\.1:0: this machine has no such address/],
  ])('%j is refused before anything is opened', async (options, message) => {
    const error = await start(options).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CliError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toContain('\n')
  })

  it('a port that is taken is named', async () => {
    const { port } = await fakeBroker()
    const error = await start({ listen: `127.0.0.1:${port}` }).catch((thrown: Error) => thrown)
    expect((error as Error).message).toBe(`proxy: can't listen on 127.0.0.1:${port}: the port is in use (EADDRINUSE)`)
  })
})

describe('where it listens', () => {
  it.each<[ProxyOptions, string]>([
    [{}, '127.0.0.1:9092'],
    [{ advertise: 'localhost' }, '127.0.0.1:9092'],
    [{ advertise: 'proxy.example' }, '0.0.0.0:9092'],
    [{ advertise: 'proxy.example', listen: '127.0.0.1:1' }, '127.0.0.1:1'],
    [{ listen: ':9' }, '127.0.0.1:9'],
    [{ listen: '9' }, '127.0.0.1:9'],
    [{ listen: '[::1]:9' }, '::1:9'],
    [{ listen: '0.0.0.0:9' }, '0.0.0.0:9'],
  ])('%j: %s', (options, wanted) => {
    const { host, port } = listenAddress(options)
    expect(`${host}:${port}`).toBe(wanted)
  })

  it('every option of the contract is known to the command', () => {
    const known = proxyCommand().options.map((option) => option.long)
    const wanted =
      '--listen --upstream --advertise --no-rewrite --tls --tls-cert --tls-key --upstream-tls --upstream-ca --upstream-cert --upstream-key --upstream-insecure --keylog-out --json --fields --hex --expand --filter --no-color --quiet --verbose --strict --show-secrets'
    expect(known).toEqual(expect.arrayContaining(wanted.split(' ')))
    expect(existsSync(folder)).toBe(true)
  })
})

describe('an upstream that is gone', () => {
  it('is said on stderr, and the listener stays', async () => {
    const upstream = await freePort()
    const { port, stderr } = await start({ upstream: `127.0.0.1:${upstream}` })
    await (await testClient(port)).closed
    await until(() => stderr.text.includes('connection refused'))
    await (await testClient(port)).closed
  })

  it('is said whatever else is not, and counted in the summary', async () => {
    const upstream = `127.0.0.1:${await freePort()}`
    // With --quiet nobody says which port it listens on.
    const listen = `127.0.0.1:${await freePort()}`
    const { stderr, stop } = await startQuiet({ listen, upstream, quiet: true })
    await (await testClient(Number(listen.split(':')[1]))).closed
    await until(() => stderr.text.includes('connection refused'))
    await stop()
    const json = await start({ upstream, json: true })
    for (let i = 0; i < 2; i++) await (await testClient(json.port)).closed
    expect(await json.stop()).toBe(0)
    expect(JSON.parse(json.stdout.text)).toMatchObject({ type: 'summary', connections: 2, upstreamFailures: 2 })
    const text = await start({ upstream })
    await (await testClient(text.port)).closed
    await text.stop()
    expect(text.stderr.text).toMatch(/^1 connection refused by upstream, or it was not reached$/m)
  })
})

describe('what is made for a run', () => {
  it('a CA without a place of its own is there while it runs, and gone with its folder afterwards', async () => {
    const { stderr, stop } = await start({ tls: true })
    const file = /trust the CA in (\S+)/.exec(stderr.text)![1]!
    expect(readFileSync(file, 'utf8')).toContain('BEGIN CERTIFICATE')
    await stop()
    expect(existsSync(dirname(file))).toBe(false)
  })

  it('a CA that the user named stays', async () => {
    const file = join(folder, 'ca-out.pem')
    const { stop } = await start({ tls: true, tlsCaOut: file })
    await stop()
    expect(existsSync(file)).toBe(true)
  })
})

describe('a reader of stdout that goes away', () => {
  it('is said once, and relaying goes on', async () => {
    let close = (): void => {}
    const { port, stderr, stop } = await start({}, new Promise<void>((done) => (close = done)))
    close()
    await until(() => stderr.text.includes('stdout is closed: nothing more is shown; relaying goes on, Ctrl-C ends it'))
    const client = await testClient(port)
    client.socket.write(requestFrame(VERSIONS, 1, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }))
    await client.bytes(100)
    expect(await stop()).toBe(0)
  })
})
