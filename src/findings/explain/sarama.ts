/** IBM (before, Shopify) Sarama, as its sources have them: it was not tried against planted bugs. */
import { type Sentence, SHORT_CODES, SIZE_CODES, sizeBytes } from './sentence.ts'

export const SARAMA: readonly Sentence[] = [
  {
    pattern: /kafka: insufficient data to decode packet/,
    example: 'kafka: insufficient data to decode packet, more bytes expected',
    codes: SHORT_CODES,
    groups: [],
    means: 'Sarama wanted more bytes of an answer than there are; it does not say of which field.',
  },
  {
    pattern: /kafka: error decoding packet: invalid (array|byteslice|string|subset|map)\w* (?:length|size)/,
    example: 'kafka: error decoding packet: invalid array length',
    codes: ['body/count', 'body/negative-length', 'body/length'],
    groups: ['field'],
    means: ({ field }) =>
      `Sarama read a length or count of a ${field} that can not be: it is wrong, or what stands there is none.`,
  },
  {
    pattern: /kafka: error decoding packet: invalid length \(length=(-?\d+)\)/,
    example: 'kafka: error decoding packet: invalid length (length=9)',
    codes: ['body/trailing', 'body/underflow'],
    groups: ['left'],
    means:
      'Bytes were left over after the last field of an answer: Sarama takes none. They follow its end, or something before them is missing.',
  },
  {
    pattern: /message of length (-?\d+) too large or too small/,
    example: 'kafka: error decoding packet: message of length 1213486160 too large or too small',
    codes: SIZE_CODES,
    groups: ['claimed'],
    means: ({ claimed }) => `Sarama read ${claimed} as the size of a frame. ${sizeBytes(claimed)}`.trim(),
  },
  {
    pattern: /correlation ID didn't match, wanted (-?\d+), got (-?\d+)/,
    example: "kafka: error decoding packet: correlation ID didn't match, wanted 5, got 6",
    codes: ['protocol/correlation'],
    groups: ['actual', 'claimed'],
    means: ({ claimed, actual }) => `An answer came with correlation id ${claimed} where ${actual} was due.`,
  },
  {
    pattern: /CRC didn't match expected 0x([0-9a-f]+) got 0x([0-9a-f]+)/,
    example: "kafka: error decoding packet: CRC didn't match expected 0x1c62625e got 0x9f536534",
    codes: ['records/batch-crc'],
    groups: ['claimed', 'actual'],
    means: 'A record batch was fetched whose CRC does not match its bytes.',
  },
]
