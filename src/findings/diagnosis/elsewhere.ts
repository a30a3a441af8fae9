/** Readings as something else: another version of the message, another API, a body that several APIs share. */

import { isKnownError } from '../../../dissectors/errors.ts'
import { i16, i32 } from '../../bytes/read.ts'
import {
  apiKeys,
  apiName,
  messageByName,
  messageHeader,
  requestMessage,
  responseMessage,
} from '../../codec/messages.ts'
import { knownVersions } from '../../schema/concretise.ts'
import type { Model } from '../../schema/model.ts'
import type { Candidate } from './candidate.ts'
import { planOf } from './plan.ts'
import type { Reading } from './reading.ts'
import { AS_IS } from './twist.ts'
import { FieldLog } from './work.ts'

export interface Body {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** The body of another version of the same message. */
export function otherVersions(model: Model, body: Body, reading: Reading, bound: number): Candidate[] {
  const header = messageHeader(model.name)
  if (!header) return []
  const versions = knownVersions(header).filter((version) => version !== model.version)
  // The nearest first: where several read alike, the nearest is named.
  versions.sort((a, b) => Math.abs(a - model.version) - Math.abs(b - model.version))
  const candidates: Candidate[] = []
  let least = bound
  for (const version of versions) {
    if (reading.work.isDone) break
    const message = messageByName(model.name, version)!
    const distance = Math.abs(version - model.version)
    const twist = { ...AS_IS, bits: 7 + 1.5 * Math.log2(distance) + (distance === 1 ? 0 : 2) }
    const sound =
      reading.read(planOf(message.model), body.bytes, body.start, body.end, twist, least) && reading.faults.length === 0
    if (!sound || reading.bits >= least + 3) continue
    const { bits } = reading
    const place = divergence(reading, model, message.model, body)
    // Read alike in both versions: then the version is not what is wrong.
    if (!place) continue
    least = Math.min(least, bits)
    candidates.push({
      cause: 'other-version',
      bits,
      ...place,
      message: `this is the body of ${model.name} v${version}`,
      evidence: { actualVersion: version },
    })
  }
  return candidates
}

/** Fields of two versions that are held against each other. */
const COMPARED = 2000

/**
 * Where a body of one version first reads otherwise than the version it is sent as; null where it does not. Where all
 * fields that are compared read alike, the last of them.
 */
function divergence(
  reading: Reading,
  claimed: Model,
  actual: Model,
  { bytes, start, end }: Body,
): { path: string; offset: number } | null {
  const fields = (model: Model): FieldLog => {
    const log = new FieldLog(COMPARED)
    reading.log = log
    reading.read(planOf(model), bytes, start, end, AS_IS)
    reading.log = null
    return log
  }
  const [have, want] = [fields(actual), fields(claimed)]
  const first = have.entries.find(({ path, offset, type }, i) => {
    const twin = want.entries[i]
    return twin?.path !== path || twin.offset !== offset || twin.type !== type
  })
  const line = first ?? (have.isFull ? have.entries.at(-1) : undefined)
  return line ? { path: line.path, offset: line.offset } : null
}

/** The body of another API's message. */
export function otherApis(model: Model, body: Body, reading: Reading, bound: number): Candidate[] {
  const candidates: Candidate[] = []
  for (const key of apiKeys()) {
    if (key === model.apiKey) continue
    const found = model.kind === 'request' ? requestMessage : responseMessage
    const header = messageHeader(`${apiName(key)}${model.kind === 'request' ? 'Request' : 'Response'}`)
    for (const version of header ? knownVersions(header) : []) {
      if (reading.work.isDone) break
      const message = found(key, version)!
      const plan = planOf(message.model)
      if (!reading.read(plan, body.bytes, body.start, body.end, { ...AS_IS, bits: 24 }, bound)) continue
      if (reading.faults.length > 0) continue
      candidates.push({
        cause: 'other-api',
        bits: reading.bits,
        path: '',
        offset: body.start,
        message: `this is the body of ${message.model.name} v${version}`,
        evidence: { actualApi: apiName(key)!, actualVersion: version },
      })
    }
  }
  return candidates.sort((a, b) => a.bits - b.bits).slice(0, 3)
}

/**
 * An answer that is nothing but an error code, of two bytes or four: what a broker writes that has one error answer for all
 * APIs.
 */
export function sharedError(model: Model, { bytes, start, end }: Body): Candidate[] {
  const size = end - start
  if (model.kind !== 'response' || (size !== 2 && size !== 4)) return []
  const code = size === 2 ? i16(bytes, start) : i32(bytes, start)
  return [
    {
      cause: 'other-api',
      bits: sharedErrorBits(code, size),
      path: '',
      offset: start,
      message: `the whole body is ${size === 2 ? 'a two-byte' : 'a four-byte'} error answer shared by APIs, not a ${model.name} of any version`,
      evidence: { actualApi: 'shared error answer' },
    },
  ]
}

/**
 * Four zero bytes are what such a broker has been seen to write. Two of them are more often the first half of a throttle
 * time, and what is no error code is the beginning of something else.
 */
function sharedErrorBits(code: number, size: number): number {
  if (code === 0) return size === 4 ? 0.5 : 20
  if (!isKnownError(code)) return 8 * size + 12
  return size === 2 ? 6 : 16
}
