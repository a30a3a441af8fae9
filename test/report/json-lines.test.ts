import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonObject, parseJson, printJson } from '../../src/codec/json-text.ts'
import { compileFilter, EXCHANGE_KEYS } from '../../src/filter/filter.ts'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import { JsonLines } from '../../src/report/json-lines.ts'
import { exchangeLine } from '../../src/report/lines.ts'
import { connection, finding, frame, HEARTBEAT, heartbeat } from './exchanges.ts'

describe('the line of an exchange', () => {
  it('has the keys and the order that docs and filters rely on', () => {
    expect(printJson(exchangeJson(heartbeat(), [finding()]))).toBe(
      [
        '{"type":"exchange","id":17,"connection":2,"client":"127.0.0.1:51234","broker":"127.0.0.1:9092","clientId":"rdkafka",',
        '"apiKey":12,"api":"Heartbeat","apiVersion":0,"correlationId":4,',
        '"request":{"time":1762208626.499123,"size":31,',
        '"header":{"requestApiKey":12,"requestApiVersion":0,"correlationId":4,"clientId":"rdkafka"},',
        '"body":{"groupId":"g","generationId":7,"memberId":"m"}},',
        '"response":{"time":1762208626.499733,"size":10,"header":{"correlationId":4},"body":{"errorCode":27}},',
        '"latencyMs":0.61,"findings":[{"code":"body/underflow","severity":"error","api":"Heartbeat","apiVersion":0,',
        '"kind":"response","path":"errorCode","offset":8,"length":0,"message":"The answer ends before errorCode.","causes":[]}]}',
      ].join(''),
    )
  })

  it('says why there is no answer', () => {
    const json = exchangeJson(heartbeat({ response: null, noResponse: 'connection closed' }), [])
    expect(Object.keys(json).slice(-5)).toEqual(['request', 'response', 'noResponse', 'latencyMs', 'findings'])
    expect(json).toMatchObject({ response: null, noResponse: 'connection closed', latencyMs: null })
  })

  it('has no request in a one-sided capture', () => {
    expect(exchangeJson(heartbeat({ request: null }), [])).toMatchObject({ request: null, latencyMs: null })
  })

  it('numbers packets where there are any', () => {
    const request = frame('request', [12, 0], HEARTBEAT, { packet: 9 })
    expect(Object.keys(exchangeJson(heartbeat({ request }), []).request as JsonObject)).toEqual([
      'time',
      'packet',
      'size',
      'header',
      'body',
    ])
  })

  it('prints times whole to the microsecond', () => {
    for (let i = 0; i < 5000; i++) {
      const time = 1762208626_000000 + i * 7919 + i
      const { request } = exchangeJson(heartbeat({ request: frame('request', [12, 0], HEARTBEAT, { time }) }), [])
      const [whole, fraction = ''] = JSON.stringify((request as JsonObject).time).split('.')
      expect(Number(whole) * 1e6 + Number(fraction.padEnd(6, '0'))).toBe(time)
    }
  })

  it('has fields and hex when asked, offsets from the size field', () => {
    const { response } = exchangeJson(heartbeat(), [], { fields: true, hex: true })
    expect(response).toMatchObject({
      fields: [
        ['size', 0, 4, 'int32'],
        ['header', 4, 4, 'struct'],
        ['header.correlationId', 4, 4, 'int32'],
        ['errorCode', 8, 2, 'int16'],
      ],
      hex: '0000000600000004001b',
    })
  })

  it('shows what was read of a frame that ends too early', () => {
    const request = frame('request', [12, 0], HEARTBEAT.slice(0, -8))
    expect(exchangeJson(heartbeat({ request }), []).request).toMatchObject({
      header: { clientId: 'rdkafka' },
      body: { groupId: 'g', generationId: 7 },
      notDecoded: 'does not fit its schema',
    })
  })

  it.each([
    [[10001, 0], 'unknown api'],
    [[12, 99], 'unknown version'],
  ] as const)('shows the header alone of %j', (as, notDecoded) => {
    expect(exchangeJson(heartbeat({ request: frame('request', as, HEARTBEAT) }), []).request).toMatchObject({
      header: { correlationId: 4, clientId: 'rdkafka' },
      body: null,
      notDecoded,
    })
  })

  it('says so where a frame was too large to keep', () => {
    const request = frame('request', [12, 0], HEARTBEAT, { kept: false, size: 1e9 })
    expect(exchangeJson(heartbeat({ request }), []).request).toMatchObject({
      size: 1e9,
      notDecoded: 'too large to keep',
    })
  })

  it('expands nested bytes when asked', () => {
    // JoinGroup v0: protocol range, whose metadata is a ConsumerProtocolSubscription v0 of topic t.
    const hex =
      '00000000 000b 0000 00000004 0001 63 0001 67 00002710 0000 0008 636f6e73756d6572 00000001 0005 72616e6765 0000000d 0000 00000001 0001 74 00000000'
    const exchange = heartbeat({
      apiKey: 11,
      api: 'JoinGroup',
      request: frame('request', [11, 0], hex),
      response: null,
    })
    const protocols = (expand: boolean) =>
      ((exchangeJson(exchange, [], { expand }).request as JsonObject).body as JsonObject).protocols
    expect(protocols(false)).toEqual([{ name: 'range', metadata: 'AAAAAAABAAF0AAAAAA==' }])
    expect(protocols(true)).toEqual([{ name: 'range', metadata: { version: 0, topics: ['t'], userData: '' } }])
  })
})

