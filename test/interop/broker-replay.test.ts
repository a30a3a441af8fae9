/** `broker --replay`: librdkafka consumes from a recording of itself; the broker that it had is gone. */
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serveRecording } from '../../src/cli/replay-broker.ts'
import { memoryIo } from '../cli/memory-io.ts'
import { onPath } from './cache.ts'
import { removeFolder } from './processes.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => removeFolder(folder))

const reason = notBuilt() ?? (onPath('kcat') === null ? 'no kcat on the PATH' : null)
const title = (text: string): string => (reason === null ? text : `${text} (skipped: ${reason})`)

/** Resolves with what kcat printed, and whether it ended well within its time. */
function kcat(
  args: readonly string[],
  input = '',
): Promise<{ readonly out: string; readonly err: string; readonly ok: boolean }> {
  return new Promise((resolve) => {
    const child = execFile('kcat', args, { timeout: 20_000 }, (error, out, err) =>
      resolve({ out, err, ok: error === null }),
    )
    child.stdin!.end(input)
  })
}

const messages = Array.from({ length: 300 }, (_, i) => `k${i % 7}:message ${i}`).join('\n')
const inOrder = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .sort()

const plain = ['-C', '-t', 'orders', '-o', 'beginning', '-e', '-q', '-f', '%p %o %k %s\n']
const group = ['-G', 'billing', '-e', '-q', '-X', 'auto.offset.reset=earliest', '-f', '%p %o %k %s\n', 'orders']

describe('a recording of kcat', () => {
  for (const [name, args] of [
    ['without a group', plain],
    ['in a group', group],
  ] as const) {
    it.skipIf(reason !== null)(
      title(`is consumed again ${name}`),
      async () => {
        const file = join(folder, `${name.replaceAll(' ', '-')}.pcapng`)
        const proxy = await startProxy(null, ['--record', file])
        const made = await kcat(['-b', proxy.address, '-P', '-t', 'orders', '-K:'], `${messages}\n`)
        expect(made, made.err).toMatchObject({ ok: true })
        const first = await kcat(['-b', proxy.address, ...args])
        expect(first, first.err).toMatchObject({ ok: true })
        expect(inOrder(first.out)).toHaveLength(300)
        await proxy.stop()

        const said: string[] = []
        const server = await serveRecording(file, { host: '127.0.0.1', port: 0 }, memoryIo(), (line) => said.push(line))
        try {
          const again = await kcat(['-b', `127.0.0.1:${server.port}`, ...args])
          expect(again, `${again.err}\n${said.join('\n')}`).toMatchObject({ ok: true })
          expect(inOrder(again.out)).toEqual(inOrder(first.out))
          expect(said).toEqual([])
        } finally {
          await server.close()
        }
      },
      60_000,
    )
  }
})
