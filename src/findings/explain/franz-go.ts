import { type Sentence, SHORT_CODES, SIZE_CODES, sizeBytes } from './sentence.ts'

export const FRANZ_GO: readonly Sentence[] = [
  {
    pattern: /response did not contain enough data to be valid/,
    example: 'unable to join group session: response did not contain enough data to be valid',
    codes: [...SHORT_CODES, 'body/null', 'body/negative-length'],
    groups: [],
    means:
      'franz-go read an answer in which a number, a length or a count wants more bytes than there are (kbin.ErrNotEnoughData); it does not say of which field.',
  },
  {
    pattern: /correlation ID mismatch/,
    example: 'read from broker errored, killing connection; err: correlation ID mismatch',
    codes: ['protocol/correlation'],
    groups: [],
    means: 'An answer came with another correlation id than the one that was due.',
  },
  {
    pattern: /invalid (?:large|negative) response size (-?\d+)/,
    example:
      "invalid large response size 1213486160 > limit 104857600; the four size bytes are 'HTTP' in ascii, the beginning of an HTTP response; is your broker port correct?",
    codes: SIZE_CODES,
    groups: ['claimed'],
    means: ({ claimed }) => `franz-go read ${claimed} as the size of a frame. ${sizeBytes(claimed)}`.trim(),
  },
  {
    pattern: /encoded crc ([0-9a-f]+) does not match calculated crc ([0-9a-f]+)/,
    example: 'encoded crc 15b965cf does not match calculated crc 15b965ce',
    codes: ['records/batch-crc'],
    groups: ['claimed', 'actual'],
    means: 'A record batch was fetched whose CRC does not match its bytes.',
  },
  {
    pattern: /broker closed the connection immediately after a request was issued/,
    example:
      'broker closed the connection immediately after a request was issued, which often happens when SASL is required but not provided: is SASL missing?',
    codes: ['protocol/dropped-after-answer', 'protocol/advertised-refused', 'unknown/version', 'unknown/api'],
    groups: [],
    means:
      'The broker closed the connection right after a request: SASL is wanted and was not offered, or the API, its version or the request is refused.',
  },
]
