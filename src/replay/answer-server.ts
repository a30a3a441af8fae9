/** Recorded answers on a socket: each connection's requests one after another, as a broker does. */
import { createServer, type Socket } from 'node:net'
import { FrameSplitter } from '../bytes/frame-splitter.ts'
import { Answers, type AnswersOptions } from './answers.ts'
import type { Recorded } from './plan.ts'

export interface AnswerServer {
  readonly host: string
  readonly port: number
  readonly answers: Answers
  /** Requests that the recording lacks. */
  readonly lacking: number
  close(): Promise<void>
}

export interface ServeOptions extends Pick<AnswersOptions, 'rules' | 'context'> {
  /** Default 127.0.0.1 */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** Gets a line for people: why a connection was closed. */
  readonly log: (line: string) => void
}

const MAX_FRAME = 100 * 1024 * 1024
/** Requests that may wait on one connection before it is read no more. */
const MAX_QUEUED = 16

/** Listens and answers. Rejects where the address can't be had. */
export async function serveAnswers(recording: readonly Recorded[], options: ServeOptions): Promise<AnswerServer> {
  const { host = '127.0.0.1', port = 0, rules, context, log } = options
  const server = createServer({ noDelay: true, allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const ownPort = address !== null && typeof address === 'object' ? address.port : port
  // A listener on all addresses is told to clients as this machine's loopback.
  const told = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const answers = new Answers(recording, { rules, context, host: told, port: ownPort })
  const sockets = new Set<Socket>()
  let lacking = 0
  server.on('error', (error) => log(error.message))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, answers, (line, isLacking) => {
      if (isLacking) lacking++
      log(line)
    })
  })
  return {
    host,
    port: ownPort,
    answers,
    get lacking() {
      return lacking
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** One connection, until its end. */
function serve(socket: Socket, answers: Answers, say: (line: string, lacking: boolean) => void): void {
  const peer = `${socket.remoteAddress}:${socket.remotePort}`
  const connection = answers.connection()
  const splitter = new FrameSplitter(MAX_FRAME)
  const queue: Uint8Array[] = []
  let busy = false
  let ended = false

  const drop = (reason: string, lacking: boolean): void => {
    say(`${peer}: ${reason}; the connection is closed`, lacking)
    queue.length = 0
    socket.destroy()
  }
  const work = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let frame = queue.shift(); frame; frame = queue.shift()) {
      const reply = connection.answer(frame)
      if (reply.kind === 'close') return drop(reply.reason, reply.lacking)
      if (reply.kind === 'answer') {
        if (reply.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, reply.delayMs))
        if (socket.destroyed) return
        if (!socket.write(reply.frame)) await drained(socket)
      }
      if (queue.length < MAX_QUEUED && socket.isPaused()) socket.resume()
    }
    busy = false
    if (ended) socket.end()
  }

  socket.on('data', (bytes: Uint8Array) => {
    try {
      queue.push(...splitter.push(bytes))
    } catch (error) {
      return drop(error instanceof Error ? error.message : String(error), false)
    }
    if (queue.length >= MAX_QUEUED) socket.pause()
    void work()
  })
  socket.on('end', () => {
    ended = true
    if (!busy) socket.end()
  })
  socket.on('error', () => {})
}

/** Resolves when there is room again, or the connection is gone. */
const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.once('drain', done)
    socket.once('close', done)
  })
