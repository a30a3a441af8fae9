import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { CliError } from '../../src/cli/errors.ts'
import { openRecorder, Recorder } from '../../src/cli/recorder.ts'
import { Pipeline } from '../../src/findings/pipeline.ts'
import type { Segment } from '../../src/session/segment.ts'
import { requestFrame, responseFrame } from '../proxy/frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const START = 1_700_000_000_000_000
const hasFull = existsSync('/dev/full')
const hasLimits = spawnSync('prlimit', ['--version']).status === 0
const hasTshark = spawnSync('tshark', ['-v']).status === 0

/** How many packets a file holds; throws where it is damaged. */
const packetsOf = (file: string): number => {
  const reader = new CaptureReader()
  reader.window.append(readFileSync(file))
  let count = 0
  while (reader.read() === 'packet') count++
  const damage = reader.finish()
  if (damage) throw new Error(`${damage.message} at ${damage.offset}`)
  return count
}

const open = (id: number): Segment => ({
  type: 'open',
  connection: { id, client: `127.0.0.1:${40_000 + id}`, broker: '127.0.0.1:9092' },
  time: START,
})

const data = (bytes: Uint8Array, time = START, direction: 'request' | 'response' = 'request'): Segment => ({
  type: 'data',
  connection: 1,
  direction,
  time,
  bytes,
})

