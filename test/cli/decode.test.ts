import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DecodeOptions, decodeCommand, run } from '../../src/cli/decode.ts'
import { answerLine } from '../../src/cli/decode-lines.ts'
import { CliError } from '../../src/cli/errors.ts'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { jsonLines } from '../vectors.ts'
import { memoryIo, TextSink } from './memory-io.ts'

async function decode(hex: string, options: DecodeOptions, stdin = '') {
  const io = memoryIo(stdin)
  const status = await run(hex, options, io)
  return { status, lines: io.stdout.lines }
}

const HEARTBEAT = '0000001b000c0000000000040007 72646b61666b61 0001 67 00000007 0001 6d'

describe('decode for people', () => {
  it('shows a frame field by field; a request says itself what it is', async () => {
    expect(await decode(HEARTBEAT, {})).toEqual({
      status: 0,
      lines: [
        'Heartbeat v0 request, a frame of 31 bytes',
        'guessed  0.999  Heartbeat v0 request, a frame',
        '',
        '      0  00 00 00 1b                size                            int32                     27',
        '      4                             header                          struct',
        '      4  00 0c                        requestApiKey                 int16                     12',
        '      6  00 00                        requestApiVersion             int16                     0',
        '      8  00 00 00 04                  correlationId                 int32                     4',
        '     12  00 07 72 64 6b 61 66 6b …    clientId                      nullable_string           "rdkafka"',
        '     21  00 01 67                   groupId                         string                    "g"',
        '     24  00 00 00 07                generationId                    int32                     7',
        '     28  00 01 6d                   memberId                        string                    "m"',
      ],
    })
  })

  it('shows the fields up to the bad one, the bytes with carets beneath, and one sentence', async () => {
    const { status, lines } = await decode('00000008 00000002 00000000', {
      api: 'JoinGroup',
      apiVersion: '5',
      kind: 'response',
    })
    expect(status).toBe(1)
    expect(lines.slice(0, 9)).toEqual([
      'JoinGroup v5 response, a frame of 12 bytes',
      '',
      '      0  00 00 00 08                size                            int32                     8',
      '      4                             header                          struct',
      '      4  00 00 00 02                  correlationId                 int32                     2',
      '      8  00 00 00 00                throttleTimeMs                  int32                     0',
      'x    12                             errorCode                       int16                     wants 2 bytes, 0 left',
      '         not reached: generationId, protocolName, leader, memberId, members',
      '',
    ])
    expect(lines[9]).toBe('x body/underflow  errorCode at 12')
    expect(lines.slice(11, 13)).toEqual([
      '    0000  00 00 00 08 00 00 00 02  00 00 00 00              ............',
      '                                               ^^',
    ])
  })

  it('finds out whether the bytes are a frame or a body', async () => {
    const heartbeat = { api: '12', apiVersion: '0', kind: 'response' } as const
    expect((await decode('001b', heartbeat)).lines[0]).toBe('HeartbeatResponse v0, a body of 2 bytes')
    expect((await decode('0000000600000004001b', heartbeat)).lines[0]).toBe(
      'Heartbeat v0 response, a frame of 10 bytes',
    )
    expect((await decode('0000000600000004001b', { ...heartbeat, body: true })).lines[0]).toBe(
      'HeartbeatResponse v0, a body of 10 bytes',
    )
    expect((await decode('001b', { ...heartbeat, frame: true })).status).toBe(1)
  })

  it('reads an ApiVersions answer to an unsupported version as the version 0 that it is', async () => {
    const { status, lines } = await decode('0000000a 00000001 0023 00000000', {
      api: 'ApiVersions',
      apiVersion: '4',
      kind: 'response',
    })
    expect([status, lines[0]]).toEqual([0, 'ApiVersions v0 response, a frame of 14 bytes'])
  })

  const JOINED = '00000004 00000000 0000 00000001 0005 72616e6765 0001 61 0001 61 00000000'
  it.each<[string, string, DecodeOptions, string]>([
    [
      'an answer by its API alone',
      `0000001f${JOINED}`,
      { api: 'JoinGroup' },
      'JoinGroup v5 response, a frame of 35 bytes',
    ],
    ['the rest of --kind', '001b', { kind: 'response', body: true }, 'HeartbeatResponse v0, a body of 2 bytes'],
    ['a frame that lacks its size', HEARTBEAT.slice(8), {}, 'Heartbeat v0 request, a frame of 31 bytes'],
    ['the kind', '001b', { api: 'Heartbeat', apiVersion: '0' }, 'HeartbeatResponse v0, a body of 2 bytes'],
    [
      'a message of consumers',
      '0000 00000002 0006 6f7264657273 0005 6974656d73 ffffffff',
      {},
      'ConsumerProtocolSubscription v0, a body of 23 bytes behind 2 bytes that say so',
    ],
    [
      'bytes in a dress',
      'vec![0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]',
      { kind: 'request' },
      'ApiVersions v0 request, a frame of 14 bytes',
    ],
    [
      'an API of the future',
      '0000000a 03e7 0000 00000001 0000',
      { kind: 'request' },
      'Unknown(999) v0 request, a frame of 14 bytes: only its header is known',
    ],
  ])('guesses what nobody says: %s', async (_what, hex, options, title) => {
    const { lines } = await decode(hex, options)
    expect(lines[0]).toBe(title)
    expect(lines[1]).toMatch(/^guessed {2}0\.\d{3} {2}/)
  })

  it('prints guesses with their shares as JSON too', async () => {
    const { lines } = await decode('001b', { json: true, body: true })
    const { guesses, nothing, json } = parseJson(lines[0]!) as JsonObject
    expect(json).toEqual({ errorCode: 27 })
    expect(guesses).toContainEqual(
      expect.objectContaining({ api: 'Heartbeat', kind: 'response', form: 'body', version: 0, sound: true }),
    )
    const shares = (guesses as JsonObject[]).map(({ certainty }) => Number(certainty))
    expect([...shares].sort((a, b) => b - a)).toEqual(shares)
    expect(shares.reduce((sum, share) => sum + share, Number(nothing))).toBeLessThanOrEqual(1)
  })

  it('escapes text from the wire', async () => {
    const { lines } = await decode('0005 1b5b33316d', { api: 'FindCoordinator', apiVersion: '0', kind: 'request' })
    expect(lines[2]).toContain('"\\u001b[31m"')
    expect(lines.join('')).not.toContain('\u001b')
  })

  it('reads files, raw or in hex, and stdin', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafkascope-'))
    try {
      const raw = join(folder, 'raw')
      const hex = join(folder, 'hex')
      writeFileSync(raw, Buffer.from(HEARTBEAT.replace(/ /g, ''), 'hex'))
      writeFileSync(hex, `${HEARTBEAT}\n`)
      const expected = await decode(HEARTBEAT, {})
      expect(await decode('', { file: raw })).toEqual(expected)
      expect(await decode('', { file: hex })).toEqual(expected)
      expect(await decode('-', {}, HEARTBEAT)).toEqual(expected)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('shows with --expand what a field holds, beneath it', async () => {
    const join = { api: 'JoinGroup', apiVersion: '0', kind: 'request', expand: true } as const
    const subscription = '0000 00000001 0001 74 ffffffff'
    const length = '0000000d'
    const { lines } = await decode(
      `0001 67 00000001 0000 0008 636f6e73756d6572 00000001 0001 72 ${length} ${subscription}`,
      join,
    )
    const at = lines.findIndex((line) => / metadata +bytes /.test(line))
    expect(lines.slice(at + 1, at + 3)).toEqual([
      '         = ConsumerProtocolSubscription v0',
      '           {"version":0,"topics":["t"],"userData":null}',
    ])
  })

  it('reads what has its version or type in front as an int16 where no version is given', async () => {
    const subscription = { api: 'ConsumerProtocolSubscription', json: true } as const
    expect((await decode('0000 00000001 0001 74 ffffffff', subscription)).lines).toEqual([
      '{"ok":true,"version":0,"prefix":2,"json":{"topics":["t"],"userData":null},"findings":[]}',
    ])
    const key = answer({ name: 'OffsetCommitKey', hex: '0001 0001 67 0001 74 00000003' })
    expect(key).toMatchObject({ ok: true, version: 0, json: { group: 'g', topic: 't', partition: 3 } })
    // A consumer reads a version newer than its own as its newest.
    expect(answer({ name: 'ConsumerProtocolAssignment', hex: '0063 00000000 ffffffff' })).toMatchObject({ ok: true })
    expect(answer({ name: 'ConsumerProtocolAssignment', hex: '00' })).toMatchObject({ ok: false })
  })

  it('prints one line of JSON with --json', async () => {
    const options = {
      api: 'Heartbeat',
      apiVersion: '0',
      kind: 'response',
      json: true,
      fields: true,
      hex: true,
    } as const
    expect((await decode('001b', options)).lines).toEqual([
      '{"ok":true,"json":{"errorCode":27},"findings":[],"fields":[["errorCode",0,2,"int16"]],"hex":"001b"}',
    ])
  })

  it('masks passwords unless told otherwise', async () => {
    const token = Buffer.from('\0alice\0s3cret')
    const hex = `0000000d${token.toString('hex')}`
    const options = { api: 'SaslAuthenticate', apiVersion: '0', kind: 'request', json: true, hex: true } as const
    const secret = token.toString('base64')
    const text = { ...options, json: false, hex: false }
    expect((await decode(hex, text)).lines[0]).toMatch(/ \(secrets masked; --show-secrets shows them\)$/)
    expect((await decode(hex, { ...text, showSecrets: true })).lines[0]).not.toContain('masked')
    expect((await decode(hex, options)).lines[0]).not.toContain(secret)
    expect((await decode(hex, { ...options, showSecrets: true })).lines[0]).toContain(secret)
  })

  it.each<[string, string, DecodeOptions]>([
    ['decode: want --jsonl, --file, --log, or the bytes in hex', '', {}],
    ['decode: hex: "g" at digit 1 is no hex digit', '0g', {}],
    ['decode: hex: odd number of digits (3)', '000', {}],
    ['decode: no API or message is called "Foo"', '00', { api: 'Foo', apiVersion: '1' }],
    [
      'decode: HeartbeatRequest has no version 9; known are 0, 1, 2, 3, 4',
      '00',
      { api: 'Heartbeat', apiVersion: '9', kind: 'request' },
    ],
    ['decode: HeartbeatRequest has no version 9; known are 0, 1, 2, 3, 4', '00', { api: '12', apiVersion: '9' }],
    ['decode: --api-version x: want a whole number', '00', { api: 'Heartbeat', apiVersion: 'x' }],
    ['decode: no bytes: of an empty body, say --api, --api-version and --kind', '-', {}],
    [
      "decode: can't read /nowhere/\\n\\x1bx: there is no such file or folder (ENOENT)",
      '',
      { file: '/nowhere/\n\x1bx' },
    ],
    ["decode: can't read /: it is a folder (EISDIR)", '', { file: '/' }],
    [
      'decode: captures/kafkajs39.pcapng is a capture, which "kafkascope read" shows',
      '',
      { file: 'captures/kafkajs39.pcapng' },
    ],
    ['decode: MetadataRequest is no response', '00', { api: 'MetadataRequest', apiVersion: '0', kind: 'response' }],
    ['decode: --jsonl: --api does not go with it', '', { jsonl: true, api: 'Fetch' }],
    ['decode: --jsonl: --frame does not go with it', '', { jsonl: true, frame: true }],
    ['decode: --file: no bytes can be given beside it', '00', { file: 'f' }],
    ['decode: --fields wants --json or --jsonl', '00', { fields: true }],
    [
      'decode: no API or message is called "JoinGruop"; did you mean JoinGroup?',
      '00',
      { api: 'JoinGruop', apiVersion: '0' },
    ],
    ['decode: OffsetCommitKey begins with its type, 1; this begins with 2', '0002', { api: 'OffsetCommitKey' }],
    [
      'decode: ConsumerProtocolAssignment without a version begins with an int16, this has fewer bytes',
      '00',
      { api: 'ConsumerProtocolAssignment' },
    ],
  ])('%s', async (message, hex, options) => {
    await expect(run(hex, options, memoryIo())).rejects.toThrow(new CliError(message))
  })

  it('is a command with its options', () => {
    const options = decodeCommand().options.map(({ long }) => long)
    expect(options).toEqual(
      expect.arrayContaining([
        '--jsonl',
        '--api',
        '--api-version',
        '--kind',
        '--file',
        '--json',
        '--fields',
        '--expand',
        '--hex',
      ]),
    )
  })
})

const answer = (line: object | string, options = {}): JsonObject =>
  parseJson(answerLine(typeof line === 'string' ? line : JSON.stringify(line), options).text) as JsonObject

describe('decode --jsonl', () => {
  it('answers line by line in order, other keys first as they came', async () => {
    const input = [
      '{"id":9007199254740993,"name":"HeartbeatResponse","version":0,"hex":"001b","tags":{"a":[1.5,null]}}',
      '',
      'oops',
      '{"name":"HeartbeatResponse","version":0,"hex":"00"}\r',
    ].join('\n')
    const { status, lines } = await decode('', { jsonl: true }, input)
    expect(status).toBe(1)
    expect(lines.length).toBe(3)
    expect(lines[0]).toBe(
      '{"id":9007199254740993,"tags":{"a":[1.5,null]},"ok":true,"json":{"errorCode":27},"findings":[]}',
    )
    expect(lines[1]).toMatch(/^\{"ok":false,"error":"no JSON: .*","findings":\[\]\}$/)
    expect(parseJson(lines[2]!)).toMatchObject({
      ok: false,
      json: {},
      findings: [{ code: 'body/underflow', path: 'errorCode', offset: 0 }],
    })
  })

  it('takes frames; offsets count from the size field', () => {
    expect(answer({ frame: HEARTBEAT.replace(/ /g, ''), kind: 'request', n: 1 }, { fields: true })).toMatchObject({
      n: 1,
      ok: true,
      header: { requestApiKey: 12, clientId: 'rdkafka' },
      json: { groupId: 'g', generationId: 7, memberId: 'm' },
    })
    const response = { frame: '0000000600000004001b', kind: 'response', apiKey: 12, version: 0 }
    expect(answer(response, { fields: true }).fields).toContainEqual(['errorCode', 8, 2, 'int16'])
  })

  it('takes the API of an answer from its request', () => {
    const request = HEARTBEAT.replace(/ /g, '')
    expect(answer({ frame: '0000000600000004001b', kind: 'response', request })).toEqual({
      ok: true,
      header: { correlationId: 4 },
      json: { errorCode: 27 },
      findings: [],
    })
  })

  it.each([{ correlationId: 5 }, { request: HEARTBEAT.replace('00000004', '00000005').replace(/ /g, '') }])(
    'compares correlation ids where the expected one is known: %j',
    (known) => {
      const { ok, findings } = answer({
        frame: '0000000600000004001b',
        kind: 'response',
        apiKey: 12,
        version: 0,
        ...known,
      })
      expect(ok).toBe(false)
      expect(findings).toMatchObject([
        {
          code: 'protocol/correlation',
          path: 'header.correlationId',
          offset: 4,
          causes: [{ cause: 'correlation-mismatch' }],
        },
      ])
    },
  )

  it.each<[string, object | string]>([
    ['want a JSON object', '[1]'],
    ['want name, version and hex, or frame and kind', {}],
    ['name: want the name of a message', { name: 1, hex: '' }],
    ['version: want a whole number', { name: 'HeartbeatResponse', hex: '' }],
    ['version: want a whole number', { name: 'HeartbeatResponse', version: '0', hex: '' }],
    [
      'HeartbeatResponse has no version 77; known are 0, 1, 2, 3, 4',
      { name: 'HeartbeatResponse', version: 77, hex: '' },
    ],
    ['no API or message is called "Nope"', { name: 'Nope', version: 0, hex: '' }],
    ['hex: want hex digits in quotes', { name: 'HeartbeatResponse', version: 0, hex: 5 }],
    ['hex: hex: "x" at digit 0 is no hex digit', { name: 'HeartbeatResponse', version: 0, hex: 'xx' }],
    ['kind: want "request" or "response"', { frame: '00' }],
    [
      'want apiKey and version of a response (or its request): the frame does not say',
      { frame: '00', kind: 'response' },
    ],
  ])('a bad line is an answer: %s', (error, line) => {
    expect(answer(line)).toEqual({ ok: false, error, findings: [] })
  })

  it('answers lines that nest too deep, and lines too long to keep', async () => {
    expect(answer(`{"id":1,"deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`).ok).toBe(false)
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const stdin = function* () {
      for (let i = 0; i < 65; i++) yield chunk
      yield Buffer.from('\n{"name":"HeartbeatResponse","version":0,"hex":"001b"}')
    }
    const io = memoryIo(stdin())
    expect(await run('', { jsonl: true }, io)).toBe(1)
    expect(io.stdout.lines).toEqual([
      '{"ok":false,"error":"a line has at most 50331648 bytes, this has 68157440","findings":[]}',
      '{"ok":true,"json":{"errorCode":27},"findings":[]}',
    ])
  })

  it('waits for a reader that is behind', async () => {
    const line = '{"name":"HeartbeatResponse","version":0,"hex":"001b"}\n'
    const stdout = new TextSink(100)
    await run('', { jsonl: true }, memoryIo(line.repeat(1000), stdout))
    expect(stdout.lines.length).toBe(1000)
    expect(stdout.most).toBeLessThan(200)
  })

  it('ends when nobody reads any more', async () => {
    const stdout = new TextSink()
    stdout.closed = true
    let read = 0
    const stdin = function* () {
      for (; read < 1000; read++) yield Buffer.from('{}\n')
    }
    await run('', { jsonl: true }, memoryIo(stdin(), stdout))
    expect(read).toBeLessThan(3)
  })

  it('cuts lines the same wherever the chunks end', async () => {
    const text = '{"id":"é","name":"HeartbeatResponse","version":0,"hex":"001b"}\n{"id":2}\n'
    const whole = await decode('', { jsonl: true }, text)
    const bytes = Buffer.from(text)
    for (let cut = 1; cut < bytes.length; cut++) {
      const io = memoryIo([bytes.subarray(0, cut), bytes.subarray(cut)])
      await run('', { jsonl: true }, io)
      expect(io.stdout.lines).toEqual(whole.lines)
    }
  })

  it('answers every broken message with what was read and what was found', async () => {
    const broken = jsonLines('captures/vectors/broken.jsonl.gz').map((line) => parseJson(line) as JsonObject)
    let found = 0
    for (const { id, scope, name, version, hex, frame, kind, apiKey } of broken) {
      const line = scope === 'body' ? { id, name, version, hex } : { id, frame, kind, apiKey, version }
      const given = answer(line as object, { fields: true, expand: true })
      expect(given, String(id)).toMatchObject({ id, ok: expect.any(Boolean), findings: expect.any(Array) })
      expect(given.error, String(id)).toBeUndefined()
      if (given.ok !== true) found++
    }
    // Some faults need the diagnosis' alternative readings or what was expected; most show in the bytes.
    expect(found).toBeGreaterThan(broken.length * 0.75)
  })

  it('never throws, whatever the line', () => {
    const line = fc.record(
      {
        name: fc.constantFrom('FetchResponse', 'JoinGroupRequest', 'RequestHeader', 'x', null),
        version: fc.constantFrom(0, 4, 12, -1, 1e9, null, 'x'),
        kind: fc.constantFrom('request', 'response', 'data', 0),
        hex: fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b).toString('hex')),
        frame: fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b).toString('hex')),
        apiKey: fc.constantFrom(0, 1, 18, 36, 58, -5, 1e12, null),
        correlationId: fc.constantFrom(0, null, 'x'),
        request: fc.constantFrom('', '00', '0000000800120000', null),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(line, (given) => {
        expect(typeof answer(given, { fields: true, expand: true, hex: true }).ok).toBe('boolean')
      }),
      { numRuns: 3000 },
    )
  })
})
