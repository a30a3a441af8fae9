/** A command's streams in memory: what it wrote can be compared as text. */
import type { Io, Sink } from '../../src/cli/io.ts'

export class TextSink implements Sink {
  text = ''
  closed = false
  /** Longest text that was written between two waits. */
  most = 0
  private since = 0
  private readonly room: number

  /** `room`: characters that it takes before it asks to wait. */
  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room
  }

  write(text: string): boolean {
    this.text += text
    this.since += text.length
    this.most = Math.max(this.most, this.since)
    return this.since < this.room
  }

  async drained(): Promise<void> {
    this.since = 0
  }

  get lines(): string[] {
    return this.text === '' ? [] : this.text.replace(/\n$/, '').split('\n')
  }
}

export interface MemoryIo extends Io {
  readonly stdout: TextSink
  readonly stderr: TextSink
}

/** Streams with this on stdin: text, or chunks as they come. */
export function memoryIo(stdin: string | Iterable<Uint8Array> = '', stdout = new TextSink()): MemoryIo {
  const chunks = typeof stdin === 'string' ? [Buffer.from(stdin)] : stdin
  return {
    stdin: (async function* () {
      yield* chunks
    })(),
    stdout,
    stderr: new TextSink(),
  }
}
