/** `decode --log`: dumps as brokers and clients log them, found with their lines; what is no dump is left alone. */
import { describe, expect, it } from 'vitest'
import { type DecodeOptions, run } from '../../src/cli/decode.ts'
import { CliError } from '../../src/cli/errors.ts'
import { DumpFinder } from '../../src/cli/log-dumps.ts'
import { hintsIn } from '../../src/cli/log-words.ts'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { memoryIo } from './memory-io.ts'

async function log(text: string, options: DecodeOptions = {}) {
  const io = memoryIo(text)
  const status = await run('', { log: '-', json: true, ...options }, io)
  return {
    status,
    answers: options.json === false ? [] : io.stdout.lines.map((line) => parseJson(line) as JsonObject),
    io,
  }
}

/** A Heartbeat request of rdkafka, correlation id 4, and an answer to it. */
const REQUEST = '0000001b000c000000000004000772646b61666b61000167000000070001 6d'.replace(' ', '')
const ANSWER = '0000000600000004001b'
const bytes = (hex: string): number[] => [...Buffer.from(hex, 'hex')]
const rows = (hex: string): string[] => {
  const all = bytes(hex)
  return Array.from({ length: Math.ceil(all.length / 16) }, (_row, i) => {
    const part = all.slice(i * 16, i * 16 + 16)
    const pairs = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    return `${(i * 16).toString(16).padStart(8, '0')}: ${pairs.padEnd(48)} ${text}`
  })
}

const NAMED = { api: 'Heartbeat', version: 0 }

describe('a dump on one line', () => {
  it.each<[string, string]>([
    ['Rust tracing, a list', `2026-05-01T12:00:00Z DEBUG broker: read frame bytes=[${bytes(REQUEST).join(', ')}]`],
    [
      'Rust tracing, Bytes',
      String.raw`TRACE codec: decoding buf=b"\0\0\0\x1b\0\x0c\0\0\0\0\0\x04\0\x07rdkafka\0\x01g\0\0\0\x07\0\x01m" len=31`,
    ],
    [
      'Rust {:x?}',
      `DEBUG raw: [${bytes(REQUEST)
        .map((b) => b.toString(16))
        .join(', ')}]`,
    ],
    ['Go %v', `2026/05/01 12:00:00 recv [${bytes(REQUEST).join(' ')}] from 127.0.0.1:51234`],
    ['Go %x', `2026/05/01 12:00:00 received request ${REQUEST} from 127.0.0.1:51234`],
    ['Go % x', `sent: ${REQUEST.replace(/..(?!$)/g, '$& ')}`],
    [
      'Go %#v',
      `payload=[]byte{${bytes(REQUEST)
        .map((b) => `0x${b.toString(16)}`)
        .join(', ')}}`,
    ],
    [
      'Java Arrays.toString in log4j',
      `[2026-05-01 12:00:00,123] TRACE [Consumer clientId=c1, groupId=g] Sending bytes ${JSON.stringify(bytes(REQUEST)).replace(/,/g, ', ')} (org.apache.kafka.clients.NetworkClient)`,
    ],
    [
      'Python logging',
      String.raw`DEBUG:kafka.conn:Sending b'\x00\x00\x00\x1b\x00\x0c\x00\x00\x00\x00\x00\x04\x00\x07rdkafka\x00\x01g\x00\x00\x00\x07\x00\x01m'`,
    ],
    ['node', `write <Buffer ${REQUEST.replace(/..(?!$)/g, '$& ')}>`],
    ['base64', `frame=${Buffer.from(REQUEST, 'hex').toString('base64')} conn=3`],
    [
      'JSON',
      JSON.stringify({
        level: 'DEBUG',
        msg: 'read',
        payload:
          '\\x00\\x00\\x00\\x1b\\x00\\x0c\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x07rdkafka\\x00\\x01g\\x00\\x00\\x00\\x07\\x00\\x01m',
      }),
    ],
    ['hex that nobody calls so, but is a frame', `conn-3 << ${REQUEST}`],
  ])('%s', async (_form, line) => {
    const { answers, status } = await log(`first line\n\n${line}\nlast line\n`)
    expect(answers).toMatchObject([
      { line: 3, lines: 1, ok: true, header: { clientId: 'rdkafka' }, json: { groupId: 'g', memberId: 'm' } },
    ])
    expect((answers[0]!.guesses as JsonObject[])[0]).toMatchObject({ ...NAMED, kind: 'request' })
    expect(status).toBe(0)
  })
})

