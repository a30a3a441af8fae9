/**
 * One connection to a broker, as frames: what goes out is anything, broken frames too; what comes in is cut into frames
 * and given to whoever waits, in order, as brokers answer in the order of the requests.
 */
import type { Socket } from 'node:net'
import { FrameSplitter } from '../bytes/frame-splitter.ts'
import { peekCorrelationId } from '../codec/frame.ts'
import { ClientError } from './errors.ts'
import { type Address, addressText, openSocket, type TlsOptions } from './socket.ts'
import type { ConnectionTap, Tap } from './tap.ts'

export interface WireOptions {
  readonly tls?: TlsOptions | null | undefined
  readonly connectTimeoutMs?: number | undefined
  /** How long an answer may take where the request does not say. */
  readonly requestTimeoutMs?: number | undefined
  /** The largest answer that is taken, in bytes; beyond, the connection is closed. */
  readonly maxAnswerBytes?: number | undefined
  readonly tap?: Tap | null | undefined
}

export interface Await {
  /** How the request is called in errors: `JoinGroup v5`. */
  readonly request?: string | undefined
  /** Default: that of the connection. */
  readonly timeoutMs?: number | undefined
  /** The answer must have it; absent: any will do. */
  readonly correlationId?: number | undefined
}

interface Waiting extends Await {
  readonly resolve: (frame: Uint8Array) => void
  readonly reject: (error: ClientError) => void
  readonly timer: NodeJS.Timeout
}

const DEFAULTS = { connectTimeoutMs: 10_000, requestTimeoutMs: 30_000, maxAnswerBytes: 128 * 1024 * 1024 }
/** Frames that nobody has asked for yet; more of them are a broker gone mad. */
const MAX_UNASKED = 1000

export class Wire {
  readonly address: Address
  /** `host:port` */
  readonly broker: string
  private readonly socket: Socket
  private readonly splitter: FrameSplitter
  private readonly requestTimeoutMs: number
  private readonly tap: ConnectionTap | null
  private readonly waiting: Waiting[] = []
  private readonly unasked: Uint8Array[] = []
  /** Why it is over; null while it is not. */
  private ended: { readonly kind: 'closed' | 'frame'; readonly problem: string } | null = null
  private readonly whenClosed: Promise<void>

  private constructor(address: Address, socket: Socket, options: WireOptions) {
    this.address = address
    this.broker = addressText(address)
    this.socket = socket
    this.splitter = new FrameSplitter(options.maxAnswerBytes ?? DEFAULTS.maxAnswerBytes)
    this.requestTimeoutMs = options.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs
    const { localAddress = '0.0.0.0', localPort = 0, remoteAddress = address.host, remotePort = address.port } = socket
    this.tap =
      options.tap?.open(
        addressText({ host: localAddress, port: localPort }),
        addressText({ host: remoteAddress, port: remotePort }),
      ) ?? null
    this.whenClosed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('data', (bytes: Uint8Array) => this.take(bytes))
    socket.on('error', (error) => this.end('closed', `the connection failed: ${error.message}`))
    socket.on('end', () => this.end('closed', 'the broker closed the connection'))
    socket.on('close', () => {
      this.end('closed', 'the connection is closed')
      this.tap?.close()
    })
  }

  /** Rejects with a ClientError of kind `connect`. */
  static async open(address: Address, options: WireOptions = {}): Promise<Wire> {
    const timeoutMs = options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs
    return new Wire(address, await openSocket(address, options.tls ?? null, timeoutMs), options)
  }

  /** False once the connection has ended, by whomever. */
  get open(): boolean {
    return this.ended === null
  }

  /** Answers that are awaited. */
  get pending(): number {
    return this.waiting.length
  }

  /** Resolves when the connection is gone: after `close`, or because the broker went. */
  get closed(): Promise<void> {
    return this.whenClosed
  }

  /** Sends bytes as they are, whole frames or not; the array is given away. What can't be sent any more is dropped. */
  write(bytes: Uint8Array): void {
    if (this.ended !== null) return
    this.tap?.data('request', bytes)
    this.socket.write(bytes)
  }

  /**
   * Resolves with the next frame that nobody else waits for, its size field included. Rejects with a ClientError of
   * kind `timeout`, `closed`, `frame` or `correlation`. After a time-out the connection is closed: the answer to one
   * request must not be taken for that to the next.
   */
  next(wanted: Await = {}): Promise<Uint8Array> {
    const { timeoutMs = this.requestTimeoutMs } = wanted
    return new Promise((resolve, reject) => {
      const early = this.unasked.shift()
      if (early === undefined && this.ended !== null) {
        return reject(this.error(this.ended.kind, this.ended.problem, wanted))
      }
      const timer = setTimeout(() => this.timeOut(waiting, timeoutMs), timeoutMs)
      const waiting: Waiting = { ...wanted, resolve, reject, timer }
      if (early) this.settle(waiting, early)
      else this.waiting.push(waiting)
    })
  }

  /** Sends a whole request frame and awaits its answer; see `next`. */
  exchange(frame: Uint8Array, wanted: Await = {}): Promise<Uint8Array> {
    const answer = this.next(wanted)
    this.write(frame)
    return answer
  }

  /** Sends a FIN; the broker may still answer. */
  endWriting(): void {
    this.socket.end()
  }

  /** Closes at once; what is awaited is rejected. Can be called again. */
  close(): void {
    this.end('closed', 'the connection is closed')
    this.socket.destroy()
  }

  private take(bytes: Uint8Array): void {
    this.tap?.data('response', bytes)
    let frames: Uint8Array[]
    try {
      frames = this.splitter.push(bytes)
    } catch (error) {
      this.end('frame', error instanceof Error ? error.message : String(error))
      this.socket.destroy()
      return
    }
    for (const frame of frames) {
      const waiting = this.waiting.shift()
      if (waiting) this.settle(waiting, frame)
      else if (this.unasked.length < MAX_UNASKED) this.unasked.push(frame)
    }
  }

  private settle(waiting: Waiting, frame: Uint8Array): void {
    clearTimeout(waiting.timer)
    const { correlationId } = waiting
    const found = peekCorrelationId(frame, 'response')
    if (correlationId === undefined || found === correlationId) {
      waiting.resolve(frame)
      return
    }
    const problem =
      found === null
        ? `an answer of ${frame.length} bytes, too short for a correlation id`
        : `the answer has correlation id ${found}, not ${correlationId}`
    waiting.reject(this.error('correlation', problem, waiting, frame))
    // Whose answers those that follow are, nobody knows.
    this.end('closed', 'the connection was closed after an answer with a wrong correlation id')
    this.socket.destroy()
  }

  private timeOut(late: Waiting, timeoutMs: number): void {
    late.reject(this.error('timeout', `no answer within ${timeoutMs} ms`, late))
    this.end('closed', 'the connection was closed after a request that was not answered')
    this.socket.destroy()
  }

  private end(kind: 'closed' | 'frame', problem: string): void {
    this.ended ??= { kind, problem }
    for (const waiting of this.waiting.splice(0)) {
      clearTimeout(waiting.timer)
      waiting.reject(this.error(this.ended.kind, this.ended.problem, waiting))
    }
  }

  private error(
    kind: 'timeout' | 'closed' | 'frame' | 'correlation',
    problem: string,
    { request }: Await,
    frame?: Uint8Array,
  ): ClientError {
    return new ClientError(kind, problem, { broker: this.broker, request, frame })
  }
}
