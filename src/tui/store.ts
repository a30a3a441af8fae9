/**
 * What the screen keeps: a list of entries, oldest first, bounded in number and in bytes. Taking one is O(1). Bytes
 * beyond the budget go to a spill file, oldest first; entries beyond the number are forgotten. Both are counted.
 */
import type { Finding } from '../findings/finding.ts'
import type { Connection } from '../session/connection.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import { type Place, Spill } from './spill.ts'

/** One line of the list: an exchange; or, where `exchange` is null, something that belongs to none, told by `text`. */
export interface Entry {
  /** Ascending from 0 in the order of arrival; never used twice. */
  readonly seq: number
  readonly time: number
  readonly connection: Connection | null
  /** The bytes of its frames may lie in the spill file: ask `Store.frame`. */
  exchange: Exchange | null
  readonly text: string
  findings: readonly Finding[]
  complete: boolean
  /** The answer's error by name; null where there is none; undefined before somebody looked. */
  error: string | null | undefined
  spilled: { request: Place | null; response: Place | null } | null
}

export interface StoreOptions {
  /** Bytes of frames kept in memory: 128 MB, so that a proxy with 200,000 entries stays well under its 700 MB. */
  readonly memoryBytes?: number
  /** Bytes of frames kept on disk. */
  readonly spillBytes?: number
  readonly entries?: number
  /** The directory for the spill file. */
  readonly directory?: string
}

const EMPTY = new Uint8Array(0)
const MEGABYTE = 1024 * 1024

export class Store {
  private entries: Entry[] = []
  /** The number of the oldest entry that is kept. */
  first = 0
  /** Bytes of frames in memory. */
  bytes = 0
  /** Entries whose bytes were lost for want of disk. */
  lost = 0
  private readonly memoryBytes: number
  private readonly spillBytes: number
  private readonly limit: number
  private readonly directory: string | undefined
  private spill: Spill | null = null
  private broken = false
  /** Entries before this one hold no bytes in memory, but for the `late`. */
  private spillNext = 0
  private late: Entry[] = []
  private readonly pending = new Map<number, Entry>()

  constructor(options: StoreOptions = {}) {
    this.memoryBytes = options.memoryBytes ?? 128 * MEGABYTE
    this.spillBytes = options.spillBytes ?? 4096 * MEGABYTE
    this.limit = options.entries ?? 200_000
    this.directory = options.directory
  }

  /** The number after the newest entry's. */
  get end(): number {
    return this.first + this.entries.length
  }

  get(seq: number): Entry | null {
    return this.entries[seq - this.first] ?? null
  }

  /** The number of an exchange's entry; -1 where it is no longer kept. */
  seqOf(exchange: number): number {
    return this.entries.findLast((entry) => entry.exchange?.id === exchange)?.seq ?? -1
  }

  /** A request, or a complete exchange. Returns its entry, and whether it is new. */
  put(exchange: Exchange, findings: readonly Finding[], complete: boolean): { entry: Entry; fresh: boolean } {
    const known = this.pending.get(exchange.id)
    const entry = known ?? this.add(exchange.connection, firstTime(exchange), '', findings)
    const request = known?.exchange?.request ?? this.keep(exchange.request)
    const response = known?.exchange?.response ?? this.keep(exchange.response)
    entry.exchange = { ...exchange, request, response }
    entry.findings = findings
    entry.complete = complete
    entry.error = undefined
    if (complete) this.pending.delete(exchange.id)
    else this.pending.set(exchange.id, entry)
    if (entry.seq < this.spillNext) this.late.push(entry)
    if (this.bytes > this.memoryBytes) this.relieve()
    return { entry, fresh: known === undefined }
  }

  /** Something that belongs to no exchange. */
  note(connection: Connection | null, time: number, text: string, findings: readonly Finding[]): Entry {
    const entry = this.add(connection, time, text, findings)
    entry.complete = true
    return entry
  }

