/** The options of `kafkascope replay`, checked. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ConnectionOptions } from '../client/connection.ts'
import type { Encodable } from '../codec/encode.ts'
import { type JsonValue, parseJson } from '../codec/json-text.ts'
import { apiKeyOf, apiName } from '../codec/messages.ts'
import { ignored, RuleError, Rules } from '../diff/rules.ts'
import type { HostPort } from '../proxy/address.ts'
import type { EditedRequest, Edits } from '../replay/request.ts'
import { brokerAddress, type LoginGiven, loginOptions } from './connection-options.ts'
import { CliError } from './errors.ts'
import { fileText, problemText } from './problem.ts'
import type { ReadOptions } from './read-options.ts'
import { refuseWith, refuseWithout } from './refuse.ts'

/** As commander gives them. */
export interface ReplayOptions
  extends LoginGiven,
    Pick<
      ReadOptions,
      | 'port'
      | 'broker'
      | 'keylog'
      | 'filter'
      | 'json'
      | 'fields'
      | 'hex'
      | 'expand'
      | 'showSecrets'
      | 'quiet'
      | 'record'
      | 'recordSize'
      | 'recordTime'
    > {
  readonly to?: string
  readonly speed?: string
  readonly only?: readonly string[]
  readonly ignore?: readonly string[]
  readonly edit?: string
  readonly dryRun?: boolean
  readonly timeout?: string
}

export interface ReplaySettings {
  /** Null in a dry run without `--to`. */
  readonly target: HostPort | null
  readonly connection: ConnectionOptions
  readonly speed: number
  readonly only: ReadonlySet<number> | null
  readonly rules: Rules
  readonly edits: Edits
  readonly timeoutMs: number
}

/** Rejects with CliError. */
export async function replaySettings(options: ReplayOptions): Promise<ReplaySettings> {
  const { json, fields, hex, expand, dryRun, record, recordSize, recordTime } = options
  if (!json) refuseWithout('replay', '--json', { '--fields': fields, '--hex': hex, '--expand': expand })
  if (dryRun) {
    const recording = { '--record': record, '--record-size': recordSize, '--record-time': recordTime }
    refuseWith('replay: --dry-run', recording)
  }
  return {
    target: targetOf(options),
    connection: loginOptions('replay', options),
    speed: speedOf('replay', options.speed ?? '1'),
    only: options.only
      ? new Set(options.only.flatMap((text) => text.split(',')).map((text) => apiOf('--only', text)))
      : null,
    rules: rulesOf(options.ignore ?? []),
    edits: await editsOf(options.edit),
    timeoutMs: millis('--timeout', options.timeout ?? '30s'),
  }
}

function targetOf({ to, dryRun }: ReplayOptions): HostPort | null {
  if (to === undefined) {
    if (dryRun) return null
    throw new CliError('replay: --to HOST:PORT says which broker gets the requests')
  }
  return brokerAddress('replay', '--to', to)
}

/** Infinity for `max`. Throws CliError, as of `command`. */
export function speedOf(command: string, text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0
  if (speed > 0) return speed
  throw new CliError(
    `${command}: --speed: want a number of times, as in 2 or 0.5, or max, have ${JSON.stringify(text)}`,
  )
}

function apiOf(option: string, text: string): number {
  const name = text.trim()
  const key = /^\d{1,5}$/.test(name) ? Number(name) : apiKeyOf(name)
  if (key !== null && apiName(key) !== null) return key
  throw new CliError(`replay: ${option}: no API is called ${JSON.stringify(text)}; kafkascope schema list has them`)
}

function rulesOf(paths: readonly string[]): Rules {
  try {
    return new Rules(paths.map(ignored))
  } catch (error) {
    if (error instanceof RuleError) throw new CliError(`replay: --ignore: ${problemText(error)}`)
    throw error
  }
}

/** `{"Produce": {...}}`: a JSON merge patch (RFC 7396) for each API; or an ES module, whose default export is called. */
async function editsOf(path: string | undefined): Promise<Edits> {
  const edits = new Map<string, JsonValue>()
  if (path === undefined) return edits
  const bad = (problem: string): CliError => new CliError(`replay: --edit: ${fileText(path)}: ${problem}`)
  if (/\.m?js$/.test(path)) return scriptEdits(path, bad)
  let value: JsonValue
  try {
    value = parseJson(readFileSync(path, 'utf8'))
  } catch (error) {
    throw bad(problemText(error))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad('want an object of APIs, as in {"Produce": {"acks": 1}}')
  }
  for (const [name, patch] of Object.entries(value)) {
    const key = apiKeyOf(name)
    if (key === null) throw bad(`no API is called ${JSON.stringify(name)}`)
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
      throw bad(`${name}: want an object of fields`)
    edits.set(apiName(key)!, patch)
  }
  return edits
}

async function scriptEdits(path: string, bad: (problem: string) => CliError): Promise<Edits> {
  let edit: unknown
  try {
    edit = ((await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }).default
  } catch (error) {
    throw bad(problemText(error))
  }
  if (typeof edit !== 'function') throw bad('want a function as its default export')
  const call = edit as (request: EditedRequest) => unknown
  return {
    get: () => (request) => {
      let made: unknown
      try {
        made = call(request)
      } catch (error) {
        throw bad(`${request.api} v${request.apiVersion}: ${problemText(error)}`)
      }
      if (made === undefined) return undefined
      if (typeof made !== 'object' || made === null || Array.isArray(made))
        throw bad(`${request.api} v${request.apiVersion}: want an object, the body, or nothing`)
      // What is in it is checked as it is encoded.
      return made as Encodable
    },
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

function millis(option: string, text: string): number {
  const match = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m)?$/.exec(text)
  const value = match ? Number(match[1]) * UNITS[match[2] ?? 's']! : Number.NaN
  if (value > 0 && value <= 24 * 3600_000) return value
  throw new CliError(`replay: ${option}: want a time, as in 500ms, 10s or 1m, have ${JSON.stringify(text)}`)
}
