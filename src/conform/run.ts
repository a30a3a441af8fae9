/** Runs checks against a broker, one after another, and cleans up behind them. */
import { randomBytes } from 'node:crypto'
import { toHex } from '../bytes/hex.ts'
import { Connection, type ConnectionOptions } from '../client/connection.ts'
import type { Address } from '../client/socket.ts'
import { type Finding, worst } from '../findings/finding.ts'
import { Bench, type Seen } from './bench.ts'
import { catalogue } from './catalogue.ts'
import { type Check, Failed, Skipped } from './check.ts'
import { Lab } from './lab.ts'
import { advertisedBy, unreachable } from './reach.ts'

export type Outcome = 'pass' | 'fail' | 'skip'

export interface Result {
  readonly check: Check
  readonly outcome: Outcome
  /** Why it failed or was skipped; not escaped. Empty where it passed. */
  readonly message: string
  /** Codes of what the pipeline found in the broker's bytes. */
  readonly findings: readonly string[]
  /** The likeliest bug of each finding for which there is one, as `docs/FINDINGS.md` calls it. */
  readonly causes: readonly string[]
  readonly ms: number
  readonly seen: readonly Seen[]
}

export interface RunOptions {
  readonly address: Address
  readonly connection: ConnectionOptions
  readonly seed: number
  /** Which checks are run, by id. */
  readonly wants: (id: string) => boolean
  readonly onResult?: (result: Result, done: number, all: number) => void
  /** Aborted: no further check is begun; what was made is removed all the same. */
  readonly signal?: AbortSignal
  /** For topics and groups; random by default. */
  readonly prefix?: string
}

export interface RunResult {
  readonly results: readonly Result[]
  /** What could not be removed. */
  readonly left: readonly string[]
  readonly prefix: string
  /** Why the run ended before its end: the broker went. Null where it did not. */
  readonly gone: string | null
}

export const newPrefix = (): string => `kafkascope-conform-${toHex(randomBytes(4))}`

/**
 * Runs the checks that are wanted. Ends early where the broker does not answer any more. Rejects with ClientError where
 * it can't be reached at all.
 */
export async function runConform(options: RunOptions): Promise<RunResult> {
  const { address, connection, seed, wants, onResult, signal, prefix = newPrefix() } = options
  const advertised = await advertisedBy(address, connection)
  const control = await Connection.open(address, { ...connection, askVersions: false })
  control.advertised = advertised
  const asking = { requestTimeoutMs: 15_000, ...connection }
  const lab = new Lab(control, { address, options: asking, prefix, seed, advertised })
  // Of a broker that is wrong about ApiVersions v0 from the start nothing is learned by asking for it again.
  const answers = (await unreachable(address, asking)) === null
  const checks = catalogue(advertised).filter(({ id }) => wants(id))
  const results: Result[] = []
  for (const check of checks) {
    if (signal?.aborted) break
    const result = await runCheck(lab, check)
    results.push(result)
    onResult?.(result, results.length, checks.length)
    const problem = answers && result.outcome !== 'pass' ? await unreachable(address, asking) : null
    if (problem === null) continue
    const gone = `the broker is gone after ${results.length} of ${checks.length} checks, the last ${check.id}: ${problem}`
    return { results, left: [...lab.topics, ...lab.groups], prefix, gone }
  }
  return { results, left: await lab.clean(), prefix, gone: null }
}

async function runCheck(lab: Lab, check: Check): Promise<Result> {
  const began = performance.now()
  const bench = new Bench(lab, check.id)
  let outcome: Outcome = 'pass'
  let message = ''
  let bug: string | null = null
  try {
    await check.run(bench)
  } catch (error) {
    if (error instanceof Failed) bug = error.bug
    outcome = error instanceof Skipped ? 'skip' : 'fail'
    message = error instanceof Error ? error.message : String(error)
  }
  await bench.end()
  const { findings, seen } = bench
  const gravest = worst(findings)
  if (gravest) {
    message = outcome === 'fail' ? `${message} (${findingText(gravest)})` : findingText(gravest)
    outcome = 'fail'
  }
  const codes = [...new Set(findings.map(({ code }) => code))]
  const likeliest = findings.flatMap(({ causes: [best] }) => best?.cause ?? [])
  const causes = [...new Set(bug === null ? likeliest : [bug, ...likeliest])]
  return { check, outcome, message, findings: codes, causes, ms: performance.now() - began, seen }
}

function findingText({ code, message, causes: [best] }: Finding): string {
  return `${code}: ${message}${best ? ` Likeliest bug: ${best.cause}, ${best.message}` : ''}`
}
