/** What a report's page holds of a session. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../../src/codec/json-text.ts'
import { compileFilter } from '../../../src/filter/filter.ts'
import { RULES } from '../../../src/findings/rules/index.ts'
import { exchangeJson } from '../../../src/report/exchange-json.ts'
import { entryOf } from '../../../src/report/html/finding-docs.ts'
import { finding, heartbeat } from '../exchanges.ts'
import { buildPage, conversation, detail, page, requestHex, traffic, UNDERFLOW } from './page.ts'

beforeAll(buildPage)

test('totals and the list agree with what was observed', () => {
  const observed = [...traffic()]
  const { index } = page(observed)
  const exchanges = observed.filter(({ type }) => type === 'exchange')
  expect(index.exchanges).toBe(exchanges.length)
  expect(index.rows).toHaveLength(exchanges.length)
  expect(index.rows.map(({ id }) => id)).toEqual(index.rows.map((_, i) => i + 1))
  expect(index.apis.reduce((sum, { count }) => sum + count, 0)).toBe(exchanges.length)
  expect(index.clients.reduce((sum, { count }) => sum + count, 0)).toBe(exchanges.length)
  expect(index.connections.reduce((sum, one) => sum + one.exchanges, 0)).toBe(exchanges.length)
  expect(index.connections).toHaveLength(observed.filter(({ type }) => type === 'connection').length)
  const bytes = index.apis.reduce((sum, api) => sum + api.bytes, 0)
  expect(index.requestBytes + index.responseBytes).toBe(bytes)
  expect(index.notices).toEqual([])
})

test('an exchange is kept as --json --expand prints it', () => {
  const observed = [...traffic()]
  const made = page(observed)
  const lines = made.chunks.flatMap(({ json }) => gunzipSync(Buffer.from(json, 'base64')).toString().split('\n'))
  const kept = new Map(lines.map((line) => parseJson(line) as JsonObject).map((json) => [json.id, json]))
  for (const one of observed) {
    if (one.type !== 'exchange') continue
    expect(kept.get(one.exchange.id)).toEqual(exchangeJson(one.exchange, one.findings, { expand: true }))
  }
})

test('a filter leaves out exchanges, of totals and list alike', () => {
  const { index } = page(traffic(), { filter: compileFilter('api == "Fetch" and request.body.maxWaitMs > 0') })
  expect(index.exchanges).toBeGreaterThan(10)
  expect(new Set(index.rows.map(({ api }) => api))).toEqual(new Set(['Fetch']))
  expect(index.apis.every(({ api }) => api === 'Fetch')).toBe(true)
})

test('findings come with their explanation', () => {
  const { index } = page(conversation(UNDERFLOW))
  expect(index.rows[0]!.findings).toMatchObject([{ code: 'body/underflow', path: 'errorCode', offset: 12 }])
  expect(index.findings).toMatchObject([{ code: 'body/underflow', severity: 'error', count: 1 }])
  expect(index.findings[0]!.entry).toMatch(/^What it means: a field wants more bytes[\s\S]*What to do: /)
})

test('every rule has an explanation', () => {
  const docs = readFileSync('docs/FINDINGS.md', 'utf8')
  const without = RULES.map(({ code }) => code).filter((code) => entryOf(docs, code) === null)
  expect(without).toEqual([])
  expect(entryOf(docs, 'body/no-such')).toBeNull()
})

const PASSWORD = 'hunter2secret'
const login = [
  ['request', requestHex('SaslHandshakeRequest', 1, 'me', 1, { mechanism: 'PLAIN' })],
  ['response', '00000011 00000001 0000 00000001 0005 504c41494e'],
  ['request', requestHex('SaslAuthenticateRequest', 2, 'me', 2, { authBytes: token() })],
] as const

function token(): string {
  return Buffer.from(`\0alice\0${PASSWORD}`).toString('base64')
}

test('secrets are masked, in JSON, fields and bytes, unless they are asked for', () => {
  const text = (showSecrets: boolean): string => {
    const { chunks } = page(conversation(login), { showSecrets })
    const all = chunks.flatMap(({ json, details }) => [json, details])
    return all.map((packed) => gunzipSync(Buffer.from(packed, 'base64')).toString()).join('\n')
  }
  const forms = [PASSWORD, token(), Buffer.from(PASSWORD).toString('hex')]
  const found = (in_: string): string[] => forms.filter((form) => in_.includes(form))
  expect(found(text(false))).toEqual([])
  expect(found(text(true)).length).toBeGreaterThan(0)
})

test('beyond its limits the page holds totals, and says what it lacks', () => {
  const { index, html } = page(traffic(), { limits: { exchanges: 400, contents: 100_000, reserve: 20_000 } })
  expect(index.exchanges).toBeGreaterThan(600)
  expect(index.rows).toHaveLength(400)
  expect(index.notices).toHaveLength(2)
  expect(index.notices[0]).toMatch(/^The list holds the first 400 exchanges; \d+ more/)
  expect(index.notices[1]).toMatch(/^Fields and bytes of \d+ exchanges were left out/)
  expect(html.length).toBeLessThan(900_000)
  const kept = index.rows.filter(({ chunk }) => chunk >= 0)
  expect(kept.length).toBeGreaterThan(20)
})

test('what has findings is kept when there is little room left', () => {
  const limits = { contents: 60_000, reserve: 60_000 }
  const { index } = page(conversation([...login, ...UNDERFLOW]), { limits })
  const broken = index.rows.find(({ findings }) => findings.some(({ severity }) => severity === 'error'))
  expect(index.rows[0]!.chunk).toBe(-1)
  expect(broken?.chunk).toBeGreaterThanOrEqual(0)
})

test('of very many findings each exchange keeps its gravest, and the rest is counted', () => {
  const many = Array.from({ length: 30 }, (_, i) => finding({ severity: i === 20 ? 'error' : 'note', path: `${i}` }))
  const observed = Array.from({ length: 800 }, (_, i) => ({
    type: 'exchange' as const,
    exchange: heartbeat({ id: i + 1 }),
    findings: many,
  }))
  const { index } = page(observed)
  expect(index.rows[0]!.findings).toHaveLength(30)
  expect(index.rows.at(-1)!.findings).toMatchObject([{ severity: 'error', path: '20' }])
  expect(index.severities).toEqual({ error: 800, warning: 0, note: 800 * 29 })
  expect(index.notices.join()).toMatch(/findings beside others of the same exchange are counted only/)
})

test('bytes and fields of an exchange are those of its row', () => {
  const made = page(conversation(UNDERFLOW))
  expect(detail(made, 0).response?.hex).toBe('000000080000000200000000')
  expect(detail(made, 0).request?.hex).toBe(UNDERFLOW[0]![1])
})
