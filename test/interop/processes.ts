/** Child processes and folders that must not outlive the test process. */
import { rmSync } from 'node:fs'

const cleanups = new Set<() => void>()

function listen(): void {
  const cleanUp = () => {
    for (const cleanup of cleanups) {
      try {
        cleanup()
      } catch (error) {
        console.error(error) // the others still have their turn
      }
    }
    cleanups.clear()
  }
  process.once('exit', cleanUp)
  // The test runner's worker loses its parent, or gets a signal itself: neither would run the exit handlers.
  process.once('disconnect', cleanUp)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      cleanUp()
      process.kill(process.pid, signal)
    })
  }
}
let listening = false

/** Runs `cleanup` when the process exits, unless the function that is returned was called before. */
export function atExit(cleanup: () => void): () => void {
  if (!listening) listen()
  listening = true
  cleanups.add(cleanup)
  return () => cleanups.delete(cleanup)
}

/** Kills a process group (of a child spawned with `detached`). */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended already
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
