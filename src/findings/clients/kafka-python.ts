/**
 * kafka-python 3: decoders are generated, and read runs of numbers with one struct.unpack_from. Where that fails the connection
 * is aborted; where a varint or a string ends it, an IndexError ends the task instead, in words that say nothing of it.
 */
import type { ClientModel } from './client.ts'
import { type Habits, readAs } from './reading.ts'

const HABITS: Habits = {
  negativeLength: 'unknown',
  refusesNull: 'nothing',
  overruns: true,
  countsBytes: false,
  negativeCount: 'empty',
  flexible: true,
  readsTags: true,
  shortText: false,
}

export const kafkaPython: ClientModel = {
  name: 'kafka-python',
  says({ model, bytes, origin, start }) {
    const end = readAs(HABITS, model, bytes, origin, start)
    return end !== null && end !== 'unknown' && end.what === 'number'
      ? 'KafkaProtocolError: Unable to decode response'
      : null
  },
}
