/** What the words around a dump say of it: which API, version, correlation id, request or response. They may be wrong. */
import { apiKeyOf, apiKeys, apiName } from '../codec/messages.ts'
import type { Hints } from '../findings/guess.ts'

/** `JoinGroup` as programs write it: `joinGroup`, `JOIN_GROUP`, `join-group`; the longer names first. */
const NAMES = apiKeys()
  .map((key) => apiName(key)!)
  .sort((a, b) => b.length - a.length)
const SPELLED = NAMES.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '[_ -]?'))
const API = new RegExp(`(?<![a-z])(${SPELLED.join('|')})(?=s?(?:[_ -]?(?:request|response))?(?![a-z]))`, 'gi')
const API_KEY = /\bapi[_ ]?key["']?\s*[=:( ]\s*(\d{1,4})\b/gi
const VERSION = /\bv(\d{1,2})\b|version["']?\s*[=:( ]\s*(\d{1,2})\b/gi
const CORRELATION = /\bcorr(?:elation)?[_ -]?id["']?\s*[=:( ]\s*(-?\d{1,10})\b/gi
const KIND = /(response|reply|answer)|(request)/gi

/** Characters of a line that are looked at: those before a dump say what it is. */
const MAX_WORDS = 2000

/** `text`: what stands near the dump, what is nearest last. */
export function hintsIn(text: string): Hints {
  const near = text.slice(-MAX_WORDS)
  const names = [...near.matchAll(API)].map((match) => apiKeyOf(match[1]!.replace(/[_ -]/g, '')))
  const numbers = [...near.matchAll(API_KEY)].map((match) => Number(match[1]))
  const keys = [...names, ...numbers].filter((key): key is number => key !== null && apiName(key) !== null)
  const kind = [...near.matchAll(KIND)].at(-1)
  return {
    apiKeys: [...new Set(keys)],
    versions: [...new Set([...near.matchAll(VERSION)].map((match) => Number(match[1] ?? match[2])))],
    correlationIds: [...new Set([...near.matchAll(CORRELATION)].map((match) => Number(match[1])))],
    kind: kind ? (kind[1] ? 'response' : 'request') : undefined,
  }
}

/** What the dump's own line says; of APIs and kind, where it says nothing, the lines before it. */
export function hintsAround(own: string, before: string): Hints {
  const near = hintsIn(own)
  if ((near.apiKeys?.length ?? 0) > 0) return near
  const far = hintsIn(before)
  return {
    apiKeys: far.apiKeys ?? [],
    versions: near.versions?.length ? near.versions : (far.versions ?? []),
    correlationIds: near.correlationIds?.length ? near.correlationIds : (far.correlationIds ?? []),
    kind: near.kind ?? far.kind,
  }
}