describe('secrets', () => {
  // SaslAuthenticate v0 with a PLAIN token: \0 alice \0 s3cret.
  const plain = '00616c69636500733363726574'
  const request = frame('request', [36, 0], `00000000 0024 0000 00000001 0001 63 0000000d ${plain}`)
  const sasl = { mechanism: 'PLAIN', user: 'alice', state: 'handshake' } as const
  const exchange = heartbeat({
    apiKey: 36,
    api: 'SaslAuthenticate',
    connection: connection({ sasl }),
    request,
    response: null,
  })

  it('are masked in JSON and hex alike', () => {
    const text = printJson(exchangeJson(exchange, [], { hex: true, expand: true, fields: true }))
    expect(text).toContain(Buffer.from('\0alice\0******').toString('hex'))
    expect(text).not.toContain(Buffer.from('s3cret').toString('hex'))
    expect(text).not.toContain('s3cret')
    expect(text).not.toContain(Buffer.from(plain, 'hex').toString('base64'))
  })

  it('are shown when asked for', () => {
    expect(printJson(exchangeJson(exchange, [], { showSecrets: true }))).toContain(
      Buffer.from(plain, 'hex').toString('base64'),
    )
  })

  it('are masked in raw tokens, which have no Kafka header', () => {
    const raw = heartbeat({
      framing: 'sasl',
      api: 'SaslToken',
      apiKey: -1,
      connection: connection({ sasl }),
      request: frame('request', [-1, 0], `0000000d ${plain}`),
      response: frame('response', [-1, 0], '00000000'),
    })
    const json = exchangeJson(raw, [], { fields: true })
    expect(json.request).toMatchObject({
      header: null,
      body: { token: Buffer.from('\0alice\0******').toString('base64') },
      fields: [
        ['size', 0, 4, 'int32'],
        ['token', 4, 13, 'bytes'],
      ],
    })
    expect(json.response).toMatchObject({ body: { token: '' } })
  })
})

it('every key of an exchange is one that a filter may name', () => {
  const keys = Object.keys(exchangeJson(heartbeat({ response: null, noResponse: 'pending' }), []))
  expect([...keys].sort()).toEqual([...EXCHANGE_KEYS].sort())
})

