/** What clients say of what is not in a body: sizes, correlation ids, CRCs. Seen at work; versions in `docs/CLIENTS.md`. */

type Words = Readonly<Record<string, string>>

/** receive.message.max.bytes of librdkafka, by default. */
const LIBRDKAFKA_MAX = 100_000_000
/** BrokerMaxReadBytes of franz-go, by default. */
const FRANZ_MAX = 104_857_600
/** "HTTP" */
const HTTP = 0x48545450

/** Of an answer whose size field holds `claimed`; null where it may be one. Those who just wait say nothing. */
export function sizeWords(claimed: number): Words | null {
  if (claimed >= 0 && claimed <= FRANZ_MAX) return null
  const librdkafka = `Receive failed: Invalid response size ${claimed} (0..${LIBRDKAFKA_MAX}): increase receive.message.max.bytes`
  const kafkaPython = `Invalid frame length: ${claimed}`
  if (claimed < 0) {
    return {
      librdkafka,
      java: `Invalid receive (size = ${claimed})`,
      'kafka-python': kafkaPython,
      aiokafka: 'readexactly size can not be less than zero',
      'franz-go': `invalid negative response size ${claimed}`,
    }
  }
  const http = claimed === HTTP ? "; the four size bytes are 'HTTP' in ascii" : ''
  const big = claimed >= HTTP ? { 'kafka-python': kafkaPython } : {}
  return { librdkafka, ...big, 'franz-go': `invalid large response size ${claimed} > limit ${FRANZ_MAX}${http}` }
}

/** Of an answer with correlation id `actual` where `expected` was due. librdkafka drops it and waits. */
export const correlationWords = (actual: number, expected: number): Words => ({
  java: `Correlation id for response (${actual}) does not match request (${expected})`,
  kafkajs: 'Response without match',
  'kafka-python': `Correlation IDs do not match: sent ${expected}, recv ${actual}`,
  aiokafka: `Correlation ids do not match: sent ${expected}, recv ${actual}`,
  'franz-go': 'correlation ID mismatch',
})

/** Of a batch fetched whose CRC field holds `stored`; librdkafka looks with check.crcs=true alone, kafkajs never. */
export const crcWords = (stored: number, computed: number): Words => ({
  java: `Record is corrupt (stored crc = ${stored}, computed crc = ${computed})`,
  'kafka-python': 'failed crc check',
  aiokafka: 'Invalid CRC',
  'franz-go': `encoded crc ${stored.toString(16)} does not match calculated crc ${computed.toString(16)}`,
})
