/** `kafkascope diff`: what docs/DIFF.md shows, options, exit status, bad input. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { diffCommand, run } from '../../src/cli/diff.ts'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-diff-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const [SEED, LOST, OLD, OLDER] = [
  ...['captures/rdkafka44-seed.pcapng', 'captures/u-lost.pcapng'],
  ...['captures/kcat202-v0.10.0-none-39.pcapng', 'captures/kcat202-v0.9.0-gzip-39.pcapng'],
] as [string, string, string, string]

const page = readFileSync('docs/DIFF.md', 'utf8')
const shown = [...page.matchAll(/^```text\n\$ kafkascope diff (.*)\n([\s\S]*?)^```$/gm)]

describe('docs/DIFF.md', () => {
  it('shows commands', () => expect(shown.length).toBe(3))

  it.each(shown.map((match) => [match[1]!, match[2]!]))('%s', async (words, output) => {
    const io = memoryIo()
    const command = diffCommand().action(async (a: string, b: string, options: object) => {
      await run(a, b, options, io)
    })
    await command.exitOverride().parseAsync(words.split(' '), { from: 'user' })
    expect(io.stdout.text + io.stderr.text).toBe(output)
  })
})

describe('exit status', () => {
  it.each([
    [SEED, SEED, 0],
    [SEED, LOST, 1],
  ])('%s %s: %i', async (a, b, status) => expect(await run(a, b, { quiet: true }, memoryIo())).toBe(status))

  it.each<[string, string, object, RegExp]>([
    ['no-such-file', SEED, {}, /no-such-file: there is no such file/],
    [SEED, file('empty.log', 'hello\n'), {}, /empty\.log: no line of kafka\.request\.logger is in it/],
    [SEED, SEED, { ignore: ['topics[0]'] }, /--ignore: topics\[0\]: leave the indexes out/],
    [SEED, SEED, { rules: file('bad.rules', 'x any\ny maybe') }, /bad\.rules: line 2: maybe is no way to differ/],
    [SEED, SEED, { filter: 'api = ' }, /--filter/],
    ['00', '00', { message: true }, /A: want --api/],
    ['0000', 'zz', { message: true, api: 'Heartbeat', apiVersion: '0', kind: 'response' }, /B: /],
  ])('%s %s %j is refused', async (a, b, options, problem) => {
    await expect(run(a, b, options, memoryIo())).rejects.toThrow(problem)
  })
})

describe('--tui', () => {
  const tty = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY })

  it.each<[string, boolean, boolean, string, object, RegExp]>([
    ['no terminal to read from', false, true, SEED, {}, /^diff: --tui: standard input is no terminal$/],
    ['no terminal to write to', true, false, SEED, {}, /^diff: --tui: standard output is no terminal$/],
    ['a capture on standard input', true, true, '-', {}, /^diff: --tui: keys come from standard input/],
    ['--json', true, true, SEED, { json: true }, /^diff: --tui: --json does not go with it$/],
    ['--html', true, true, SEED, { html: 'x.html' }, /^diff: --tui: --html does not go with it$/],
    ['--all', true, true, SEED, { all: true }, /^diff: --tui: --all does not go with it$/],
    ['--quiet', true, true, SEED, { quiet: true }, /^diff: --tui: --quiet does not go with it$/],
  ])('%s is refused', async (_, input, output, a, more, problem) => {
    const terminal = { input: tty(input), output: tty(output) }
    await expect(run(a, LOST, { tui: true, ...more }, { ...memoryIo(), terminal })).rejects.toThrow(problem)
  })
})

describe('options', () => {
  const jsonOf = async (options: object, a = OLD, b = OLDER): Promise<JsonObject[]> => {
    const io = memoryIo()
    await run(a, b, { json: true, ...options }, io)
    return io.stdout.lines.map((line) => parseJson(line) as JsonObject)
  }

  it('--json: a line each, both places, the summary last', async () => {
    const lines = await jsonOf({})
    expect(lines.at(-1)).toMatchObject({ type: 'summary', differences: lines.length - 1, damages: [] })
    expect(lines.slice(0, -1).every(({ type }) => type === 'difference')).toBe(true)
    expect(lines.filter(({ what }) => what === 'version').length).toBeGreaterThan(10)
  })

  it('--filter is over exchanges of A', async () => {
    const lines = await jsonOf({ filter: 'api == "ListOffsets"' })
    expect(lines.slice(0, -1).map(({ api, what }) => `${String(api)} ${String(what)}`)).toEqual(
      new Array(3).fill('ListOffsets version'),
    )
  })

  it('--html: no script, everything escaped', async () => {
    const html = join(folder, 'diff.html')
    await run(OLD, OLDER, { html, quiet: true }, memoryIo())
    const text = readFileSync(html, 'utf8')
    expect(text).toContain('Metadata v4 / v0')
    expect(text).not.toMatch(/<script/i)
    expect(text).toContain("default-src 'none'")
  })
})

describe('a request log', () => {
  const line = (errorCode: number): string =>
    `[2026-01-01 00:00:00,000] DEBUG Completed request:${JSON.stringify({
      isForwarded: false,
      requestHeader: {
        requestApiKey: 18,
        requestApiVersion: 0,
        correlationId: 1,
        clientId: 'c',
        requestApiKeyName: 'API_VERSIONS',
      },
      request: {},
      response: { errorCode, apiKeys: [{ apiKey: 1, minVersion: 4, maxVersion: 17 }] },
      connection: '127.0.0.1:9092-127.0.0.1:51234-0',
    })} (kafka.request.logger)\n`

  it('is held against another by its values', async () => {
    const [a, b] = [file('a.log', `noise\n${line(0)}`), file('b.log', line(35))]
    expect(await run(a, a, {}, memoryIo())).toBe(0)
    const io = memoryIo()
    expect(await run(a, b, {}, io)).toBe(1)
    expect(io.stdout.text).toContain('response errorCode  error code  0 NONE -> 35 UNSUPPORTED_VERSION')
  })
})
