/**
 * Lines on their way to a reader that may be slow or asleep: so many wait, the rest are dropped and counted. Whoever
 * writes never waits.
 */
import type { Sink } from './io.ts'

/** Characters that wait at most. */
const MAX_WAITING = 8 * 1024 * 1024

export class LineQueue {
  dropped = 0
  private waiting: string[] = []
  private size = 0
  private blocked = false
  private readonly sink: Sink
  private readonly max: number

  constructor(sink: Sink, max = MAX_WAITING) {
    this.sink = sink
    this.max = max
  }

  write(line: string): void {
    if (!this.blocked) this.send(`${line}\n`)
    else if (this.size + line.length + 1 <= this.max) {
      this.waiting.push(line)
      this.size += line.length + 1
    } else this.dropped++
  }

  /** Adds a last line whatever waits; resolves when all is out, or nobody reads for so long. */
  async end(last: string | null, patienceMs = 1000): Promise<void> {
    if (last !== null) {
      this.waiting.push(last)
      this.size += last.length + 1
      if (!this.blocked) this.flush()
    }
    const deadline = Date.now() + patienceMs
    while ((this.blocked || this.waiting.length > 0) && !this.sink.closed && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  private send(text: string): void {
    if (this.sink.write(text) || this.sink.closed) return
    this.blocked = true
    void this.sink.drained().then(() => {
      this.blocked = false
      this.flush()
    })
  }

  private flush(): void {
    if (this.waiting.length === 0) return
    const lines = this.waiting
    this.waiting = []
    this.size = 0
    this.send(`${lines.join('\n')}\n`)
  }
}
