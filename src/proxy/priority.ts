/** Who goes first where the relay's thread and the observer's want the same processor. */
import { setPriority } from 'node:os'
import { platform } from 'node:process'

/**
 * Half-way down: a waking relay then takes the processor from an observer in the middle of its slice. At the same
 * priority it waits for the rest of it, some 700 us, which every hundredth answer of a busy connection would show.
 */
const OBSERVER_NICE = 10

/**
 * Lowers the calling thread's priority below the relay's, which must have its thread already. Only Linux knows
 * priorities of threads: elsewhere nothing is done, for it would be the whole process, relay included.
 */
export function yieldToRelay(): void {
  if (platform !== 'linux') return
  try {
    setPriority(0, OBSERVER_NICE)
  } catch {
    // Some sandboxes forbid it; then both stay equal.
  }
}
