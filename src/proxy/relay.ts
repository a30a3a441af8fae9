/**
 * The relay: listeners, connections to the brokers behind them, bytes both ways, addresses in answers rewritten.
 *
 * What it observes goes to `emit` as segments: the bytes as each side sent them, so answers as the broker wrote them,
 * not as they were rewritten. It decodes nothing but the answers that carry addresses, and it never waits for whoever
 * observes, unless told to with `hold`. With planted bugs, what the broker sent is what it sent with them.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { safeShort } from '../bytes/safe-text.ts'
import type { Segment } from '../session/segment.ts'
import { type HostPort, plainAddress, printHostPort } from './address.ts'
import type { AnswerEdit, Limits } from './api-limits.ts'
import { carrierName } from './carriers.ts'
import { Intakes, readBy } from './intake.ts'
import { Link, type Side } from './link.ts'
import { Listeners } from './listeners.ts'
import { type BrokerRow, type Notice, Once } from './notice.ts'
import { HoldBudget } from './responses.ts'
import { OwnConnections } from './self.ts'
import { type ClientTls, type KeyLog, tlsConnect, tlsServer, type UpstreamTls } from './tls.ts'

export interface RelayOptions {
  readonly listen: HostPort
  readonly upstream: HostPort
  /** The host written into answers; null: the one listened on. */
  readonly advertise?: string | null
  /** Default true. */
  readonly rewrite?: boolean
  readonly tls?: ClientTls | null
  readonly upstreamTls?: UpstreamTls | null
  /** Default 64. */
  readonly maxListeners?: number
  /** Bugs to plant in answers, as `src/bugs/spec.ts` reads them; checked before. Default none. */
  readonly bugs?: readonly string[]
  /** What ApiVersions answers may advertise, at most. Default: what the broker does. */
  readonly apiLimits?: Limits | null
  /** Bytes of answers held back at a time, over all connections; default 128 MB. */
  readonly maxHeld?: number
}

export interface RelayHooks {
  /** Data segments are borrowed. */
  emit(segment: Segment): void
  onNotice?(notice: Notice): void
  /** The whole table, each time it changes. */
  onBrokers?(rows: BrokerRow[]): void
  onKeyLog?: KeyLog
}

const CONNECT_TIMEOUT_MS = 10_000

const { timeOrigin } = performance

/** Microseconds since 1970. */
const now = (): number => Math.round((timeOrigin + performance.now()) * 1000)

/** What is done to answers; null where nothing is. All that it takes is loaded only where it is wanted. */
async function answerEdit({ bugs, apiLimits }: RelayOptions): Promise<AnswerEdit | null> {
  let edit: AnswerEdit | null = null
  if (bugs?.length) {
    const [{ Planter }, { parseBug }] = await Promise.all([import('../bugs/planter.ts'), import('../bugs/spec.ts')])
    edit = new Planter(bugs.map(parseBug))
  }
  if (apiLimits) edit = (await import('./api-limits.ts')).limitApis(apiLimits, edit)
  return edit
}

export class Relay {
  /** Connections so far, and those open now. */
  connections = 0
  readonly links = new Map<number, Link>()
  /** Answers that may carry addresses and passed as they are. */
  untouched = 0
  /** Connections of clients for which no connection to their broker could be had. */
  upstreamFailures = 0
  private readonly own = new OwnConnections()
  private readonly options: RelayOptions
  private readonly hooks: RelayHooks
  private readonly listeners: Listeners
  private readonly budget: HoldBudget
  /** Set by `start`. */
  private bugs: AnswerEdit | null = null
  private readonly once = new Once()
  /** Null: with TLS a socket has buffers of its own, and writes later than it is written to. */
  private readonly intakes: Intakes | null
  private readonly handshaking = new Set<Socket>()
  private held = false
  private closing: Promise<void> | null = null

  constructor(options: RelayOptions, hooks: RelayHooks) {
    this.options = options
    this.hooks = hooks
    this.budget = new HoldBudget(options.maxHeld)
    this.intakes = options.tls || options.upstreamTls ? null : new Intakes()
    this.listeners = new Listeners(
      { listen: options.listen, advertise: options.advertise ?? null, max: options.maxListeners ?? 64 },
      (upstream) => this.makeServer(upstream),
      (notice) => hooks.onNotice?.(notice),
      (rows) => hooks.onBrokers?.(rows),
    )
  }

  /** Listens; returns where. Rejects with node's error where it can't. */
  async start(): Promise<HostPort> {
    this.bugs = await answerEdit(this.options)
    return await this.listeners.start(this.options.upstream)
  }

  /** Stops or starts reading from all sockets, for an observer that can't follow. */
  hold(stop: boolean): void {
    this.held = stop
    for (const link of this.links.values()) link.hold(stop)
  }

  /** Closes everything; resolves when no port is open and no connection left. */
  close(): Promise<void> {
    this.closing ??= this.closeAll()
    return this.closing
  }

  private async closeAll(): Promise<void> {
    const closed = this.listeners.close()
    for (const socket of this.handshaking) socket.destroy()
    const links = [...this.links.values()]
    const gone = links.map(
      (link) =>
        new Promise((done) => {
          let open = 2
          for (const socket of [link.client, link.upstream]) {
            if (socket.closed) open--
            else socket.once('close', () => --open === 0 && done(null))
          }
          if (open === 0) done(null)
        }),
    )
    for (const link of links) link.destroy()
    await Promise.all([closed, ...gone])
  }

