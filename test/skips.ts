/** Says once, before the tests, which of them can't run here and what they want: counts alone would hide it. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { clients, missing } from './interop/clients.ts'
import { missingKafka } from './interop/kafka-server.ts'
import { LONG_TESTS } from './long.ts'

const program = (name: string, argument: string): string | null =>
  spawnSync(name, [argument]).status === 0 ? null : `${name}: not on the PATH`

const chromium = process.env.KAFKASCOPE_CHROMIUM ?? '/usr/bin/chromium'

/** Vitest's globalSetup. */
export default function sayWhatIsSkipped(): void {
  const reasons = [
    ...clients.map(missing),
    missingKafka('4.4.0'),
    missingKafka('3.9.2'),
    program('tmux', '-V'),
    program('tshark', '-v'),
    program('openssl', 'version'),
    existsSync(chromium) ? null : 'Chromium: not installed, or KAFKASCOPE_CHROMIUM does not name it',
    process.env.KAFKASCOPE_TESTS === 'all'
      ? null
      : `${LONG_TESTS.join(', ')}: long, they run with KAFKASCOPE_TESTS=all`,
    existsSync('dist/src/cli/main.js') ? null : 'the built program: not there, run npm run build',
  ]
  for (const reason of reasons) if (reason !== null) console.log(`tests are skipped here: ${reason}`)
}
