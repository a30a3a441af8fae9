/** Where `scripts/setup-interop.sh` has put brokers and clients, and which tools the machine has. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../../', import.meta.url))

/** `$KAFKASCOPE_INTEROP`, or `.interop` in the project. A relative path counts from the project. */
export function cacheFolder(): string {
  return resolve(project, process.env.KAFKASCOPE_INTEROP || '.interop')
}

/** The full path of a program on the PATH, or null. */
export function onPath(program: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, program)
    if (isExecutable(candidate)) return candidate
  }
  return null
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
