/** Which message a command or a line of JSON means. */

import { similarTo } from '../bytes/similar.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { printJson } from '../codec/json-text.ts'
import { apiKeyOf, apiName, messageByName, messageHeader, messageHeaders, messageTable } from '../codec/messages.ts'
import { knownVersions } from '../schema/concretise.ts'

/** What was given can't be worked with: a line for people. In `--jsonl` it is an answer, else exit status 2. */
export class InputError extends Error {}

/**
 * The schema's name for what was given: the name itself, or that of an API (`JoinGroup`, 11) where `kind` says which of
 * its two messages. Throws InputError.
 */
export function schemaName(name: string | number, kind?: string): string {
  const header = typeof name === 'string' ? messageHeader(name) : null
  if (header) {
    const other = (kind === 'request' || kind === 'response') && kind !== header.kind
    if (other) throw new InputError(`${header.name} is no ${kind}`)
    return header.name
  }
  const key = /^\d+$/.test(String(name)) ? Number(name) : apiKeyOf(String(name))
  const api = key === null ? null : apiName(key)
  if (api === null) throw new InputError(unknownName(name))
  if (kind === 'request') return `${api}Request`
  if (kind === 'response') return `${api}Response`
  throw new InputError(`${api} has two messages: want kind "request" or "response"`)
}

/** `no API or message is called "JoinGruop"; did you mean JoinGroup?` */
export function unknownName(name: string | number): string {
  const said = `no API or message is called ${printJson(name)}`
  const known = messageHeaders().map((header) => header.name)
  const apis = messageHeaders('request').map((header) => header.name.replace(/Request$/, ''))
  const near = typeof name === 'string' ? similarTo(name, [...apis, ...known]) : null
  return near === null ? said : `${said}; did you mean ${near}?`
}

/** A message at a version. Throws InputError where the name or the version is unknown. */
export function messageFor(name: string | number, version: number, kind?: string): CompiledMessage {
  const schema = schemaName(name, kind)
  const message = messageByName(schema, version)
  if (message) return message
  throw new InputError(
    `${schema} has no version ${version}; known are ${knownVersions(messageTable(schema)!).join(', ')}`,
  )
}
