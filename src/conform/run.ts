/** Runs checks against a broker, one after another, and cleans up behind them. */
import { randomBytes } from 'node:crypto'
import { toHex } from '../bytes/hex.ts'
import { Connection, type ConnectionOptions } from '../client/connection.ts'
import type { Address } from '../client/socket.ts'
import { type Advertised, chooseVersion } from '../client/versions.ts'
import { apiHeader, apiKeys } from '../codec/messages.ts'
import { Bench, type Seen } from './bench.ts'
import { catalogue } from './catalogue.ts'
import { type Check, Skipped } from './check.ts'
import { Lab } from './lab.ts'

export type Outcome = 'pass' | 'fail' | 'skip'

export interface Result {
  readonly check: Check
  readonly outcome: Outcome
  /** Why it failed or was skipped; not escaped. Empty where it passed. */
  readonly message: string
  /** Codes of what the pipeline found in the broker's bytes. */
  readonly findings: readonly string[]
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
}

const API_VERSIONS = 18
const SOFTWARE = { clientSoftwareName: 'kafkascope', clientSoftwareVersion: '0.1.0' }

export const newPrefix = (): string => `kafkascope-conform-${toHex(randomBytes(4))}`

/**
 * What a broker advertises: asked at every version that we know, newest first, until an answer can be read. Of a broker
 * whose answers to this can't be read, everything that we know. Rejects with ClientError where there is no connection.
 */
export async function advertisedBy(address: Address, options: ConnectionOptions): Promise<Advertised> {
  interface Told {
    readonly apiKeys: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[]
  }
  for (let version = chooseVersion(API_VERSIONS, null)!; version >= 0; version--) {
    const connection = await Connection.open(address, { ...options, askVersions: false })
    try {
      const { body } = await connection.call<Told>(API_VERSIONS, SOFTWARE, { version, timeoutMs: 10_000 })
      if (body.apiKeys.length > 1)
        return new Map(body.apiKeys.map((each) => [each.apiKey, { min: each.minVersion, max: each.maxVersion }]))
    } catch {
      // A version that it does not know is answered as v0, which does not read as the version asked for.
    } finally {
      connection.close()
    }
  }
  return knownRanges()
}

/** All that this program knows. */
export const knownRanges = (): Advertised =>
  new Map(
    apiKeys().map((key) => {
      const { low, high } = apiHeader(key)!.versions
      return [key, { min: low, max: high }]
    }),
  )

/** Rejects with ClientError where the broker can't be reached at all. */
export async function runConform(options: RunOptions): Promise<RunResult> {
  const { address, connection, seed, wants, onResult, signal, prefix = newPrefix() } = options
  const advertised = await advertisedBy(address, connection)
  const control = await Connection.open(address, { ...connection, askVersions: false })
  control.advertised = advertised
  const lab = new Lab(control, {
    address,
    options: { requestTimeoutMs: 15_000, ...connection },
    prefix,
    seed,
    advertised,
  })
  const checks = catalogue(advertised).filter(({ id }) => wants(id))
  const results: Result[] = []
  for (const check of checks) {
    if (signal?.aborted) break
    const result = await runCheck(lab, check)
    results.push(result)
    onResult?.(result, results.length, checks.length)
  }
  return { results, left: await lab.clean(), prefix }
}

async function runCheck(lab: Lab, check: Check): Promise<Result> {
  const began = performance.now()
  const bench = new Bench(lab, check.id)
  let outcome: Outcome = 'pass'
  let message = ''
  try {
    await check.run(bench)
  } catch (error) {
    outcome = error instanceof Skipped ? 'skip' : 'fail'
    message = error instanceof Error ? error.message : String(error)
  }
  await bench.end()
  const { findings, seen } = bench
  if (findings.length > 0) {
    const [{ code, message: text }] = findings as [(typeof findings)[0]]
    message = outcome === 'fail' ? `${message} (${code}: ${text})` : `${code}: ${text}`
    outcome = 'fail'
  }
  const codes = [...new Set(findings.map(({ code }) => code))]
  return { check, outcome, message, findings: codes, ms: performance.now() - began, seen }
}
