/** The lines of a frame's tree: complete, with the paths of findings, and the same after the page unpacks them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFrame } from '../../../src/codec/frame.ts'
import { fieldLines } from '../../../src/codec/paths.ts'
import { Run } from '../../../src/codec/run.ts'
import { packFields, unpackFields } from '../../../src/report/html/fields.ts'
import { type FrameLines, frameDetail } from '../../../src/report/html/frame-detail.ts'
import { MAX_FRAME_FIELDS } from '../../../src/report/html/limits.ts'
import type { Exchange, Frame } from '../../../src/session/exchange.ts'
import { frame, heartbeat } from '../exchanges.ts'
import { conversation, traffic, UNDERFLOW } from './page.ts'

const run = new Run()
const linesOf = (of: Frame, exchange: Exchange): FrameLines => frameDetail(of, exchange, true, run)

function* frames(): Generator<[Frame, Exchange]> {
  for (const observed of traffic()) {
    if (observed.type !== 'exchange') continue
    for (const one of [observed.exchange.request, observed.exchange.response]) if (one) yield [one, observed.exchange]
  }
}

const titled = (fields: FrameLines['fields']): string[] => fields.map(({ name, value }) => `${name} ${value}`.trim())

describe('of real traffic', () => {
  test('every line of --fields is there at its path and place', () => {
    for (const [one, exchange] of frames()) {
      if (exchange.framing === 'sasl') continue
      const { fields, more } = linesOf(one, exchange)
      if (more) continue
      const decoded = decodeFrame(one.bytes, one, new Run(), one.headerVersion)
      const there = new Set(fields.map(({ path, offset, length }) => `${path} ${offset} ${length}`))
      const missing = fieldLines(decoded.bytes, decoded.table).filter(
        ([path, offset, length]) => !there.has(`${path} ${offset} ${length}`),
      )
      expect(missing.map(([path]) => path).filter((path) => path !== 'header')).toEqual([])
    }
  })

  test('unpacking gives back what was packed, paths included', () => {
    for (const [one, exchange] of frames()) {
      const { fields } = linesOf(one, exchange)
      expect(unpackFields(packFields(fields))).toEqual(fields.map((field) => ({ ...field })))
    }
  })
})

test('numbers are explained: error codes, API keys, times', () => {
  const exchange = heartbeat()
  expect(titled(linesOf(exchange.response!, exchange).fields)).toEqual([
    'size 6',
    'header v0',
    'correlationId 4',
    'HeartbeatResponse v0',
    'errorCode 27  REBALANCE_IN_PROGRESS',
  ])
  expect(titled(linesOf(exchange.request!, exchange).fields)).toContain('requestApiKey 12  Heartbeat')
})

test('what bytes hold has lines over the same bytes', () => {
  const [observed] = conversation(UNDERFLOW).filter(({ type }) => type === 'exchange')
  const { exchange } = observed as { exchange: Exchange }
  const { fields } = linesOf(exchange.request!, exchange)
  const topics = fields.find(({ path }) => path === 'protocols[0].metadata.topics[0]')
  expect(topics).toMatchObject({ value: '"orders"', length: 8 })
})

test('a frame that ends early shows the field that was wanted, and what was not reached', () => {
  const [observed] = conversation(UNDERFLOW).filter(({ type }) => type === 'exchange')
  const { exchange } = observed as { exchange: Exchange }
  const { fields } = linesOf(exchange.response!, exchange)
  expect(fields.slice(-2)).toMatchObject([
    { role: 'stop', path: 'errorCode', offset: 12, value: 'wants 2 bytes, 0 left' },
    { role: 'missing', name: 'generationId, protocolName, leader, memberId, members' },
  ])
})

test('any bytes have lines, no more than are allowed', () => {
  const bytes = fc.uint8Array({ maxLength: 300 })
  const key = fc.integer({ min: 0, max: 90 })
  fc.assert(
    fc.property(bytes, key, fc.integer({ min: 0, max: 18 }), fc.boolean(), (body, apiKey, version, isAnswer) => {
      const kind = isAnswer ? 'response' : 'request'
      const one = { ...frame('request', [12, 0], Buffer.from(body).toString('hex')), kind, apiKey, apiVersion: version }
      const { fields } = linesOf(one as Frame, heartbeat({ apiKey, apiVersion: version }))
      expect(fields.length).toBeLessThanOrEqual(MAX_FRAME_FIELDS + 10)
      for (const { offset, length } of fields) expect(offset + Math.max(0, length)).toBeLessThanOrEqual(body.length + 8)
      expect(unpackFields(packFields(fields)).map(({ name }) => name)).toEqual(fields.map(({ name }) => name))
    }),
    { numRuns: 500 },
  )
})
