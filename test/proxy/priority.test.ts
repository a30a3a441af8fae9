import { once } from 'node:events'
import { getPriority } from 'node:os'
import { platform } from 'node:process'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { yieldToRelay } from '../../src/proxy/priority.ts'

test('the observer goes below a thread that was there before, which stays where it was', async () => {
  const before = getPriority(0)
  const relay = new Worker(
    `const { parentPort } = require('node:worker_threads')
    parentPort.on('message', () => parentPort.postMessage(require('node:os').getPriority(0)))`,
    { eval: true },
  )
  yieldToRelay()
  relay.postMessage('and you?')
  const [ofRelay] = await once(relay, 'message')
  await relay.terminate()
  expect(ofRelay).toBe(before)
  expect(getPriority(0)).toBe(platform === 'linux' ? Math.max(10, before) : before)
})
