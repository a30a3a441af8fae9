/**
 * Requests that wait for their answers. Brokers answer a connection in the order of its requests, so nearly every
 * answer is for the oldest; where many wait there is an index by correlation id for those that break the rule. All
 * operations are O(1), also where a client uses one correlation id for everything.
 */
import type { Exchange } from './exchange.ts'

class Entry {
  readonly exchange: Exchange
  previous: Entry | null
  next: Entry | null = null
  /** In the index: the next younger entry with the same correlation id, and, of the oldest of those, the youngest. */
  twin: Entry | null = null
  youngest: Entry = this

  constructor(exchange: Exchange, previous: Entry | null) {
    this.exchange = exchange
    this.previous = previous
  }
}

/** So few are looked through faster than an index is kept. */
const FEW = 16

export class Pending {
  size = 0
  private head: Entry | null = null
  private tail: Entry | null = null
  /** Made when more than a few wait, kept until none does. */
  private byId: Map<number, Entry> | null = null

  get oldest(): Exchange | null {
    return this.head?.exchange ?? null
  }

  add(exchange: Exchange): void {
    const entry = new Entry(exchange, this.tail)
    if (this.tail) this.tail.next = entry
    else this.head = entry
    this.tail = entry
    this.size++
    if (this.byId) index(this.byId, entry)
    else if (this.size > FEW) {
      this.byId = new Map()
      for (let each = this.head; each; each = each.next) index(this.byId, each)
    }
  }

  /** The oldest with this correlation id. */
  find(correlationId: number): Exchange | null {
    return this.entry(correlationId)?.exchange ?? null
  }

  private entry(correlationId: number): Entry | null {
    if (this.byId) return this.byId.get(correlationId) ?? null
    let entry = this.head
    while (entry && !(entry.exchange.correlationId === correlationId && isFound(entry))) entry = entry.next
    return entry
  }

  /** Takes out the oldest of all. */
  shift(): Exchange | null {
    if (!this.head) return null
    const { exchange } = this.head
    this.unlink(this.head)
    return exchange
  }

  /** Takes out the oldest with this correlation id. */
  remove(correlationId: number): void {
    const entry = this.entry(correlationId)
    if (entry) this.unlink(entry)
  }

  /** What is taken out is always the oldest of its correlation id. */
  private unlink(entry: Entry): void {
    if (entry.previous) entry.previous.next = entry.next
    else this.head = entry.next
    if (entry.next) entry.next.previous = entry.previous
    else this.tail = entry.previous
    this.size--
    if (this.size === 0) this.byId = null
    if (!this.byId || !isFound(entry)) return
    const { twin } = entry
    if (twin) {
      twin.youngest = entry.youngest
      this.byId.set(entry.exchange.correlationId, twin)
    } else this.byId.delete(entry.exchange.correlationId)
  }
}

/** Raw SASL tokens have no correlation id: they are found by their place only. */
const isFound = ({ exchange }: Entry): boolean => exchange.framing !== 'sasl'

function index(byId: Map<number, Entry>, entry: Entry): void {
  if (!isFound(entry)) return
  const first = byId.get(entry.exchange.correlationId)
  if (first) {
    first.youngest.twin = entry
    first.youngest = entry
  } else byId.set(entry.exchange.correlationId, entry)
}

/** Correlation ids kept of requests that were given up; four bytes each, beyond that they are forgotten. */
const MAX_GIVEN_UP = 1_000_000

/**
 * Correlation ids of requests that were given up because too many waited: their answers still come, before all others,
 * and answer nothing that is waited for.
 */
export class GivenUp {
  private ids: number[] = []
  private head = 0

  add(correlationId: number): void {
    if (this.ids.length - this.head < MAX_GIVEN_UP) this.ids.push(correlationId)
  }

  /** A younger request was answered: answers come in order, so none of these will come any more. */
  clear(): void {
    if (this.ids.length === 0) return
    this.ids = []
    this.head = 0
  }

  /** Whether this is the answer that is due to the oldest of them; then it is taken out. */
  take(correlationId: number): boolean {
    if (this.head === this.ids.length || this.ids[this.head] !== correlationId) return false
    this.head++
    if (this.head > 1024 && this.head * 2 > this.ids.length) {
      this.ids = this.ids.slice(this.head)
      this.head = 0
    }
    return true
  }
}
