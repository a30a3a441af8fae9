/** `read --record` of every capture that is here, with and without `--filter`, reads back to what it printed. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/read.ts'
import type { ReadOptions } from '../../src/cli/read-options.ts'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { TextSink } from './running-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(file: string, options: ReadOptions): Promise<{ lines: JsonObject[]; stderr: string }> {
  const [stdout, stderr] = [new TextSink(), new TextSink()]
  const stdin = (async function* (): AsyncGenerator<Uint8Array> {})()
  const io = { stdin, stdout, stderr, screen: false, bar: false, stop: new AbortController() }
  await run([file], { json: true, hex: true, showSecrets: true, ...options }, io)
  return {
    lines: stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => parseJson(line) as JsonObject),
    stderr: stderr.text,
  }
}

/**
 * Exchanges without what depends on how packets are cut and counted. Connections that began before the capture are
 * told by their bytes, later than they come, so that the order of exchanges, and with it their numbers, may differ.
 */
function exchanges(lines: readonly JsonObject[]): JsonObject[] {
  const key = ({ client, request, response }: JsonObject): string =>
    JSON.stringify([client, (request ?? response) as JsonObject]).slice(0, 200)
  return lines
    .filter(({ type }) => type === 'exchange')
    .map(({ id, connection, ...rest }) => {
      for (const frame of [rest.request, rest.response]) if (frame) delete (frame as JsonObject).packet
      return rest
    })
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

const captures = readdirSync('captures').filter((name) => /\.pcap/.test(name))

describe.each(captures)('%s', (name) => {
  const keylog = name.startsWith('tls') ? { keylog: 'captures/tls13-44.keylog' } : {}

  it('recorded whole', async () => {
    const record = join(folder, `${name}.whole.pcapng`)
    const seen = await read(join('captures', name), { ...keylog, record })
    const back = await read(record, {})
    expect(exchanges(back.lines)).toEqual(exchanges(seen.lines))
    const gaps = (lines: JsonObject[]): JsonObject[string][] =>
      lines
        .filter(({ type }) => type === 'gap')
        .map(({ bytes, direction }) => `${direction} ${bytes}`)
        .sort()
    expect(gaps(back.lines)).toEqual(gaps(seen.lines))
    expect(seen.stderr.includes('passwords')).toBe(/sasl|admin/.test(name))
  })

  it('recorded in part', async () => {
    const record = join(folder, `${name}.part.pcapng`)
    const filter = 'api in ["Produce", "Fetch", "Metadata"] and response != null'
    const seen = await read(join('captures', name), { ...keylog, record, filter })
    const back = await read(record, {})
    expect(exchanges(back.lines)).toEqual(exchanges(seen.lines))
  })
})
