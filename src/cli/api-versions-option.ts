/** `--api-versions RELEASE|FILE`: what another broker advertises. */
import { existsSync, readFileSync } from 'node:fs'
import { RELEASES, releaseRanges } from '../../dissectors/releases.ts'
import type { ApiLimits } from '../broker/broker.ts'
import { type JsonValue, parseJson } from '../codec/json-text.ts'
import { CliError } from './errors.ts'
import { problemText } from './problem.ts'

/** Text for `--help`. */
export const API_VERSIONS_HELP = `advertise what another broker does: ${RELEASES.join(', ')}, or a FILE with its ApiVersions answer as JSON`

/** Places of the body of an ApiVersions answer in what this program prints: a body, `decode`'s lines, exchanges. */
const PLACES: readonly (readonly string[])[] = [[], ['json'], ['body'], ['response', 'body']]

/** The ranges by API key. Throws CliError that says what is wrong. */
export function apiLimitsOf(command: string, text: string): ApiLimits {
  const known = releaseRanges(text)
  if (known) return known
  const fail = (why: string): never => {
    throw new CliError(`${command}: --api-versions: ${why}`)
  }
  if (/^\d+(\.\d+)+$/.test(text) && !existsSync(text)) {
    fail(`release ${text} is not known, but ${RELEASES.join(', ')} are; or give a file`)
  }
  let json: JsonValue
  try {
    json = parseJson(readFileSync(text, 'utf8'))
  } catch (error) {
    return fail(`${JSON.stringify(text)}: ${problemText(error)}`)
  }
  for (const place of PLACES) {
    const limits = rangesIn(place.reduce<JsonValue | undefined>((at, name) => field(at, name), json))
    if (limits) return limits
  }
  return fail(`${JSON.stringify(text)} holds no body of an ApiVersions answer: want {"apiKeys":[{"apiKey":..}]}`)
}

const field = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [name: string]: JsonValue })[name]
    : undefined

function rangesIn(body: JsonValue | undefined): ApiLimits | null {
  const apiKeys = field(body, 'apiKeys')
  if (!Array.isArray(apiKeys) || apiKeys.length === 0) return null
  const limits = new Map<number, readonly [number, number]>()
  for (const each of apiKeys) {
    const [apiKey, low, high] = ['apiKey', 'minVersion', 'maxVersion'].map((name) => field(each, name))
    if (typeof apiKey !== 'number' || typeof low !== 'number' || typeof high !== 'number') return null
    limits.set(apiKey, [low, high])
  }
  return limits
}
