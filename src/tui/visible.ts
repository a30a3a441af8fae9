/**
 * Which entries the list shows, and in which order. Without filter and sorting that is a range of numbers and costs
 * nothing. A filter is tried on a few entries at a time (`advance`), so that the screen never stands still.
 */
import type { Entry, Store } from './store.ts'

export type Test = (entry: Entry) => boolean

export interface Sorting {
  /** What to sort by; null comes last. Equal ones stay in the order of arrival. */
  readonly key: (entry: Entry) => number | string | null
  readonly descending: boolean
}

/** Sorting again costs time; while entries arrive it is done at most so often. */
const SORT_EVERY_MS = 1000

export class Visible {
  private readonly store: Store
  private test: Test | null = null
  private sorting: Sorting | null = null
  /** Numbers of the entries shown; null while the list is simply all of them. */
  private list: number[] | null = null
  /** The first entry that was not yet looked at. */
  private next = 0
  /** Entries that changed after they were looked at. */
  private again: number[] = []
  /** Entries that passed and wait for their place: a sorted list shows nothing at a place that is not its own. */
  private readonly fresh = new Set<number>()
  /** An entry has changed, and with it maybe what it is sorted by. */
  private stale = false
  private sortAt = 0
  private frozenAt: number | null = null

  constructor(store: Store) {
    this.store = store
  }

  get length(): number {
    return this.list ? this.list.length : Math.max(0, this.limit - this.store.first)
  }

  /** The number of the entry in a row; -1 past the end. */
  at(index: number): number {
    if (index < 0 || index >= this.length) return -1
    return this.list ? this.list[index]! : this.store.first + index
  }

  /** The row of an entry; -1 where it is not shown. */
  indexOf(seq: number): number {
    if (!this.list) return seq >= this.store.first && seq < this.limit ? seq - this.store.first : -1
    if (this.sorting) return this.list.indexOf(seq)
    const at = lowerBound(this.list, seq)
    return this.list[at] === seq ? at : -1
  }

  /** The row of an entry, or of the next one that is shown; the last row where none follows. */
  near(seq: number): number {
    const exact = this.indexOf(seq)
    if (exact >= 0) return exact
    const at = this.list && !this.sorting ? lowerBound(this.list, seq) : Math.max(0, seq - this.store.first)
    return Math.min(at, this.length - 1)
  }

  /** 0 to 1: how much of what is there was looked at. */
  get progress(): number {
    if (!this.test) return 1
    const total = this.limit - this.store.first
    return total <= 0 ? 1 : Math.max(0, (this.next - this.store.first) / total)
  }

  /** Entries that arrived since the list was frozen. */
  get waiting(): number {
    return this.frozenAt === null ? 0 : this.store.end - this.frozenAt
  }

  freeze(frozen: boolean): void {
    this.frozenAt = frozen ? this.store.end : null
  }

  /** Shows what passes the test, or everything. */
  filter(test: Test | null): void {
    this.test = test
    this.restart()
  }

  sort(sorting: Sorting | null): void {
    this.sorting = sorting
    this.restart()
  }

  /** To be called when an entry that was there before has changed. */
  changed(entry: Entry): void {
    if (entry.seq >= this.next) return
    if (this.test) this.again.push(entry.seq)
    if (this.sorting) this.stale = true
  }

  /** Looks at more entries, for about so many milliseconds. True where more remain. */
  advance(now: () => number, budget: number): boolean {
    if (!this.list) return false
    const until = now() + budget
    this.forget()
    let steps = 0
    while (this.again.length > 0) {
      if (steps++ > 0 && now() >= until) break
      this.retry(this.again.shift()!)
    }
    for (; this.next < this.limit; this.next++) {
      if (steps++ > 0 && now() >= until) break
      const entry = this.store.get(this.next)
      if (entry && this.passes(entry)) this.insert(entry.seq)
    }
    this.resort(now)
    return this.next < this.limit || this.again.length > 0 || this.resortDue
  }

  private get resortDue(): boolean {
    // A frozen list stays as it is.
    return this.sorting !== null && (this.fresh.size > 0 || (this.stale && this.frozenAt === null))
  }

  private get limit(): number {
    return this.frozenAt ?? this.store.end
  }

  private restart(): void {
    this.list = this.test || this.sorting ? [] : null
    this.next = this.store.first
    this.again = []
    this.fresh.clear()
    this.stale = false
    this.sortAt = 0
  }

  private passes(entry: Entry): boolean {
    try {
      return this.test?.(entry) ?? true
    } catch {
      return false
    }
  }

  private retry(seq: number): void {
    const entry = this.store.get(seq)
    if (!entry) return
    const at = this.indexOf(seq)
    const passes = this.passes(entry)
    if (passes && at < 0) this.insert(seq)
    else if (!passes && at >= 0) this.list!.splice(at, 1)
    else if (!passes) this.fresh.delete(seq)
  }

  private insert(seq: number): void {
    const list = this.list!
    if (this.sorting) this.fresh.add(seq)
    else if (list.length === 0 || list.at(-1)! < seq) list.push(seq)
    else list.splice(lowerBound(list, seq), 0, seq)
  }

  /** Drops what the store has forgotten. */
  private forget(): void {
    const list = this.list!
    const { first } = this.store
    if (this.next < first) this.next = first
    if (this.sorting) {
      if (list.length > this.limit - first) this.list = list.filter((seq) => seq >= first)
    } else if (list.length > 0 && list[0]! < first) list.splice(0, lowerBound(list, first))
  }

  private resort(now: () => number): void {
    if (!this.sorting || !this.resortDue) return
    const start = now()
    if (start < this.sortAt) return
    const { key, descending } = this.sorting
    const keyed = [...this.list!, ...this.fresh].flatMap((seq) => {
      const entry = this.store.get(seq)
      return entry ? [{ seq, key: key(entry) }] : []
    })
    const sign = descending ? -1 : 1
    keyed.sort((a, b) => {
      if (a.key === b.key) return a.seq - b.seq
      if (a.key === null || b.key === null) return a.key === null ? 1 : -1
      return a.key < b.key ? -sign : a.key > b.key ? sign : a.seq - b.seq
    })
    this.list = keyed.map(({ seq }) => seq)
    this.fresh.clear()
    this.stale = false
    this.sortAt = now() + SORT_EVERY_MS + 10 * (now() - start)
  }
}

/** The first index whose number is not below `seq`. */
function lowerBound(list: readonly number[], seq: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]! < seq) low = middle + 1
    else high = middle
  }
  return low
}
