/** What a relay has to say to people. Texts hold nothing from the wire that could do harm in a terminal. */

export interface Notice {
  readonly level: 'info' | 'warning'
  readonly text: string
}

/** A broker, the listener in front of it, and where that connects to: `host:port` each. */
export interface BrokerRow {
  /** Null until an answer has named it: the upstream of the command line. */
  readonly node: number | null
  readonly listener: string
  readonly upstream: string
}

/**
 * Lets a notice through once for each key, until it is `clear`ed: a client that tries again every 100 ms would
 * otherwise fill the screen. Keeps at most 1000 keys.
 */
export class Once {
  private readonly said = new Set<string>()

  say(key: string, speak: () => void): void {
    if (this.said.has(key) || this.said.size >= 1000) return
    this.said.add(key)
    speak()
  }

  clear(key: string): void {
    this.said.delete(key)
  }
}
