import { type Sentence, SHORT_CODES } from './sentence.ts'

export const KAFKAJS: readonly Sentence[] = [
  {
    pattern:
      /(?:Response (\w+)\(key: \d+, version: (\d+)\)[\s\S]{0,300}?)?The value of "offset" is out of range\. It must be >= 0 and <= (\d+)\. Received (\d+)/,
    example:
      '[Consumer] Crash: RangeError: The value of "offset" is out of range. It must be >= 0 and <= 2. Received 4',
    codes: SHORT_CODES,
    groups: ['api', 'apiVersion', 'left', 'at'],
    means: ({ left, at }) =>
      `kafkajs wanted a number at ${at}, counted from behind the correlation id; the last place for one of that width is ${left}. It passes over strings that are too long without a word, so the fault may lie before.`,
  },
  {
    pattern: /Attempt to access memory outside buffer bounds/,
    example: 'RangeError [ERR_BUFFER_OUT_OF_BOUNDS]: Attempt to access memory outside buffer bounds',
    codes: SHORT_CODES,
    groups: [],
    means: 'kafkajs (or another reader in Node) wanted a number from an answer that has fewer bytes in all.',
  },
  {
    pattern: /(?:Trying|Attempt) to (?:access|write) (?:beyond buffer length|memory beyond)|Index out of range/,
    example: 'RangeError: Trying to access beyond buffer length',
    codes: SHORT_CODES,
    groups: [],
    means: 'As old releases of Node say it: a number was wanted beyond the last byte of an answer.',
  },
  {
    pattern: /Invalid array length/,
    example: '[Consumer] Crash: RangeError: Invalid array length',
    codes: ['body/negative-length', 'body/count', 'body/length'],
    groups: [],
    means: 'kafkajs read a count below -1: what stands there is none, or a length before it led it astray.',
  },
  {
    pattern: /cannot be converted to a BigInt because it is not an integer/,
    example: 'RangeError: The number NaN cannot be converted to a BigInt because it is not an integer',
    codes: SHORT_CODES,
    groups: [],
    means: 'kafkajs wanted an int64 beyond the last byte of an answer.',
  },
  {
    pattern: /Response without match/,
    example: '[RequestQueue] Response without match',
    codes: ['protocol/correlation'],
    groups: [],
    means:
      'An answer came whose correlation id no request has that waits; kafkajs drops it, and the request runs into its timeout.',
  },
  {
    pattern: /KafkaJSProtocolError: ([^"\n]*)/,
    example: 'KafkaJSProtocolError: This server does not host this topic-partition',
    codes: [],
    groups: ['claimed'],
    means: () =>
      'The answer could be read: the broker refused with an error code, of which this is the text. Its bytes are sound as far as the error code; look at what was asked.',
  },
  {
    pattern: /KafkaJSConnectionClosedError|Closed connection/,
    example: 'KafkaJSConnectionClosedError: Closed connection',
    codes: ['protocol/dropped-after-answer', 'protocol/advertised-refused', 'unknown/version', 'unknown/api'],
    groups: [],
    means:
      'The broker closed the connection, which right after a request is its way to refuse an API, a version or a malformed request.',
  },
]
