import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importJars } from '../../src/cli/schema-import.ts'
import { modelAt } from '../../src/schema/concretise.ts'
import { mergeReleases, readSchema } from '../../src/schema/import.ts'
import { printTable } from '../../src/schema/table.ts'

const schema = (json: object): string => `// a licence\n${JSON.stringify(json)}`

const NEWER = schema({
  apiKey: 9,
  type: 'request',
  name: 'PingRequest',
  validVersions: '2-3',
  flexibleVersions: '3+',
  fields: [
    { name: 'TopicId', type: 'uuid', versions: '2+' },
    { name: 'Limit', type: 'int32', versions: '0+', default: '0x7fffffff', about: 'prose that is not taken' },
    { name: 'Note', type: 'string', taggedVersions: '3+', tag: 0, nullableVersions: '3+', default: 'null' },
  ],
})

const OLDER = schema({
  apiKey: 9,
  type: 'request',
  name: 'PingRequest',
  validVersions: '0-2',
  flexibleVersions: '3+',
  fields: [
    { name: 'Name', type: 'string', versions: '0-1' },
    { name: 'TopicId', type: 'uuid', versions: '2+' },
    { name: 'Limit', type: 'int32', versions: '1+', default: '0x7fffffff' },
  ],
})

test('a schema becomes a table of facts', () => {
  expect(printTable(readSchema(NEWER)!)).toBe(
    `PingRequest  request  key=9 versions=2-3 flexible=3+
  topicId  uuid    2+
  limit    int32   0+ default=0x7fffffff
  note     string  3+ nullable=3+ tag=0 tagged=3+ default=null
`,
  )
})

test('an older release adds the versions that the newer one dropped, as it had them', () => {
  const table = mergeReleases(readSchema(NEWER)!, readSchema(OLDER)!)
  expect(printTable(table)).toBe(
    `PingRequest  request  key=9 versions=2-3 flexible=3+ removed=0-1
  name     string  0-1
  topicId  uuid    2+
  limit    int32   1+  default=0x7fffffff
  note     string  3+  nullable=3+ tag=0 tagged=3+ default=null
`,
  )
  expect(modelAt(table, 0).fields.map((field) => field.name)).toEqual(['name'])
})

test('releases that contradict each other are refused', () => {
  const other = OLDER.replace('"type":"int32","versions":"1+"', '"type":"int64","versions":"1+"')
  expect(() => mergeReleases(readSchema(NEWER)!, readSchema(other)!)).toThrow(
    'PingRequest v1: the releases do not merge',
  )
})

test('a message without versions, or another JSON file, is no table', () => {
  expect(
    readSchema(schema({ apiKey: 4, type: 'request', name: 'LeaderAndIsrRequest', validVersions: 'none' })),
  ).toBeNull()
  expect(readSchema('{"hello": 1}')).toBeNull()
})

const libs = (release: string): string => join(process.env.KAFKASCOPE_INTEROP ?? '.interop', `kafka-${release}`, 'libs')
const JARS = /^kafka-(clients|group-coordinator|transaction-coordinator|share-coordinator|metadata|raft|storage)-\d/
const jarsOf = (release: string): string[] =>
  existsSync(libs(release))
    ? readdirSync(libs(release))
        .filter((file) => JARS.test(file))
        .map((file) => join(libs(release), file))
    : []
const jars = [...jarsOf('4.4.0'), ...jarsOf('3.9.2')]
if (jars.length === 0) console.log('skipped: tables against the jars: no jars (scripts/setup-interop.sh kafka)')

test.runIf(jars.length > 0)('the tables are what the jars of 4.4.0 and 3.9.2 say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-tables-'))
  try {
    importJars(jars, folder)
    expect(readdirSync(folder).sort()).toEqual(readdirSync('dissectors/messages').sort())
    for (const file of readdirSync(folder)) {
      expect(readFileSync(join(folder, file), 'utf8'), file).toBe(
        readFileSync(join('dissectors/messages', file), 'utf8'),
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
