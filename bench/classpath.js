// Where the jars of a Kafka release are: KAFKA_CLIENTS_CP, or what scripts/setup-interop.sh installed.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** A class path that has kafka-clients of the release, or null where there is none or no java. */
export function findClasspath(release) {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
  } catch {
    return null
  }
  if (process.env.KAFKA_CLIENTS_CP) return process.env.KAFKA_CLIENTS_CP
  const folder = process.env.KAFKASCOPE_INTEROP ?? join(root, '.interop')
  const libs = join(folder, `kafka-${release}`, 'libs')
  if (!existsSync(libs) || !readdirSync(libs).some((file) => file.startsWith('kafka-clients'))) return null
  return join(libs, '*')
}
