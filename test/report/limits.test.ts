import { expect, it } from 'vitest'
import { answerLine } from '../../src/cli/decode-lines.ts'
import { decodeBody } from '../../src/codec/frame.ts'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { exchangeJson, fieldsOf } from '../../src/report/exchange-json.ts'
import { hasTooManyValues, MAX_FIELDS, MAX_VALUES } from '../../src/report/limits.ts'
import { frame, heartbeat } from './exchanges.ts'

/** The body of an OffsetFetch request v0: one topic with this many partitions, in an array of plain numbers. */
function offsetFetch(partitions: number): Buffer {
  const body = Buffer.alloc(12 + 4 * partitions)
  body.writeInt32BE(1, 2)
  body.writeInt32BE(partitions, 8)
  return body
}

it('a message of many small values is not blown up: its JSON says so, its fields are cut', () => {
  const body = offsetFetch(MAX_VALUES)
  const { t: table } = decodeBody(body, messageByName('OffsetFetchRequest', 0)!)
  expect(hasTooManyValues(body, table)).toBe(true)
  expect(fieldsOf({ bytes: body, table })).toMatchObject({ fieldsDropped: true, fields: { length: MAX_FIELDS } })
  const line = { name: 'OffsetFetchRequest', version: 0, hex: body.toString('hex') }
  expect(parseJson(answerLine(JSON.stringify(line)).text)).toEqual({
    ok: true,
    json: null,
    notDecoded: 'too many values to show',
    findings: [],
  })
})

it('the same holds of an exchange; its header is shown', () => {
  const header = Buffer.from('000000000009000000000004ffff', 'hex')
  const request = frame('request', [9, 0], Buffer.concat([header, offsetFetch(MAX_VALUES)]).toString('hex'))
  const json = exchangeJson(heartbeat({ request }), []).request as JsonObject
  expect(json).toMatchObject({ header: { correlationId: 4 }, body: null, notDecoded: 'too many values to show' })
})

it('the metadata of a large cluster is shown whole', () => {
  const body = offsetFetch(1_000_000)
  expect(hasTooManyValues(body, decodeBody(body, messageByName('OffsetFetchRequest', 0)!).t)).toBe(false)
})
