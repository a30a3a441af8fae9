/** OpenSSL's own client and server, for what node's can't do. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../../../src/proxy/certificate.ts'
import { listenIn, type Relay } from './tap.ts'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** `openssl s_server` behind a relay that writes down what passes. */
export class OpensslServer {
  readonly relay: Relay
  private readonly process: ChildProcess
  private readonly directory: string
  private heard: Buffer = Buffer.alloc(0)

  private constructor(process: ChildProcess, relay: Relay, directory: string) {
    this.process = process
    this.relay = relay
    this.directory = directory
    process.stdout!.on('data', (bytes: Buffer) => {
      this.heard = Buffer.concat([this.heard, bytes])
    })
    process.stderr!.resume()
  }

  static async start(options: readonly string[]): Promise<OpensslServer> {
    const directory = mkdtempSync(join(tmpdir(), 'kafkascope-openssl-'))
    const { cert, key } = await makeCertificate(['localhost'])
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const own = ['-accept', `127.0.0.1:${port}`, '-cert', file('cert', cert), '-key', file('key', key), '-quiet']
    const made = spawn('openssl', ['s_server', ...own, '-keylogfile', join(directory, 'keys'), ...options])
    for (let tries = 0; !(await reached(port)); tries++) {
      if (made.exitCode !== null || tries > 100) throw new Error('openssl s_server does not start')
      await pause(50)
    }
    return new OpensslServer(made, await listenIn(port), directory)
  }

  get keyLog(): string {
    const keys = join(this.directory, 'keys')
    return existsSync(keys) ? readFileSync(keys, 'latin1') : ''
  }

  /** A file for a session, and one for early data. */
  file(name: string, bytes?: Uint8Array): string {
    const path = join(this.directory, name)
    if (bytes) writeFileSync(path, bytes)
    return path
  }

  say(bytes: Uint8Array): void {
    this.process.stdin!.write(bytes)
  }

  /** Resolves when the server's application has got these bytes. */
  async hears(bytes: Uint8Array): Promise<void> {
    for (let tries = 0; !this.heard.includes(Buffer.from(bytes)); tries++) {
      if (tries > 200) throw new Error(`s_server has not got ${Buffer.from(bytes).toString('hex')}`)
      await pause(20)
    }
  }

  /** `openssl s_client`; `talk` gets what writes to the broker and what waits for bytes of it. */
  async client(options: readonly string[], talk: (client: OpensslClient) => Promise<void>): Promise<void> {
    const made = spawn('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${this.relay.port}`,
      '-quiet',
      '-no_ign_eof',
      ...options,
    ])
    const client = new OpensslClient(made)
    try {
      await talk(client)
    } finally {
      const gone = made.exitCode === null ? once(made, 'close') : null
      made.stdin.end()
      await gone
      await pause(50)
    }
  }

  close(): void {
    this.process.kill()
    this.relay.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export class OpensslClient {
  private readonly process: ChildProcess
  private heard: Buffer = Buffer.alloc(0)

  constructor(process: ChildProcess) {
    this.process = process
    process.stdout!.on('data', (bytes: Buffer) => {
      this.heard = Buffer.concat([this.heard, bytes])
    })
    process.stderr!.resume()
  }

  say(bytes: Uint8Array): void {
    this.process.stdin!.write(bytes)
  }

  async hears(bytes: Uint8Array): Promise<void> {
    for (let tries = 0; !this.heard.includes(Buffer.from(bytes)); tries++) {
      if (tries > 200) throw new Error(`s_client has not got ${Buffer.from(bytes).toString('hex')}`)
      await pause(20)
    }
  }
}

function reached(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.on('error', () => done(false))
  })
}
