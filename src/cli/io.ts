/** The streams of a command, so that tests can pass buffers and read exact text. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { problemText } from './problem.ts'

export interface Sink {
  /** Takes text; false where the reader is behind: then wait for `drained` before writing much more. */
  write(text: string): boolean
  /** Resolves when there is room again, or nobody reads any more. */
  drained(): Promise<void>
  /** Nobody reads any more (a closed pipe): what is written is dropped, and a command may as well end. */
  readonly closed: boolean
  /** Resolves when it becomes `closed`; absent where that can't happen. */
  readonly whenClosed?: Promise<void>
}

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: Sink
  readonly stderr: Sink
}

/**
 * A stream as a sink. A closed pipe is no error: `kafkascope ... | head` ends quietly. Anything else that keeps output
 * from being written (a full disk) is told once, as node's error.
 */
export class StreamSink implements Sink {
  readonly whenClosed: Promise<void>
  private readonly stream: Writable
  private gone = false

  constructor(stream: Writable, onFailure: (error: Error) => void = () => {}) {
    this.stream = stream
    this.whenClosed = new Promise((resolve) => {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (!this.gone && error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') onFailure(error)
        this.gone = true
        resolve()
      })
    })
  }

  get closed(): boolean {
    return this.gone || this.stream.destroyed
  }

  write(text: string): boolean {
    return this.closed || this.stream.write(text)
  }

  async drained(): Promise<void> {
    if (this.closed || !this.stream.writableNeedDrain) return
    // An error or the end of the stream ends the waiting too.
    const stop = new AbortController()
    const signal = { signal: stop.signal }
    await Promise.race([once(this.stream, 'drain', signal), once(this.stream, 'close', signal)]).catch(() => {})
    stop.abort()
  }
}

let ofProcess: Io | undefined

/** The process's own streams. */
export function processIo(): Io {
  ofProcess ??= {
    stdin: process.stdin,
    stdout: new StreamSink(process.stdout, outputFailed),
    stderr: new StreamSink(process.stderr),
  }
  return ofProcess
}

/** Output that can't be written is bad news however the command ends: status 2, whatever it sets. */
function outputFailed(error: Error): void {
  process.stderr.write(`kafkascope: can't write the output: ${problemText(error)}\n`)
  process.on('exit', () => {
    process.exitCode = 2
  })
}

/** Writes a line and waits where the reader is behind, so that memory stays bounded. */
export async function writeLine(sink: Sink, line: string): Promise<void> {
  const room = sink.write(line)
  if (!sink.write('\n') || !room) await sink.drained()
}