  private makeServer(upstream: HostPort): Server {
    const accept = (client: Socket): void => this.accept(client, upstream)
    const { tls } = this.options
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, pauseOnConnect: this.intakes !== null }
    if (!tls) return createServer(options, accept)
    const failed = (error: Error, socket: Socket): void => {
      const code = (error as NodeJS.ErrnoException).code ?? error.message
      const from = plainAddress(socket.remoteAddress ?? 'a client')
      const peer = printHostPort(from, socket.remotePort ?? 0)
      const why = NO_TLS.has(code) ? 'the client speaks no TLS but plaintext' : safeShort(code, MAX_REASON)
      this.warnOnce(`handshake ${from} ${code}`, `TLS handshake with ${peer} failed: ${why}`)
    }
    const server = tlsServer(tls, accept, failed, this.hooks.onKeyLog ?? null)
    server.on('connection', (socket: Socket) => {
      this.handshaking.add(socket)
      socket.once('close', () => this.handshaking.delete(socket))
    })
    return server
  }

  /**
   * Of a connection to oneself either end may be heard of first. Both ends are there when it is accepted, so after one
   * turn of the loop it is known; without that each would open the next before it was found out.
   */
  private accept(client: Socket, to: HostPort): void {
    if (this.own.pending === 0) return void this.relay(client, to)
    // An end or error in this turn is looked at afterwards.
    client.on('error', () => {})
    setImmediate(() => this.relay(client, to))
  }

  private relay(accepted: Socket, to: HostPort): void {
    if (this.closing || accepted.destroyed || accepted.remoteAddress === undefined) return void accepted.destroy()
    if (this.own.has(accepted)) return void this.refuseOwn(accepted, to)
    const id = ++this.connections
    const client = printHostPort(plainAddress(accepted.remoteAddress), accepted.remotePort ?? 0)
    const broker = printHostPort(to.host, to.port)
    this.hooks.emit({ type: 'open', connection: { id, client, broker }, time: now() })
    const from = this.clientSide(accepted)
    const link = new Link(from, this.connect(to), this.options.rewrite === false ? null : this.listeners, this.budget, {
      observe: (direction, bytes) =>
        this.hooks.emit({ type: 'data', connection: id, direction, time: now(), bytes, borrowed: true }),
      ended: (direction) => this.hooks.emit({ type: 'close', connection: id, direction, time: now() }),
      closed: () => {
        this.links.delete(id)
        this.hooks.emit({ type: 'close', connection: id, time: now() })
      },
      untouched: ({ request: { apiKey, apiVersion } }, why, hidden) => {
        this.untouched++
        const name = carrierName(apiKey, apiVersion)
        const done = hidden
          ? `the brokers that a ${name} answer from ${broker} names are hidden from the client, which will ask for Metadata`
          : `a ${name} answer from ${broker} passes with its addresses as they are`
        this.warnOnce(`untouched ${name} ${hidden}`, `${done}: ${why}`)
      },
    })
    if (this.bugs) link.plant(this.bugs)
    this.links.set(id, link)
    if (this.held) link.hold(true)
  }

  private clientSide(accepted: Socket): Side {
    const intake = this.intakes?.make() ?? null
    const socket = intake && readBy(intake, accepted)
    if (socket) return { socket, intake }
    accepted.resume()
    return { socket: accepted, intake: null }
  }

  /** The broker behind a listener is the proxy itself, under some name. */
  private refuseOwn(client: Socket, to: HostPort): void {
    const name = printHostPort(to.host, to.port)
    this.warnOnce(`own ${name}`, `upstream ${name} is this proxy itself: connections to it are refused`)
    client.destroy()
  }

  /** Begins to connect to a broker. That it can't be reached is said once, until it can. */
  private connect(to: HostPort): Side {
    const name = printHostPort(to.host, to.port)
    const key = `upstream ${name}`
    let connected = false
    const ready = (): void => {
      connected = true
      socket.setTimeout(0)
      this.once.clear(key)
    }
    const { upstreamTls } = this.options
    const intake = this.intakes?.make() ?? null
    const reads = intake ? { onread: intake.onread } : {}
    const socket: Socket = upstreamTls
      ? tlsConnect(to, upstreamTls, ready, this.hooks.onKeyLog ?? null)
      : connect({ ...to, ...reads, allowHalfOpen: true, noDelay: true, keepAlive: true }, ready)
    this.own.add(socket)
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      if (!connected) socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} seconds`))
    })
    socket.on('error', (error) => {
      if (connected || this.closing) return
      this.upstreamFailures++
      this.warnOnce(key, `upstream ${name}: ${reason(error)}; clients that come here are disconnected`)
    })
    return { socket, intake }
  }

  private warnOnce(key: string, text: string): void {
    this.once.say(key, () => this.hooks.onNotice?.({ level: 'warning', text }))
  }
}

/** What OpenSSL says of first bytes that are no TLS record: which it is follows from how they read as one. */
const NO_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
])

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused, nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name can not be looked up now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS but plaintext',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it speaks no TLS but plaintext',
  ECONNRESET: 'it closed the connection before the handshake was done',
}

/** Messages of TLS can quote the peer's certificate. */
const MAX_REASON = 300

function reason(error: Error): string {
  const { code, errors } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }
  return REASONS[code ?? errors?.[0]?.code ?? ''] ?? safeShort(error.message || (code ?? 'it failed'), MAX_REASON)
}
