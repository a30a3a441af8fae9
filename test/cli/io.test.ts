import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { StreamSink, writeLine } from '../../src/cli/io.ts'

/** A reader that takes one write at a time, when told. */
class SlowReader extends Writable {
  readonly taken: string[] = []
  private next: (() => void) | null = null

  constructor() {
    super({ highWaterMark: 8 })
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString())
    this.next = done
  }

  read(): void {
    const next = this.next
    this.next = null
    next?.()
  }
}

it('waits while a reader is behind, and goes on when it has read', async () => {
  const reader = new SlowReader()
  const sink = new StreamSink(reader)
  let written = false
  const line = writeLine(sink, 'twelve bytes').then(() => {
    written = true
  })
  await new Promise(setImmediate)
  expect(written).toBe(false)
  while (!written) {
    reader.read()
    await new Promise(setImmediate)
  }
  await line
  expect(reader.taken.join('')).toBe('twelve bytes\n')
})

it('a reader that goes away is no error, and nobody waits for it', async () => {
  const reader = new SlowReader()
  const sink = new StreamSink(reader)
  const line = writeLine(sink, 'twelve bytes')
  reader.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await line
  expect(sink.closed).toBe(true)
  await writeLine(sink, 'more')
})

it('output that can not be written for another reason is told, once', async () => {
  const reader = new SlowReader()
  const failures: string[] = []
  const sink = new StreamSink(reader, (error) => failures.push(error.message))
  sink.write('more')
  reader.destroy(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }))
  await sink.whenClosed
  expect([sink.closed, failures]).toEqual([true, ['write ENOSPC']])
})

it('says when a pipe was closed, which is no failure', async () => {
  const reader = new SlowReader()
  const failures: string[] = []
  const sink = new StreamSink(reader, (error) => failures.push(error.message))
  reader.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await sink.whenClosed
  expect(failures).toEqual([])
})
