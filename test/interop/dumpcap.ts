/** Packets of a port of this machine, captured by Wireshark's dumpcap. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { atExit, killGroup } from './processes.ts'

export interface Capturing {
  /** Resolves when the file is whole. */
  stop(): Promise<void>
}

/** Null where packets can be captured here, else why not. */
export function noDumpcap(): string | null {
  const { status, error } = spawnSync('dumpcap', ['-i', 'lo', '-a', 'duration:0', '-w', '/dev/null'])
  if (error) return 'dumpcap: not installed'
  return status === 0 ? null : 'dumpcap: may not capture on the loopback interface'
}

/** Captures what passes a TCP port into a pcapng file. */
export async function startCapture(port: number, file: string): Promise<Capturing> {
  const options = ['-q', '-i', 'lo', '-B', '64', '-f', `tcp port ${port}`, '-w', file]
  const child = spawn('dumpcap', options, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  const forget = atExit(() => killGroup(child.pid))
  let said = ''
  await new Promise<void>((ready, failed) => {
    child.on('error', failed)
    child.on('exit', () => failed(new Error(`dumpcap ended:\n${said}`)))
    child.stderr.on('data', (text) => {
      said += text
      if (said.includes('File:')) ready()
    })
  })
  return {
    async stop() {
      // What has been sent a moment ago is still on its way to the file.
      await new Promise((done) => setTimeout(done, 500))
      const gone = once(child, 'exit')
      child.kill('SIGINT')
      await gone
      forget()
    },
  }
}
