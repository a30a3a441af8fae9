/** Which leader epoch wrote which part of a log (KIP-101, LeaderEpochFileCache of Apache Kafka). */

export interface EpochEnd {
  /** -1: not known. */
  readonly epoch: number
  readonly endOffset: number
}

const UNKNOWN: EpochEnd = { epoch: -1, endOffset: -1 }

export class LeaderEpochs {
  /** Ascending in both; never empty. */
  private entries: { epoch: number; startOffset: number }[] = [{ epoch: 0, startOffset: 0 }]

  get current(): number {
    return this.entries.at(-1)!.epoch
  }

  /** Begins the next epoch at `startOffset`. One in which nothing was written leaves no trace. */
  next(startOffset: number): void {
    const epoch = this.current + 1
    this.entries = this.entries.filter((entry) => entry.startOffset < startOffset)
    this.entries.push({ epoch, startOffset })
  }

  /** The epoch that wrote an offset. */
  at(offset: number): number {
    return (this.entries.findLast((entry) => entry.startOffset <= offset) ?? this.entries[0]!).epoch
  }

  /** The largest epoch up to `epoch`, and where it ends; the current one ends at `endOffset`. */
  endOf(epoch: number, endOffset: number): EpochEnd {
    if (epoch < 0 || epoch > this.current) return UNKNOWN
    if (epoch === this.current) return { epoch, endOffset }
    const next = this.entries.find((entry) => entry.epoch > epoch)!
    const floor = this.entries.findLast((entry) => entry.epoch <= epoch)
    return { epoch: floor?.epoch ?? epoch, endOffset: next.startOffset }
  }

  /** The log begins at `offset` from now on. */
  truncateBefore(offset: number): void {
    const first = this.entries.findLastIndex((entry) => entry.startOffset <= offset)
    if (first < 0) return
    this.entries = this.entries.slice(first).map((entry, i) => (i === 0 ? { ...entry, startOffset: offset } : entry))
  }
}
