/**
 * A listener for each upstream broker: the first for the address of the command line, the others when an answer names
 * them. They are told apart by the upstream's `host:port`, not by node id: controllers and brokers may share ids, and a
 * broker may come back elsewhere.
 */
import type { Server, Socket } from 'node:net'
import { safeShort } from '../bytes/safe-text.ts'
import { type HostPort, isHost, isLoopback, isWildcard, plainAddress, printHostPort } from './address.ts'
import type { AddressSpan } from './carriers.ts'
import type { BrokerRow, Notice } from './notice.ts'
import { Once } from './notice.ts'

export interface ListenersOptions {
  readonly listen: HostPort
  /** The host written into answers; null: the one listened on, or, listening on all, the one the client came to. */
  readonly advertise: string | null
  readonly max: number
}

interface Listener {
  readonly upstream: HostPort
  readonly server: Server
  nodeId: number | null
  port: number
}

/** How many ports after the first are tried before any free one is taken. */
const PORTS_TRIED = 100

export class Listeners {
  private readonly byUpstream = new Map<string, Listener>()
  /** Addresses being listened for, so that two answers at once don't open two listeners. */
  private readonly opening = new Map<string, Promise<void>>()
  private readonly once = new Once()
  private nextPort = 0
  private closed = false
  private telling = false
  private readonly options: ListenersOptions
  private readonly makeServer: (upstream: HostPort) => Server
  private readonly onNotice: (notice: Notice) => void
  private readonly onBrokers: (rows: BrokerRow[]) => void

  constructor(
    options: ListenersOptions,
    makeServer: (upstream: HostPort) => Server,
    onNotice: (notice: Notice) => void,
    onBrokers: (rows: BrokerRow[]) => void,
  ) {
    this.options = options
    this.makeServer = makeServer
    this.onNotice = onNotice
    this.onBrokers = onBrokers
  }

  /** Opens the first listener and returns where it listens. Rejects with node's error where it can't. */
  async start(upstream: HostPort): Promise<HostPort> {
    const server = this.makeServer(upstream)
    const port = await listen(server, this.options.listen)
    this.nextPort = port + 1
    this.add({ upstream, server, nodeId: null, port })
    return { host: this.options.listen.host, port }
  }

  /** Whether `addressFor` can answer for this address now; else `open` it first. */
  isKnown(span: AddressSpan): boolean {
    return this.byUpstream.has(keyOf(span)) || !this.isWanted(span)
  }

  /** Opens a listener in front of an address that an answer names, if it may be had. Never rejects. */
  async open(span: AddressSpan): Promise<void> {
    const key = keyOf(span)
    if (this.isKnown(span)) return
    let opening = this.opening.get(key)
    if (!opening) {
      opening = this.listenFor(span).finally(() => this.opening.delete(key))
      this.opening.set(key, opening)
    }
    await opening
  }

  /** What to write in place of an address, for a client that is connected by this socket; null: leave it. */
  addressFor(span: AddressSpan, client: Socket): HostPort | null {
    const listener = this.byUpstream.get(keyOf(span))
    if (!listener) return null
    if (listener.nodeId !== span.nodeId && span.nodeId >= 0) {
      listener.nodeId = span.nodeId
      this.changed()
    }
    return { host: this.hostFor(client), port: listener.port }
  }

  /** Tells the table once for all that an answer changes: a hostile one may name a broker a million times. */
  private changed(): void {
    if (this.telling) return
    this.telling = true
    queueMicrotask(() => {
      this.telling = false
      if (!this.closed) this.onBrokers(this.rows())
    })
  }

  rows(): BrokerRow[] {
    return [...this.byUpstream.values()].map(({ nodeId, upstream, port }) => ({
      node: nodeId,
      listener: printHostPort(this.options.advertise ?? this.options.listen.host, port),
      upstream: printHostPort(upstream.host, upstream.port),
    }))
  }

  /** Stops listening; resolves when no port is open. Connections must be closed by whoever holds them. */
  async close(): Promise<void> {
    this.closed = true
    await Promise.all(this.opening.values())
    const servers = [...this.byUpstream.values()].map(({ server }) => server)
    this.byUpstream.clear()
    await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))))
  }

  private hostFor(client: Socket): string {
    const { advertise, listen } = this.options
    if (advertise) return advertise
    return isWildcard(listen.host) ? plainAddress(client.localAddress ?? '127.0.0.1') : listen.host
  }

  /** Whether there should be a listener in front of this address. */
  private isWanted(span: AddressSpan): boolean {
    // An error answer of FindCoordinator has host "" and port -1.
    if (this.closed || span.host === '' || span.port < 1 || span.port > 65535) return false
    if (!isHost(span.host)) {
      this.warn(
        `host ${span.host}`,
        `an answer names a host that is none, "${safeShort(span.host, 80)}": left as it is`,
      )
      return false
    }
    if (this.isOwn(span)) return false
    if (this.byUpstream.size + this.opening.size < this.options.max || this.opening.has(keyOf(span))) return true
    this.warn(
      'max',
      `${this.options.max} listeners are open, the most there may be: broker ${span.nodeId} at ${printHostPort(span.host, span.port)} and others named later stay as they are, clients will connect to them past the proxy`,
    )
    return false
  }

  /** A broker that advertises the proxy's own address must not be put behind a listener: that would never end. */
  private isOwn({ host, port }: HostPort): boolean {
    const { advertise, listen } = this.options
    const ours =
      host === advertise ||
      host === listen.host ||
      (isLoopback(host) && (isLoopback(listen.host) || isWildcard(listen.host)))
    return ours && [...this.byUpstream.values()].some((listener) => listener.port === port)
  }

  private async listenFor({ host, port, nodeId }: AddressSpan): Promise<void> {
    const upstream = { host, port }
    const server = this.makeServer(upstream)
    try {
      const own = await this.listenNext(server)
      if (this.closed) server.close()
      else this.add({ upstream, server, nodeId, port: own })
    } catch (error) {
      this.warn(
        `listen ${keyOf(upstream)}`,
        `no listener for broker ${nodeId} at ${printHostPort(host, port)}: ${(error as Error).message}; its address stays as it is`,
      )
    }
  }

  /** The next free port after the last one, or any where those are taken. */
  private async listenNext(server: Server): Promise<number> {
    const { host, port: first } = this.options.listen
    for (let tried = 0; first !== 0 && tried < PORTS_TRIED && this.nextPort <= 65535; tried++) {
      try {
        return await listen(server, { host, port: this.nextPort++ })
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
      }
    }
    return listen(server, { host, port: 0 })
  }

  private add(listener: Listener): void {
    // Out of file descriptors, say: it goes on listening.
    listener.server.on('error', (error: Error) => {
      this.warn(`accept ${error.message}`, `a connection was not accepted: ${error.message}`)
    })
    this.byUpstream.set(keyOf(listener.upstream), listener)
    this.changed()
  }

  private warn(key: string, text: string): void {
    this.once.say(key, () => this.onNotice({ level: 'warning', text }))
  }
}

const keyOf = ({ host, port }: HostPort): string => `${host.toLowerCase()}:${port}`

/** Listens and returns the port. `*` stands for all addresses. */
function listen(server: Server, { host, port }: HostPort): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(error)
    server.once('error', failed)
    server.listen({ host: host === '*' ? '0.0.0.0' : host, port, backlog: 1024 }, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
