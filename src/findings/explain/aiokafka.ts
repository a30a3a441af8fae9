import { type Sentence, SHORT_CODES, SIZE_CODES } from './sentence.ts'

export const AIOKAFKA: readonly Sentence[] = [
  {
    pattern: /unpack requires a buffer of (\d+) bytes?/,
    example:
      "ValueError: Error encountered when attempting to convert value: b'' to struct format: '...', hit error: unpack requires a buffer of 2 bytes",
    codes: SHORT_CODES,
    groups: ['wanted'],
    means: ({ wanted }) =>
      `aiokafka (or kafka-python 2) wanted a number of ${wanted} bytes beyond the last byte of an answer.`,
  },
  {
    pattern: /Buffer underrun decoding (\w+)/,
    example: 'ValueError: Buffer underrun decoding string',
    codes: ['body/length', 'body/underflow'],
    groups: ['field'],
    means:
      'aiokafka (or kafka-python 2) read a length that is more than is left of the answer: it is wrong, or what stands there is none.',
  },
  {
    pattern: /Correlation ids do not match: sent (-?\d+), recv (-?\d+)/,
    example: 'CorrelationIdError: Correlation ids do not match: sent 2, recv 3',
    codes: ['protocol/correlation'],
    groups: ['actual', 'claimed'],
    means: ({ claimed, actual }) => `An answer came with correlation id ${claimed} where ${actual} was due.`,
  },
  {
    pattern: /readexactly size can not be less than zero/,
    example: 'ValueError: readexactly size can not be less than zero',
    codes: SIZE_CODES,
    groups: [],
    means: 'aiokafka read a size of a frame below zero: the framing is lost, or that end is no Kafka broker.',
  },
  {
    pattern: /Invalid CRC - TopicPartition/,
    example: "CorruptRecordException: Invalid CRC - TopicPartition(topic='orders', partition=1)",
    codes: ['records/batch-crc'],
    groups: [],
    means: 'A record batch was fetched whose CRC does not match its bytes.',
  },
]
