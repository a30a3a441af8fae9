/** `kafkascope proxy` as its users run it: the built program, its JSON lines read as they come. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { freePorts } from './kafka-server.ts'
import { atExit, killGroup } from './processes.ts'

const PROGRAM = 'bin/kafkascope.js'

export interface ProxyProcess {
  /** `host:port` for clients. */
  readonly address: string
  /** What it has printed so far. */
  readonly lines: readonly JsonObject[]
  readonly stderr: () => string
  /** Ctrl-C: resolves with the exit status once the process is gone and all its output was read. */
  stop(): Promise<number | null>
  /** Ends it at once, with nothing cleaned up. */
  kill(): void
}

/** Null where the program is built, else why it cannot be run. */
export const notBuilt = (): string | null => (existsSync('dist/src/cli/main.js') ? null : 'not built: npm run build')

/** Starts the proxy on a free port; without an upstream with the embedded broker. `--json --hex --show-secrets`. */
export async function startProxy(upstream: string | null, more: readonly string[] = []): Promise<ProxyProcess> {
  const [port] = await freePorts(1)
  const address = `127.0.0.1:${port}`
  const to = upstream === null ? [] : ['--upstream', upstream]
  const args = [PROGRAM, 'proxy', '--listen', address, ...to, '--json', '--hex', '--show-secrets', ...more]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const forget = atExit(() => killGroup(child.pid))
  const lines: JsonObject[] = []
  let stderr = ''
  child.stderr!.on('data', (text) => {
    stderr += text
  })
  const reader = createInterface({ input: child.stdout! })
  reader.on('line', (line) => lines.push(parseJson(line) as JsonObject))
  const gone = Promise.all([once(child, 'exit'), once(reader, 'close')])
  await listening(child, port!, () => stderr)
  return {
    address,
    lines,
    stderr: () => stderr,
    kill: () => killGroup(child.pid),
    async stop() {
      child.kill('SIGINT')
      await gone
      forget()
      return child.exitCode
    },
  }
}

async function listening(child: ChildProcess, port: number, stderr: () => string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (child.exitCode !== null) break
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (open) return
    await sleep(50)
  }
  killGroup(child.pid)
  throw new Error(`the proxy does not listen:\n${stderr()}`)
}
