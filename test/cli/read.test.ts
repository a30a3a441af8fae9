/** `kafkascope read`: exit statuses, damage, merging, times. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { CliError } from '../../src/cli/errors.ts'
import type { Sink } from '../../src/cli/io.ts'
import { run } from '../../src/cli/read.ts'
import type { ReadOptions } from '../../src/cli/read-options.ts'
import type { JsonObject } from '../../src/codec/json-text.ts'

class Text implements Sink {
  text = ''
  readonly closed = false
  write(text: string): boolean {
    this.text += text
    return true
  }
  async drained(): Promise<void> {}
}

async function read(files: readonly string[], options: ReadOptions, stdin: readonly Uint8Array[] = []) {
  const [stdout, stderr] = [new Text(), new Text()]
  async function* bytes() {
    yield* stdin
  }
  const io = { stdin: bytes(), stdout, stderr, screen: false, bar: false, stop: new AbortController() }
  const status = await run(files, options, io)
  return { status, lines: stdout.text.trimEnd().split('\n'), stderr: stderr.text }
}

const exchangesOf = (lines: readonly string[]): number =>
  lines.filter((line) => line.startsWith('{"type":"exchange"')).length

const CLASSIC = 'captures/u-classic.pcap'
const folder = mkdtempSync(join(tmpdir(), 'kafkascope-read-'))

test('a file, gzip of it and a stream of single bytes give the same lines', async () => {
  const { status, lines } = await read([CLASSIC], { json: true })
  expect([status, exchangesOf(lines)]).toEqual([0, 112])
  expect((await read([`${CLASSIC}.gz`], { json: true })).lines).toEqual(lines)
  const stream = [...readFileSync(CLASSIC).subarray(0, 5000)].map((byte) => Uint8Array.of(byte))
  expect((await read(['-'], { json: true }, stream)).lines[0]).toBe(lines[0])
})

test.each(['kafkajs39.pcapng', 'u-vlan-ipv6.pcap', 'u-tiny-segments.pcap'])(
  '%s in gzip, also of two members',
  async (name) => {
    const bytes = readFileSync(`captures/${name}`)
    const { lines } = await read([`captures/${name}`], { json: true })
    const half = bytes.length >> 1
    const packed = join(folder, `${name}.gz`)
    writeFileSync(packed, Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]))
    expect((await read([packed], { json: true })).lines).toEqual(lines)
  },
)

test('a damaged file is read up to the damage, which is one line on stderr', async () => {
  const cut = join(folder, 'cut.pcap.gz')
  writeFileSync(cut, readFileSync(`${CLASSIC}.gz`).subarray(0, 20_000))
  const { status, lines, stderr } = await read([cut], { quiet: true })
  expect([status, lines.length > 50]).toEqual([2, true])
  expect(stderr).toMatch(/^kafkascope: read: .*cut\.pcap\.gz: byte \d+ of what it unpacks to: .* packet \d+ .*\n$/)
})

test('several files are one, by time', async () => {
  const { lines } = await read(['captures/kafkajs39.pcapng', CLASSIC], { json: true })
  expect(exchangesOf(lines)).toBe(112 + 53)
})

test('limits, times and filters choose what is shown', async () => {
  expect((await read([CLASSIC], { limit: '5', quiet: true })).lines).toHaveLength(5)
  const { lines } = await read([CLASSIC], { json: true, filter: 'api == "Fetch"' })
  expect(exchangesOf(lines)).toBe(27)
  const third = (JSON.parse(lines[2]!) as { request: { time: number } }).request.time
  const later = await read([CLASSIC], { json: true, filter: 'api == "Fetch"', from: String(third), to: String(third) })
  expect(exchangesOf(later.lines)).toBe(1)
})

test('TLS without keys: what the handshake shows is said, as text, in JSON and as a finding', async () => {
  const { stderr, lines: text } = await read(['captures/tls13-44.pcapng'], {})
  expect(stderr).toMatch(/^1 TLS connection not decrypted; --keylog gives keys$/m)
  expect(stderr).toMatch(
    /^ {2}127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+: TLS 1\.3, TLS_AES_256_GCM_SHA384.*: no keys for it$/m,
  )
  expect(text.join()).toContain('answered with a TLS ServerHello (TLS 1.3, TLS_AES_256_GCM_SHA384)')
  const { lines } = await read(['captures/tls13-44.pcapng'], { json: true })
  const [finding, summary] = lines.map((line) => JSON.parse(line) as JsonObject)
  expect(finding).toMatchObject({ type: 'finding', code: 'unknown/encrypted', severity: 'note' })
  expect(summary).toMatchObject({ tlsWithoutKeys: 1, tls: [{ version: 'TLS 1.3', cipher: 'TLS_AES_256_GCM_SHA384' }] })
  const keylog = 'captures/tls13-44.keylog'
  expect((await read(['captures/tls13-44.pcapng'], { json: true, keylog })).lines).toHaveLength(5)
})

test('-v says when connections open and close', async () => {
  const { stderr } = await read(['captures/sasl-plain44.pcapng'], { quiet: true, verbose: true })
  expect(stderr).toMatch(/^\d\d:\d\d:\d\d\.\d{3} connection 1 opened: 127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/m)
  expect(stderr).toMatch(/connection 1 closed: /)
  expect((await read(['captures/sasl-plain44.pcapng'], { quiet: true })).stderr).toBe('')
})

test('a bad command line or a missing file is an error before anything is read', async () => {
  await expect(read(['no-such-file'], {})).rejects.toThrow(CliError)
  await expect(read(['no-such-file'], {})).rejects.toThrow(
    /^read: no-such-file: there is no such file or folder \(ENOENT\)$/,
  )
  await expect(read(['captures'], {})).rejects.toThrow(/^read: captures: it is a folder/)
  await expect(read([CLASSIC], { keylog: 'no-keys' })).rejects.toThrow(/^read: --keylog: no-keys: there is no such/)
  await expect(read([CLASSIC], { keylog: 'README.md' })).rejects.toThrow(
    /^read: --keylog: README.md: no line is one of an SSLKEYLOGFILE$/,
  )
  await expect(read(['-', '-'], {})).rejects.toThrow(/^read: -: standard input can be given once$/)
  await expect(read([CLASSIC], { limit: 'x' })).rejects.toThrow(CliError)
  await expect(read([CLASSIC], { from: 'yesterday' })).rejects.toThrow(CliError)
  await expect(read([CLASSIC], { port: ['99999999'] })).rejects.toThrow(CliError)
})