describe('a recording', () => {
  it('is complete when it is closed, and only its owner may read it', async () => {
    const file = join(folder, 'a.pcapng')
    const recorder = new Recorder(file, { onNotice: () => {} })
    for (const segment of [open(1), data(Buffer.alloc(100)), data(Buffer.alloc(200_000))]) recorder.segment(segment, [])
    await recorder.close()
    expect(packetsOf(file)).toBe(3 + 1 + 4)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is on the disk a moment after, in whole blocks, without being closed', async () => {
    const file = join(folder, 'b.pcapng')
    const recorder = new Recorder(file, { onNotice: () => {} })
    for (const segment of [open(1), data(Buffer.alloc(100))]) recorder.segment(segment, [])
    await new Promise((done) => setTimeout(done, 300))
    expect(packetsOf(file)).toBe(4)
    await recorder.close()
  })

  it('by size: files of at most so many bytes, each of them sound, nothing lost between', async () => {
    const recorder = new Recorder(join(folder, 'size.pcapng'), { maxBytes: 5000, onNotice: () => {} })
    recorder.segment(open(1), [])
    for (let i = 0; i < 50; i++) recorder.segment(data(Buffer.alloc(1000), START + i), [])
    await recorder.close()
    const files = readdirSync(folder).filter((name) => name.startsWith('size'))
    expect(files.slice(0, 2)).toEqual(['size_00001.pcapng', 'size_00002.pcapng'])
    expect(files.length).toBe(recorder.files.length)
    let packets = 0
    for (const file of files) {
      expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(5000)
      packets += packetsOf(join(folder, file))
    }
    expect(packets).toBe(53)
  })

  it('by time: a file for each stretch of the traffic’s own time', async () => {
    const recorder = new Recorder(join(folder, 'time.x.pcapng'), { maxMicros: 10e6, onNotice: () => {} })
    recorder.segment(open(1), [])
    for (let second = 0; second < 35; second += 5) {
      recorder.segment(data(Buffer.alloc(10), START + second * 1e6), [])
      await new Promise((done) => setTimeout(done, 5))
    }
    await recorder.close()
    expect(recorder.files.map((file) => packetsOf(file))).toEqual([3 + 2, 2, 2, 1])
    expect(recorder.files[3]).toBe(join(folder, 'time.x_00004.pcapng'))
  })

  it('when its reader is too slow leaves bytes out, says so, and stays sound', async () => {
    const notices: string[] = []
    const file = join(folder, 'slow.pcapng')
    const recorder = new Recorder(file, { maxWaiting: 10_000, onNotice: (text) => notices.push(text) })
    recorder.segment(open(1), [])
    // All at once: nothing can be written before the queue is full.
    for (let i = 0; i < 30; i++) recorder.segment(data(Buffer.alloc(1000)), [])
    await recorder.close()
    expect(packetsOf(file)).toBeLessThan(15)
    expect(notices).toEqual([expect.stringMatching(/^the recording lacks \d+ bytes: the disk was too slow$/)])
  })

  it('whoever waits for room loses nothing', async () => {
    const notices: string[] = []
    const file = join(folder, 'waited.pcapng')
    const recorder = new Recorder(file, { maxWaiting: 10_000, onNotice: (text) => notices.push(text) })
    recorder.segment(open(1), [])
    for (let i = 0; i < 100; i++) {
      await recorder.drained()
      recorder.segment(data(Buffer.alloc(1000)), [])
    }
    await recorder.close()
    expect([packetsOf(file), notices]).toEqual([103, []])
  })

  it.runIf(hasFull)('a disk that is full ends it with one line', async () => {
    const notices: string[] = []
    const recorder = new Recorder('/dev/full', { onNotice: (text) => notices.push(text) })
    recorder.segment(open(1), [])
    await recorder.close()
    recorder.segment(data(Buffer.alloc(1000)), [])
    expect(notices).toEqual([expect.stringMatching(/^the recording \/dev\/full ends after 0 bytes: ENOSPC/)])
  })

  it.runIf(hasLimits)('a disk that fills up leaves whole blocks, and ends it with one line', async () => {
    const file = join(folder, 'filled.pcapng')
    const notices: string[] = []
    // The kernel lets this process write files of 64,000 bytes, as if that was all the disk had.
    const limit = (size: string): void =>
      void spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:unlimited`])
    const ignore = (): void => {}
    process.on('SIGXFSZ', ignore)
    limit('64000')
    try {
      const recorder = new Recorder(file, { onNotice: (text) => notices.push(text) })
      recorder.segment(open(1), [])
      for (let i = 0; i < 100; i++) {
        recorder.segment(data(Buffer.alloc(1000)), [])
        if (i % 20 === 0) await new Promise((done) => setTimeout(done, 120))
      }
      await recorder.close()
    } finally {
      limit('unlimited')
      process.off('SIGXFSZ', ignore)
    }
    expect(notices).toEqual([expect.stringMatching(/^the recording .*filled\.pcapng ends after \d+ bytes: EFBIG/)])
    expect(statSync(file).size).toBe(Number(/after (\d+) bytes/.exec(notices[0]!)![1]))
    expect(statSync(file).size % 4).toBe(0)
    expect(packetsOf(file)).toBeGreaterThan(50)
  })
})

describe('what a recording says', () => {
  const pipeline = (recorder: Recorder, segments: readonly Segment[]): void => {
    const made = new Pipeline()
    for (const segment of segments) recorder.segment(segment, made.push(segment))
  }

  it.runIf(hasTshark)('findings are comments of the packet that completed their frame, each once', async () => {
    const file = join(folder, 'comments.pcapng')
    const recorder = new Recorder(file, { onNotice: () => {} })
    const broken = responseFrame({ api: 'Heartbeat', version: 4 }, 1, { errorCode: 0 }).subarray(0, 12)
    broken.writeInt32BE(8)
    pipeline(recorder, [
      open(1),
      data(requestFrame({ api: 'Heartbeat', version: 4 }, 1)),
      data(broken, START + 10, 'response'),
    ])
    await recorder.close()
    const { stdout } = spawnSync('tshark', ['-r', file, '-T', 'fields', '-e', 'frame.number', '-e', 'frame.comment'], {
      encoding: 'utf8',
    })
    const rows = stdout.trimEnd().split('\n')
    expect(rows.length).toBe(5)
    expect(rows.slice(0, 4).every((row) => /^\d\t$/.test(row))).toBe(true)
    expect(rows[4]).toMatch(
      /^5\terror body\/underflow Heartbeat v4 response, throttleTimeMs at 9: The answer ends 3 bytes in/,
    )
  })

  it('that it holds passwords is said, once', async () => {
    const notices: string[] = []
    const recorder = new Recorder(join(folder, 'sasl.pcapng'), { onNotice: (text) => notices.push(text) })
    const sasl = (id: number): Buffer => {
      const token = Buffer.from('\0user\0secret').toString('base64')
      return requestFrame({ api: 'SaslAuthenticate', version: 1 }, id, { authBytes: token })
    }
    const plain = requestFrame({ api: 'Heartbeat', version: 4 }, 1)
    pipeline(recorder, [open(1), data(plain)])
    expect(notices).toEqual([])
    const handshake = requestFrame({ api: 'SaslHandshake', version: 1 }, 2, { mechanism: 'PLAIN' })
    pipeline(recorder, [open(1), data(handshake), data(sasl(3)), data(sasl(4))])
    await recorder.close()
    expect(notices).toEqual(['the recording holds passwords or tokens as they were sent: mind whom you give it to'])
  })
})

describe('options', () => {
  const refused = (options: Parameters<typeof openRecorder>[1]): string => {
    try {
      openRecorder('proxy', options, () => {})
    } catch (error) {
      if (error instanceof CliError) return error.message
    }
    return 'not refused'
  }

  it.each<[Parameters<typeof openRecorder>[1], RegExp]>([
    [{ record: join(folder, 'no', 'such') }, /^proxy: --record: there is no such file or folder \(ENOENT\)$/],
    [{ record: folder }, /^proxy: --record: it is a folder \(EISDIR\)$/],
    [{ recordSize: '1MB' }, /^proxy: --record-size wants --record$/],
    [{ recordTime: '1s' }, /^proxy: --record-time wants --record$/],
    [{ record: 'x', recordSize: '0' }, /^proxy: --record-size: want bytes, as in 100MB, have "0"$/],
    [{ record: 'x', recordSize: '1TB' }, /have "1TB"$/],
    [{ record: 'x', recordTime: '5d' }, /^proxy: --record-time: want a time, as in 30s, 10m or 1h, have "5d"$/],
  ])('%j is refused in one line', (options, message) => {
    expect(refused(options)).toMatch(message)
    expect(existsSync('x')).toBe(false)
  })

  it('a file that is read is not written over', () => {
    const input = join(folder, 'input.pcapng')
    writeFileSync(input, 'precious')
    const open = (): unknown => openRecorder('read', { record: join(folder, '.', 'input.pcapng') }, () => {}, [input])
    expect(open).toThrow(/is what is read: name another file/)
    expect(readFileSync(input, 'utf8')).toBe('precious')
  })

  it('none: no recorder', () => {
    expect(openRecorder('proxy', {}, () => {})).toBeNull()
  })
})
