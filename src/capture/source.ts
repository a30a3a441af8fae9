/** Where a capture's bytes come from: a file, one that grows, standard input; gzip around any of them. */
import { type FileHandle, open } from 'node:fs/promises'
import { u8 } from '../bytes/read.ts'
import { Inflater, isGzip } from './gunzip.ts'
import type { Window } from './window.ts'

/** Bytes as they are stored. */
interface RawSource {
  /** Bytes there are in all, where that is known. */
  readonly size: number | null
  /** Puts bytes at the start of `target`; resolves to how many, 0 at the end. */
  read(target: Uint8Array): Promise<number>
  close(): Promise<void>
}

const READ = 1024 * 1024
/** What goes into the inflater at once: it may come out a thousand times as large. */
const COMPRESSED = 16 * 1024
/** How often a file that may grow is looked at. */
const POLL_MS = 100

export interface FileOptions {
  /** Wait for more at the end of the file, until this is aborted. */
  readonly follow?: AbortSignal | undefined
}

/** Opens a file. Rejects with the error of `open`, or of a directory's `read`. */
export async function fileSource(path: string, { follow }: FileOptions = {}): Promise<CaptureSource> {
  const handle = await open(path)
  try {
    const status = await handle.stat()
    if (status.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' })
    return new CaptureSource(new FileBytes(handle, status.isFile() ? status.size : null, follow))
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** A stream, such as standard input. */
export const streamSource = (stream: AsyncIterable<Uint8Array>): CaptureSource =>
  new CaptureSource(new StreamBytes(stream))

class FileBytes implements RawSource {
  readonly size: number | null
  private readonly handle: FileHandle
  private readonly follow: AbortSignal | undefined
  /** What is being read while what was read before is looked at. Not of files that grow, which are read as they do. */
  private ahead: Promise<{ bytesRead: number; buffer: Uint8Array }> | null = null
  private spare: Uint8Array | null = null

  constructor(handle: FileHandle, size: number | null, follow: AbortSignal | undefined) {
    this.handle = handle
    this.size = follow ? null : size
    this.follow = follow
  }

  async read(target: Uint8Array): Promise<number> {
    if (this.size !== null && target.length >= READ) return this.readAhead(target)
    for (;;) {
      const { bytesRead } = await this.handle.read(target, 0, target.length)
      if (bytesRead > 0 || !this.follow || this.follow.aborted) return bytesRead
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  private async readAhead(target: Uint8Array): Promise<number> {
    const { bytesRead, buffer } = await (this.ahead ?? this.next())
    target.set(buffer.subarray(0, bytesRead))
    this.spare = buffer
    this.ahead = null
    if (bytesRead > 0) {
      this.ahead = this.next()
      // Who stops early never asks what became of it.
      this.ahead.catch(() => {})
    }
    return bytesRead
  }

  private next(): Promise<{ bytesRead: number; buffer: Uint8Array }> {
    return this.handle.read(this.spare ?? new Uint8Array(READ), 0, READ)
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}

class StreamBytes implements RawSource {
  readonly size = null
  private readonly chunks: AsyncIterator<Uint8Array>
  private rest: Uint8Array = new Uint8Array(0)

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.chunks = stream[Symbol.asyncIterator]()
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.rest.length === 0) {
      const { done, value } = await this.chunks.next()
      if (done) return 0
      this.rest = value
    }
    const part = this.rest.subarray(0, target.length)
    target.set(part)
    this.rest = this.rest.subarray(part.length)
    return part.length
  }

  async close(): Promise<void> {
    await this.chunks.return?.()
  }
}

export class CaptureSource {
  /** Bytes read so far, as they are stored. */
  position = 0
  /** Why a compressed source gives no more, though it has not ended well. */
  error: string | null = null
  private readonly raw: RawSource
  private readonly compressed = new Uint8Array(COMPRESSED)
  private inflater: Inflater | null = null
  private ended = false

  constructor(raw: RawSource) {
    this.raw = raw
  }

  get size(): number | null {
    return this.raw.size
  }

  /** Whether the bytes are gzip'd, so that offsets are those of what comes out. */
  get gzip(): boolean {
    return this.inflater !== null
  }

  /** Adds bytes to the window; false where there are no more. Rejects where the source can't be read. */
  async fill(window: Window): Promise<boolean> {
    if (this.position === 0 && !this.ended) return this.first(window)
    if (this.inflater) return this.inflate(this.inflater, window)
    const count = await this.raw.read(window.room(READ).subarray(0, READ))
    window.filled(count)
    this.position += count
    return count > 0
  }

  private async first(window: Window): Promise<boolean> {
    const head = new Uint8Array(READ)
    let had = 0
    // A pipe may give a single byte.
    while (had < 2) {
      const count = await this.raw.read(head.subarray(had))
      if (count === 0) break
      had += count
    }
    this.position = had
    this.ended = had < 2
    if (had < 2 || !isGzip(u8(head, 0), u8(head, 1))) {
      window.append(head.subarray(0, had))
      return had > 0
    }
    this.inflater = new Inflater()
    for (let at = 0; at < had; at += COMPRESSED) {
      for (const chunk of await this.inflater.push(head.slice(at, Math.min(had, at + COMPRESSED)))) window.append(chunk)
    }
    return true
  }

  private async inflate(inflater: Inflater, window: Window): Promise<boolean> {
    while (!this.ended) {
      const count = inflater.error === null ? await this.raw.read(this.compressed) : 0
      this.position += count
      this.ended = count === 0
      const chunks = count > 0 ? await inflater.push(this.compressed.slice(0, count)) : await inflater.end()
      this.error = inflater.error
      for (const chunk of chunks) window.append(chunk)
      if (chunks.length > 0) return true
    }
    return false
  }

  async close(): Promise<void> {
    this.inflater?.close()
    await this.raw.close()
  }
}
