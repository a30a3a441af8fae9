import { expect, test } from 'vitest'
import { compileMessage } from '../../src/codec/compile.ts'
import { decodeBody } from '../../src/codec/frame.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { OP } from '../../src/codec/program.ts'
import { MAX_DEPTH, Run } from '../../src/codec/run.ts'
import type { Field } from '../../src/schema/model.ts'
import { nodeOf } from '../../src/schema/node.ts'

const flawsOf = (name: string, version: number, hex: string) => {
  const run = decodeBody(Buffer.from(hex, 'hex'), messageByName(name, version)!)
  return run.flaws.map(({ code, offset, node, line }) => [code, offset, nodeOf(node).name, line])
}

test.each([
  // Metadata v9 answer: throttle time, then brokers as null, where they may not be.
  ['a null array', 'MetadataResponse', 9, '00000000 00 00 00000000 01 00000000 00', [['null', 4, 'brokers', 2]]],
  // DescribeConfigs v4: one resource whose keys may be null; a key may not. Type, name "t", one key (null), no tags.
  [
    'a null element of a nullable array',
    'DescribeConfigsRequest',
    4,
    '02 02 02 74 02 00 00 00 00 00',
    [['null', 5, 'configurationKeys', 6]],
  ],
  ['a null array that may be null', 'DescribeConfigsRequest', 4, '02 02 02 74 00 00 00 00 00', []],
] as const)('%s is said at its own line', (_what, name, version, hex, flaws) => {
  expect(flawsOf(name, version, hex.replaceAll(' ', ''))[0] ?? null).toEqual(flaws[0] ?? null)
})

test('a decoder that stopped within tags leaves nothing open for the next', () => {
  const message = messageByName('FetchRequest', 17)!
  const run = new Run()
  const sound = Buffer.from(`${'00'.repeat(12)}00${'00'.repeat(8)}01 01 01 00`.replaceAll(' ', ''), 'hex')
  decodeBody(sound, message, run)
  const lines = [...run.t.data.slice(0, run.t.used)]
  expect(run.flaws).toEqual([])
  for (let end = 0; end < sound.length; end++) {
    const cut = new Uint8Array([...sound.subarray(0, end)])
    expect(decodeBody(cut, message, run).stopped).toBe(true)
    expect(run.depth).toBe(0)
  }
  decodeBody(Buffer.from([...sound.subarray(0, -1), 1, 1, 40, 1]), message, run)
  expect(run.stopped).toBe(true)
  decodeBody(sound, message, run)
  expect([...run.t.data.slice(0, run.t.used)]).toEqual(lines)
})

test('a schema that nests deeper than the decoder follows is refused when it is compiled', () => {
  const { model } = messageByName('HeartbeatResponse', 0)!
  const [errorCode] = model.fields
  const nest = (depth: number): Field[] =>
    depth === 1
      ? [errorCode!]
      : [{ ...errorCode!, name: 'inner', type: 'array', element: 'struct', fields: nest(depth - 1) }]
  expect(() => compileMessage({ ...model, fields: nest(MAX_DEPTH + 1) })).toThrow('nested more than')
  const bytes = Buffer.from(`${'00000001'.repeat(MAX_DEPTH - 1)}0007`, 'hex')
  const run = decodeBody(bytes, compileMessage({ ...model, fields: nest(MAX_DEPTH) }))
  expect([run.stopped, run.end, run.t.size]).toEqual([false, bytes.length, 2 * MAX_DEPTH])
})

test('the numbers of the instructions are those of the switch', () => {
  expect(Object.values(OP)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})
