/**
 * What a bug is called on the command line: `NAME[:Api[:version]][:field.path]`. The version is one (`5`) or a range
 * (`0-5`); the path is as in `places.ts`. What is left out is the bug's usual.
 */

import { apiHeader, apiKeyOf, apiName, messageHeader, responseMessage } from '../codec/messages.ts'
import { withoutIndexes } from '../codec/paths.ts'
import { parseVersions, printVersions } from '../schema/versions.ts'
import type { Bug } from './bug.ts'
import { COORDINATION_BUGS, type CoordinationBug } from './coordination.ts'
import { BUGS } from './kinds/index.ts'

export interface AnswerSpec {
  readonly bug: Bug
  readonly apiKey: number
  readonly versions: { readonly low: number; readonly high: number }
  readonly path: string | null
}

export type BugSpec = AnswerSpec | { readonly coordination: CoordinationBug }

const VERSIONS = /^\d+(?:-\d+|\+)?$/

/** Throws an Error whose message says, to people, what is wrong with the text. */
export function parseBug(text: string): BugSpec {
  const [name = '', ...rest] = text.split(':')
  const coordination = COORDINATION_BUGS.find((bug) => bug.name === name)
  if (coordination) {
    if (rest.length > 0) throw new Error(`${name} is a bug of the coordinator and takes neither API nor path`)
    return { coordination }
  }
  const bug = BUGS.find((each) => each.name === name)
  if (!bug) throw new Error(`no bug is called ${JSON.stringify(name)}; --bug list says which there are`)
  const api = rest[0] !== undefined && apiKeyOf(rest[0]) !== null ? rest.shift()! : null
  const apiKey = apiKeyOf(api ?? bug.usual.api)!
  const versions = rest[0] !== undefined && VERSIONS.test(rest[0]) ? parseVersions(rest.shift()!) : null
  const path = rest.shift() ?? null
  if (rest.length > 0) throw new Error(`${text}: want NAME:Api:version:field.path`)
  const usual = api === null && bug.usual.versions
  const spec: AnswerSpec = {
    bug,
    apiKey,
    versions: versions ?? (usual ? { low: usual[0], high: usual[1] } : apiHeader(apiKey)!.versions),
    path,
  }
  check(spec, text)
  return spec
}

/** Refuses what could never be planted: a path that no version has, a bug that its versions can't have. */
function check({ bug, apiKey, versions, path }: AnswerSpec, text: string): void {
  const name = apiName(apiKey)!
  if (path !== null && !bug.takesPath) {
    const hint = path.includes('.') || path.includes('[') ? '' : `, and no API is called ${JSON.stringify(path)}`
    throw new Error(`${text}: ${bug.name} takes no field path${hint}`)
  }
  const known = messageHeader(`${name}Response`)?.versions ?? apiHeader(apiKey)!.versions
  const models = []
  for (let version = versions.low; version <= Math.min(versions.high, known.high); version++) {
    const message = responseMessage(apiKey, version)
    if (message) models.push(message.model)
  }
  if (models.length === 0) throw new Error(`${text}: ${name} has the versions ${printVersions(known)}`)
  const refusals = models.map((model) => bug.refuses?.(model) ?? null)
  if (!refusals.includes(null)) throw new Error(`${text}: ${refusals.at(-1)}`)
  const wanted = path === null || path === '*' ? null : withoutIndexes(path)
  if (wanted !== null && !models.some((model) => hasPath(model.fields, wanted.split('.')))) {
    throw new Error(`${text}: ${name} has no field ${JSON.stringify(path)}; schema show ${name} shows them`)
  }
}

type Fields = readonly { readonly name: string; readonly fields: Fields }[]

function hasPath(fields: Fields, [name, ...rest]: readonly string[]): boolean {
  if (name === '_tags') return rest.length === 0
  const field = fields.find((each) => each.name === name)
  return field !== undefined && (rest.length === 0 || hasPath(field.fields, rest))
}

/** `shared-error-body in JoinGroup v5 answers`, for people. */
export function describeBug(spec: BugSpec): string {
  if ('coordination' in spec) return `${spec.coordination.name}: ${spec.coordination.does}`
  const { bug, apiKey, versions, path } = spec
  const all = apiHeader(apiKey)!.versions
  const which = versions.low <= all.low && versions.high >= all.high ? '' : ` v${printVersions(versions)}`
  return `${bug.name} in ${apiName(apiKey)}${which} answers${path === null ? '' : ` (${path})`}: ${bug.does}`
}

/** The lines of `--bug list`: name, what it does, the cause it plants, where by default. */
export function listBugs(): string[] {
  const width = Math.max(...BUGS.map(({ name }) => name.length)) + 2
  const line = (name: string, text: string): string => `${name.padEnd(width)}${text}`
  const answers = BUGS.map(({ name, does, cause, usual }) => {
    const where = usual.versions
      ? `${usual.api}:${printVersions({ low: usual.versions[0], high: usual.versions[1] })}`
      : usual.api
    return line(name, `${does} [${cause ?? 'no cause'}; ${where}]`)
  })
  const coordination = COORDINATION_BUGS.map(({ name, does }) => line(name, `${does} [broker only]`))
  return [...answers, ...coordination]
}
