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

type Words = Required<Pick<Hints, 'apiKeys' | 'versions' | 'correlationIds'>> & Pick<Hints, 'kind'>

/** `text`: what stands near the dump, what is nearest last. */
export function hintsIn(text: string): Words {
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
