/**
 * Requests that wait for their answers. Brokers answer a connection in the order of its requests, so nearly every
 * answer is for the oldest; the index by correlation id is for those that break the rule. All operations are O(1),
 * also where a client uses one correlation id for everything.
 */
import type { Exchange } from './exchange.ts'

class Entry {
  readonly exchange: Exchange
  previous: Entry | null
  next: Entry | null = null
  /** The next younger entry with the same correlation id, and, of the oldest of those, the youngest. */
  twin: Entry | null = null
  youngest: Entry = this

  constructor(exchange: Exchange, previous: Entry | null) {
    this.exchange = exchange
    this.previous = previous
  }
}

export class Pending {
  size = 0
  private head: Entry | null = null
  private tail: Entry | null = null
  private readonly byId = new Map<number, Entry>()

  get oldest(): Exchange | null {
    return this.head?.exchange ?? null
  }

  add(exchange: Exchange): void {
    const entry = new Entry(exchange, this.tail)
    if (this.tail) this.tail.next = entry
    else this.head = entry
    this.tail = entry
    this.size++
    // Raw SASL tokens have no correlation id: they are found by their place only.
    if (exchange.framing === 'sasl') return
    const first = this.byId.get(exchange.correlationId)
    if (first) {
      first.youngest.twin = entry
      first.youngest = entry
    } else this.byId.set(exchange.correlationId, entry)
  }

  /** The oldest with this correlation id. */
  find(correlationId: number): Exchange | null {
    return this.byId.get(correlationId)?.exchange ?? null
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
    const entry = this.byId.get(correlationId)
    if (entry) this.unlink(entry)
  }

  /** What is taken out is always the oldest of its correlation id. */
  private unlink(entry: Entry): void {
    if (entry.previous) entry.previous.next = entry.next
    else this.head = entry.next
    if (entry.next) entry.next.previous = entry.previous
    else this.tail = entry.previous
    this.size--
    if (entry.exchange.framing === 'sasl') return
    const { twin } = entry
    if (twin) {
      twin.youngest = entry.youngest
      this.byId.set(entry.exchange.correlationId, twin)
    } else this.byId.delete(entry.exchange.correlationId)
  }
}