describe('the lines of a session', () => {
  it('are exchanges, findings and gaps; the summary counts them', () => {
    const lines = new JsonLines()
    const c = connection()
    expect(lines.lines({ type: 'connection', connection: c })).toEqual([])
    expect(lines.lines({ type: 'request', exchange: heartbeat({ response: null }), findings: [] })).toEqual([])
    const [first, ...none] = lines.lines({ type: 'exchange', exchange: heartbeat(), findings: [finding()] })
    expect(none).toEqual([])
    expect(parseJson(first!)).toEqual(exchangeJson(heartbeat(), [finding()]))
    expect(
      lines.lines({
        type: 'finding',
        finding: finding({ severity: 'warning', code: 'frame/not-kafka' }),
        connection: 2,
        time: 1762208626_000001,
      }),
    ).toEqual([
      '{"type":"finding","time":1762208626.000001,"connection":2,"code":"frame/not-kafka","severity":"warning","api":"Heartbeat","apiVersion":0,"kind":"response","path":"errorCode","offset":8,"length":0,"message":"The answer ends before errorCode.","causes":[]}',
    ])
    expect(
      lines.lines({
        type: 'gap',
        connection: c,
        direction: 'response',
        time: 1762208626_500000,
        bytes: 1460,
        skipped: 20,
      }),
    ).toEqual(['{"type":"gap","time":1762208626.5,"connection":2,"direction":"response","bytes":1460,"skipped":20}'])
    const unknown = heartbeat({ request: frame('request', [10001, 0], HEARTBEAT), response: null })
    lines.lines({ type: 'exchange', exchange: unknown, findings: [] })
    c.opaque = 'TLS'
    lines.lines({ type: 'closed', connection: c, time: 0 })
    expect(lines.summary({ linesDropped: 3 }).join('\n')).toBe(
      [
        '{"type":"summary","connections":1,"exchanges":2,"frames":3,"requests":2,"responses":1,',
        '"bytes":72,"requestBytes":62,"responseBytes":10,"gaps":{"count":1,"bytes":1460,"skipped":20},',
        '"findings":{"body/underflow":1,"frame/not-kafka":1},"severities":{"error":1,"warning":1,"note":0},',
        '"notDecoded":{"unknown api":1},"opaqueConnections":{"TLS":1},"linesDropped":3}',
      ].join(''),
    )
  })

  it('leave out exchanges that a filter refuses, and count them', () => {
    const lines = new JsonLines({ filter: compileFilter('response.body.errorCode == 0') })
    expect(lines.lines({ type: 'exchange', exchange: heartbeat(), findings: [] })).toEqual([])
    expect(parseJson(lines.summary().at(-1)!)).toMatchObject({ exchanges: 1, shown: 0 })
  })

  it('escape what a terminal would act on', () => {
    const [line] = new JsonLines().lines({
      type: 'exchange',
      exchange: heartbeat({ clientId: '\u001b[31m\u009b\u202e\n' }),
      findings: [],
    })
    expect(line).toContain('"clientId":"\\u001b[31m\\u009b\\u202e\\n"')
  })
})

it('any bytes, read as any API, have a line of JSON and a line of text', () => {
  const given = fc.record({
    apiKey: fc.oneof(fc.integer({ min: -1, max: 95 }), fc.constantFrom(10001, 32767)),
    apiVersion: fc.integer({ min: -1, max: 19 }),
    request: fc.uint8Array({ maxLength: 200 }),
    response: fc.uint8Array({ maxLength: 200 }),
    framing: fc.constantFrom('kafka' as const, 'sasl' as const),
    options: fc.record({ fields: fc.boolean(), hex: fc.boolean(), expand: fc.boolean(), showSecrets: fc.boolean() }),
  })
  fc.assert(
    fc.property(given, ({ apiKey, apiVersion, request, response, framing, options }) => {
      const of = (kind: 'request' | 'response', bytes: Uint8Array) =>
        frame(kind, [apiKey, apiVersion], Buffer.from(bytes).toString('hex'))
      const exchange = heartbeat({
        apiKey,
        apiVersion,
        framing,
        connection: connection({ sasl: { mechanism: 'SCRAM-SHA-256', user: null, state: 'tokens' } }),
        request: of('request', request),
        response: of('response', response),
      })
      const json = exchangeJson(exchange, [], options)
      expect(parseJson(printJson(json))).toMatchObject({ type: 'exchange', id: 17 })
      expect(exchangeLine(exchange, [])).not.toMatch(/\p{Cc}/u)
    }),
    { numRuns: 5000 },
  )
})
