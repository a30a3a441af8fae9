/**
 * What became of every message: sent, acknowledged, read, and by whom how often. A byte a message and its number in it;
 * who reads it finds the number in its value.
 */
import { Buffer } from 'node:buffer'
import { setI32 } from '../bytes/patch.ts'
import { u32 } from '../bytes/read.ts'

/** A value begins with the run's id, the message's number and its time, each an uint32. */
export const MIN_VALUE_BYTES = 12
const ACKNOWLEDGED = 0x80
/** The rebalance after which a message was first read, counted from 1; those beyond count as this one. */
const MAX_EPOCH = 0x7f
/** Times in a value are in units of 10 us: 11 hours fit. */
const TICK_MS = 0.01

export interface Duplicates {
  /** Reads of messages that had been read before, all in all. */
  readonly all: number
  /** Both reads were after the last rebalance: nobody has an excuse. */
  readonly afterLastRebalance: number
}

export class Ledger {
  acknowledged = 0
  /** Messages read at least once. */
  read = 0
  /** Read, and acknowledged: what is missing of the acknowledged ones is lost. */
  private both = 0
  private state = new Uint8Array(1 << 16)
  private readonly repeated = new Map<number, number>()
  private repeatedAcross = 0
  private readonly run: number
  private readonly filler: Uint8Array
  private readonly began = performance.now()
  /** Messages that have a number. */
  sent = 0

  /** `run` tells the messages of one run from those of others in the same topic: an uint32. `size`: bytes of a value. */
  constructor(run: number, size: number) {
    this.run = run >>> 0
    this.filler = new Uint8Array(Buffer.alloc(Math.max(size, MIN_VALUE_BYTES), 'kafkascope '))
  }

  /** The value of the next message. `at`: when it was due, as performance.now() tells time. */
  next(at: number): { readonly number: number; readonly value: Uint8Array } {
    const number = this.sent++
    if (number >= this.state.length) {
      const larger = new Uint8Array(this.state.length * 2)
      larger.set(this.state)
      this.state = larger
    }
    // Of node's pool: an ArrayBuffer for each message would be most of what there is to collect.
    const value = Buffer.from(this.filler)
    setI32(value, 0, this.run)
    setI32(value, 4, number)
    setI32(value, 8, Math.round((at - this.began) / TICK_MS))
    return { number, value }
  }

  /** The broker has it. */
  acknowledge(number: number): void {
    const state = this.state[number]!
    if (state & ACKNOWLEDGED) return
    this.state[number] = state | ACKNOWLEDGED
    this.acknowledged++
    if (state !== 0) this.both++
  }

  /**
   * A value was read, after rebalance `epoch` (from 1). Returns how long ago the message was due, in ms; null for a
   * message of somebody else's.
   */
  take(bytes: Uint8Array, from: number, length: number, epoch: number): number | null {
    if (length < MIN_VALUE_BYTES || u32(bytes, from) !== this.run) return null
    const number = u32(bytes, from + 4)
    if (number >= this.sent) return null
    const state = this.state[number]!
    const first = state & MAX_EPOCH
    const now = Math.min(epoch, MAX_EPOCH)
    if (first === 0) {
      this.state[number] = state | now
      this.read++
      if (state & ACKNOWLEDGED) this.both++
    } else if (first === now) this.repeated.set(now, (this.repeated.get(now) ?? 0) + 1)
    else this.repeatedAcross++
    return Math.max(0, performance.now() - this.began - u32(bytes, from + 8) * TICK_MS)
  }

  /** Acknowledged and not read (yet). */
  get missing(): number {
    return this.acknowledged - this.both
  }

  /** `epoch`: of the last rebalance. */
  duplicates(epoch: number): Duplicates {
    let all = this.repeatedAcross
    for (const count of this.repeated.values()) all += count
    return { all, afterLastRebalance: this.repeated.get(Math.min(epoch, MAX_EPOCH)) ?? 0 }
  }
}
