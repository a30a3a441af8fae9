/** A map that forgets its oldest entry where there are more than `max`: state of a session that may last for weeks. */
export class Bounded<K, V> {
  private readonly map = new Map<K, V>()
  private readonly max: number
  /**
   * Stands at the oldest key while keys are forgotten one after the other: an iterator made anew passes over the places
   * of all that were forgotten before. Not kept for longer, as it holds on to what the map was when it was made.
   */
  private oldest: Iterator<K> | null = null

  constructor(max: number) {
    this.max = max
  }

  get size(): number {
    return this.map.size
  }

  get(key: K): V | undefined {
    return this.map.get(key)
  }

  has(key: K): boolean {
    return this.map.has(key)
  }

  /** Sets a key; one that is there already keeps its age. */
  set(key: K, value: V): void {
    this.map.set(key, value)
    if (this.map.size < this.max) this.oldest = null
    if (this.map.size <= this.max) return
    this.oldest ??= this.map.keys()
    const next = this.oldest.next()
    if (!next.done) this.map.delete(next.value)
  }

  /** Gets a key, or sets it to what `make` gives. */
  at(key: K, make: () => V): V {
    const known = this.map.get(key)
    if (known !== undefined) return known
    const made = make()
    this.set(key, made)
    return made
  }

  delete(key: K): void {
    this.oldest = null
    this.map.delete(key)
  }

  clear(): void {
    this.oldest = null
    this.map.clear()
  }

  values(): IterableIterator<V> {
    return this.map.values()
  }

  entries(): IterableIterator<[K, V]> {
    return this.map.entries()
  }
}
