/** librdkafka and what is built on it: kcat, confluent-kafka for Python, Go, .NET and JavaScript, rust-rdkafka. */
import { type Sentence, SHORT_CODES, SIZE_CODES, sizeBytes } from './sentence.ts'

export const LIBRDKAFKA: readonly Sentence[] = [
  {
    pattern:
      /Protocol read buffer underflow for (\w+) v(\d+) at (\d+)\/(\d+)(?: \([^)]*\))?: expected (\d+) bytes > (\d+) remaining bytes/,
    example:
      'Protocol read buffer underflow for JoinGroup v5 at 4/4 (rd_kafka_cgrp_handle_JoinGroup:2324): expected 2 bytes > 0 remaining bytes (incorrect broker.version.fallback?)',
    codes: SHORT_CODES,
    groups: ['api', 'apiVersion', 'at', 'size', 'wanted', 'left'],
    means: ({ api, apiVersion, at, size, wanted, left }) =>
      `librdkafka was reading a ${api} v${apiVersion} answer. It had read ${at} of the ${size} bytes after the correlation id and wanted ${wanted} more, where ${left} are left. ` +
      (String(wanted).length > 18
        ? 'So many bytes are a length below -1, read as an unsigned number.'
        : wanted === 0
          ? 'Nothing wanted means a varint: it did not end.'
          : 'Its own guess, broker.version.fallback, is nearly always wrong: the answer does not have the fields of its version.'),
  },
  {
    pattern: /Protocol parse failure for (\w+) v(\d+)(?:\(flex\))? at (\d+)\/(\d+)/,
    example:
      'Protocol parse failure for Metadata v12(flex) at 10/171 (rd_kafka_parse_Metadata0:635) (incorrect broker.version.fallback?)',
    codes: ['body/count', 'body/negative-length', ...SHORT_CODES],
    groups: ['api', 'apiVersion', 'at', 'size'],
    means: ({ api, apiVersion, at, size }) =>
      `librdkafka refused a value that it had read in a ${api} v${apiVersion} answer, ${at} of ${size} bytes after the correlation id; the next line of its log says which.`,
  },
  {
    pattern: /ApiArrayCnt (-?\d+) out of range/,
    example: 'ApiArrayCnt 2000000000 out of range',
    codes: ['body/count', 'body/negative-length'],
    groups: ['claimed'],
    means: ({ claimed }) =>
      `librdkafka read ${claimed} as the count of an array, below -1 or above what it takes of such an array: the count is wrong, or what stands there is none. The line before in its log says in which answer and where.`,
  },
  {
    pattern: /Invalid response size (-?\d+) \(0\.\.\d+\)/,
    example: 'Receive failed: Invalid response size 1213486160 (0..100000000): increase receive.message.max.bytes',
    codes: SIZE_CODES,
    groups: ['claimed'],
    means: ({ claimed }) =>
      `librdkafka read ${claimed} as the size of a frame. Unless answers are that large, increasing receive.message.max.bytes does not help: the framing is lost, or that end is no Kafka broker. ${sizeBytes(claimed)}`.trim(),
  },
  {
    pattern: /failed CRC(?:32C?)? check \(original 0x([0-9a-f]+) != calculated 0x([0-9a-f]+)\)/i,
    example:
      'orders [0]: MessageSet at offset 0 (80 bytes) failed CRC32C check (original 0x849e5b0b != calculated 0x849e5b0a)',
    codes: ['records/batch-crc'],
    groups: ['claimed', 'actual'],
    means:
      'A record batch was fetched whose CRC does not match its bytes (check.crcs is on): it was changed after it was made, or its encoder computed another sum.',
  },
  {
    pattern: /Disconnected(?:: connection closed by peer)?[^(]{0,200}\(after (\d+)ms in state \w+/,
    example: 'GroupCoordinator: 127.0.0.1:9092: Disconnected (after 15ms in state UP)',
    codes: ['protocol/dropped-after-answer', 'protocol/advertised-refused', 'unknown/version', 'unknown/api'],
    groups: [],
    means:
      'The broker closed the connection. Right after a request that is its way to refuse an API, a version or a malformed request; after minutes it is idle connections being closed (connections.max.idle.ms).',
  },
  {
    pattern: /Local: Read underflow|_UNDERFLOW/,
    example: 'JoinGroup failed: Local: Read underflow',
    codes: SHORT_CODES,
    groups: [],
    means:
      'An answer ended before its last field. The PROTOUFLOW line in the same log, a moment before, says which answer and where.',
  },
  {
    pattern: /Local: Bad message format|_BAD_MSG/,
    example: 'Consumer error: JoinGroup failed: Local: Bad message format',
    codes: ['body/null', 'body/count', 'frame/size', 'records/batch-length'],
    groups: [],
    means:
      'An answer could be read but makes no sense: a null where there must be a name, a count beyond belief, a frame size that can not be. A PROTOERR or FAIL line a moment before may say more.',
  },
]
