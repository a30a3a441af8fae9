import { expect, test } from 'vitest'
import { describeBug, listBugs, parseBug } from '../../src/bugs/spec.ts'

const parsed = (text: string) => {
  const spec = parseBug(text)
  return 'bug' in spec ? [spec.bug.name, spec.apiKey, spec.versions, spec.path] : spec.coordination.name
}

test.each([
  ['shared-error-body', ['shared-error-body', 11, { low: 5, high: 5 }, null]],
  ['shared-error-body:Heartbeat', ['shared-error-body', 12, { low: 0, high: 4 }, null]],
  ['missing-field:Metadata:9-12:brokers.host', ['missing-field', 3, { low: 9, high: 12 }, 'brokers.host']],
  ['missing-field:members[1].memberId', ['missing-field', 11, { low: 0, high: 9 }, 'members[1].memberId']],
  ['wrong-count:metadata:1', ['wrong-count', 3, { low: 1, high: 1 }, null]],
  ['missing-tag-buffer:Metadata:topics._tags', ['missing-tag-buffer', 3, { low: 0, high: 13 }, 'topics._tags']],
  ['little-endian:*', ['little-endian', 11, { low: 0, high: 9 }, '*']],
  ['early-join', 'early-join'],
])('%s', (text, wanted) => expect(parsed(text)).toEqual(wanted))

test.each([
  ['nonsense', /no bug is called "nonsense"; --bug list/],
  ['tag-order:JoinGroup:5', /JoinGroupResponse v5 is not flexible/],
  ['unexpected-tag-buffer:JoinGroup:9', /JoinGroupResponse v9 is flexible/],
  ['missing-field:JoinGroup:brokers.host', /JoinGroup has no field "brokers.host"/],
  ['missing-field:JoinGroup:77', /JoinGroup has the versions 0-9/],
  ['shared-error-body:JoinGrop', /takes no field path, and no API is called "JoinGrop"/],
  ['early-join:JoinGroup', /bug of the coordinator/],
  ['missing-field:JoinGroup:5:leader:more', /want NAME:Api:version:field.path/],
  ['', /no bug is called ""/],
])('refused: %s', (text, wanted) => expect(() => parseBug(text)).toThrow(wanted))

test('the list has a line each, the bugs of the coordinator included', () => {
  const lines = listBugs()
  expect(lines[0]).toMatch(/^shared-error-body +four zero bytes .*\[other-api; JoinGroup:5\]$/)
  expect(lines.at(-1)).toMatch(/^early-sync .*\[broker only\]$/)
  expect(lines.length).toBeGreaterThan(45)
  for (const line of lines) expect(() => parseBug(line.split(' ')[0]!)).not.toThrow()
})

test('what is planted, for people', () => {
  expect(describeBug(parseBug('missing-field:Metadata:9-12:brokers.host'))).toBe(
    'missing-field in Metadata v9-12 answers (brokers.host): a field is not written',
  )
})
