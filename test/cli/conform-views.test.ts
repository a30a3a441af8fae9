/** How `kafkascope conform` tells its results: JUnit's XML, a table, the list; which checks are run; the seed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { type ConformOptions, run } from '../../src/cli/conform.ts'
import { junit } from '../../src/cli/conform-view.ts'
import type { Outcome, Result, RunResult } from '../../src/conform/run.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
let broker: BrokerHandle

beforeAll(async () => {
  broker = await startBroker({ bugs: new Planter([parseBug('truncated:ListGroups:2')]), initialRebalanceDelayMs: 0 })
})
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})

async function conform(options: ConformOptions, target: string | undefined = `127.0.0.1:${broker.port}`) {
  const { stdout, stderr } = memoryIo()
  const status = await run(target, options, { stdout, stderr, signal: new AbortController().signal })
  return { status, lines: stdout.lines }
}

const result = (id: string, outcome: Outcome, message = ''): Result => ({
  check: { id, theme: 'api', title: 'a title of <some> length', source: 'KIP-1', run: async () => {} },
  ...{ outcome, message, findings: [], causes: [], ms: 1234.5, seen: [] },
})
const ofResults = (...results: Result[]): RunResult => ({ results, left: [], prefix: 'p', gone: null })

describe('JUnit', () => {
  test('a suite a theme, with the attributes that Jenkins and GitLab read', async () => {
    const file = join(folder, 'conform.xml')
    const { status } = await conform({ only: ['api/ListGroups/*', 'framing/size/*'], junit: file })
    expect(status).toBe(1)
    const xml = readFileSync(file, 'utf8')
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="kafkascope conform" tests="\d+" failures="1" errors="0"/,
    )
    expect(xml).toMatch(/<testsuite name="api" tests="6" failures="1" errors="0" skipped="0" time="\d+\.\d{3}">/)
    expect(xml).toMatch(
      /<testcase classname="conform\.api" name="api\/ListGroups\/v2" time="\d+\.\d{3}"><failure message="[^"]*" type="truncated">/,
    )
    expect(xml).toMatch(/<testcase classname="conform\.framing" name="framing\/size\/-1" time="\d+\.\d{3}"\/>/)
  })

  const python = spawnSync('python3', ['--version']).status === 0
  it.skipIf(!python)('is well-formed XML whatever a message holds', () => {
    const hostile = '\0\u0007\u001b[31m<b>&"\'\ud800 ]]> \u202e\ufffe\uffff é 你'
    const xml = junit(
      ofResults(result('api/a', 'fail', hostile), result('api/b', 'skip', hostile), result('api/c', 'pass')),
    )
    const read = `import sys, xml.etree.ElementTree as e
root = e.fromstring(sys.stdin.buffer.read())
print(root.tag, [s.attrib['tests'] for s in root], [(c.attrib['name'], [k.tag for k in c]) for c in root.iter('testcase')])`
    const out = execFileSync('python3', ['-c', read], { input: Buffer.from(xml, 'utf8') }).toString()
    expect(out.trim()).toBe("testsuites ['3'] [('api/a', ['failure']), ('api/b', ['skipped']), ('api/c', [])]")
  })
})

test('--markdown is a table: a row a theme, and all', async () => {
  const { lines } = await conform({ only: ['api/ListGroups/*', 'framing/size/*'], markdown: true })
  expect(lines).toEqual([
    '| checks | pass | fail | skipped |',
    '|---|---:|---:|---:|',
    '| every advertised version of every API, asked soundly | 5 | 1 | 0 |',
    '| frames: order, pipelining, pieces, sizes | 4 | 0 | 0 |',
    '| **all** | 9 | 1 | 0 |',
  ])
})

test('--list names what --only fits, of a broker or of all that is known, and asks nothing', async () => {
  const own = await conform({ list: true, only: ['API/listgroups/*'] })
  expect(own.lines).toHaveLength(6)
  expect(own.lines[0]).toBe(
    'api/ListGroups/v0  ListGroups v0 is answered soundly [ListGroupsRequest.json and ListGroupsResponse.json, v0]',
  )
  const { stdout, stderr } = memoryIo()
  const status = await run(undefined, { list: true }, { stdout, stderr, signal: new AbortController().signal })
  expect(status).toBe(0)
  expect(stdout.lines.length).toBeGreaterThan(900)
})

test('a glob is no regular expression', async () => {
  await expect(conform({ only: ['api/ListGroups/v[0-5]'] })).rejects.toThrow('--only fits no check')
})

test('--seed: a whole number', async () => {
  expect((await conform({ only: ['tags/ListGroups/v5'], seed: '7' })).status).toBe(0)
  await expect(conform({ seed: 'x' })).rejects.toThrow('--seed: want a whole number')
})

test('--skipped tells why', async () => {
  const { lines } = await conform({ only: ['sasl/login'], skipped: true })
  expect(lines[0]).toBe('SKIP sasl/login: the run does not log in: see --sasl')
})
