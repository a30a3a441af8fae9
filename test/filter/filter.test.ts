import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { compileFilter, FilterError, filterPaths, needsFrames } from '../../src/filter/filter.ts'

const exchange: JsonObject = {
  type: 'exchange',
  id: 17,
  clientId: 'rdkafka-1',
  api: 'Fetch',
  apiVersion: 12,
  latencyMs: 10.5,
  request: {
    time: 1762208626.499123,
    body: {
      topics: [
        { name: 'orders', partitions: [{ partition: 0, fetchOffset: 9007199254740993n }] },
        { name: 'it\'s "quoted"', partitions: [] },
      ],
      rackId: '',
      isolationLevel: 0,
    },
  },
  response: null,
  noResponse: 'pending',
  findings: [{ code: 'body/underflow', severity: 'error', causes: [{ cause: 'truncated', score: 0.5 }] }],
}

const holds = (expression: string): boolean => compileFilter(expression)(exchange)

describe('a filter holds', () => {
  it.each([
    'api == "Fetch" and latencyMs > 10',
    "api == 'Fetch' && latencyMs >= 10.5",
    'clientId =~ "^rdkafka"',
    'request.body.topics.name == "orders"',
    'request.body.topics[0].name == "orders"',
    'request.body.topics[*].partitions.partition == 0',
    'findings.code =~ "underflow"',
    'findings.causes.cause == "truncated"',
    'not (api in ["Heartbeat", "Metadata"])',
    'api not in ["Heartbeat","Metadata"]',
    '!(api == "Metadata") || false',
    'api in ["Fetch"]',
    'id in [1, 17, null]',
    'clientId contains "kafka"',
    'request.body.topics.name contains "ord"',
    'request.body.topics.name == "it\'s \\"quoted\\""',
    "request.body.topics.name == 'it\\'s \"quoted\"'",
    'clientId =~ "^rdkafka-\\d$"',
    'clientId =~ "^rdkafka-\\\\d$"',
    'clientId =~ "\\u0072dkafka"',
    'clientId !~ "^kafkajs"',
    'request.body.topics.partitions.fetchOffset == 9007199254740993',
    'request.body.topics.partitions.fetchOffset > 9007199254740992',
    'request.body.topics.partitions.fetchOffset != 9007199254740992',
    'request.time == 1762208626.499123',
    'response == null',
    'response.body.errorCode == null',
    'findings',
    'noResponse',
    'request.body',
    'not request.body.rackId',
    'not request.body.isolationLevel',
    'apiVersion == 0xc',
    'apiVersion > -1 and apiVersion < 1.3e1',
    'apiVersion =~ "^12$"',
    '"abc" < "abd"',
    'true or (false and false)',
    'api == "x" or api == "Fetch" and id == 17',
    '"orders" in request.body.topics.name',
    'id == id',
    '',
    '  ',
  ])('%s', (expression) => expect(holds(expression)).toBe(true))
})

describe('a filter does not hold', () => {
  it.each([
    // No element may equal it, for != to hold.
    'request.body.topics.name != "orders"',
    'request.body.topics.name !~ "orders"',
    'request.body.topics[2].name == "orders"',
    'request.body.topics.partitions.fetchOffset == 9007199254740992',
    'apiKey > 10',
    'clientId == noResponse',
    'response',
    'findings.severity == "warning"',
    'api in []',
    'latencyMs < 10 or false',
    // Names that every JavaScript object has are no fields.
    'request.constructor',
    'request.__proto__',
    'clientId.length == 9',
    'not not not true',
  ])('%s', (expression) => expect(holds(expression)).toBe(false))
})