describe('a dump over several lines', () => {
  it('keeps its lines whatever stands in front of the rows', async () => {
    const lines = rows(REQUEST).map((row, i) => `2026-05-01 12:00:00.00${i} DEBUG [net-7] ${row}`)
    const text = ['starting', 'sent request hexdump (31 bytes):', ...lines, 'done', ''].join('\n')
    expect((await log(text)).answers).toMatchObject([{ line: 3, lines: 2, notation: 'dump', json: { groupId: 'g' } }])
  })

  it('goes on behind a line of another thread, and ends where the next begins', async () => {
    const [one, two] = rows(REQUEST)
    const text = [one, 'INFO another thread', two, ...rows(ANSWER), 'x', ...rows(REQUEST)].join('\n')
    expect((await log(text)).answers).toMatchObject([
      { line: 1, lines: 3, ok: true, json: { groupId: 'g' } },
      { line: 4, lines: 1, ok: true, json: { errorCode: 27 } },
      { line: 6, lines: 2, ok: true, json: { groupId: 'g' } },
    ])
  })

  it('cuts apart what one read of a socket brought', async () => {
    const { answers } = await log(`read ${REQUEST}${ANSWER}\n`)
    expect(answers).toMatchObject([
      { line: 1, part: 1, parts: 2, json: { groupId: 'g' } },
      { line: 1, part: 2, parts: 2, json: { errorCode: 27 } },
    ])
  })
})

describe('what stands around a dump', () => {
  it('tells an answer that says nothing of itself: by its words, by its request, by what was sent', async () => {
    const left = `LeaveGroupResponse (v0, 10 bytes, CorrId 4): bytes=[${bytes(ANSWER).join(', ')}]`
    const asked = `%7|1777636800.5|SEND|rdkafka#consumer-1| Sent LeaveGroupRequest (v0, 31 bytes @ 0, CorrId 4)\nx\nx\nx\nx\nrecv ${ANSWER}`
    const pair = `read ${REQUEST.replace('000c0000', '000d0000').replace('00000007', '').replace('0000001b', '00000017')}\n\n\n\n\nwrote ${ANSWER}`
    for (const text of [left, asked, pair]) {
      const answer = (await log(text)).answers.at(-1)!
      expect((answer.guesses as JsonObject[])[0]).toMatchObject({ api: 'LeaveGroup', version: 0, kind: 'response' })
    }
  })

  it('diagnoses what is broken, with the original case', async () => {
    const { answers, status } = await log(
      'DEBUG broker: JoinGroup v5 response encoded, correlation_id=2 bytes=[0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 0]\n',
    )
    expect(status).toBe(1)
    expect(answers).toMatchObject([{ line: 1, ok: false, findings: [{ code: 'body/underflow', api: 'JoinGroup' }] }])
    const [finding] = answers[0]!.findings as JsonObject[]
    expect((finding!.causes as JsonObject[])[0]).toMatchObject({ cause: 'other-api' })
  })

  it.each([
    ['Received JoinGroupResponse (v5, 195 bytes, CorrId 4, rtt 502ms)', [11], [5], [4], 'response'],
    ['JOIN_GROUP request api_version=7 correlationId: 12', [11], [7], [12], 'request'],
    ['api_key=18 apiVersion=3', [18], [3], [], undefined],
    ['alter-partition-reassignments', [45], [], [], undefined],
    ['prefetching, voted', [], [], [], undefined],
  ])('%s', (text, apiKeys, versions, correlationIds, kind) => {
    expect(hintsIn(text)).toEqual({ apiKeys, versions, correlationIds, kind })
  })
})

