/**
 * What clients say of an answer that they cannot read, in their own words and with positions as they count them. Learned
 * from the clients at work (`docs/CLIENTS.md` says which); only where the words are known for certain. A client that never
 * uses the version, or that reads the answer in spite of all, is left out.
 */
import type { DecodedFrame } from '../codec/frame.ts'
import { responseHeaderVersion } from '../codec/messages.ts'
import type { Model } from '../schema/model.ts'
import { aiokafka } from './clients/aiokafka.ts'
import type { Answer, ClientModel } from './clients/client.ts'
import { franzGo } from './clients/franz-go.ts'
import { java } from './clients/java.ts'
import { kafkaPython } from './clients/kafka-python.ts'
import { kafkajs } from './clients/kafkajs.ts'
import { librdkafka } from './clients/librdkafka.ts'

const CLIENTS: readonly ClientModel[] = [librdkafka, java, kafkajs, kafkaPython, aiokafka, franzGo]

/** Clients' own buffers begin after the correlation id. */
const AFTER_CORRELATION_ID = 8

/** Answers larger than this many bytes are not read six times over. */
const MAX_READ = 1024 * 1024

/** Words by client, or null where none is known to say anything. */
export function clientWords(answer: Answer): Readonly<Record<string, string>> | null {
  if (answer.bytes.length > MAX_READ || answer.model.apiKey === null) return null
  const words: Record<string, string> = {}
  for (const client of CLIENTS) {
    const says = client.says(answer)
    if (says !== null) words[client.name] = says
  }
  return Object.keys(words).length > 0 ? words : null
}

/** Null for what is no answer, or where its body was not reached. */
export const answerOf = ({ kind, bytes, table, bodyLine, message }: DecodedFrame): Answer | null =>
  kind === 'response' && message && bodyLine >= 0
    ? { model: message.model, bytes, start: table.offset(bodyLine), origin: AFTER_CORRELATION_ID }
    : null

/** A body alone is taken to have stood behind a header without tags. */
export const answerOfBody = (model: Model, bytes: Uint8Array): Answer | null =>
  model.kind === 'response' && model.apiKey !== null
    ? { model, bytes, start: 0, origin: -responseHeaderVersion(model.apiKey, model.version) }
    : null
