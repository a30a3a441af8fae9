/**
 * Partition logs on disk: per partition a folder of segments, named by their first offset as Apache Kafka's are, with the
 * same bytes: whole batches, one after another.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ATTRIBUTES_AT } from '../../dissectors/records/format.ts'
import { batchHeader } from '../../dissectors/records/header.ts'
import { crc32c } from '../bytes/crc32c.ts'
import type { PartitionLog } from './log.ts'

/** A segment that holds as much is followed by another. */
const SEGMENT_BYTES = 16 * 1024 * 1024

interface Segment {
  readonly base: number
  size: number
}

const fileName = (base: number): string => `${String(base).padStart(20, '0')}.log`
const SEGMENT_NAME = /^(\d{20})\.log$/

/** One partition's files, and how far they are written. */
export class LogFiles {
  private readonly folder: string
  private segments: Segment[] = []
  /** The offset that is written next. */
  private next = 0

  constructor(folder: string) {
    this.folder = folder
  }

  /** Files that were written to and may not have reached the disk yet. */
  write(log: PartitionLog, touched: Set<string>): void {
    while (this.next < log.endOffset) {
      // A log start that was moved beyond what was ever written: there is nothing to keep of what lies before.
      this.next = Math.max(this.next, log.startOffset)
      const batches = log.read(this.next, SEGMENT_BYTES, true)
      const first = batches[0]
      if (!first) break
      let segment = this.segments.at(-1)
      if (!segment || segment.size >= SEGMENT_BYTES) {
        mkdirSync(this.folder, { recursive: true })
        segment = { base: first.baseOffset, size: 0 }
        this.segments.push(segment)
      }
      const file = join(this.folder, fileName(segment.base))
      const fd = openSync(file, segment.size === 0 ? 'w' : 'r+')
      try {
        // Where an earlier write has failed half way, it is done again from its beginning.
        for (const { bytes, lastOffset } of batches) {
          writeAll(fd, bytes, segment.size)
          segment.size += bytes.length
          this.next = lastOffset + 1
        }
      } finally {
        closeSync(fd)
      }
      touched.add(file)
    }
    this.dropBefore(log.startOffset)
  }

  /** Segments that lie wholly before an offset go, but not the last. */
  private dropBefore(offset: number): void {
    while (this.segments.length > 1 && this.segments[1]!.base <= offset) {
      rmSync(join(this.folder, fileName(this.segments.shift()!.base)), { force: true })
    }
  }

  /** Reads the files into an empty log. `say` is told of what had to be cut off. */
  read(log: PartitionLog, startOffset: number, now: number, say: (line: string) => void): void {
    const bases = names(this.folder).sort((a, b) => a - b)
    log.beginAt(bases[0] ?? startOffset)
    let torn = false
    for (const base of bases) {
      const file = join(this.folder, fileName(base))
      if (torn || base !== log.endOffset) {
        say(`${file}: does not follow on what is before it, and is left out`)
        rmSync(file)
        torn = true
        continue
      }
      const bytes = new Uint8Array(readFileSync(file))
      const size = appendWhole(log, bytes, now)
      this.segments.push({ base, size })
      if (size === bytes.length) continue
      torn = true
      say(`${file}: ${bytes.length - size} bytes after the last whole batch are cut off, at byte ${size}`)
      const fd = openSync(file, 'r+')
      ftruncateSync(fd, size)
      closeSync(fd)
    }
    log.truncateBefore(startOffset)
    this.next = log.endOffset
  }
}

function names(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? [])
      .map(Number)
  } catch {
    return []
  }
}

/** Appends the batches that are whole and sound; returns how many bytes those are. */
function appendWhole(log: PartitionLog, bytes: Uint8Array, now: number): number {
  let at = 0
  for (;;) {
    const header = batchHeader(bytes, at)
    if (header?.magic !== 2 || header.size > bytes.length - at || header.baseOffset !== log.endOffset) return at
    const batch = bytes.subarray(at, at + header.size)
    if (header.lastOffsetDelta < 0 || crc32c(batch, ATTRIBUTES_AT) !== header.crc) return at
    log.append(batch, now)
    at += header.size
  }
}

/** Writes all of it at a place. Throws node's error. */
export function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done)
  }
}
