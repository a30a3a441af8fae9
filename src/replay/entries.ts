/** Recorded exchanges that are alike, in their order: which is the next that nobody has asked for. */

export interface Entry {
  /** Of the recorded connection, and of the exchange in the recording. */
  readonly connection: number
  readonly order: number
  used: boolean
}

/** A list in which used entries are jumped over: thousands of heartbeats are alike, and each is asked for once. */
class Jumping<E extends Entry> {
  private readonly entries: E[] = []
  /** Of a used entry: where to look on. */
  private readonly jumps: number[] = []

  add(entry: E): void {
    this.entries.push(entry)
    this.jumps.push(this.entries.length)
  }

  /** The first unused one with an order above this one; null where there is none. */
  after(order: number): E | null {
    let [low, high] = [0, this.entries.length]
    while (low < high) {
      const half = (low + high) >> 1
      if (this.entries[half]!.order > order) high = half
      else low = half + 1
    }
    return this.entries[this.unusedFrom(low)] ?? null
  }

  private unusedFrom(start: number): number {
    let at = start
    while (this.entries[at]?.used) at = this.jumps[at]!
    // All that were passed lead straight there from now on.
    for (let i = start; i < at; ) {
      const next = this.jumps[i]!
      this.jumps[i] = at
      i = next
    }
    return at
  }
}

export class Entries<E extends Entry> {
  private readonly all = new Jumping<E>()
  private readonly byConnection = new Map<number, Jumping<E>>()
  private latest: E | null = null

  /** In the order of the recording. */
  add(entry: E): void {
    this.all.add(entry)
    const known = this.byConnection.get(entry.connection) ?? new Jumping<E>()
    this.byConnection.set(entry.connection, known)
    known.add(entry)
  }

  /** The next of a recorded connection behind `order`, else the first that nobody has asked for. */
  next(connection: number | null, order: number): E | null {
    const own = connection === null ? undefined : this.byConnection.get(connection)
    return own?.after(order) ?? this.all.after(-1)
  }

  /** An entry of this list was taken. */
  took(entry: E): void {
    if (this.latest === null || entry.order > this.latest.order) this.latest = entry
  }

  /** Of those that were taken, the last in the recording. */
  get lastUsed(): E | null {
    return this.latest
  }
}
