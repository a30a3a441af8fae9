/**
 * What clients say of an answer that they cannot read, in their own words and with positions as they count them. Learned
 * from the clients at work; only where the words are known for certain.
 */

import type { DecodedFrame } from '../codec/frame.ts'
import { apiName, responseHeaderVersion } from '../codec/messages.ts'
import type { Flaw } from '../codec/run.ts'
import type { Model } from '../schema/model.ts'

/** librdkafka's buffer of an answer begins after the correlation id. */
const AFTER_CORRELATION_ID = 8

/** APIs whose answers librdkafka reads field by field; of others it never sees one. */
const LIBRDKAFKA = new Set([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20, 22, 23, 24, 25, 26, 28, 36])

/**
 * librdkafka's PROTOUFLOW line, seen with 2.0.2 and 2.16.0: `at` is how far it had read, of how many bytes. The function
 * and line that it adds in brackets differ from release to release and are left out.
 */
export function clientWords(answer: Answer, flaw: Flaw): Readonly<Record<string, string>> | null {
  const { apiKey, apiVersion, size } = answer
  const runsOut = flaw.code === 'underflow' || flaw.code === 'length'
  if (!runsOut || apiKey === null || !LIBRDKAFKA.has(apiKey)) return null
  const what = `${apiName(apiKey)} v${apiVersion} at ${size - flaw.had}/${size}`
  return {
    librdkafka: `Protocol read buffer underflow for ${what}: expected ${flaw.wanted} bytes > ${flaw.had} remaining bytes`,
  }
}

/** An answer as librdkafka's buffer holds it: `size` bytes after the correlation id. */
export interface Answer {
  readonly apiKey: number | null
  readonly apiVersion: number
  readonly size: number
}

export const answerOf = (frame: DecodedFrame): Answer | null =>
  frame.kind === 'response'
    ? { apiKey: frame.apiKey, apiVersion: frame.apiVersion, size: frame.bytes.length - AFTER_CORRELATION_ID }
    : null

/** A body alone is taken to have stood behind a header without tags. */
export const answerOfBody = (model: Model, size: number): Answer | null =>
  model.kind === 'response' && model.apiKey !== null
    ? {
        apiKey: model.apiKey,
        apiVersion: model.version,
        size: size + responseHeaderVersion(model.apiKey, model.version),
      }
    : null
