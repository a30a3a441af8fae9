/** A map that forgets its oldest entry where there are more than `max`: state of a session that may last for weeks. */
export class Bounded<K, V> {
  private readonly map = new Map<K, V>()
  private readonly max: number
  /**
   * Stands at the oldest key. Kept, as one made anew passes over the places of all keys that were forgotten before;
   * it never comes to its end, since there are `max` younger keys when it is asked.
   */
  private readonly oldest: Iterator<K> = this.map.keys()

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
    if (this.map.size > this.max) this.map.delete(this.oldest.next().value!)
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
    this.map.delete(key)
  }

  clear(): void {
    this.map.clear()
  }

  values(): IterableIterator<V> {
    return this.map.values()
  }

  entries(): IterableIterator<[K, V]> {
    return this.map.entries()
  }
}
