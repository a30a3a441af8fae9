/**
 * Blocks on their way to a file: written in order, whole, by one write at a time, while whoever adds them never waits.
 * A write that fails (a full disk) ends the file after its last whole block.
 */
import { Buffer } from 'node:buffer'
import { close, ftruncate, open, openSync, write } from 'node:fs'

export interface BlockFileOptions {
  /** What every file begins with. */
  readonly header: Uint8Array
  /** Begin another file where this one would get larger, in bytes. */
  readonly maxBytes?: number | undefined
  /** Begin another where so much time lies between its first block and the next, in microseconds. */
  readonly maxMicros?: number | undefined
  /** Bytes that may wait; default 64 MB. */
  readonly maxWaiting?: number | undefined
  /** The file could not be written on. Told once. */
  readonly onFailure: (file: string, written: number, error: Error) => void
}

/** How long blocks wait for others to be written with, and how many bytes do at most. */
const FLUSH_MS = 100
const FLUSH_BYTES = 256 * 1024
const MAX_WAITING = 64 * 1024 * 1024

/** Only its owner may read it: it may hold passwords. */
const MODE = 0o600

interface Batch {
  /** A file to be begun first. */
  readonly file: string | null
  readonly blocks: Uint8Array[]
}

export class BlockFile {
  /** Files begun. */
  readonly files: string[] = []
  private readonly path: string
  private readonly options: BlockFileOptions
  private fd: number
  private batches: Batch[] = []
  private waiting = 0
  private unwritten = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private writing: Promise<void> | null = null
  private failed = false
  /** Of the file that blocks are added to: its size, and the time of its first block. */
  private size: number
  private since: number | null = null
  /** The file that is written, and how many bytes of it are, in whole blocks. */
  private current: string
  private written = 0

  /** Begins the (first) file. Throws node's error where that is impossible. */
  constructor(path: string, options: BlockFileOptions) {
    this.path = path
    this.options = options
    this.current = this.name()
    this.fd = openSync(this.current, 'w', MODE)
    this.size = options.header.length
    this.batches.push({ file: null, blocks: [] })
    this.queue(options.header)
    this.flush()
  }

  /** Whether blocks are still written. */
  get live(): boolean {
    return !this.failed
  }

  /** Whether there is room for more; without, what is added would have to wait too long. */
  get room(): boolean {
    return this.waiting < (this.options.maxWaiting ?? MAX_WAITING)
  }

  /** For whoever can wait: resolves when much of what waits is written; null where little does. */
  drained(): Promise<void> | null {
    if (this.failed || this.waiting < (this.options.maxWaiting ?? MAX_WAITING) / 4) return null
    this.flush()
    return this.writing
  }

  /** Adds a block; `time` in microseconds. */
  add(block: Uint8Array, time: number): void {
    if (this.failed) return
    const { maxBytes = Number.POSITIVE_INFINITY, maxMicros = Number.POSITIVE_INFINITY, header } = this.options
    const full = this.size + block.length > maxBytes || (this.since !== null && time - this.since >= maxMicros)
    if (full && this.since !== null) {
      this.batches.push({ file: this.name(), blocks: [] })
      this.queue(header)
      this.size = header.length
      this.since = null
    }
    this.since ??= time
    this.size += block.length
    this.queue(block)
    if (this.unwritten >= FLUSH_BYTES) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS)
  }

  private queue(block: Uint8Array): void {
    this.batches.at(-1)!.blocks.push(block)
    this.waiting += block.length
    this.unwritten += block.length
  }

  /** Writes what is there; resolves when the file is closed. */
  async close(): Promise<void> {
    while (this.unwritten > 0 && !this.failed) {
      this.flush()
      await this.writing
    }
    if (this.writing) await this.writing
    if (!this.failed) await done((callback) => close(this.fd, callback)).catch((error) => this.fail(error))
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.unwritten > 0) this.writing ??= this.drain()
  }

  private async drain(): Promise<void> {
    try {
      while (this.unwritten > 0 && !this.failed) {
        const batches = this.batches
        this.batches = [{ file: null, blocks: [] }]
        this.unwritten = 0
        for (const { file, blocks } of batches) {
          if (file !== null) await this.turn(file)
          if (blocks.length > 0) await this.writeAll(blocks)
        }
      }
    } catch (error) {
      this.fail(error as Error)
    } finally {
      this.writing = null
    }
  }

  private async turn(file: string): Promise<void> {
    await done((callback) => close(this.fd, callback))
    this.current = file
    this.written = 0
    this.fd = await new Promise((resolve, reject) => {
      open(file, 'w', MODE, (error, fd) => (error ? reject(error) : resolve(fd)))
    })
  }

  private async writeAll(blocks: readonly Uint8Array[]): Promise<void> {
    const bytes = blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks)
    let at = 0
    try {
      while (at < bytes.length) at += await this.writeSome(bytes, at)
    } catch (error) {
      await this.cut(blocks, at)
      throw error
    }
    this.written += bytes.length
    this.waiting -= bytes.length
  }

  /** At the file's end as it is, so that pipes will do. */
  private writeSome(bytes: Uint8Array, at: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.fd, bytes, at, bytes.length - at, null, (error, count) => (error ? reject(error) : resolve(count)))
    })
  }

  /** Of these blocks `count` bytes are in the file: what is no whole block is taken off. */
  private async cut(blocks: readonly Uint8Array[], count: number): Promise<void> {
    let whole = 0
    for (const { length } of blocks) {
      if (whole + length > count) break
      whole += length
    }
    this.written += whole
    await done((callback) => ftruncate(this.fd, this.written, callback)).catch(() => {})
    await done((callback) => close(this.fd, callback)).catch(() => {})
  }

  private fail(error: Error): void {
    if (this.failed) return
    this.failed = true
    this.batches = [{ file: null, blocks: [] }]
    this.waiting = 0
    this.unwritten = 0
    this.options.onFailure(this.current, this.written, error)
  }

  /** `x.pcapng`; with rotation `x_00001.pcapng`, `x_00002.pcapng` and so on. */
  private name(): string {
    const { maxBytes, maxMicros } = this.options
    const number = `_${String(this.files.length + 1).padStart(5, '0')}`
    const [, stem, ending] = /^(.*?)(\.[^./\\]*)?$/s.exec(this.path)!
    const file = maxBytes === undefined && maxMicros === undefined ? this.path : `${stem}${number}${ending ?? ''}`
    this.files.push(file)
    return file
  }
}

const done = (call: (callback: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()))
  })
