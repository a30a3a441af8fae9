/** A file of JSON lines, each the latest value of a key; null for a key that is gone. Written anew when it has grown. */
import { Buffer } from 'node:buffer'
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync } from 'node:fs'
import { type JsonValue, parseJson, printJson } from '../codec/json-text.ts'
import { writeAll } from './storage-logs.ts'

/** Written anew when it is so large, and four times as large as it would be anew. */
const GROWN_BYTES = 4 * 1024 * 1024

export class Journal {
  readonly values = new Map<string, JsonValue>()
  private readonly file: string
  private fd = -1
  private size = 0
  private fresh = 0

  private constructor(file: string) {
    this.file = file
  }

  /** Reads the file. `say` is told of a torn tail; throws where a line before the last can't be read. */
  static open(file: string, say: (line: string) => void): Journal {
    const journal = new Journal(file)
    if (existsSync(file)) journal.read(readFileSync(file), say)
    journal.rewrite()
    return journal
  }

  private read(bytes: Buffer, say: (line: string) => void): void {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(10, at)
      if (end < 0) {
        say(`${this.file}: ${bytes.length - at} bytes after the last whole line are cut off, at byte ${at}`)
        return
      }
      const entry = parseLine(bytes.toString('utf8', at, end))
      if (!entry) throw new Error(`${this.file}: the line at byte ${at} can't be read`)
      this.keep(entry.key, entry.value)
      at = end + 1
    }
  }

  private keep(key: string, value: JsonValue): void {
    if (value === null) this.values.delete(key)
    else this.values.set(key, value)
  }

  /** Writes the values that have changed: they are with the operating system when this returns. Throws node's error. */
  write(entries: Iterable<readonly [key: string, value: JsonValue]>): boolean {
    let text = ''
    const changed: (readonly [key: string, value: JsonValue])[] = []
    for (const [key, value] of entries) {
      const before = this.values.get(key) ?? null
      if (value === null ? before === null : before !== null && printJson(before) === printJson(value)) continue
      text += `${printJson([key, value])}\n`
      changed.push([key, value])
    }
    if (text === '') return false
    const bytes = Buffer.from(text)
    writeAll(this.fd, bytes, this.size)
    this.size += bytes.length
    // Not before: what could not be written is still to be written the next time.
    for (const [key, value] of changed) this.keep(key, value)
    if (this.size > GROWN_BYTES && this.size > 4 * this.fresh) this.rewrite()
    return true
  }

  /** A new file takes the place of the old one when it is whole and on the disk. */
  private rewrite(): void {
    const next = `${this.file}.new`
    const bytes = Buffer.from([...this.values].map((entry) => `${printJson(entry)}\n`).join(''))
    const fd = openSync(next, 'w', 0o600)
    ftruncateSync(fd, 0)
    writeAll(fd, bytes, 0)
    fsyncSync(fd)
    renameSync(next, this.file)
    this.close()
    this.fd = fd
    this.size = bytes.length
    this.fresh = bytes.length
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd)
    this.fd = -1
  }
}

function parseLine(line: string): { key: string; value: JsonValue } | null {
  try {
    const parsed = parseJson(line)
    if (!Array.isArray(parsed) || parsed.length !== 2 || typeof parsed[0] !== 'string') return null
    return { key: parsed[0], value: parsed[1]! }
  } catch {
    return null
  }
}
