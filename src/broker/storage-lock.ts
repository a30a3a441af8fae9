/** One process at a time in a directory: a file with the process's id, and when it began where that is known. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'

/** Takes the lock; returns what gives it back. Throws where a process that lives has it. */
export function lockFile(file: string): () => void {
  for (let tries = 0; ; tries++) {
    try {
      const fd = openSync(file, 'wx', 0o600)
      writeSync(fd, `${process.pid} ${beginOf(process.pid)}\n`)
      closeSync(fd)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 0) throw error
    }
    const [pid = '', begin = ''] = readFileSync(file, 'utf8').trim().split(' ')
    if (isAlive(Number(pid), begin)) throw new Error(`in use by process ${pid}`)
    // Left behind by one that was killed.
    rmSync(file, { force: true })
  }
}

/** Ids are used again: two processes of one id differ in when they began (field 22 of proc's stat, in clock ticks). */
function beginOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
  } catch {
    return '-'
  }
}

function isAlive(pid: number, begin: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return begin === '-' || beginOf(pid) === '-' || begin === beginOf(pid)
}
