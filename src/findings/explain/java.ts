/** The Java client (and Kafka Streams, Connect, brokers among themselves). */
import { type Sentence, SHORT_CODES, SIZE_CODES, sizeBytes } from './sentence.ts'

export const JAVA: readonly Sentence[] = [
  {
    pattern:
      /Buffer underflow while parsing response for request with header RequestHeader\(apiKey=(\w+), apiVersion=(\d+)(?:, clientId=[^,]{0,300}, correlationId=(-?\d+))?/,
    example:
      'SchemaException: Buffer underflow while parsing response for request with header RequestHeader(apiKey=JOIN_GROUP, apiVersion=9, clientId=consumer-g-1, correlationId=5, headerVersion=2)',
    codes: SHORT_CODES,
    groups: ['api', 'apiVersion', 'correlationId'],
    means: ({ api, apiVersion }) =>
      `The Java client read a ${api} v${apiVersion} answer and wanted a number beyond its last byte. The request's header is named; the place in the answer is not.`,
  },
  {
    pattern: /Error reading byte array of (\d+) byte\(s\): only (\d+) byte\(s\) available/,
    example: 'Error reading byte array of 30000 byte(s): only 53 byte(s) available',
    codes: ['body/length', 'body/underflow'],
    groups: ['claimed', 'left'],
    means: ({ claimed, left }) =>
      `The Java client read ${claimed} as the length of a string or bytes, with ${left} bytes left in the message: the length is wrong, or what stands there is none because something before it is missing or too wide.`,
  },
  {
    pattern: /Tried to allocate a collection of size (\d+), but there are only (\d+) bytes remaining/,
    example: 'Tried to allocate a collection of size 2000000000, but there are only 161 bytes remaining.',
    codes: ['body/count', 'body/underflow'],
    groups: ['claimed', 'left'],
    means: ({ claimed, left }) =>
      `The Java client read ${claimed} as the count of an array, with ${left} bytes left in the message: the count is wrong, or what stands there is none.`,
  },
  {
    pattern: /non-nullable field (\w+) was serialized as null/,
    example: 'non-nullable field leader was serialized as null',
    codes: ['body/null', 'body/underflow', 'body/length'],
    groups: ['field'],
    means: ({ field }) =>
      `The Java client read a null (or a negative length) as ${field}, which this version does not allow. In a flexible version a zero byte is a null, so what was read may be something else: a tag buffer, a number.`,
  },
  {
    pattern: /string field (\w+) had invalid length (-?\d+)/,
    example: 'string field name had invalid length 40000',
    codes: ['body/string-size', 'body/length'],
    groups: ['field', 'claimed'],
    means: ({ field, claimed }) =>
      `The Java client read ${claimed} as the length of ${field}; strings have 32767 bytes at most.`,
  },
  {
    pattern: /Error reading (?:array of size|string of length|bytes of size) (-?\d+), only (\d+) bytes available/,
    example: "Error reading field 'topics': Error reading array of size 774778414, only 45 bytes available",
    codes: ['body/count', 'body/length', 'body/underflow'],
    groups: ['claimed', 'left'],
    means: ({ claimed, left }) =>
      `The Java client read ${claimed} as a length or count with ${left} bytes left: it is wrong, or what stands there is none. (Clients before 2.4 say so of all messages, later ones of what is inside bytes.)`,
  },
  {
    pattern: /Error reading field '([\w.-]+)'/,
    example: "SchemaException: Error reading field 'correlation_id': java.nio.BufferUnderflowException",
    codes: SHORT_CODES,
    groups: ['field'],
    means: ({ field }) =>
      `A client before 2.4, or a nested message, ended at ${field}: what comes after the colon says how. Fields before it were read, whatever they hold.`,
  },
  {
    pattern: /Correlation id for response \((-?\d+)\) does not match request \((-?\d+)\)/,
    example:
      'Correlation id for response (6) does not match request (5), request header: RequestHeader(apiKey=JOIN_GROUP',
    codes: ['protocol/correlation'],
    groups: ['claimed', 'actual'],
    means: ({ claimed, actual }) =>
      `An answer came with correlation id ${claimed} where ${actual} was due: the broker answers out of order, did not copy the id, or sent an answer more or less than it was asked for (to Produce with acks=0, say).`,
  },
  {
    pattern: /Invalid receive \(size = (-?\d+)/,
    example: 'InvalidReceiveException: Invalid receive (size = 1213486160 larger than 104857600)',
    codes: SIZE_CODES,
    groups: ['claimed'],
    means: ({ claimed }) =>
      `${claimed} was read as the size of a frame. "larger than" is said by brokers, of requests (socket.request.max.bytes). ${sizeBytes(claimed)}`.trim(),
  },
  {
    pattern: /Record is corrupt \(stored crc = (\d+), computed crc = (\d+)/,
    example:
      'Record batch for partition orders-1 at offset 0 is invalid, cause: Record is corrupt (stored crc = 2224984459, computed crc = 2224984458)',
    codes: ['records/batch-crc'],
    groups: ['claimed', 'actual'],
    means:
      'A record batch was fetched whose CRC does not match its bytes: it was changed after it was made, or its encoder computed another sum.',
  },
  {
    pattern: /Varint is too long/,
    example: 'Varint is too long, the most significant bit in the 5th byte is set, converted value: ffffffff',
    codes: ['body/varint', 'body/utf8', 'header/varint'],
    groups: [],
    means:
      'A compact length, count or tag went on for more than five bytes: what was read is not one. Mostly a classic length in a flexible version, or a header of the other version.',
  },
  {
    pattern: /java\.nio\.BufferUnderflowException/,
    example: 'Caused by: java.nio.BufferUnderflowException',
    codes: SHORT_CODES,
    groups: [],
    means: 'A number was wanted beyond the last byte of a message. The exception around it says of which.',
  },
]
