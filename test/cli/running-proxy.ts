/** A proxy that runs in the test's own process, as the command runs it. */
import type { Sink } from '../../src/cli/io.ts'
import { run } from '../../src/cli/proxy.ts'
import type { ProxyOptions } from '../../src/cli/proxy-options.ts'
import { atEnd, until } from '../proxy/sockets.ts'

export class TextSink implements Sink {
  text = ''
  readonly closed = false
  write(text: string): boolean {
    this.text += text
    return true
  }
  async drained(): Promise<void> {}
}

export interface RunningProxy {
  readonly stdout: TextSink
  readonly stderr: TextSink
  readonly port: number
  /** Interrupts it, and resolves with the exit status. */
  stop(): Promise<number>
}

export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const stdout = new TextSink()
  const stderr = new TextSink()
  let interrupt = (): void => {}
  const interrupted = new Promise<void>((done) => {
    interrupt = done
  })
  const io = { stdout, stderr, screen: false, interrupted, inThread: true }
  const status = run({ listen: '127.0.0.1:0', ...options }, io)
  const stop = (): Promise<number> => {
    interrupt()
    return status
  }
  // A refusal is what a test looks at, not how it is cleaned up.
  atEnd(async () => void (await stop().catch(() => 0)))
  await Promise.race([until(() => stderr.text.includes('listening on')), status])
  return { stdout, stderr, port: Number(/listening on \S+:(\d+)/.exec(stderr.text)![1]), stop }
}
