import { describe, expect, it } from 'vitest'
import { clockText } from '../../src/report/format.ts'
import { Latencies } from '../../src/report/latencies.ts'
import { exchangeHeading, exchangeLine, observedLine } from '../../src/report/lines.ts'
import { TextSummary } from '../../src/report/text-summary.ts'
import { connection, finding, frame, HEARTBEAT, heartbeat } from './exchanges.ts'

const time = clockText(1762208626_499123)

describe('the line of an exchange', () => {
  it.each([
    [
      'an answer with an error',
      heartbeat(),
      [],
      '     2  rdkafka           Heartbeat v0                      4     31 B     10 B     0.61  REBALANCE_IN_PROGRESS',
    ],
    [
      'findings: the gravest, and how many more',
      heartbeat({ clientId: null }),
      [finding({ severity: 'note' }), finding()],
      '     2                    Heartbeat v0                      4     31 B     10 B     0.61  REBALANCE_IN_PROGRESS  x body/underflow: The answer ends before errorCode. [errorCode at 8] (and 1 more)',
    ],
    [
      'no answer',
      heartbeat({ response: null, noResponse: 'acks=0' }),
      [],
      '     2  rdkafka           Heartbeat v0                      4     31 B        -        -  (acks=0)',
    ],
    [
      'escapes in a client id, cut to the column',
      heartbeat({
        clientId: '\u001b]0;owned\u0007 client',
        response: frame('response', [12, 0], '00000006 00000004 0000'),
      }),
      [],
      '     2  \\x1b]0;owned\\x0…  Heartbeat v0                      4     31 B     10 B     0.61',
    ],
    [
      'a raw SASL token',
      heartbeat({ framing: 'sasl', api: 'SaslToken', request: frame('request', [-1, 0], HEARTBEAT), response: null }),
      [],
      '     2  rdkafka           SaslToken v0                            31 B        -        -',
    ],
  ])('%s', (_what, exchange, findings, line) => expect(exchangeLine(exchange, findings)).toBe(`    17  ${time}${line}`))

  it('stands under its heading', () => {
    expect(exchangeHeading()).toBe(
      '    id  time          conn  client            api                            corr  request   answer       ms  error  finding',
    )
  })

  it('tells the likeliest cause of a finding', () => {
    const causes = [
      { cause: 'other-api', score: 0.974, message: 'a shared error answer', path: '', offset: 8 },
      { cause: 'truncated', score: 0.02, message: 'cut', path: '', offset: 8 },
    ]
    expect(exchangeLine(heartbeat(), [finding({ causes })])).toMatch(
      / x body\/underflow: The answer ends before errorCode\. \[errorCode at 8\] Cause: other-api \(0\.97\), a shared error answer$/,
    )
  })

  it('fits a terminal when its width is known', () => {
    const line = exchangeLine(heartbeat(), [finding()], { width: 128 })
    expect(line.length).toBeLessThanOrEqual(128)
    expect(line).toContain('REBALANCE_IN_PR')
  })

  it('is coloured only when asked', () => {
    const colored = exchangeLine(heartbeat(), [finding()], { color: true })
    expect(colored).toContain('\u001b[31mx body/underflow')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(exchangeLine(heartbeat(), [finding()]))
  })
})

describe('the line of what is no exchange', () => {
  const at = 1762208626_499123

  it('is a finding with its connection, or bytes that are missing', () => {
    const loose = {
      type: 'finding',
      finding: finding({ code: 'frame/not-kafka', message: 'TLS.\u001b', path: '' }),
      connection: 2,
      time: at,
    } as const
    expect(observedLine(loose)).toBe(`        ${time}     2  x frame/not-kafka: TLS.\\x1b`)
    expect(observedLine({ ...loose, connection: null }, { width: 48 })).toBe(
      `        ${time}        x frame/not-kafka: …`,
    )
    const gap = {
      type: 'gap',
      connection: connection(),
      direction: 'response',
      time: at,
      bytes: 1460,
      skipped: 20,
    } as const
    expect(observedLine(gap)).toBe(`        ${time}     2  (1,460 bytes of the answers missing, 20 passed over)`)
  })

  it('is none for a connection, or a request that awaits its answer', () => {
    expect(observedLine({ type: 'connection', connection: connection() })).toBeNull()
    expect(observedLine({ type: 'request', exchange: heartbeat(), findings: [] })).toBeNull()
    expect(observedLine({ type: 'exchange', exchange: heartbeat(), findings: [] })).toBe(exchangeLine(heartbeat(), []))
  })
})

it('the summary says how much, how fast, and what was found', () => {
  const summary = new TextSummary()
  summary.add({ type: 'connection', connection: connection() })
  for (let i = 0; i < 100; i++) summary.add({ type: 'exchange', exchange: heartbeat(), findings: [] })
  expect(summary.failed).toBe(false)
  summary.add({ type: 'exchange', exchange: heartbeat({ api: 'Fetch', response: null }), findings: [finding()] })
  summary.add({
    type: 'gap',
    connection: connection({ id: 3, opaque: 'no Kafka\u001b: HTTP' }),
    direction: 'request',
    time: 0,
    bytes: 1,
    skipped: 0,
  })
  summary.add({ type: 'connection', connection: connection({ id: 4, opaque: 'HTTP\u001b' }) })
  expect(summary.failed).toBe(true)
  expect(summary.lines(['3 lines dropped'])).toEqual([
    '101 exchanges on 2 connections, 3.1 kB of requests, 1.0 kB of answers',
    '  api                                   count   p50 ms   p99 ms   max ms',
    '  Heartbeat                               100     0.61     0.61     0.61',
    '  Fetch                                     1        -        -        -',
    '1 error, 0 warnings, 0 notes',
    '        1  body/underflow',
    '1 gap: 1 byte missing, 0 passed over after them',
    '1 connection not decoded: HTTP\\x1b',
    '3 lines dropped',
  ])
})

it('latencies are at most one percent off, in bounded memory', () => {
  const latencies = new Latencies()
  for (let i = 1; i <= 100_000; i++) latencies.add(i / 100)
  for (const fraction of [0.01, 0.5, 0.9, 0.99]) {
    const exact = 1000 * fraction
    expect(latencies.quantile(fraction)).toBeGreaterThanOrEqual(exact * 0.9999)
    expect(latencies.quantile(fraction)).toBeLessThanOrEqual(exact * 1.01)
  }
  expect(latencies.quantile(1)).toBe(1000)
  expect(new Latencies().quantile(0.5)).toBeNull()
  // Of few they are those that were there, not bounds of buckets.
  const few = new Latencies()
  for (const ms of [3.217, 1.113, 2.951]) few.add(ms)
  expect([0.5, 0.99, 1].map((fraction) => few.quantile(fraction))).toEqual([2.951, 3.217, 3.217])
})
