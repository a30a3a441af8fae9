/** Exchanges made by hand, for the views' tests. */

import { requestHeaderVersion, responseHeaderVersion } from '../../src/codec/messages.ts'
import type { Finding } from '../../src/findings/finding.ts'
import type { Connection } from '../../src/session/connection.ts'
import type { Exchange, Frame } from '../../src/session/exchange.ts'

export const connection = (over: Partial<Connection> = {}): Connection => ({
  id: 2,
  client: '127.0.0.1:51234',
  broker: '127.0.0.1:9092',
  opened: 1762208626_000000,
  closed: null,
  clientId: 'rdkafka',
  clientSoftwareName: null,
  clientSoftwareVersion: null,
  apiVersions: null,
  sasl: null,
  requests: 0,
  responses: 0,
  requestBytes: 0,
  responseBytes: 0,
  endedBy: null,
  opaque: null,
  ...over,
})

export function frame(
  kind: 'request' | 'response',
  [apiKey, apiVersion]: readonly [number, number],
  hex: string,
  over: Partial<Frame> = {},
): Frame {
  const bytes = Buffer.from(hex.replace(/\s/g, ''), 'hex')
  const headerVersion =
    kind === 'request' ? requestHeaderVersion(apiKey, apiVersion) : responseHeaderVersion(apiKey, apiVersion)
  return {
    kind,
    time: kind === 'request' ? 1762208626_499123 : 1762208626_499733,
    packet: null,
    bytes,
    size: bytes.length,
    kept: true,
    apiKey,
    apiVersion,
    headerVersion,
    ...over,
  }
}

/** A Heartbeat v0 of group g: generation 7, member m; the answer is error 27. */
export const HEARTBEAT = '0000001b 000c 0000 00000004 0007 72646b61666b61 0001 67 00000007 0001 6d'
export const HEARTBEAT_ANSWER = '00000006 00000004 001b'

export const heartbeat = (over: Partial<Exchange> = {}): Exchange => ({
  id: 17,
  connection: connection(),
  framing: 'kafka',
  apiKey: 12,
  api: 'Heartbeat',
  apiVersion: 0,
  correlationId: 4,
  clientId: 'rdkafka',
  request: frame('request', [12, 0], HEARTBEAT),
  response: frame('response', [12, 0], HEARTBEAT_ANSWER),
  noResponse: null,
  ...over,
})

export const finding = (over: Partial<Finding> = {}): Finding => ({
  code: 'body/underflow',
  severity: 'error',
  api: 'Heartbeat',
  apiVersion: 0,
  kind: 'response',
  path: 'errorCode',
  offset: 8,
  length: 0,
  message: 'The answer ends before errorCode.',
  causes: [],
  ...over,
})
