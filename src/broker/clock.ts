/** Time as the broker's state sees it, so that tests can play hours in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `fn` once after `ms`, unless the function it returns was called before. */
  after(ms: number, fn: () => void): () => void
}

/** setTimeout fires at once for anything longer. */
const LONGEST_TIMER = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(0, ms), LONGEST_TIMER))
    return () => clearTimeout(timer)
  },
}
