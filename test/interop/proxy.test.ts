/**
 * Real clients through the proxy, to the embedded broker and to Apache Kafka: they must do all they do without it, and
 * every frame must decode to its last byte, without a finding of severity error, and encode to the same bytes again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeFrame } from '../../src/codec/encode.ts'
import { decodeFrame, frameJson } from '../../src/codec/frame.ts'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { frameHeader } from '../../src/codec/messages.ts'
import { type Client, type ClientOptions, clients, missing, problems, runClient } from './clients.ts'
import { type KafkaOptions, type KafkaServer, missingKafka, startKafka } from './kafka-server.ts'
import { notBuilt, type ProxyProcess, startProxy } from './proxy-process.ts'

interface Row {
  readonly name: string
  readonly kafka: KafkaOptions | null
  readonly clients: readonly Client[]
  readonly options: ClientOptions
}

const ROWS: readonly Row[] = [
  { name: 'the embedded broker', kafka: null, clients, options: {} },
  { name: 'Kafka 4.4.0', kafka: { release: '4.4.0' }, clients, options: {} },
  { name: 'Kafka 3.9.2', kafka: { release: '3.9.2' }, clients, options: {} },
  { name: 'three nodes of Kafka 4.4.0', kafka: { nodes: 3 }, clients, options: { replicationFactor: 3 } },
]

describe.each(ROWS)('through the proxy to $name', (row) => {
  const noKafka = notBuilt() ?? (row.kafka ? missingKafka(row.kafka.release ?? '4.4.0') : null)
  let kafka: KafkaServer | null = null
  let proxy: ProxyProcess | null = null
  let ran = 0

  beforeAll(async () => {
    if (noKafka !== null) return
    kafka = row.kafka && (await startKafka(row.kafka))
    proxy = await startProxy(kafka?.bootstrap.split(',')[0] ?? null)
  })
  afterAll(async () => {
    await proxy?.stop()
    await kafka?.stop()
  })

  describe('clients', { concurrent: true }, () => {
    for (const client of row.clients) {
      const reason = noKafka ?? missing(client)
      const name = reason === null ? client : `${client} (skipped: ${reason})`
      it.skipIf(reason !== null)(name, { timeout: 120_000 }, async () => {
        const run = await runClient(client, proxy!.address, 'full', row.options)
        expect(problems(run)).toEqual([])
        ran++
      })
    }
  })

  it.skipIf(noKafka !== null)('every frame is read to its last byte, without an error, and encodes again', async () => {
    const status = await proxy!.stop()
    const { lines } = proxy!
    proxy = null
    const exchanges = lines.filter((line) => line.type === 'exchange')
    if (ran > 0) expect(exchanges.length).toBeGreaterThan(ran * 10)
    expect(errorsIn(lines)).toEqual([])
    expect(exchanges.flatMap(differences)).toEqual([])
    expect(lines.at(-1)).toMatchObject({ type: 'summary' })
    expect(status).toBe(0)
  })
})

function errorsIn(lines: readonly JsonObject[]): string[] {
  return lines.flatMap((line) => {
    if (line.type === 'summary') return []
    const findings = line.type === 'finding' ? [line] : ((line.findings ?? []) as JsonObject[])
    return findings
      .filter((finding) => finding.severity === 'error')
      .map((finding) => `${line.clientId} ${line.api} v${line.apiVersion}: ${finding.code}: ${finding.message}`)
  })
}

/** Frames that do not encode to the bytes that they were decoded from. */
function differences(exchange: JsonObject): string[] {
  const apiKey = exchange.apiKey as number
  return (['request', 'response'] as const).flatMap((kind) => {
    const frame = exchange[kind] as JsonObject | null
    if (!frame) return []
    const bytes = Buffer.from(frame.hex as string, 'hex')
    const fallback = kind === 'response' && apiKey === 18 && bytes.readInt16BE(8) === 35
    const decoded = decodeFrame(bytes, { kind, apiKey, apiVersion: fallback ? 0 : (exchange.apiVersion as number) })
    const what = `${exchange.clientId} ${exchange.api} v${exchange.apiVersion} ${kind} ${frame.hex}`
    if (!decoded.message || decoded.flaws.length > 0) return [`not decoded: ${what}`]
    const { header, body } = frameJson(decoded)
    const again = encodeFrame(frameHeader(kind, decoded.headerVersion).model, header, decoded.message.model, body)
    return Buffer.compare(again, bytes) === 0 ? [] : [`other bytes: ${what}`]
  })
}
