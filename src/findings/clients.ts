/**
 * What clients say of an answer that they cannot read, in their own words and with positions as they count them. Learned
 * from the clients at work; only where the words are known for certain.
 */

import type { DecodedFrame } from '../codec/frame.ts'
import { apiName } from '../codec/messages.ts'
import type { Flaw } from '../codec/run.ts'

/** librdkafka's buffer of an answer begins after the correlation id. */
const AFTER_CORRELATION_ID = 8

/** APIs whose answers librdkafka reads field by field; of others it never sees one. */
const LIBRDKAFKA = new Set([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20, 22, 23, 24, 25, 26, 28, 36])

/**
 * librdkafka's PROTOUFLOW line, seen with 2.0.2 and 2.16.0: `at` is how far it had read, of how many bytes. The function
 * and line that it adds in brackets differ from release to release and are left out.
 */
export function clientWords(frame: DecodedFrame, flaw: Flaw): Readonly<Record<string, string>> | null {
  const runsOut = flaw.code === 'underflow' || flaw.code === 'length'
  if (frame.kind !== 'response' || !runsOut || !LIBRDKAFKA.has(frame.apiKey)) return null
  const size = frame.bytes.length - AFTER_CORRELATION_ID
  const at = size - flaw.had
  const what = `${apiName(frame.apiKey)} v${frame.apiVersion} at ${at}/${size}`
  return {
    librdkafka: `Protocol read buffer underflow for ${what}: expected ${flaw.wanted} bytes > ${flaw.had} remaining bytes`,
  }
}