  private add(connection: Connection | null, time: number, text: string, findings: readonly Finding[]): Entry {
    if (this.entries.length >= this.limit) this.forget(Math.max(1, this.limit >> 6))
    const entry: Entry = {
      seq: this.end,
      time,
      connection,
      exchange: null,
      text,
      findings,
      complete: false,
      error: undefined,
      spilled: null,
    }
    this.entries.push(entry)
    return entry
  }

  /** A frame with its bytes; null where there is none, or its bytes are gone. */
  frame(entry: Entry, kind: 'request' | 'response'): Frame | null {
    const frame = entry.exchange?.[kind] ?? null
    const place = entry.spilled?.[kind]
    if (!frame || !place) return frame
    const bytes = this.spill?.read(place)
    return bytes ? { ...frame, bytes } : null
  }

  /** The exchange with the bytes of its frames; null for an entry that is none. Frames whose bytes are gone are null. */
  exchange(entry: Entry): Exchange | null {
    if (!entry.exchange) return null
    if (!entry.spilled) return entry.exchange
    return { ...entry.exchange, request: this.frame(entry, 'request'), response: this.frame(entry, 'response') }
  }

  /** Bytes on disk. */
  get spilledBytes(): number {
    return this.spill?.size ?? 0
  }

  close(): void {
    this.spill?.close()
    this.spill = null
    this.broken = true
  }

  /** A small frame cut out of a socket's big buffer would hold all of it: such a one is copied. */
  private keep(frame: Frame | null): Frame | null {
    if (!frame) return null
    const { bytes } = frame
    this.bytes += bytes.length
    return bytes.length * 2 < bytes.buffer.byteLength ? { ...frame, bytes: new Uint8Array(bytes) } : frame
  }

  private forget(count: number): void {
    for (const entry of this.entries.splice(0, count)) {
      this.bytes -= inMemory(entry)
      if (entry.exchange) this.pending.delete(entry.exchange.id)
    }
    this.first += count
    this.spillNext = Math.max(this.spillNext, this.first)
    this.late = this.late.filter((entry) => entry.seq >= this.first)
  }

  /** Moves the oldest frames' bytes out of memory until a thirty-second of the budget is free: 4 MB in one write. */
  private relieve(): void {
    const goal = this.memoryBytes - (this.memoryBytes >> 5)
    let left = this.bytes
    const moved: { entry: Entry; kind: 'request' | 'response'; frame: Frame }[] = []
    const take = (entry: Entry): void => {
      for (const kind of ['request', 'response'] as const) {
        const frame = entry.exchange?.[kind]
        if (!frame || frame.bytes.length === 0) continue
        moved.push({ entry, kind, frame })
        left -= frame.bytes.length
      }
    }
    for (const entry of this.late) take(entry)
    this.late = []
    for (; left > goal && this.spillNext < this.end; this.spillNext++) take(this.get(this.spillNext)!)
    const places = this.write(moved.map(({ frame }) => frame.bytes))
    moved.forEach(({ entry, kind, frame }, i) => {
      entry.spilled ??= { request: null, response: null }
      // A place that no half has reads as "gone".
      entry.spilled[kind] = places?.[i] ?? { half: 0, at: 0, length: 0 }
      entry.exchange = { ...entry.exchange!, [kind]: { ...frame, bytes: EMPTY } }
      this.bytes -= frame.bytes.length
    })
  }

  private write(parts: readonly Uint8Array[]): Place[] | null {
    if (!this.broken) {
      try {
        this.spill ??= new Spill(this.spillBytes, this.directory)
        return this.spill.write(parts)
      } catch {
        // The disk is full or there is none: what is shown stays right, old bytes are not.
        this.broken = true
      }
    }
    this.lost += parts.length
    return null
  }
}

const inMemory = (entry: Entry): number =>
  (entry.exchange?.request?.bytes.length ?? 0) + (entry.exchange?.response?.bytes.length ?? 0)

const firstTime = (exchange: Exchange): number => exchange.request?.time ?? exchange.response?.time ?? 0
