/**
 * `conform` against kfake, franz-go's broker for tests: what fails is what kfake truly does otherwise than Apache Kafka
 * (docs/CONFORM.md says what of each), no more and no less.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { type RunResult, runConform } from '../../src/conform/run.ts'
import { cacheFolder, isExecutable } from './cache.ts'
import { atExit } from './processes.ts'

const program = join(cacheFolder(), 'go', 'kfake')
const reason = isExecutable(program) ? null : 'kfake: not built, run scripts/setup-interop.sh go'

/** kfake dereferences nil where the API key is unknown, and its process ends. */
const KILLERS = ['version/unknown-api', 'version/negative-api']

const FAILURES = [
  'api/JoinGroup/v0',
  'api/ShareAcknowledge/v0',
  'api/ShareAcknowledge/v1',
  'api/ShareAcknowledge/v2',
  'errors/create/name',
  'errors/group/heartbeat',
  'errors/metadata/invalid-name',
  'errors/partitions/fewer',
  'framing/http',
  'framing/size/-1',
  'framing/size/-2147483648',
  'framing/size/2147483647',
  'tags/ShareAcknowledge/v0',
  'tags/ShareAcknowledge/v1',
  'tags/ShareAcknowledge/v2',
  'version/fallback',
  'version/fallback-then-on',
]

describe('kfake', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill()
  })

  /** Starts one, runs checks against it, and resolves with what came of them. */
  async function conform(wants: (id: string) => boolean): Promise<RunResult> {
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] })
    children.push(child)
    const forget = atExit(() => child.kill('SIGKILL'))
    child.once('exit', forget)
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const port = Number(/:(\d+) /.exec(line)?.[1])
    return runConform({ address: { host: '127.0.0.1', port }, connection: {}, seed: 1, wants })
  }

  it.skipIf(reason !== null)(
    `fails the checks that docs/CONFORM.md lists${reason === null ? '' : ` (skipped: ${reason})`}`,
    async () => {
      const { results, left, gone } = await conform((id) => !KILLERS.includes(id))
      expect(gone).toBeNull()
      const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check.id)
      expect(failed.sort()).toEqual(FAILURES)
      expect(results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(750)
      expect(left).toEqual([])
    },
    120_000,
  )

  it.skipIf(reason !== null).each(KILLERS)(
    `is gone after %s${reason === null ? '' : ` (skipped: ${reason})`}`,
    async (id) => {
      const { results, gone } = await conform((each) => each === id)
      expect(results.map(({ outcome }) => outcome)).toEqual(['fail'])
      expect(gone).toContain(id)
    },
    60_000,
  )
})
