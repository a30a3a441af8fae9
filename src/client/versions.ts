/** Which version of an API to speak: what both sides know, within what the user pins. */
import { apiHeader, apiKeyOf, apiKeys, apiName, requestMessage } from '../codec/messages.ts'

export interface VersionRange {
  readonly min: number
  readonly max: number
}

/** By API key. */
export type Advertised = ReadonlyMap<number, VersionRange>

/** Versions that are to be spoken, by API key, whatever is advertised. */
export type Pins = ReadonlyMap<number, number>

/**
 * The version to speak: the pinned one; else the highest that the broker advertises, this program knows and `most`
 * allows. Null where there is none. Without `advertised` (the broker was not asked) the highest known one.
 */
export function chooseVersion(
  apiKey: number,
  advertised: Advertised | null,
  pins: Pins = new Map(),
  most = Number.MAX_SAFE_INTEGER,
): number | null {
  const pinned = pins.get(apiKey)
  if (pinned !== undefined) return pinned
  const range = advertised ? advertised.get(apiKey) : { min: 0, max: 100 }
  if (!range || apiHeader(apiKey) === null) return null
  for (let version = Math.min(range.max, most, 100); version >= range.min && version >= 0; version--) {
    if (requestMessage(apiKey, version)) return version
  }
  return null
}

/** `Produce=7` or `0=7`. Throws an Error that says what is wrong. */
export function parsePin(text: string): readonly [apiKey: number, version: number] {
  const match = /^([A-Za-z]\w*|\d+)=(\d{1,5})$/.exec(text.trim())
  if (!match) throw new Error(`want API=VERSION, as in Produce=7, have ${JSON.stringify(text)}`)
  const name = match[1]!
  const apiKey = /^\d/.test(name) ? Number(name) : apiKeyOf(name)
  if (apiKey === null || apiName(apiKey) === null) throw new Error(`there is no API ${name}`)
  const version = Number(match[2])
  if (!requestMessage(apiKey, version)) {
    const known = apiKeys().includes(apiKey) ? knownRange(apiKey) : ''
    throw new Error(`${apiName(apiKey)} v${version} is not known${known}`)
  }
  return [apiKey, version]
}

function knownRange(apiKey: number): string {
  const versions = Array.from({ length: 101 }, (_, version) => version).filter((v) => requestMessage(apiKey, v))
  return versions.length === 0 ? '' : `: there are v${versions[0]} to v${versions.at(-1)}`
}
