/**
 * The Java client, kafka-clients 3.9 and 4.x: the generated readers (MessageDataGenerator, ByteBufferAccessor) throw
 * RuntimeException; a ByteBuffer that ends becomes a SchemaException in AbstractResponse.parseResponse, whose text goes on
 * with the client id, the correlation id and the header's version, which are left out.
 */
import { apiName } from '../../codec/messages.ts'
import type { Answer, ClientModel } from './client.ts'
import { type GivesUp, type Habits, readAs } from './reading.ts'

const HABITS: Habits = {
  negativeLength: 'null',
  refusesNull: 'all',
  overruns: false,
  countsBytes: true,
  negativeCount: 'empty',
  flexible: true,
  readsTags: true,
  shortText: true,
}

/** `JOIN_GROUP`, as ApiKeys calls it. */
export const javaName = (api: string): string => api.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()

function sentence({ what, field, wanted, left }: GivesUp, { model }: Answer): string | null {
  switch (what) {
    case 'number':
    case 'varint':
      return `Buffer underflow while parsing response for request with header RequestHeader(apiKey=${javaName(apiName(model.apiKey!)!)}, apiVersion=${model.version}`
    case 'text':
    case 'bytes':
      return `Error reading byte array of ${wanted} byte(s): only ${left} byte(s) available`
    case 'count':
      return `Tried to allocate a collection of size ${wanted}, but there are only ${left} bytes remaining.`
    case 'null':
      return `non-nullable field ${field} was serialized as null`
    case 'long-text':
      return `string field ${field} had invalid length ${wanted}`
    case 'long-varint':
      return 'Varint is too long, the most significant bit in the 5th byte is set'
  }
}

export const java: ClientModel = {
  name: 'java',
  says(answer) {
    const end = readAs(HABITS, answer.model, answer.bytes, answer.origin, answer.start)
    // Records are taken as a slice of the buffer, which fails in words of java.nio.
    if (end === null || end === 'unknown' || (end.what === 'bytes' && end.field === 'records')) return null
    return sentence(end, answer)
  },
}
