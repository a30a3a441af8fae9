/** What of two messages' values is a difference, of which kind, and what is bound to differ. */
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../src/codec/json-text.ts'
import { Renames } from '../../src/diff/renames.ts'
import { ignored, parseRules, RuleError, Rules } from '../../src/diff/rules.ts'
import { type Memory, ValueComparison } from '../../src/diff/values.ts'
import type { Rule } from '../../src/diff/volatile.ts'

const memory = (): Memory => ({ renames: new Renames(), bound: new Map(), differed: false })

function compared(api: string, a: JsonValue, b: JsonValue, rules: readonly Rule[] = [], on = memory()): string[] {
  const options = { scope: '1 1', learn: true, lenientA: false, lenientB: false, ranges: api === 'ApiVersions' }
  const comparison = new ValueComparison(on, options)
  comparison.message({ header: null, body: a }, { header: null, body: b }, new Rules(rules).root(api, 'response', null))
  return comparison.differences.map(({ what, pathA, pathB }) => `${what} ${pathA} ${pathB}`)
}

test.each<[string, string, JsonValue, JsonValue, string[]]>([
  [
    'a value',
    'Metadata',
    { clusterAuthorizedOperations: 1 },
    { clusterAuthorizedOperations: 2 },
    ['value clusterAuthorizedOperations clusterAuthorizedOperations'],
  ],
  ['an error code', 'Heartbeat', { errorCode: 0 }, { errorCode: 27 }, ['error code errorCode errorCode']],
  ['only in A', 'Heartbeat', { errorCode: 0, extra: 1 }, { errorCode: 0 }, ['presence extra null']],
  [
    'null and a value',
    'JoinGroup',
    { protocolName: null },
    { protocolName: 'range' },
    ['value protocolName protocolName'],
  ],
  [
    'an element more',
    'Metadata',
    { topics: [{ name: 'a' }, { name: 'c' }] },
    { topics: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
    ['presence null topics[1]'],
  ],
  [
    'elements in another order',
    'DescribeGroups',
    { groups: [{ groupId: 'a' }, { groupId: 'b' }] },
    { groups: [{ groupId: 'b' }, { groupId: 'a' }] },
    ['order groups[0] groups[1]'],
  ],
  [
    'a version range',
    'ApiVersions',
    { apiKeys: [{ apiKey: 1, minVersion: 4, maxVersion: 17 }] },
    { apiKeys: [{ apiKey: 1, minVersion: 4, maxVersion: 16 }] },
    ['version range apiKeys[0] apiKeys[0]'],
  ],
  [
    'an API that one lacks',
    'ApiVersions',
    { apiKeys: [{ apiKey: 1, minVersion: 4, maxVersion: 17 }] },
    { apiKeys: [] },
    ['version range apiKeys[0] null'],
  ],
  ['throttle times', 'Heartbeat', { throttleTimeMs: 0 }, { throttleTimeMs: 900 }, []],
  [
    'a throttle time that is none',
    'Heartbeat',
    { throttleTimeMs: 0 },
    { throttleTimeMs: -900 },
    ['value throttleTimeMs throttleTimeMs'],
  ],
  [
    'times',
    'ListOffsets',
    { topics: [{ timestamp: 1_750_000_000_000 }] },
    { topics: [{ timestamp: 1_760_000_000_000 }] },
    [],
  ],
  [
    'a time and none',
    'ListOffsets',
    { topics: [{ timestamp: -1 }] },
    { topics: [{ timestamp: 1_760_000_000_000 }] },
    ['value topics[0].timestamp topics[0].timestamp'],
  ],
  [
    'hash order of topics',
    'Metadata',
    { topics: [{ name: 'a' }, { name: 'b' }] },
    { topics: [{ name: 'b' }, { name: 'a' }] },
    [],
  ],
])('%s', (_name, api, a, b, expected) => expect(compared(api, a, b)).toEqual(expected))

describe('names', () => {
  const ids = (...memberIds: string[]): JsonValue => ({ members: memberIds.map((memberId) => ({ memberId })) })

  test('X of A is Y of B everywhere', () => {
    const on = memory()
    expect(compared('JoinGroup', ids('x', 'z'), ids('y', 'w'), [], on)).toEqual([])
    expect(compared('JoinGroup', ids('z', 'x'), ids('w', 'y'), [], on)).toEqual([])
    expect(on.bound.get('member id')).toBe(4)
  })

  test('an inconsistent use is a difference, whichever side it is on', () => {
    const on = memory()
    compared('JoinGroup', ids('x'), ids('y'), [], on)
    const both = ['renaming members[0].memberId members[0].memberId']
    expect(compared('JoinGroup', ids('x'), ids('q'), [], on)).toEqual(both)
    expect(compared('JoinGroup', ids('p'), ids('y'), [], on)).toEqual(both)
    expect(compared('JoinGroup', ids(''), ids('y'), [], on)).toEqual(both)
  })

  test('they are known in texts too', () => {
    const on = memory()
    compared('JoinGroup', ids('c-1'), ids('c-2'), [], on)
    const text = (id: string): JsonValue => ({ errorMessage: `re-join with member id: ${id}.` })
    expect(compared('JoinGroup', text('c-1'), text('c-2'), [], on)).toEqual([])
    expect(compared('JoinGroup', text('c-1'), text('c-3'), [], on)).toHaveLength(1)
  })
})

test('offsets: the first that differs is shown, what follows is bound to', () => {
  const on = memory()
  const at = (highWatermark: number): JsonValue => ({ highWatermark })
  expect(compared('Fetch', at(5), at(6), [], on)).toHaveLength(1)
  on.differed = true
  expect(compared('Fetch', at(7), at(9), [], on)).toEqual([])
  expect(compared('Fetch', at(7), at(-1), [], on)).toHaveLength(1)
})

describe('rules', () => {
  const a = { topics: [{ name: 'a', partitions: [{ isr: 1 }] }] }
  const b = { topics: [{ name: 'a', partitions: [{ isr: 2 }] }] }

  test.each(['isr', 'partitions.isr', 'Metadata.response.topics', 'response.topics.*.isr', 'topics.partitions'])(
    '--ignore %s',
    (path) => expect(compared('Metadata', a, b, [ignored(path)])).toEqual([]),
  )

  test.each(['Fetch.isr', 'Metadata.request.isr', 'topics.isr', 'sr'])('%s is another place', (path) =>
    expect(compared('Metadata', a, b, [ignored(path)])).toHaveLength(1),
  )

  test('a rules file, and a built-in rule taken back', () => {
    const rules = parseRules(
      '# ours\nisr renamed:shard  told by the operator\n\nthrottleTimeMs exact # ours never throttles\n',
    )
    expect(compared('Metadata', a, b, rules)).toEqual([])
    expect(compared('Heartbeat', { throttleTimeMs: 0 }, { throttleTimeMs: 5 }, rules)).toHaveLength(1)
  })

  test.each([
    ['topics[0].name any', /line 1: topics\[0\]\.name: leave the indexes out/],
    ['\nJoinGruop.x any', /line 2: .*no API is called JoinGruop/],
    ['x sometimes', /line 1: sometimes is no way to differ/],
  ])('%j is refused', (text, message) => {
    expect(() => parseRules(text)).toThrow(RuleError)
    expect(() => parseRules(text)).toThrow(message)
  })
})
