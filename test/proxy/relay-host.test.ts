import { Buffer } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RelayStats } from '../../src/proxy/messages.ts'
import type { BrokerRow, Notice } from '../../src/proxy/notice.ts'
import { type RelayHandle, type RelayHostOptions, startRelay } from '../../src/proxy/relay-host.ts'
import { keepable, type Segment } from '../../src/session/segment.ts'
import { requestFrame, responseFrame } from './frames.ts'
import { atEnd, fakeBroker, freePort, testClient, until } from './sockets.ts'

/** Threads of Node 20 can't run TypeScript: the thread's tests run what is built. */
const BUILT = join(import.meta.dirname, '../../node_modules/.cache/kafkascope-test-relay')
let startBuilt: typeof startRelay

beforeAll(async () => {
  mkdirSync(BUILT, { recursive: true })
  writeFileSync(join(BUILT, 'package.json'), '{"type":"module"}')
  const root = join(import.meta.dirname, '../..')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--declaration', 'false', '--outDir', BUILT], {
      cwd: root,
    })
  } catch {
    // Type errors are the business of the type check; what was emitted is run.
  }
  const file = join(BUILT, 'src/proxy/relay-host.js')
  startBuilt = ((await import(/* @vite-ignore */ file)) as { startRelay: typeof startRelay }).startRelay
})

interface Hosted {
  handle: RelayHandle
  segments: Segment[]
  notices: Notice[]
  rows(): BrokerRow[]
  close(): Promise<RelayStats>
}

async function host(
  mode: 'thread' | 'in-thread',
  upstream: number,
  options: Partial<RelayHostOptions> = {},
  slow?: (segment: Segment) => void,
): Promise<Hosted> {
  const segments: Segment[] = []
  const notices: Notice[] = []
  let rows: BrokerRow[] = []
  const start = mode === 'thread' ? startBuilt : startRelay
  const handle = await start(
    {
      listen: { host: '127.0.0.1', port: 0 },
      upstream: { host: '127.0.0.1', port: upstream },
      inThread: mode === 'in-thread',
      ...options,
    },
    {
      onSegment: (segment) => {
        slow?.(segment)
        segments.push(keepable(segment))
      },
      onNotice: (notice) => void notices.push(notice),
      onBrokers: (table) => {
        rows = table
      },
    },
  )
  let closing: Promise<RelayStats> | null = null
  const close = (): Promise<RelayStats> => {
    closing ??= handle.close()
    return closing
  }
  atEnd(async () => void (await close()))
  return { handle, segments, notices, rows: () => rows, close }
}

const bytesOf = (segments: readonly Segment[], direction: 'request' | 'response'): Buffer =>
  Buffer.concat(segments.flatMap((s) => (s.type === 'data' && s.direction === direction ? [s.bytes] : [])))

describe.each(['thread', 'in-thread'] as const)('a relay (%s)', (mode) => {
  it('relays, rewrites, observes everything in order, and closes with nothing left', async () => {
    const METADATA = { api: 'Metadata', version: 9 }
    const answer = responseFrame(METADATA, 1, {
      brokers: [{ nodeId: 7, host: 'kafka-7', port: 9092 }],
      controllerId: 7,
      topics: [],
    })
    const large = Buffer.alloc(3_000_000, 'kafka')
    const broker = await fakeBroker((socket) => {
      socket.once('data', () => {
        socket.write(answer)
        socket.end(large)
      })
    })
    const { handle, segments, rows, close } = await host(mode, broker.port)
    const client = await testClient(handle.address.port)
    const asked = requestFrame(METADATA, 1)
    client.socket.write(asked)
    await client.ended
    client.socket.end()
    const own = rows().find((row) => row.node === 7)!
    const wanted = responseFrame(METADATA, 1, {
      brokers: [{ nodeId: 7, host: '127.0.0.1', port: Number(own.listener.split(':')[1]) }],
      controllerId: 7,
      topics: [],
    })
    expect(client.received().equals(Buffer.concat([wanted, large]))).toBe(true)
    await client.closed
    const stats = await close()
    expect(stats).toEqual({ connections: 1, skippedBytes: 0, untouched: 0, upstreamFailures: 0 })
    expect(bytesOf(segments, 'request')).toEqual(asked)
    expect(bytesOf(segments, 'response').equals(Buffer.concat([answer, large]))).toBe(true)
    expect(segments[0]).toMatchObject({ type: 'open', connection: { id: 1, broker: `127.0.0.1:${broker.port}` } })
    expect(segments.at(-1)).toMatchObject({ type: 'close', connection: 1 })
    const times = segments.map((s) => s.time)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(Math.abs(times[0]! / 1000 - Date.now())).toBeLessThan(60_000)
  })

  it('says why it can not listen', async () => {
    const broker = await fakeBroker()
    await expect(host(mode, 1, { listen: { host: '127.0.0.1', port: broker.port } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })

  it('goes on when the upstream is gone', async () => {
    const upstream = await freePort()
    const { handle, notices } = await host(mode, upstream)
    await (await testClient(handle.address.port)).closed
    await until(() => notices.length === 1)
    expect(notices[0]!.text).toContain(`127.0.0.1:${upstream}: connection refused`)
  })
})

describe('an observer that can not follow', () => {
  const TOTAL = 8_000_000
  const sleepy = (segment: Segment): void => {
    const until = segment.type === 'data' ? performance.now() + 10 : 0
    while (performance.now() < until);
  }
  const flood = (): ReturnType<typeof fakeBroker> => fakeBroker((socket) => void socket.end(Buffer.alloc(TOTAL, 1)))

  it('misses bytes, which are counted, and the relay goes on', async () => {
    const { handle, segments, notices, close } = await host(
      'thread',
      (await flood()).port,
      { observeLimit: 300_000 },
      sleepy,
    )
    const client = await testClient(handle.address.port)
    expect((await client.bytes(TOTAL)).equals(Buffer.alloc(TOTAL, 1))).toBe(true)
    client.socket.destroy()
    const stats = await close()
    const missing = segments.reduce((sum, s) => sum + (s.type === 'gap' ? s.bytes : 0), 0)
    expect(missing).toBeGreaterThan(0)
    expect(stats.skippedBytes).toBe(missing)
    expect(bytesOf(segments, 'response').length + missing).toBe(TOTAL)
    expect(notices.every(({ text }) => /\d+ bytes were relayed but not looked at/.test(text))).toBe(true)
  })

  it('misses none when it is strict: the relay waits', async () => {
    const options = { observeLimit: 300_000, strict: true }
    const { handle, segments, close } = await host('thread', (await flood()).port, options, sleepy)
    const client = await testClient(handle.address.port)
    await client.bytes(TOTAL)
    client.socket.destroy()
    expect((await close()).skippedBytes).toBe(0)
    expect(bytesOf(segments, 'response').length).toBe(TOTAL)
  })
})
