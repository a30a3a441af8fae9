/** A file that is written whole or not at all: until it is complete it stands beside its place under another name. */
import { Buffer } from 'node:buffer'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'

export class OutputFile {
  /** Bytes written. */
  size = 0
  private readonly path: string
  /** Where it is written; the path itself for what is no plain file (a pipe, a device). */
  private readonly part: string
  private readonly handle: FileHandle

  private constructor(path: string, part: string, handle: FileHandle) {
    this.path = path
    this.part = part
    this.handle = handle
  }

  /** Opens it. Rejects with the system's error where the path is none that can be written. */
  static async open(path: string): Promise<OutputFile> {
    const status = await stat(path).catch(() => null)
    if (status?.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' })
    const part = status && !status.isFile() ? path : `${path}.${process.pid}.part`
    return new OutputFile(path, part, await open(part, 'w'))
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += (await this.handle.write(bytes, at)).bytesWritten
    this.size += bytes.length
  }

  /** Completes it. */
  async close(): Promise<void> {
    await this.handle.close()
    if (this.part !== this.path) await rename(this.part, this.path)
  }

  /** Gives it up: what was there before stays. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => {})
    if (this.part !== this.path) await rm(this.part, { force: true })
  }
}
