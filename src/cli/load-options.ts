/** The options of `kafkascope load`, checked: what is to be done, in plain values. */
import { CODECS, type Codec } from '../../dissectors/records/compression.ts'
import type { ConnectionOptions } from '../client/connection.ts'
import { parsePin } from '../client/versions.ts'
import type { HostPort } from '../proxy/address.ts'
import { brokerAddress, saslOptions, type TlsGiven, tlsOptions } from './connection-options.ts'
import { CliError } from './errors.ts'
import { MIN_VALUE_BYTES } from './load-ledger.ts'
import { problemText } from './problem.ts'
import { refuseWithout } from './refuse.ts'

/** As commander gives them. */
export interface LoadOptions extends TlsGiven {
  readonly scenario?: string
  readonly topic?: string
  readonly partitions?: string
  readonly keep?: boolean
  readonly producers?: string
  readonly concurrency?: string
  readonly rate?: string
  readonly duration?: string
  readonly warmup?: string
  readonly count?: string
  readonly size?: string
  readonly keys?: string
  readonly codec?: string
  readonly acks?: string
  readonly consumers?: string
  readonly stagger?: string
  readonly group?: string
  readonly heartbeat?: string
  readonly drain?: string
  readonly apiVersion?: readonly string[]
  readonly sasl?: string
  readonly user?: string
  readonly password?: string
  readonly json?: boolean
  readonly record?: string
  readonly recordSize?: string
  readonly recordTime?: string
  /** False with `--no-inspect`. */
  readonly inspect?: boolean
  readonly quiet?: boolean
}

export interface LoadPlan {
  readonly bootstrap: readonly HostPort[]
  readonly connection: ConnectionOptions
  readonly scenario: 'groups' | null
  /** Null: a topic is made for the run, and deleted after it. */
  readonly topic: string | null
  readonly partitions: number
  readonly keep: boolean
  readonly producers: number
  readonly concurrency: number
  /** Messages a second; 0: as fast as it goes. */
  readonly rate: number
  readonly durationMs: number
  /** Messages due in that time from the start on are in no latency. */
  readonly warmupMs: number
  /** Messages in all; Infinity: until the time is up. */
  readonly count: number
  readonly size: number
  /** Different keys; 0: none. */
  readonly keys: number
  readonly codec: Codec
  readonly acks: -1 | 0 | 1
  readonly consumers: number
  readonly staggerMs: number
  readonly group: string | null
  readonly heartbeatMs: number
  readonly drainMs: number
}

const DEFAULT_PORT = 9092
/** Messages of one run: each takes a byte of memory, and its number must fit an uint32. */
const MAX_COUNT = 500_000_000
const FOREVER_MS = 24 * 3600_000

/** What each scenario has otherwise than a plain run. */
const SCENARIOS: Readonly<Record<string, Partial<LoadOptions>>> = {
  groups: {
    concurrency: '128',
    consumers: '3',
    stagger: '1s',
    duration: '8s',
    rate: '5000',
    // What the clients of the original report spoke, and what their broker got wrong.
    apiVersion: ['JoinGroup=5'],
  },
}

const ACKS = { all: -1, '-1': -1, 1: 1, 0: 0 } as const

/** Throws CliError. */
export function loadPlan(brokers: readonly string[], given: LoadOptions): LoadPlan {
  const { scenario } = given
  if (scenario !== undefined && !Object.hasOwn(SCENARIOS, scenario)) {
    throw new CliError(
      `load: --scenario: want ${Object.keys(SCENARIOS).join(' or ')}, have ${JSON.stringify(scenario)}`,
    )
  }
  const preset = scenario === undefined ? {} : SCENARIOS[scenario]!
  // Who says how many does not want the scenario's time as well.
  const { duration, ...others } = preset
  const apiVersion = [...(preset.apiVersion ?? []), ...(given.apiVersion ?? [])]
  const timed = given.count === undefined && duration !== undefined ? { duration } : {}
  const options: LoadOptions = { ...others, ...timed, ...given, apiVersion }
  const count = options.count === undefined ? Number.POSITIVE_INFINITY : whole('--count', options.count, 1, MAX_COUNT)
  const forever = options.duration === undefined && Number.isFinite(count)
  const consumers = whole('--consumers', options.consumers ?? '0', 0, 1000)
  if (consumers === 0) {
    refuseWithout('load', '--consumers', { '--stagger': options.stagger, '--group': options.group })
  }
  return {
    bootstrap: brokersOf(brokers),
    connection: connectionOptions(options),
    scenario: scenario === 'groups' ? scenario : null,
    topic: options.topic ?? null,
    partitions: whole('--partitions', options.partitions ?? '6', 1, 1000),
    keep: options.keep ?? false,
    producers: whole('--producers', options.producers ?? '1', 1, 1000),
    concurrency: whole('--concurrency', options.concurrency ?? '128', 1, 1_000_000),
    rate: options.rate === undefined ? 0 : whole('--rate', options.rate, 1, 10_000_000),
    durationMs: forever ? FOREVER_MS : millis('--duration', options.duration ?? '10s'),
    warmupMs: millis('--warmup', options.warmup ?? '0s'),
    count: Math.min(count, MAX_COUNT),
    size: whole('--size', options.size ?? '100', MIN_VALUE_BYTES, 100_000_000),
    keys: whole('--keys', options.keys ?? '0', 0, 1_000_000_000),
    codec: oneOf('--codec', options.codec ?? 'none', CODECS),
    acks: ACKS[oneOf('--acks', options.acks ?? 'all', ['all', '-1', '1', '0'])],
    consumers,
    staggerMs: millis('--stagger', options.stagger ?? '0s'),
    group: options.group ?? null,
    heartbeatMs: millis('--heartbeat', options.heartbeat ?? '500ms'),
    drainMs: millis('--drain', options.drain ?? '10s'),
  }
}

function brokersOf(texts: readonly string[]): HostPort[] {
  if (texts.length === 0) return [{ host: '127.0.0.1', port: DEFAULT_PORT }]
  return texts.flatMap((text) => text.split(',')).map((text) => brokerAddress('load', '', text))
}

function connectionOptions(options: LoadOptions): ConnectionOptions {
  const { sasl, user, password, apiVersion = [] } = options
  const tls = tlsOptions('load', options)
  if (sasl === undefined) refuseWithout('load', '--sasl', { '--user': user })
  return { tls, sasl: saslOptions('load', { sasl, user, password }), pins: pinsOf(apiVersion) }
}

function pinsOf(texts: readonly string[]): Map<number, number> {
  try {
    return new Map(texts.map(parsePin))
  } catch (error) {
    throw new CliError(`load: --api-version: ${problemText(error)}`)
  }
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new CliError(`load: ${option}: want a whole number from ${least} to ${most}, have ${JSON.stringify(text)}`)
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3600_000 }

function millis(option: string, text: string): number {
  const match = /^(\d{1,9}(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  const value = match ? Number(match[1]) * UNITS[match[2] ?? 's']! : Number.NaN
  if (value <= FOREVER_MS) return value
  throw new CliError(`load: ${option}: want a time, as in 500ms, 10s or 1m, have ${JSON.stringify(text)}`)
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found !== undefined) return found
  throw new CliError(`load: ${option}: want ${choices.join(', ')}, have ${JSON.stringify(text)}`)
}
