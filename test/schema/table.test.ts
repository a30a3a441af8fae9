import { expect, test } from 'vitest'
import { MESSAGE_TABLES } from '../../dissectors/messages/index.ts'
import { knownVersions, modelAt } from '../../src/schema/concretise.ts'
import { printTable, readHeaders, readTable } from '../../src/schema/table.ts'
import { parseVersions, printVersions } from '../../src/schema/versions.ts'

test('a table reads as its text says', () => {
  const [header] = readHeaders(`
PingRequest  request  key=7 versions=1-3 flexible=3+ removed=0 listeners=broker
  topics     []Topic  0+
    name     string   0+   key entity=topicName
    note     string   2+   nullable=2+ default=null ignorable
  cursor     Cursor   3+   nullable=3+ tag=1 tagged=3+
  struct Cursor
    text     string   3+   default="a b"
`)
  const table = readTable(header!)
  expect(knownVersions(table)).toEqual([0, 1, 2, 3])
  const names = (version: number): string[] => modelAt(table, version).fields.map((field) => field.name)
  expect(names(1)).toEqual(['topics'])
  expect(names(3)).toEqual(['topics', 'cursor'])
  const cursor = modelAt(table, 3).fields[1]!
  expect(cursor).toMatchObject({ type: 'struct', nullable: true, tag: 1, flexible: true })
  expect(cursor.fields[0]).toMatchObject({ name: 'text', default: 'a b' })
  expect([...modelAt(table, 1).otherTags]).toEqual([1])
})

test('every table prints as it stands in its file', () => {
  for (const text of MESSAGE_TABLES) {
    const printed = readHeaders(text).map((header) => printTable(readTable(header)))
    expect(`\n${printed.join('\n')}`).toBe(text)
  }
})

test('malformed tables are refused with what is wrong', () => {
  expect(() => readHeaders('JoinGroup key=11')).toThrow('table: want "NAME KIND ...", have "JoinGroup key=11"')
  const [header] = readHeaders('A data versions=0 flexible=none\n  name string 0+\n     odd string 0+\n')
  expect(() => readTable(header!)).toThrow('bad indentation')
})

test('version ranges', () => {
  for (const text of ['none', '0', '3', '0-4', '2+']) expect(printVersions(parseVersions(text))).toBe(text)
  expect(() => parseVersions('4-')).toThrow('want none, N, N-M or N+')
})
