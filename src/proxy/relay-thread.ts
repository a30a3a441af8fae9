/** The relay as it runs in its thread, or, given another channel, in any: what `worker.ts` starts. */
import { writeSync } from 'node:fs'
import type { FromWorker, ToWorker, WorkerInit } from './messages.ts'
import { Outlet } from './outlet.ts'
import { Relay } from './relay.ts'

export interface Channel {
  send(message: FromWorker, transfer?: ArrayBuffer[]): void
  receive(listener: (message: ToWorker) => void): void
  /** Nothing more will be sent or received. */
  end(): void
}

/** Starts a relay that is steered through the channel. */
export function runRelay(init: WorkerInit, channel: Channel): void {
  const relay = new Relay(init.relay, {
    emit: (segment) => outlet.push(segment),
    onNotice: (notice) => channel.send({ type: 'notice', notice }),
    onBrokers: (rows) => channel.send({ type: 'brokers', rows }),
    ...(init.keyLogFd === null ? {} : { onKeyLog: keyLogTo(init.keyLogFd, channel) }),
  })
  const outlet = new Outlet({
    limit: init.observeLimit,
    strict: init.strict,
    send: (batch, transfer) => channel.send({ type: 'batch', batch }, transfer),
    hold: (stop) => relay.hold(stop),
    caughtUp: (skipped) =>
      channel.send({
        type: 'notice',
        notice: { level: 'warning', text: `${skipped} bytes were relayed but not looked at: too much came at once` },
      }),
  })
  const close = async (): Promise<void> => {
    await relay.close()
    outlet.flush()
    const { connections, untouched, upstreamFailures } = relay
    channel.send({ type: 'closed', stats: { connections, untouched, upstreamFailures, skippedBytes: outlet.skipped } })
    channel.end()
  }
  channel.receive((message) => {
    if (message.type === 'looked') outlet.acknowledge(message.weight, message.memory)
    else void close()
  })
  relay.start().then(
    (at) => channel.send({ type: 'listening', at }),
    (error: NodeJS.ErrnoException) => {
      channel.send({ type: 'failed', code: error.code ?? '', message: error.message })
      channel.end()
    },
  )
}

/** Appends to the key log; a disk that fills up ends the log, not the relay. */
function keyLogTo(fd: number, channel: Channel): (line: Uint8Array) => void {
  let failed = false
  return (line) => {
    if (failed) return
    try {
      writeSync(fd, line)
    } catch (error) {
      failed = true
      const text = `the key log ends here: ${(error as Error).message}`
      channel.send({ type: 'notice', notice: { level: 'warning', text } })
    }
  }
}
