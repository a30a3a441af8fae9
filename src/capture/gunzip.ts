/** gzip as a stream, member after member; on damage what came out before is still given. */
import { createGunzip, type Gunzip } from 'node:zlib'

export const isGzip = (first: number, second: number): boolean => first === 0x1f && second === 0x8b

export class Inflater {
  /** Why no more can come out. */
  error: string | null = null
  private readonly stream: Gunzip = createGunzip({ chunkSize: 64 * 1024 })
  private out: Uint8Array[] = []

  constructor() {
    this.stream.on('data', (chunk: Uint8Array) => this.out.push(chunk))
    this.stream.on('error', (error) => {
      // What was inflated before the damage waits in the stream still.
      for (let chunk = this.stream.read(); chunk; chunk = this.stream.read()) this.out.push(chunk)
      this.error ??= error.message
    })
  }

  /** What comes out of these bytes (up to a thousand times as much: give few at once). */
  async push(chunk: Uint8Array): Promise<Uint8Array[]> {
    if (this.error === null) await this.settled((done) => this.stream.write(chunk, done))
    return this.take()
  }

  /** No more bytes go in: a member that is not whole is an error. */
  async end(): Promise<Uint8Array[]> {
    if (this.error === null) await this.settled((done) => this.stream.once('end', done).end())
    return this.take()
  }

  close(): void {
    this.stream.destroy()
  }

  private take(): Uint8Array[] {
    const { out } = this
    this.out = []
    return out
  }

  private settled(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.stream.once('error', () => setImmediate(resolve))
      start(() => setImmediate(resolve))
    })
  }
}
