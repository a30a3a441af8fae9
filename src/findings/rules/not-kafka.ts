import { toHex } from '../../bytes/hex.ts'
import { i32 } from '../../bytes/read.ts'
import { sizeWords } from '../clients/around.ts'
import type { AnomalyRule } from '../rule.ts'

const WHAT: Record<string, string> = {
  tls: 'TLS on a port where plain Kafka is spoken: the client has TLS on (security.protocol=SSL), the listener has not',
  'tls-alert': 'a TLS alert: that end speaks TLS and could make nothing of plain Kafka',
  http: 'HTTP: a browser, a health check or a proxy; a Kafka client reads "HTTP" as a frame of 1213486160 bytes',
  http2: 'HTTP/2 (gRPC, perhaps)',
  ssh: 'SSH',
  text: 'text',
  unknown: 'no protocol known here',
}

/** Bytes that are no Kafka at all. */
export const notKafka: AnomalyRule = {
  kind: 'anomaly',
  code: 'frame/not-kafka',
  severity: 'error',
  anomaly: 'not-kafka',
  check({ anomaly, direction }) {
    if (anomaly.kind !== 'not-kafka') throw new Error('not a not-kafka anomaly')
    const { looksLike, detail, bytes } = anomaly
    const claimed = bytes.length < 4 ? 0 : i32(bytes, 0)
    const clients = direction === 'response' ? sizeWords(claimed) : null
    return {
      kind: direction,
      ...(clients ? { clients } : {}),
      path: 'size',
      offset: 0,
      length: Math.min(4, bytes.length),
      message: `The ${direction === 'request' ? 'client' : 'broker'} does not speak Kafka here, but ${WHAT[looksLike] ?? looksLike}${detail ? ` (${detail})` : ''}. First bytes: ${toHex(bytes, 0, Math.min(16, bytes.length))}.`,
      causes: [],
    }
  },
}
