/**
 * The original case, live: JoinGroup answered by four zero bytes to a real librdkafka consumer that goes on. It prints its
 * error and joins again and again; the program has the same sentence, the right cause first, and sees the members that the
 * coordinator may be left with.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JsonObject } from '../../src/codec/json-text.ts'
import { asPrinted } from '../findings/clients/printed.ts'
import { cacheFolder } from './cache.ts'
import { missing } from './clients.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

const SECONDS = 12

const findingsOf = (line: JsonObject): JsonObject[] =>
  line.type === 'exchange' ? (line.findings as JsonObject[]) : line.type === 'finding' ? [line] : []

/** What the consumer has printed when its time is up. */
async function consume(bootstrap: string): Promise<string> {
  const script = join(import.meta.dirname, 'clients/py/stubborn_consumer.py')
  const args = [script, bootstrap, 'stubborn', String(SECONDS)]
  const child = spawn(join(cacheFolder(), 'venv-current', 'bin', 'python'), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: (SECONDS + 20) * 1000,
  })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  await once(child, 'close')
  return asPrinted(printed)
}

const reason = notBuilt() ?? missing('confluent')
const title = `the original case, live${reason === null ? '' : ` (skipped: ${reason})`}`

it.skipIf(reason !== null)(title, { timeout: 90_000 }, async () => {
  const proxy = await startProxy(null, ['--bug', 'shared-error-body:JoinGroup'])
  const printed = await consume(proxy.address)
  await proxy.stop()

  const findings = proxy.lines.flatMap(findingsOf)
  const broken = findings.filter(({ code, api }) => code === 'body/underflow' && api === 'JoinGroup')
  expect(broken.length, printed.slice(-2000)).toBeGreaterThan(2)
  for (const { clients, causes } of broken) {
    const words = (clients as Record<string, string>).librdkafka
    expect(words).toMatch(
      /^Protocol read buffer underflow for JoinGroup v5 at 4\/4: expected 2 bytes > 0 remaining bytes/,
    )
    expect(printed).toContain(words)
    const [first] = causes as JsonObject[]
    expect(first).toMatchObject({ cause: 'other-api', evidence: { actualApi: 'shared error answer' } })
    expect(first!.score).toBeGreaterThan(0.85)
  }
  const ghosts = findings.find(({ code }) => code === 'group/ghosts')
  expect(ghosts?.causes).toMatchObject([{ cause: 'join-answer-unreadable' }])
})
