/** The options of `kafkascope read`, checked. */
import { readFileSync } from 'node:fs'
import type { AssemblerOptions } from '../capture/assembler.ts'
import { KeyLog } from '../capture/tls/key-log.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Exchange } from '../session/exchange.ts'
import { CliError } from './errors.ts'
import { fileText, filterProblem, problemText } from './problem.ts'
import type { RecordOptions } from './recorder.ts'

export interface ReadOptions extends RecordOptions {
  readonly follow?: boolean
  readonly port?: readonly string[]
  readonly broker?: readonly string[]
  readonly keylog?: string
  readonly filter?: string
  readonly limit?: string
  readonly from?: string
  readonly to?: string
  readonly stats?: boolean
  readonly json?: boolean
  readonly fields?: boolean
  readonly hex?: boolean
  readonly expand?: boolean
  readonly showSecrets?: boolean
  readonly color?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** What chooses from captures; `read` and `report` have these alike. */
export type ChoiceOptions = Pick<ReadOptions, 'port' | 'broker' | 'keylog' | 'filter' | 'from' | 'to'>

/** Which connections are read whatever they hold. Throws CliError, as of `command`. */
export function connectionOptions({ port, broker }: ChoiceOptions, command = 'read'): AssemblerOptions {
  for (const text of port ?? []) {
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
      throw new CliError(`${command}: --port: want a port, have ${text}`)
  }
  for (const text of broker ?? []) {
    if (!/^(?:\[[0-9a-f:.]+\]|[0-9.]+):\d{1,5}$/.test(text)) {
      throw new CliError(`${command}: --broker: want ADDRESS:PORT, as in 10.0.0.7:9092 or [::1]:9092, have ${text}`)
    }
  }
  return {
    ports: port && new Set(port.map(Number)),
    brokers: broker && new Set(broker),
  }
}

/** How many exchanges to show. Throws CliError. */
export function limitOf({ limit }: ReadOptions): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY
  if (!/^\d+$/.test(limit)) throw new CliError(`read: --limit: want a number of exchanges, have ${limit}`)
  return Number(limit)
}

/** A time in microseconds: seconds since 1970, or ISO 8601 (local time where it names no zone). Throws CliError. */
function timeOf(command: string, option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000_000)
  const millis = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(millis)) {
    throw new CliError(`${command}: ${option}: want a time, as in 2026-05-01T12:00:00Z or 1777636800.5, have ${text}`)
  }
  // Date knows milliseconds only.
  const micros = /\.\d{3}(\d{1,3})/.exec(text)?.[1]
  return millis * 1000 + (micros === undefined ? 0 : Number(micros.padEnd(3, '0')))
}

/** Whether an exchange's first frame is in the time that is asked for; null: all are. Throws CliError. */
export function timeFilter(options: ChoiceOptions, command = 'read'): ((exchange: Exchange) => boolean) | null {
  const from = timeOf(command, '--from', options.from)
  const to = timeOf(command, '--to', options.to)
  if (from === null && to === null) return null
  return ({ request, response }) => {
    const time = (request ?? response)?.time ?? 0
    return (from === null || time >= from) && (to === null || time <= to)
  }
}

/** Which exchanges are shown, by their first frame's time and the filter; null: all. Throws CliError. */
export async function exchangeFilter(
  options: ChoiceOptions,
  command = 'read',
): Promise<((json: JsonObject) => boolean) | null> {
  const from = timeOf(command, '--from', options.from)
  const to = timeOf(command, '--to', options.to)
  const filter = options.filter === undefined ? null : await compiled(options.filter, command)
  if (from === null && to === null) return filter
  return (json) => {
    const frame = (json.request ?? json.response) as JsonObject | null
    const micros = Number(frame?.time) * 1_000_000
    if (from !== null && micros < from - 0.5) return false
    if (to !== null && micros > to + 0.5) return false
    return filter === null || filter(json)
  }
}

async function compiled(expression: string, command: string): Promise<(json: JsonObject) => boolean> {
  const { compileFilter } = await import('../filter/filter.ts')
  try {
    return compileFilter(expression)
  } catch (error) {
    throw new CliError(`${command}: --filter: ${filterProblem(error)}`)
  }
}

/** The keys for TLS. Throws CliError. */
export function keysOf({ keylog }: ChoiceOptions, command = 'read'): KeyLog {
  if (keylog === undefined) return new KeyLog()
  let keys: KeyLog
  try {
    keys = new KeyLog(readFileSync(keylog, 'latin1'))
  } catch (error) {
    throw new CliError(`${command}: --keylog: ${fileText(keylog)}: ${problemText(error)}`)
  }
  // An empty one may be of a client that has not connected yet.
  if (keys.size === 0 && keys.badLines > 0) {
    throw new CliError(`${command}: --keylog: ${fileText(keylog)}: no line is one of an SSLKEYLOGFILE`)
  }
  return keys
}

/** Gathers an option that may be given more than once. */
export const several = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
]
