/**
 * The embedded broker on a socket. On each connection requests are answered one after another, in order: one that
 * waits (a Fetch, a JoinGroup) holds up those behind it, as in Apache Kafka. While it does, nothing more is read.
 */
import { createServer, type Socket } from 'node:net'
import { FrameSplitter } from '../bytes/frame-splitter.ts'
import { Broker, type BrokerInit } from './broker.ts'
import { answerFrame } from './dispatch.ts'

export interface StartOptions extends Omit<BrokerInit, 'endpoint'> {
  /** Default 127.0.0.1 */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** Where clients are told to connect to, where that is not the listener. */
  readonly advertisedHost?: string
  readonly advertisedPort?: number
  /** Gets a line for people: why a connection was closed. */
  readonly log?: (line: string) => void
}

export interface BrokerHandle {
  /** Of the listener. */
  readonly host: string
  readonly port: number
  readonly broker: Broker
  /** Closes the listener and all connections, and stops all timers. */
  close(): Promise<void>
}

/** Requests that may wait on one connection before it is read no more. */
const MAX_QUEUED = 16

/** Listens and answers. Rejects where the address can't be had. */
export async function startBroker(options: StartOptions = {}): Promise<BrokerHandle> {
  const { host = '127.0.0.1', port = 0, advertisedHost, advertisedPort, log = () => {}, ...init } = options
  const server = createServer({ noDelay: true, allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const actualPort = address !== null && typeof address === 'object' ? address.port : port
  const endpoint = { host: advertisedHost ?? advertisable(host), port: advertisedPort ?? actualPort }
  const broker = new Broker({ ...init, endpoint })
  server.maxConnections = broker.options.maxConnections
  server.on('error', (error) => log(`broker: ${error.message}`))
  const sockets = new Set<Socket>()
  const buffered: Buffered = { bytes: 0 }
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, broker, buffered, log)
  })
  return {
    host,
    port: actualPort,
    broker,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        broker.close()
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** A listener on all addresses is told to clients as this machine's loopback. */
const advertisable = (host: string): string => (host === '0.0.0.0' || host === '::' || host === '' ? '127.0.0.1' : host)

/** What all connections hold of requests that are not answered. */
interface Buffered {
  bytes: number
}

/** One connection, until its end. */
function serve(socket: Socket, broker: Broker, buffered: Buffered, log: (line: string) => void): void {
  const peer = { name: `${socket.remoteAddress}:${socket.remotePort}`, host: socket.remoteAddress ?? '' }
  const splitter = new FrameSplitter(broker.options.requestMaxBytes)
  const gone = new AbortController()
  const queue: Uint8Array[] = []
  let held = 0
  let busy = false
  let ended = false

  const drop = (reason: string | null): void => {
    if (reason !== null) log(`broker: ${peer.name}: ${reason}; the connection is closed`)
    queue.length = 0
    socket.destroy()
  }
  const hold = (bytes: number): void => {
    held += bytes
    buffered.bytes += bytes
  }
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
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
      const reply = await answerFrame(frame, broker, { host: peer.host, signal: gone.signal })
      if (gone.signal.aborted) return
      hold(-frame.length)
      if (reply.kind === 'close') return drop(reply.reason)
      if (reply.kind === 'answer' && !socket.write(reply.frame)) await drained()
      if (queue.length < MAX_QUEUED && socket.isPaused()) socket.resume()
    }
    busy = false
    if (ended) socket.end()
  }

  socket.on('data', (bytes: Uint8Array) => {
    hold(bytes.length)
    if (buffered.bytes > broker.options.bufferedMaxBytes) {
      return drop(`requests that wait hold more than ${broker.options.bufferedMaxBytes} bytes`)
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
