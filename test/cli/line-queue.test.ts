import { describe, expect, it } from 'vitest'
import type { Sink } from '../../src/cli/io.ts'
import { LineQueue } from '../../src/cli/line-queue.ts'

/** A reader that takes nothing until it is woken. */
function sleeper(): { sink: Sink; read(): string; wake(): void; sleep(): void } {
  let text = ''
  let asleep = true
  let wakers: (() => void)[] = []
  return {
    sink: {
      closed: false,
      write: (more) => {
        text += more
        return !asleep
      },
      drained: () => new Promise((done) => void wakers.push(done)),
    },
    read: () => text,
    wake: () => {
      asleep = false
      for (const waker of wakers) waker()
      wakers = []
    },
    sleep: () => {
      asleep = true
    },
  }
}

describe('lines for a reader that may sleep', () => {
  it('wait up to a bound, then are dropped and counted; those that waited come in order', async () => {
    const { sink, read, wake } = sleeper()
    const queue = new LineQueue(sink, 20)
    for (let i = 0; i < 10; i++) queue.write(`line ${i}`)
    expect(read()).toBe('line 0\n')
    expect(queue.dropped).toBe(7)
    wake()
    await queue.end('last')
    expect(read()).toBe('line 0\nline 1\nline 2\nlast\n')
  })

  it('the last line is told even so, and nobody waits for ever', async () => {
    const { sink } = sleeper()
    const queue = new LineQueue(sink, 20)
    for (let i = 0; i < 10; i++) queue.write(`line ${i}`)
    const start = Date.now()
    await queue.end('last', 50)
    expect(Date.now() - start).toBeLessThan(1000)
  })

  it('a reader that is awake gets each at once', () => {
    const { sink, read, wake } = sleeper()
    wake()
    const queue = new LineQueue(sink)
    queue.write('a')
    queue.write('b')
    expect(read()).toBe('a\nb\n')
    expect(queue.dropped).toBe(0)
  })
})
