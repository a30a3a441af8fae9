/**
 * What the tests in tmux run: the program compiled into a folder of its own, so that `dist` is not touched; one for each
 * file of tests that runs at the same time.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

export const BUILT = `node_modules/.cache/kafkascope-tui-${process.env.VITEST_POOL_ID}`

/** Compiles it. Throws with the compiler's words where nothing came of it. */
export function build(): void {
  mkdirSync(BUILT, { recursive: true })
  writeFileSync(`${BUILT}/package.json`, '{"type":"module"}\n')
  const { stdout, error } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'test/tui/tsconfig.json', '--outDir', BUILT],
    { encoding: 'utf8' },
  )
  if (error) throw error
  // What others are writing may not pass yet; what was written is run all the same.
  if (/^(?:src|test)\/tui/m.test(stdout)) throw new Error(stdout)
}
