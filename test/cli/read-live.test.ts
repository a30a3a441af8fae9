/** `kafkascope read` of what still grows: files, standard input; the screen, and the bar of progress. */
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/cli/read.ts'
import type { ReadOptions } from '../../src/cli/read-options.ts'
import { Progress } from '../../src/cli/read-progress.ts'
import { BUILT, build } from '../tui/built.ts'
import { memoryIo, TextSink } from './memory-io.ts'

const CLASSIC = readFileSync('captures/u-classic.pcap')
const EXCHANGES = 112
const folder = mkdtempSync(join(tmpdir(), 'kafkascope-live-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !holds(); i++) await pause(50)
  expect(holds()).toBe(true)
}

function start(files: readonly string[], options: ReadOptions, stdin: AsyncIterable<Uint8Array> = memoryIo().stdin) {
  const io = memoryIo()
  const stop = new AbortController()
  const ended = run(files, options, { ...io, stdin, screen: false, bar: false, stop })
  const exchanges = (): number => io.stdout.lines.filter((line) => line.startsWith('{"type":"exchange"')).length
  return { ended, stop, exchanges, lines: () => io.stdout.lines, stderr: () => io.stderr.text }
}

test('--follow: a file that grows in pieces is shown as it grows, until it is enough', async () => {
  const file = join(folder, 'grows.pcap')
  writeFileSync(file, CLASSIC.subarray(0, 10))
  const reading = start([file], { follow: true, json: true })
  appendFileSync(file, CLASSIC.subarray(10, 60_001))
  await until(() => reading.exchanges() > 20)
  const before = reading.exchanges()
  expect(before).toBeLessThan(EXCHANGES)
  for (let at = 60_001; at < CLASSIC.length; at += 20_000) {
    appendFileSync(file, CLASSIC.subarray(at, at + 20_000))
    await pause(20)
  }
  await until(() => reading.exchanges() === EXCHANGES)
  reading.stop.abort()
  expect(await reading.ended).toBe(0)
  expect(reading.exchanges()).toBe(EXCHANGES)
})

test('--follow: who has seen enough while a packet is written is told of no damage', async () => {
  const file = join(folder, 'cut.pcap')
  writeFileSync(file, CLASSIC.subarray(0, 60_001))
  const reading = start([file], { follow: true, json: true })
  await until(() => reading.exchanges() > 20)
  reading.stop.abort()
  expect(await reading.ended).toBe(0)
  expect(reading.stderr()).toBe('')
  expect(reading.lines().at(-1)).toContain('"type":"summary"')
})

test('standard input is shown as it comes, piece by piece', async () => {
  let more: () => void = () => {}
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      more = resolve
    })
  async function* pipe(): AsyncGenerator<Uint8Array> {
    yield CLASSIC.subarray(0, 7)
    yield CLASSIC.subarray(7, 40_000)
    await wait()
    yield CLASSIC.subarray(40_000)
  }
  const reading = start(['-'], { json: true }, pipe())
  await until(() => reading.exchanges() > 5)
  const first = reading.exchanges()
  await pause(600)
  expect(reading.exchanges()).toBe(first)
  more()
  expect(await reading.ended).toBe(0)
  expect(reading.exchanges()).toBe(EXCHANGES)
})

test('lost packets on standard input hold nothing up for ever: silence ends the waiting', async () => {
  let more: () => void = () => {}
  const bytes = readFileSync('captures/u-lost.pcapng')
  async function* pipe(): AsyncGenerator<Uint8Array> {
    yield bytes
    await new Promise<void>((resolve) => {
      more = resolve
    })
  }
  const reading = start(['-'], { json: true }, pipe())
  await until(() => reading.lines().filter((line) => line.startsWith('{"type":"gap"')).length === 5)
  more()
  await reading.ended
})

describe('the bar', () => {
  test('says bytes, rate and time left, no more than five times a second, and goes', () => {
    const stderr = new TextSink()
    const bar = new Progress(stderr, 100_000_000, 1000)
    bar.update(25_000_000, 1500)
    bar.update(26_000_000, 1600)
    const shown = stderr.text
    expect(shown.startsWith('\r\x1b[K[######..................] 25 %  ')).toBe(true)
    expect(shown).toMatch(/ 25(\.0)? MB of 100(\.0)? MB {2}50(\.0)? MB\/s {2}2 s left$/)
    bar.clear()
    expect(stderr.text).toBe(`${shown}\r\x1b[K`)
  })

  test('is not there for small files, and for what has no size', () => {
    const stderr = new TextSink()
    for (const total of [0, 1_000_000]) {
      const bar = new Progress(stderr, total, 0)
      bar.update(500_000, 10_000)
      bar.clear()
    }
    expect(stderr.text).toBe('')
  })

  test('stands on stderr while a large file is read', async () => {
    const file = join(folder, 'large.pcap')
    const records = CLASSIC.subarray(24)
    writeFileSync(file, Buffer.concat([CLASSIC.subarray(0, 24), ...new Array<Buffer>(250).fill(records)]))
    const io = memoryIo()
    await run([file], { stats: true }, { ...io, screen: false, bar: true, stop: new AbortController() })
    expect(io.stderr.text).toMatch(/\d+ % {2}[\d.]+ MB of 3\d(\.\d+)? MB {2}[\d.]+ [kMG]B\/s {2}\d+ s left/)
    expect(io.stderr.text.endsWith('\r\x1b[K')).toBe(true)
  }, 60_000)
})

const hasTmux = spawnSync('tmux', ['-V']).status === 0
const socket = `kafkascope-read-${process.pid}`
const tmux = (...args: string[]): string => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })

async function shows(text: string | RegExp): Promise<string> {
  const screen = (): string => tmux('capture-pane', '-p', '-t', 'read')
  for (let i = 0; i < 200; i++) {
    if (typeof text === 'string' ? screen().includes(text) : text.test(screen())) return screen()
    await pause(100)
  }
  throw new Error(`never showed ${text}:\n${screen()}`)
}

describe.runIf(hasTmux)('in a terminal (not run where tmux is missing)', () => {
  beforeAll(build)
  afterAll(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server'])
  })

  test('a capture opens the screen, which stays at its end and goes with q', async () => {
    const main = `import('./${BUILT}/src/cli/main.js').then((m) => m.main(['read', 'captures/rdkafka44-seed.pcapng']))`
    const command = `${process.execPath} -e "${main}"; echo status $?; cat`
    tmux('new-session', '-d', '-s', 'read', '-x', '140', '-y', '40', command)
    await shows('112 exchanges')
    expect(await shows('JoinGroup')).toContain('captures/rdkafka44-seed.pcapng')
    tmux('send-keys', '-t', 'read', '/')
    tmux('send-keys', '-t', 'read', '-l', 'api == "Metadata"')
    tmux('send-keys', '-t', 'read', 'Enter')
    await shows('filter api == "Metadata": 19')
    tmux('send-keys', '-t', 'read', 'q')
    await shows('status 0')
  }, 60_000)
})
