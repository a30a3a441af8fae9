/**
 * One connection of the embedded broker. Requests are answered one after another, in order: one that waits (a Fetch, a
 * JoinGroup) holds up those behind it, as in Apache Kafka. While it does, nothing more is read.
 */
import type { Socket } from 'node:net'
import { FrameSplitter } from '../bytes/frame-splitter.ts'
import type { Broker } from './broker.ts'
import { answerFrame } from './dispatch.ts'

/** What all connections hold, in bytes: requests that are not answered, answers that are not taken. */
export interface Buffered {
  requests: number
  answers: number
}

export interface Served {
  readonly broker: Broker
  readonly nodeId: number
  /** Whom the client's certificate names. */
  readonly principal?: string | undefined
  readonly buffered: Buffered
  readonly log: (line: string) => void
}

/** Requests that may wait on one connection before it is read no more. */
const MAX_QUEUED = 16

/** Serves a connection until its end. */
export function serve(socket: Socket, { broker, nodeId, principal, buffered, log }: Served): void {
  const { options } = broker
  const name = `${socket.remoteAddress}:${socket.remotePort}`
  const login = broker.credentials?.login()
  const peer = { nodeId, host: socket.remoteAddress ?? '', login, principal }
  const splitter = new FrameSplitter(options.requestMaxBytes)
  const gone = new AbortController()
  const queue: Uint8Array[] = []
  let held = 0
  let busy = false
  let ended = false

  const drop = (reason: string | null): void => {
    if (reason !== null) log(`broker: ${name}: ${reason}; the connection is closed`)
    queue.length = 0
    socket.destroy()
  }
  const hold = (bytes: number): void => {
    held += bytes
    buffered.requests += bytes
  }

  /** Resolves when the client has taken what was sent, or is gone: one that takes too long is dropped. */
  const taken = (bytes: number): Promise<void> =>
    new Promise((resolve) => {
      buffered.answers += bytes
      if (buffered.answers > options.unsentMaxBytes) {
        drop(`answers that nobody takes hold more than ${options.unsentMaxBytes} bytes`)
      }
      const cancel = broker.clock.after(options.slowReaderTimeoutMs, () =>
        drop(`it has not taken its answer of ${bytes} bytes for ${options.slowReaderTimeoutMs} ms`),
      )
      const done = (): void => {
        cancel()
        buffered.answers -= bytes
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      socket.once('drain', done)
      socket.once('close', done)
    })

  const work = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let frame = queue.shift(); frame; frame = queue.shift()) {
      const reply = await answerFrame(frame, broker, { ...peer, signal: gone.signal })
      if (gone.signal.aborted) return
      hold(-frame.length)
      if (reply.kind === 'close') return drop(reply.reason)
      if (reply.kind === 'answer' && reply.last !== undefined) {
        log(`broker: ${name}: ${reply.last}; the connection is closed`)
        queue.length = 0
        socket.end(reply.frame)
        return
      }
      if (reply.kind === 'answer' && !socket.write(reply.frame)) await taken(reply.frame.length)
      if (gone.signal.aborted) return
      if (queue.length < MAX_QUEUED && socket.isPaused()) socket.resume()
    }
    busy = false
    if (ended) socket.end()
  }

  socket.on('data', (bytes: Uint8Array) => {
    hold(bytes.length)
    if (buffered.requests > options.bufferedMaxBytes) {
      return drop(`requests that wait hold more than ${options.bufferedMaxBytes} bytes`)
    }
    try {
      queue.push(...splitter.push(bytes))
    } catch (error) {
      return drop(error instanceof Error ? error.message : String(error))
    }
    if (queue.length >= MAX_QUEUED) socket.pause()
    void work()
  })
  // What was asked before the client ended its side is still answered.
  socket.on('end', () => {
    ended = true
    if (!busy) socket.end()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    hold(-held)
    gone.abort()
  })
}
