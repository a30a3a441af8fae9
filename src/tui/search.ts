/** Looking for text in the frames of the list, a few at a time. */
import { Buffer } from 'node:buffer'
import { fromHex } from '../bytes/hex.ts'
import type { Side } from './detail.ts'
import type { Entry, Store } from './store.ts'
import type { Tools } from './tools.ts'
import type { Visible } from './visible.ts'

export interface Hit {
  readonly seq: number
  readonly side: Side
  readonly offset: number
}

/** The bytes that a search text stands for: its UTF-8, or, where it begins with `0x`, the bytes of its hex digits. */
export function needleOf(text: string): Uint8Array {
  if (/^0x([0-9a-f]{2}\s*)+$/i.test(text)) return fromHex(text.slice(2))
  return Buffer.from(text, 'utf8')
}

/** What is wrong with a search text; '' where nothing is. Only what was meant as bytes can be wrong. */
export function needleError(text: string): string {
  const hex = /^0x([0-9a-f\s]*)$/i.exec(text)
  if (!hex || /^([0-9a-f]{2}\s*)+$/i.test(hex[1]!)) return ''
  return 'bad hex: bytes have two digits each, as in 0x0a0b'
}

/** The first place of a needle in bytes, from an offset on; -1 where there is none. */
export const indexIn = (bytes: Uint8Array, needle: Uint8Array, from: number): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(needle, from)

export class Search {
  private readonly store: Store
  private readonly visible: Visible
  private readonly tools: Tools
  private needle: Uint8Array | null = null
  private index = 0
  private left = 0
  /** What was found last; taken away by who asked. */
  private result: Hit | 'none' | null = null

  constructor(store: Store, visible: Visible, tools: Tools) {
    this.store = store
    this.visible = visible
    this.tools = tools
  }

  /** Looks from the row after `seq` on, around the end of the list. */
  start(text: string, seq: number): void {
    this.needle = needleOf(text)
    this.index = this.visible.indexOf(seq) + 1
    this.left = this.visible.length
    this.result = null
  }

  get running(): boolean {
    return this.needle !== null
  }

  /** What was found since the last call. */
  take(): Hit | 'none' | null {
    const { result } = this
    this.result = null
    return result
  }

  advance(now: () => number, budget: number): boolean {
    if (!this.needle) return false
    const until = now() + budget
    for (let steps = 0; this.left > 0; this.left--, this.index++) {
      if (steps++ > 0 && now() >= until) return true
      if (this.index >= this.visible.length) this.index = 0
      const entry = this.store.get(this.visible.at(this.index))
      const hit = entry && this.find(entry, this.needle)
      if (hit) return this.finish(hit)
    }
    return this.finish('none')
  }

  private finish(result: Hit | 'none'): false {
    this.needle = null
    this.result = result
    return false
  }

  /** Looks in what is shown: a secret that is masked is not found. */
  private find(entry: Entry, needle: Uint8Array): Hit | null {
    const exchange = this.store.exchange(entry)
    for (const side of ['request', 'response'] as const) {
      const frame = exchange?.[side]
      if (!exchange || !frame || indexIn(frame.bytes, needle, 0) < 0) continue
      const offset = indexIn(this.tools.mask(frame, exchange), needle, 0)
      if (offset >= 0) return { seq: entry.seq, side, offset }
    }
    return null
  }
}