describe('what is no dump', () => {
  it.each([
    'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 request done',
    'request id 550e8400-e29b-41d4-a716-446655440000',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 pulled',
    'commit da39a3ee5e6b4b0d3255bfef95601890afd80709 checked out',
    'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'data=eyJhbGciOiJIUzI1NiJ9eyJzdWIiOiIxMjM0',
    'Partition [orders,0] ISR [0, 1, 2] replicas [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] on broker 1',
    'fetch partitions: [0, 1, 2, 3, 4, 5, 6, 7]',
    'eth0 link/ether 00:1b:44:11:3a:b7 brd ff:ff:ff:ff:ff:ff',
    'cert fingerprint 00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33',
    'Cluster ID = 5L6g3nShT-eMCtK--X86sw, topic id AAAAAAAAAAAAAAAAAAAAAQ',
    'took 00001234567890123456 ns, version 20260501120000, timestamp=1777636800123',
    '[2026-05-01 12:00:00,123] INFO Kafka commitId: 1234567890abcdef (org.apache.kafka.common.utils.AppInfoParser)',
    'at 0x00007f3a1c000b20 thread 0x00007f3a1c000b28',
    'offsets 0000 0000 0000 0001 0002 0003',
    "can't parse 'it'; the message \"hello there, this is text\" was read",
    'response times [0.5, 1.5, 2.5, 12.25, 1, 1, 1, 1]',
    'latencies: 12 15 18 22 35 99 10 11 12 ms',
    'segment 00000000000000000000.log rolled, 00000000000000368769.index',
  ])('%s', async (line) => {
    expect((await log(`${line}\n`)).answers).toEqual([])
  })

  it('a whole log of a client and a broker without dumps', async () => {
    const lines = [
      '%7|1777636800.5|BROKER|rdkafka#producer-1| [thrd:app]: localhost:9092/bootstrap: Added new broker with NodeId -1',
      '%7|1777636800.6|RECV|rdkafka#producer-1| [thrd:b/1]: b/1: Received MetadataResponse (v4, 71 bytes, CorrId 2, rtt 0.56ms)',
      '%7|1777636800.7|PARTCNT|rdkafka#producer-1| [thrd:main]: Topic orders [0..3] partitions 3 -> 4',
      '[2026-05-01 12:00:00,123] INFO [GroupCoordinator 1]: Stabilized group g generation 1 with 2 members (kafka.coordinator.group.GroupCoordinator)',
      '[2026-05-01 12:00:00,124] DEBUG [Consumer clientId=c1] Sending FETCH request with header RequestHeader(apiKey=FETCH, apiVersion=17, clientId=c1, correlationId=11, headerVersion=2)',
    ]
    expect((await log(lines.join('\n'))).answers).toEqual([])
  })
})

it('prints for people what --json prints for programs', async () => {
  const { io, status } = await log(`a\nread ${REQUEST}\n`, { json: false })
  expect(io.stdout.lines.slice(0, 3)).toEqual([
    'line 2, hex, 31 bytes',
    'Heartbeat v0 request, a frame of 31 bytes',
    'guessed  0.999  Heartbeat v0 request, a frame',
  ])
  expect(io.stderr.text).toBe('')
  expect(status).toBe(0)
  expect((await log('a\n\nb\n')).io.stderr.text).toBe('decode: no dump in 3 lines\n')
})

it('masks passwords', async () => {
  const hex = Buffer.from('\0alice\0s3cret').toString('hex')
  const text = `SaslAuthenticate v0 request body: 0000000d${hex}\n`
  const said = { api: 'SaslAuthenticate', apiVersion: '0', kind: 'request' } as const
  expect((await log(text, said)).io.stdout.text).not.toContain(Buffer.from('\0alice\0s3cret').toString('base64'))
})

it('keeps memory and time bounded whatever the log', () => {
  const finder = new DumpFinder()
  const lines = [`[${'0, '.repeat(200_000)}`, `"${'\\x00'.repeat(200_000)}`, 'ab '.repeat(200_000), '"'.repeat(100_000)]
  lines.push(`[${' ,'.repeat(100_000)}`, "'\\".repeat(100_000), '"\\a'.repeat(100_000), '0000 '.repeat(100_000))
  const began = performance.now()
  lines.forEach((line, i) => {
    expect(finder.push(line, i + 1)).toBeInstanceOf(Array)
  })
  expect(performance.now() - began).toBeLessThan(5000)
})

it.each<[string, DecodeOptions, string]>([
  [
    'a file that is not there',
    { log: '/nowhere/x' },
    "decode: can't read /nowhere/x: there is no such file or folder (ENOENT)",
  ],
  ['a folder', { log: '/' }, "decode: can't read /: it is a folder (EISDIR)"],
  ['--jsonl beside it', { log: '-', jsonl: true }, 'decode: --log: --jsonl does not go with it'],
  ['a wrong version', { log: '-', apiVersion: 'x' }, 'decode: --api-version x: want a whole number'],
])('refuses %s', async (_what, options, message) => {
  await expect(run('', options, memoryIo())).rejects.toThrow(new CliError(message))
})
