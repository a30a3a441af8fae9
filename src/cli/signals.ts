/** How a command that runs until it is told to end is told. */

/** A signal that comes this long after the first means it: npm passes on what the terminal has sent already. */
const MEANT_MS = 1000

/** Aborted at SIGINT, SIGTERM or SIGHUP; a later second one ends the process at once. */
export function signalled(): AbortController {
  const stop = new AbortController()
  let first = 0
  const end = (): void => {
    if (first && performance.now() - first > MEANT_MS) process.exit(130)
    first ||= performance.now()
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  return stop
}

/** Resolves at the first of those signals. */
export const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    signalled().signal.addEventListener('abort', () => resolve())
  })
