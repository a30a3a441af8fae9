/** Exchanges made by hand: real frames by the codec's own encoders, and broken ones. */
import { Buffer } from 'node:buffer'
import { type Encodable, encodeFrame } from '../../src/codec/encode.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import {
  apiKeyOf,
  frameHeader,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from '../../src/codec/messages.ts'
import type { Finding } from '../../src/findings/finding.ts'
import { inspectFrame } from '../../src/findings/inspect.ts'
import type { Connection } from '../../src/session/connection.ts'
import type { Exchange, Frame } from '../../src/session/exchange.ts'

/** 2025-11-03 12:01:07 UTC, in microseconds. */
export const START = 1_762_171_267_000_000

export function connection(id = 1, more: Partial<Connection> = {}): Connection {
  return {
    id,
    client: `127.0.0.1:${51_000 + id}`,
    broker: '127.0.0.1:9092',
    opened: START,
    closed: null,
    clientId: 'rdkafka',
    clientSoftwareName: 'librdkafka',
    clientSoftwareVersion: '2.6.0',
    apiVersions: null,
    sasl: null,
    requests: 0,
    responses: 0,
    requestBytes: 0,
    responseBytes: 0,
    endedBy: null,
    opaque: null,
    ...more,
  }
}

export interface ExchangeInit {
  readonly id?: number
  readonly connection?: Connection
  readonly api: string
  readonly version: number
  readonly correlationId?: number
  readonly clientId?: string
  readonly request?: Encodable
  /** Null: no answer. Bytes: what stands after the header. */
  readonly response?: Encodable | null
  readonly responseBody?: Uint8Array
  /** Microseconds after START, and from request to answer. */
  readonly at?: number
  readonly took?: number
}

export function exchange(init: ExchangeInit): Exchange {
  const { api, version, id = 1, correlationId = id, clientId = 'rdkafka', at = id * 2000, took = 420 } = init
  const apiKey = apiKeyOf(api)!
  const time = START + at
  const header = { requestApiKey: apiKey, requestApiVersion: version, correlationId, clientId }
  const headerVersion = requestHeaderVersion(apiKey, version)
  const request = encodeFrame(
    frameHeader('request', headerVersion).model,
    header,
    requestMessage(apiKey, version)!.model,
    init.request ?? {},
  ).slice()
  return {
    id,
    connection: init.connection ?? connection(),
    framing: 'kafka',
    apiKey,
    api,
    apiVersion: version,
    correlationId,
    clientId,
    request: frame('request', request, apiKey, version, headerVersion, time),
    response: init.response === null ? null : response(init, apiKey, time + took),
    noResponse: init.response === null ? 'pending' : null,
  }
}

function response(init: ExchangeInit, apiKey: number, time: number): Frame {
  const headerVersion = responseHeaderVersion(apiKey, init.version)
  const correlationId = init.correlationId ?? init.id ?? 1
  const header = frameHeader('response', headerVersion).model
  const body = responseMessage(apiKey, init.version)!.model
  let bytes = encodeFrame(header, { correlationId }, body, init.response ?? {}).slice()
  if (init.responseBody) {
    const head = headerVersion === 1 ? 9 : 8
    const size = Buffer.alloc(4)
    size.writeInt32BE(head - 4 + init.responseBody.length)
    bytes = Buffer.concat([size, bytes.subarray(4, head), init.responseBody])
  }
  return frame('response', bytes, apiKey, init.version, headerVersion, time)
}

function frame(
  kind: 'request' | 'response',
  bytes: Uint8Array,
  apiKey: number,
  apiVersion: number,
  headerVersion: number,
  time: number,
): Frame {
  return { kind, time, packet: null, bytes, size: bytes.length, kept: true, apiKey, apiVersion, headerVersion }
}

/** A JoinGroup answer that ends after four bytes of its body: an error answer that several APIs share. */
export const sharedErrorAnswer = (id = 3): Exchange =>
  exchange({
    id,
    api: 'JoinGroup',
    version: 5,
    took: 2100,
    request: { groupId: 'orders-app', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 60_000, protocolType: 'consumer' },
    responseBody: Buffer.from('00000000', 'hex'),
  })

/** What the program itself finds in it; the scores are fixed, for screens are no test of how causes are weighed. */
export const sharedErrorFinding: Finding = withScores(findingsIn(sharedErrorAnswer().response!)[0]!, [0.9, 0.1])

function withScores(finding: Finding, scores: readonly number[]): Finding {
  return { ...finding, causes: finding.causes.map((cause, i) => ({ ...cause, score: scores[i] ?? 0 })) }
}

function findingsIn(frame: Frame): readonly Finding[] {
  return inspectFrame(decodeFrame(frame.bytes, frame, undefined, frame.headerVersion))
}

/** A consumer's first seconds, the last exchange broken. */
export function session(): { exchange: Exchange; findings: readonly Finding[] }[] {
  const metadata = {
    brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
    clusterId: 'abc',
    controllerId: 1,
    topics: [
      {
        name: 'orders',
        topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
        partitions: [{ partitionIndex: 0, leaderId: 1, leaderEpoch: 4, replicaNodes: [1, 2, 3], isrNodes: [1, 2] }],
      },
    ],
  }
  return [
    {
      exchange: exchange({
        id: 1,
        api: 'Metadata',
        version: 12,
        request: { topics: [{ name: 'orders' }] },
        response: metadata,
      }),
      findings: [],
    },
    {
      exchange: exchange({
        id: 2,
        api: 'FindCoordinator',
        version: 2,
        took: 310,
        request: { key: 'orders-app' },
        response: { errorCode: 15, errorMessage: 'not yet', nodeId: -1, host: '', port: -1 },
      }),
      findings: [],
    },
    { exchange: sharedErrorAnswer(), findings: [sharedErrorFinding] },
  ]
}
