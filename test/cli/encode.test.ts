import { expect, it } from 'vitest'
import { type EncodeOptions, encodeLine, run } from '../../src/cli/encode.ts'
import { CliError } from '../../src/cli/errors.ts'
import { memoryIo } from './memory-io.ts'

async function encode(json: string | undefined, options: EncodeOptions, stdin = ''): Promise<[number, string[]]> {
  const io = memoryIo(stdin)
  return [await run(json, options, io), io.stdout.lines]
}

const heartbeat = { api: 'Heartbeat', apiVersion: '0', kind: 'request' } as const
const body = '{"groupId":"g","generationId":7,"memberId":"m"}'

it('encodes a body, a frame with its header, and says it as JSON', async () => {
  expect(await encode(body, heartbeat)).toEqual([0, ['0001670000000700016d']])
  expect(await encode('-', heartbeat, body)).toEqual([0, ['0001670000000700016d']])
  expect(await encode(body, { ...heartbeat, json: true })).toEqual([0, ['{"ok":true,"hex":"0001670000000700016d"}']])
  const frame = { ...heartbeat, frame: true, correlationId: '4', clientId: 'me' }
  expect(await encode(body, frame)).toEqual([0, ['00000016000c00000000000400026d650001670000000700016d']])
  const flexible = { api: 'HeartbeatResponse', apiVersion: '4', frame: true }
  expect(await encode('{"errorCode":27}', flexible)).toEqual([0, ['0000000c000000000000000000001b00']])
})

it.each<[string, string | undefined, EncodeOptions]>([
  ['encode: want --jsonl, or --api, --api-version and the JSON of the message', undefined, {}],
  ['encode: generationId: want an int32, have "x"', '{"generationId":"x"}', heartbeat],
  ['encode: nope: no such field', '{"nope":1}', heartbeat],
  [
    'encode: ConsumerProtocolSubscription comes in no frame',
    '{}',
    { api: 'ConsumerProtocolSubscription', apiVersion: '0', frame: true },
  ],
  [
    'encode: --correlation-id x: want a whole number from -2147483648 to 2147483647',
    '{}',
    { ...heartbeat, frame: true, correlationId: 'x' },
  ],
  [
    'encode: --correlation-id 2147483648: want a whole number from -2147483648 to 2147483647',
    '{}',
    { ...heartbeat, frame: true, correlationId: '2147483648' },
  ],
  ['encode: --api-version 1.5: want a whole number from 0 to 32767', '{}', { ...heartbeat, apiVersion: '1.5' }],
  ['encode: --client-id wants --frame', '{}', { ...heartbeat, clientId: 'me' }],
  [
    'encode: a response: --client-id does not go with it',
    '{}',
    { ...heartbeat, kind: 'response', frame: true, clientId: 'a' },
  ],
  ['encode: --jsonl: --api does not go with it', undefined, { jsonl: true, api: 'Heartbeat' }],
  [
    'encode: groupInstanceId: version 0 has no such field',
    '{"groupInstanceId":"x"}',
    { api: 'JoinGroup', apiVersion: '0', kind: 'request' },
  ],
  [
    'encode: topics[1].partitions[0].leaderRecoveryState: version 0 has no such field',
    '{"topics":[{},{"partitions":[{"leaderRecoveryState":1}]}]}',
    { api: 'AlterPartition', apiVersion: '0', kind: 'request' },
  ],
])('%s', async (message, json, options) => {
  await expect(run(json, options, memoryIo())).rejects.toThrow(new CliError(message))
})

it('says what is no JSON', async () => {
  await expect(run('{', heartbeat, memoryIo())).rejects.toThrow(/^encode: no JSON: /)
})

it.each<[string, string]>([
  ['{"id":7,"name":"HeartbeatResponse","version":0,"json":{"errorCode":27}}', '{"id":7,"ok":true,"hex":"001b"}'],
  [
    '{"name":"ListOffsetsResponse","version":1,"json":{"topics":[{"name":"t","partitions":[{"offset":9007199254740993}]}]}}',
    '{"ok":true,"hex":"0000000100017400000001000000000000ffffffffffffffff0020000000000001"}',
  ],
  [
    '{"id":8,"name":"MetadataRequest","version":4,"json":{"topics":[{"name":null}]}}',
    '{"id":8,"ok":false,"error":"topics[0].name: null is not allowed in this version"}',
  ],
  ['{"name":"HeartbeatResponse","version":0}', '{"ok":false,"error":"json: want the message\'s JSON"}'],
  ['{"name":"HeartbeatResponse","json":{}}', '{"ok":false,"error":"version: want a whole number"}'],
  ['{"version":0,"json":{}}', '{"ok":false,"error":"name: want the name of a message"}'],
  ['{"name":"Nope","version":0,"json":{}}', '{"ok":false,"error":"no API or message is called \\"Nope\\""}'],
  ['[]', '{"ok":false,"error":"want a JSON object"}'],
])('encode --jsonl: %s', (line, answer) => expect(encodeLine(line).text).toBe(answer))

it('a bad line does not end the run', async () => {
  const good = '{"name":"HeartbeatResponse","version":0,"json":{}}\n'
  expect(await encode(undefined, { jsonl: true }, `${good}x\n${good}`)).toEqual([
    1,
    ['{"ok":true,"hex":"0000"}', expect.stringContaining('"ok":false'), '{"ok":true,"hex":"0000"}'],
  ])
})

it('leaves out what the version lacks and the schema calls ignorable, and says so; a default needs no word', async () => {
  const io = memoryIo()
  const response = { api: 'Heartbeat', apiVersion: '0', kind: 'response' } as const
  expect(await run('{"throttleTimeMs":5,"errorCode":27}', response, io)).toBe(0)
  expect([io.stdout.text, io.stderr.text]).toEqual([
    '001b\n',
    'encode: left out, this version has no such field: throttleTimeMs\n',
  ])
  const line = (ms: number): string =>
    encodeLine(`{"name":"HeartbeatResponse","version":0,"json":{"throttleTimeMs":${ms}}}`).text
  expect(line(5)).toBe('{"ok":true,"hex":"0000","dropped":["throttleTimeMs"]}')
  expect(line(0)).toBe('{"ok":true,"hex":"0000"}')
})