describe('what is no filter is said with its place', () => {
  it.each([
    ['api = "Fetch"', 4, 'want == (or =~ for a pattern), have a single ='],
    ['api ==', 6, 'want a value after ==, have the end'],
    ['api == "Fetch', 7, 'want a closing "'],
    ['api == "Fetch" latencyMs > 10', 15, 'want an operator or the end, have latencyMs'],
    ['(api == "Fetch"', 15, 'want an operator or ), have the end'],
    ['api in "Fetch"', 7, 'want a list like ["a", "b"] after in, have "Fetch"'],
    ['api in ["a" "b"]', 12, 'want , or ] in a list, have "b"'],
    ['api in [api]', 8, 'want a value in a list, have api'],
    ['and', 0, 'want a field or a value, have and'],
    ['api =~ "("', 7, 'want a pattern: missing closing ): `(`'],
    ['api =~ "(?=x)"', 7, 'want a pattern: invalid or unsupported Perl syntax: `(?=`'],
    ['api =~ clientId', 7, 'want a pattern in quotes after =~ or !~'],
    ['latencyMs > 10ms', 12, 'this is no number'],
    ['request. == 1', 8, 'want the name of a field after the dot'],
    ['clientid == "x"', 0, 'an exchange has no clientid; it is spelled clientId'],
    [
      'clientIf == "x"',
      0,
      'an exchange has no clientIf; did you mean clientId? Want one of type, id, connection, client, broker, clientId, apiKey, api, apiVersion, correlationId, request, response, noResponse, latencyMs, findings, or a text in quotes',
    ],
    ['api == 12', 7, 'api is a string, 12 is none'],
    ['api > 1', 6, 'api is a string, 1 is none'],
    ['latencyMs > "10"', 12, 'latencyMs is a number, "10" is none'],
    ['apiKey in [1, "Fetch"]', 10, 'apiKey is a number, "Fetch" is none'],
    ['not (findings.code == 5)', 22, 'findings.code is a string, 5 is none'],
    ['request.size == true', 16, 'request.size is a number, true is none'],
    ['api =~ 12', 7, 'want a pattern in quotes after =~ or !~'],
    ['findings == "body/underflow"', 0, 'findings holds fields; want one of them, as in findings.code'],
    ['api == "a" & id', 11, 'want a field, a value or an operator, have "&"'],
  ])('%s', (expression, position, problem) => {
    const error = failure(expression)
    expect(error.position).toBe(position)
    expect(error.message).toBe(`filter, character ${position + 1}: ${problem}`)
  })

  it('points a caret at the place', () => {
    expect(failure('api == "Fetch" and latencyMs >').detail).toBe(
      [
        'filter, character 31: want a value after >, have the end',
        '  api == "Fetch" and latencyMs >',
        '                                ^',
      ].join('\n'),
    )
  })

  it('shows control characters of the expression escaped', () => {
    expect(failure('api == \u001b[31m').detail).toContain('  api == \\x1b[31m\n         ^')
  })

  it('names the fields there are where none is meant', () => {
    expect(failure('Fetch').message).toMatch(/an exchange has no Fetch; want one of type, id, .*, or a text in quotes/)
  })

  it('refuses nesting and lengths that no person writes', () => {
    expect(failure(`${'('.repeat(4000)}true${')'.repeat(4000)}`).message).toContain('nested more than 200 deep')
    expect(failure('!'.repeat(9000)).message).toContain('nested more than 200 deep')
    expect(failure(`api == "${'x'.repeat(10_000)}"`).message).toContain('at most 10000 characters')
    expect(compileFilter(`true${' or id'.repeat(1500)}`)(exchange)).toBe(true)
  })
})

function failure(expression: string): FilterError {
  try {
    compileFilter(expression)
  } catch (error) {
    if (error instanceof FilterError) return error
    throw error
  }
  throw new Error(`compiled: ${expression}`)
}

describe('what a filter looks at', () => {
  it('is listed once each', () => {
    expect(filterPaths('api == "x" and not (request.body.topics[1].name == api or latencyMs)')).toEqual([
      'api',
      'request.body.topics[1].name',
      'latencyMs',
    ])
  })

  it.each([
    ['api == "x" and latencyMs > 1', false],
    ['request.size > 100', false],
    ['response', false],
    ['request.header.clientId', true],
    ['response.body.errorCode != 0', true],
  ])('%s needs frames decoded: %s', (expression, needed) => expect(needsFrames(expression)).toBe(needed))
})

it('takes time in line with the text, whatever the pattern', () => {
  const filter = compileFilter('clientId =~ "^(a+)+$" or clientId =~ "(.*)*x(.*)*y"')
  const started = performance.now()
  expect(filter({ clientId: `${'a'.repeat(32_000)}!` })).toBe(false)
  expect(performance.now() - started).toBeLessThan(5000)
})

describe('no text makes a filter throw anything but a FilterError', () => {
  const word = fc.constantFrom(
    ...'api id request findings.code response.body[0].x and or not in contains == != < <= > >= =~ !~ ( ) [ ] , && || !'.split(
      ' ',
    ),
    '"x"',
    "'y'",
    '1',
    '-2.5e3',
    '9007199254740993',
    'null',
    'true',
    '"[a-z]+"',
  )
  const expression = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  )
  const json = fc.dictionary(fc.constantFrom('api', 'id', 'request', 'findings', 'response'), fc.jsonValue())

  it('holds for random text and random JSON', () => {
    fc.assert(
      fc.property(expression, json, (text, value) => {
        let filter: (json: JsonObject) => boolean
        try {
          filter = compileFilter(text)
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError)
          return
        }
        expect(typeof filter(value as JsonObject)).toBe('boolean')
      }),
      { numRuns: 5000 },
    )
  })

  it('not is the opposite, and a string is found as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const quoted = JSON.stringify(text)
        expect(compileFilter(`api == ${quoted}`)({ api: text })).toBe(!/\\[bf]/.test(quoted.replace(/\\\\/g, '')))
        expect(compileFilter(`not (api == ${quoted})`)({ api: text })).toBe(
          compileFilter(`api != ${quoted}`)({ api: text }),
        )
      }),
    )
  })
})
