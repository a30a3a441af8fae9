import { type Sentence, SHORT_CODES, SIZE_CODES, sizeBytes } from './sentence.ts'

export const KAFKA_PYTHON: readonly Sentence[] = [
  {
    pattern: /Unable to decode (?:response|\d+-byte buffer)/,
    example: 'Connection lost: KafkaProtocolError: Unable to decode response',
    codes: SHORT_CODES,
    groups: [],
    means:
      'kafka-python wanted numbers beyond the last byte of an answer. A line of kafka.protocol.parser before it names the request and holds the bytes: kafkascope decode reads them.',
  },
  {
    pattern:
      /unpack_from requires a buffer of at least \d+ bytes for unpacking (\d+) bytes at offset (\d+) \(actual buffer size is (\d+)\)/,
    example:
      'struct.error: unpack_from requires a buffer of at least 10 bytes for unpacking 10 bytes at offset 0 (actual buffer size is 4)',
    codes: SHORT_CODES,
    groups: ['wanted', 'at', 'size'],
    means: ({ wanted, at, size }) =>
      `kafka-python wanted ${wanted} bytes of numbers at ${at} of an answer whose body has ${size}.`,
  },
  {
    pattern: /index out of bounds on dimension 1/,
    example: 'IndexError: index out of bounds on dimension 1',
    codes: SHORT_CODES,
    groups: [],
    means:
      'kafka-python wanted a byte (of a varint, mostly) beyond the end of an answer; it does not catch this, and goes on without an answer.',
  },
  {
    pattern: /Correlation IDs do not match: sent (-?\d+), recv (-?\d+)/,
    example: 'CorrelationIdError: Correlation IDs do not match: sent 2, recv 3',
    codes: ['protocol/correlation'],
    groups: ['actual', 'claimed'],
    means: ({ claimed, actual }) => `An answer came with correlation id ${claimed} where ${actual} was due.`,
  },
  {
    pattern: /Invalid frame length: (-?\d+)/,
    example: 'InvalidReceiveError: Invalid frame length: 1213486160',
    codes: SIZE_CODES,
    groups: ['claimed'],
    means: ({ claimed }) => `kafka-python read ${claimed} as the size of a frame. ${sizeBytes(claimed)}`.trim(),
  },
  {
    pattern: /failed crc check/,
    example:
      "CorruptRecordError: Record batch for partition TopicPartition(topic='orders', partition=0) at offset 0 failed crc check",
    codes: ['records/batch-crc'],
    groups: [],
    means: 'A record batch was fetched whose CRC does not match its bytes.',
  },
  {
    pattern: /Socket EOF|socket disconnected/,
    example: 'KafkaConnectionError: socket disconnected',
    codes: ['protocol/dropped-after-answer', 'protocol/advertised-refused', 'unknown/version', 'unknown/api'],
    groups: [],
    means:
      'The broker closed the connection, which right after a request is its way to refuse an API, a version or a malformed request.',
  },
]
