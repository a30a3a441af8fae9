/** What the errors of clients mean: every sentence that is known, and what of them is in a text. */
import { AIOKAFKA } from './aiokafka.ts'
import { FRANZ_GO } from './franz-go.ts'
import { JAVA } from './java.ts'
import { KAFKA_PYTHON } from './kafka-python.ts'
import { KAFKAJS } from './kafkajs.ts'
import { LIBRDKAFKA } from './librdkafka.ts'
import { SARAMA } from './sarama.ts'
import { type Explained, explainBy, type Sentence } from './sentence.ts'

/** By client, as under `clients` in a finding. */
export const SENTENCES: readonly (readonly [client: string, sentences: readonly Sentence[]])[] = [
  ['librdkafka', LIBRDKAFKA],
  ['java', JAVA],
  ['kafkajs', KAFKAJS],
  ['kafka-python', KAFKA_PYTHON],
  ['aiokafka', AIOKAFKA],
  ['franz-go', FRANZ_GO],
  ['sarama', SARAMA],
]

/** A client's whole log is no error: what follows is not looked at. */
const MAX_TEXT = 64 * 1024

/** Without what logs add inside sentences: kafkajs's JSON escapes. */
export const plainText = (text: string): string => text.slice(0, MAX_TEXT).replaceAll('\\"', '"')

/** All sentences that a text holds, the most telling (those with most numbers) first; empty where none is known. */
export function explain(text: string): Explained[] {
  const plain = plainText(text)
  const found = SENTENCES.flatMap(([client, sentences]) =>
    sentences.flatMap((sentence) => explainBy(client, sentence, plain) ?? []),
  )
  const weight = ({ facts }: Explained): number => Object.keys(facts).length
  found.sort((a, b) => weight(b) - weight(a))
  // One that says nothing more of the same is the tail of a longer message.
  return found.filter((each, i) => weight(each) > 0 || !found.slice(0, i).some((other) => coversSame(other, each)))
}

const coversSame = (a: Explained, b: Explained): boolean => a.client === b.client && a.codes[0] === b.codes[0]
