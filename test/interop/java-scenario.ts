/** Scenarios of Java's own clients: one source file each in `clients/java`, run as it is with the libraries of a Kafka. */
import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'

const folder = fileURLToPath(new URL('./clients/java/', import.meta.url))

/** The lines that a scenario prints; `source` is `folder/Class.java`, `more` further folders of jars. */
export async function javaScenario(source: string, bootstrap: string, more: readonly string[] = []): Promise<string[]> {
  const logging = join(folder, 'log4j2.properties')
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${logging}`]
  const jars = [...more, join(cacheFolder(), 'kafka-4.4.0', 'libs')].map((libraries) => join(libraries, '*'))
  const { stdout } = await promisify(execFile)(
    'java',
    [...jvm, '-cp', jars.join(delimiter), join(folder, source), bootstrap],
    { timeout: 110_000 },
  )
  return stdout.trimEnd().split('\n')
}
