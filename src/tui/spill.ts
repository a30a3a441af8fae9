/**
 * A file for bytes that memory has no room for. It is written in two halves: when the newer one is full, the older one
 * is forgotten, so the disk stays bounded too. The file's name and its directory are gone as soon as it is open
 * (where the system allows it), so nothing is left behind however the process ends.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where bytes lie: which half, from which byte. */
export interface Place {
  readonly half: number
  readonly at: number
  readonly length: number
}

interface Half {
  readonly number: number
  readonly fd: number
  readonly directory: string
  size: number
}

export class Spill {
  private readonly limit: number
  private readonly parent: string
  private halves: Half[] = []
  private made = 0

  /** `limit` is in bytes, of both halves; `parent` is where the files' directories are made. */
  constructor(limit: number, parent: string = tmpdir()) {
    this.limit = limit
    this.parent = parent
  }

  /** Writes bytes one after the other; the same order comes back. Throws what the file system throws. */
  write(parts: readonly Uint8Array[]): Place[] {
    const total = parts.reduce((sum, part) => sum + part.length, 0)
    const half = this.current(total)
    const whole = Buffer.concat(parts)
    for (let done = 0; done < whole.length; ) {
      done += writeSync(half.fd, whole, done, whole.length - done, half.size + done)
    }
    const places: Place[] = []
    for (const part of parts) {
      places.push({ half: half.number, at: half.size, length: part.length })
      half.size += part.length
    }
    return places
  }

  /** The bytes at a place; null where they have been forgotten. */
  read(place: Place): Uint8Array | null {
    const half = this.halves.find(({ number }) => number === place.half)
    if (!half) return null
    const bytes = new Uint8Array(place.length)
    try {
      for (let done = 0; done < bytes.length; ) {
        const got = readSync(half.fd, bytes, done, bytes.length - done, place.at + done)
        if (got === 0) return null
        done += got
      }
    } catch {
      return null
    }
    return bytes
  }

  /** Bytes on disk. */
  get size(): number {
    return this.halves.reduce((sum, half) => sum + half.size, 0)
  }

  close(): void {
    while (this.halves.length > 0) this.drop()
  }

  private current(more: number): Half {
    const last = this.halves.at(-1)
    if (last && (last.size === 0 || last.size + more <= this.limit / 2)) return last
    if (this.halves.length === 2) this.drop()
    const number = ++this.made
    const directory = mkdtempSync(join(this.parent, 'kafkascope-'))
    const path = join(directory, 'frames')
    // What crossed the wire may hold secrets: nobody else may read it.
    const half = { number, fd: openSync(path, 'wx+', 0o600), directory, size: 0 }
    this.halves.push(half)
    try {
      unlinkSync(path)
      rmdirSync(directory)
    } catch {
      // Windows keeps the name of an open file; it goes when the file is closed.
    }
    return half
  }

  private drop(): void {
    const half = this.halves.shift()!
    closeSync(half.fd)
    rmSync(half.directory, { recursive: true, force: true })
  }
}
