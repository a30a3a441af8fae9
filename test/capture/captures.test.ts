/** Real traffic: what captures/requests.tsv says is what comes out, and nothing is wrong with it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import { Run } from '../../src/codec/run.ts'
import { capture } from './captures.ts'
import { type Read, readCapture } from './packets.ts'

const LINES = readFileSync('captures/requests.tsv', 'utf8').trim().split('\n')
const CAPTURES = LINES.filter((line) => line.includes('.pcap')).map(
  (line) => line.split('\t') as [string, string, string],
)

function read(name: string): Read {
  const keys = name.startsWith('tls') ? readFileSync(`captures/${name.replace('.pcapng', '.keylog')}`, 'latin1') : ''
  return readCapture(capture(name), { tls: new TlsDecryptor(new KeyLog(keys)) })
}

function countsOf({ exchanges }: Read): string {
  const counts = new Map<string, number>()
  for (const { request, apiKey, apiVersion } of exchanges) {
    if (!request?.kept || apiKey < 0) continue
    const name = `${apiKey}v${apiVersion}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const order = (name: string): number => Number(name.split('v')[0]) * 1000 + Number(name.split('v')[1])
  return [...counts]
    .sort(([a], [b]) => order(a) - order(b))
    .map(([name, count]) => `${name}:${count}`)
    .join(' ')
}

describe.each(CAPTURES)('%s', (name, total, requests) => {
  const result = read(name)
  const lossy = name === 'u-lost.pcapng'

  test(`holds ${total} requests, by API and version`, () => {
    expect(result.damage).toBeNull()
    expect(countsOf(result)).toBe(requests)
  })

  test('has no finding of severity error, and no bytes are missing', () => {
    const errors = result.observed.flatMap((event) => {
      if (event.type === 'finding') return event.finding.severity === 'error' ? [event.finding] : []
      return event.type === 'exchange' ? event.findings.filter(({ severity }) => severity === 'error') : []
    })
    expect(errors).toEqual([])
    const gaps = result.observed.filter(({ type }) => type === 'gap')
    expect(gaps.length > 0).toBe(lossy)
  })

  test('every answer is paired with its request', () => {
    // Those lost with a packet, or asked before the capture began, have none.
    const alone = result.exchanges.filter(({ request }) => request === null)
    if (!lossy && !name.includes('midstream')) expect(alone).toEqual([])
    expect(result.counts.notKafka + result.counts.tlsWithoutKeys).toBe(0)
  })
})

test.each(CAPTURES)('%s: every frame that it holds whole reads to its last byte', (name) => {
  const run = new Run()
  let frames = 0
  for (const { framing, request, response } of read(name).exchanges) {
    for (const frame of [request, response]) {
      // Of an answer alone nobody knows what it answers; tokens are no Kafka frames.
      if (framing !== 'kafka' || !frame?.kept || frame.apiKey < 0) continue
      const decoded = decodeFrame(frame.bytes, frame, run, frame.headerVersion)
      expect([decoded.stopped, decoded.end]).toEqual([false, frame.bytes.length])
      frames++
    }
  }
  expect(frames).toBeGreaterThan(5)
})

test('of a capture that begins in the middle only answers to requests before it are alone', () => {
  const answered = new Set<number>()
  let alone = 0
  for (const { connection, request, response } of read('u-midstream.pcapng').exchanges) {
    if (request && response) answered.add(connection.id)
    if (request || !response) continue
    alone++
    // Answers come in the order of the requests: none to an earlier one follows.
    expect(answered.has(connection.id)).toBe(false)
    expect(connection.midstream).toBe(true)
  }
  expect(alone).toBeLessThanOrEqual(5)
})

test('what was lost is said in bytes, before the answers to it', () => {
  const { observed, exchanges } = read('u-lost.pcapng')
  const gaps = observed.flatMap((event) =>
    event.type === 'gap' ? [[event.direction, event.bytes, event.skipped]] : [],
  )
  expect(gaps).toEqual([
    ['request', 57, 0],
    ['response', 39, 0],
    ['request', 90, 0],
    ['response', 113, 0],
    ['response', 113, 0],
  ])
  expect(exchanges.filter(({ request }) => request === null)).toHaveLength(2)
  expect(exchanges.filter(({ noResponse }) => noResponse === 'not captured')).toHaveLength(3)
})

test('TLS without keys is counted, not guessed at', () => {
  const { counts, exchanges } = readCapture(capture('tls13-44.pcapng'))
  expect([counts.tlsWithoutKeys, exchanges.length]).toEqual([1, 0])
})
