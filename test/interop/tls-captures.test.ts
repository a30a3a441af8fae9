/**
 * Captures of real clients over TLS, decrypted with the key log that the proxy wrote: they hold what the proxy saw in
 * plaintext, byte for byte.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Assembler } from '../../src/capture/assembler.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { makeCertificate } from '../../src/proxy/certificate.ts'
import { seconds } from '../../src/report/exchange-json.ts'
import { readBack } from '../cli/read-back.ts'
import { type Client, clients, missing, problems, runClient } from './clients.ts'
import { noDumpcap, startCapture } from './dumpcap.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Node's options for the proxy's end of TLS. */
const KINDS: readonly (readonly [string, string, readonly Client[]])[] = [
  ['TLS 1.3', '--tls-min-v1.3', clients],
  ['TLS 1.2', '--tls-max-v1.2', clients],
  [
    'TLS 1.2 with CBC',
    '--tls-max-v1.2 --tls-cipher-list=ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256',
    ['java-4.4', 'confluent'],
  ],
  ['TLS 1.3 with ChaCha20', '--tls-min-v1.3 --tls-cipher-list=TLS_CHACHA20_POLY1305_SHA256', ['franz-go', 'java-4.4']],
]

/** Answers in which the proxy rewrites addresses: the client's end has other bytes than the broker's. */
const REWRITTEN = new Set(['Metadata', 'FindCoordinator', 'DescribeCluster', 'Fetch', 'Produce', 'ShareFetch'])

const hexOf = (frame: unknown): string | null => (frame as { hex?: string } | null)?.hex ?? null

/** What was asked and answered, in any order. */
const essence = (lines: readonly JsonObject[]): string[] =>
  lines
    .filter(({ type, noResponse }) => type === 'exchange' && noResponse === undefined)
    .map(({ client, api, request, response }) =>
      JSON.stringify([client, api, hexOf(request), REWRITTEN.has(String(api)) ? null : hexOf(response)]),
    )
    .sort()

/** When clients ended their connections with the proxy on that port, in seconds, by their addresses. */
function clientEnds(packets: string, port: number): Map<unknown, number> {
  const clients = new Map<number, string>()
  const ends = new Map<unknown, number>()
  const assembler = new Assembler({ ports: new Set([port]) }, (segment) => {
    if (segment.type === 'open') clients.set(segment.connection.id, segment.connection.client)
    if (segment.type !== 'close' || segment.direction === 'response') return
    const client = clients.get(segment.connection)
    if (!ends.has(client)) ends.set(client, seconds(segment.time))
  })
  const reader = new CaptureReader()
  reader.window.append(readFileSync(packets))
  while (reader.read() === 'packet') assembler.packet(reader.packet)
  assembler.end()
  return ends
}

/**
 * What the proxy saw, without the answers that the broker gave when the client had ended its connection: the first
 * packet to such a client is answered with RST, and what follows never becomes one (kcat leaves so, with a Fetch and a
 * Metadata request on their way). Of these the capture has the request, unanswered.
 */
function delivered(
  live: readonly JsonObject[],
  read: readonly JsonObject[],
  ends: ReadonlyMap<unknown, number>,
): JsonObject[] {
  const request = (line: JsonObject): string => JSON.stringify([line.client, line.api, hexOf(line.request)])
  const unanswered = new Set(read.filter(({ noResponse }) => noResponse === 'connection closed').map(request))
  const isLate = ({ client, response }: JsonObject): boolean =>
    Number((response as JsonObject | null)?.time) > (ends.get(client) ?? Number.POSITIVE_INFINITY)
  return live.filter((line) => !(line.type === 'exchange' && isLate(line) && unanswered.has(request(line))))
}

const errors = (lines: readonly JsonObject[]): unknown[] =>
  lines
    .flatMap((line) => (line.type === 'exchange' ? (line.findings as JsonObject[]) : [line]))
    .filter(({ severity }) => severity === 'error')

describe.each(KINDS)('%s', (kind, nodeOptions, who) => {
  for (const client of who) {
    const reason = notBuilt() ?? noDumpcap() ?? missing(client)
    it.skipIf(reason !== null)(
      `${client}${reason === null ? '' : ` (skipped: ${reason})`}`,
      async () => {
        const { ca, cert, key } = await makeCertificate([])
        const file = (name: string, text = ''): string => {
          const path = join(folder, `${kind}-${client}-${name}`.replaceAll(' ', '-'))
          if (text) writeFileSync(path, text)
          return path
        }
        const keys = file('keys.log')
        const tls = ['--tls-cert', file('cert.pem', cert), '--tls-key', file('key.pem', key), '--keylog-out', keys]
        const before = process.env.NODE_OPTIONS
        process.env.NODE_OPTIONS = nodeOptions
        const proxy = await startProxy(null, ['--tls', ...tls])
        process.env.NODE_OPTIONS = before
        if (before === undefined) delete process.env.NODE_OPTIONS
        const packets = file('packets.pcapng')
        const port = Number(proxy.address.split(':')[1])
        const capturing = await startCapture(port, packets)
        const run = await runClient(client, proxy.address, 'full', { caFile: file('ca.pem', ca), messagesPerCodec: 20 })
        await proxy.stop()
        await capturing.stop()
        expect(problems(run)).toEqual([])
        const read = readBack([packets], { hex: true, showSecrets: true }, readFileSync(keys, 'latin1'))
        const lines = read.map((line) => parseJson(line) as JsonObject)
        expect(lines.filter(({ type }) => type === 'gap')).toEqual([])
        expect(errors(lines)).toEqual([])
        const live = essence(delivered(proxy.lines, lines, clientEnds(packets, port)))
        expect(live.length).toBeGreaterThan(50)
        expect(essence(lines)).toEqual(live)
      },
      120_000,
    )
  }
})
